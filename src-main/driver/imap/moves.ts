import type { HeldIdentity, RemoteEmail } from '../../../src-shared/remote.ts';
import type { EmailMove, Known } from '../driver.ts';

/** What moved: which messages that are gone are now which new ones, and what is left of both. */
export type Moves = { moved: EmailMove[]; sources: ReadonlySet<string>; targets: ReadonlySet<string> };

/**
 * Pairs messages that are gone from one place with new ones in another, so that an email which another client moved stays
 * the same email (docs/sync.md I5): by EMAILID (RFC 8474) or the like, else by Message-ID, size and INTERNALDATE. Equal ones
 * pair in the order of their UIDs.
 */
export const findMoves = (known: Known, vanished: readonly string[], fresh: readonly RemoteEmail[]): Moves => {
  const moved: EmailMove[] = [];
  if (vanished.length > 0 && fresh.length > 0) {
    const identities = known.identities([...vanished]);
    const waiting = new Map<string, string[]>();
    for (const remoteId of vanished.toSorted())
      for (const name of namesOf(identities.get(remoteId))) append(waiting, name, remoteId);
    const gone = new Set<string>();
    for (const email of fresh.toSorted((a, b) => (a.remoteId < b.remoteId ? -1 : 1))) {
      const from = firstOf(waiting, namesOf(identityOf(email)), gone);
      if (from === undefined || from === email.remoteId) continue;
      gone.add(from);
      const { remoteId, mailboxIds, keywords } = email;
      moved.push({ from, to: { remoteId, mailboxIds, keywords } });
    }
  }
  return {
    moved,
    sources: new Set(moved.map((move) => move.from)),
    targets: new Set(moved.map((move) => move.to.remoteId)),
  };
};

/** By what a message that comes from a server is known again. */
export const identityOf = ({ headers, size, receivedAt, objectId }: RemoteEmail): HeldIdentity => ({
  messageId: headers.messageId[0] ?? null,
  size,
  receivedAt,
  objectId: objectId ?? null,
});

/** The names of a message that make it the same, the surest first. Without a Message-ID nothing is sure enough. */
const namesOf = (identity: HeldIdentity | undefined): string[] => {
  if (!identity) return [];
  const { objectId, messageId, size, receivedAt } = identity;
  return [
    ...(objectId === null ? [] : [`id ${objectId}`]),
    ...(messageId === null ? [] : [`${size} ${receivedAt} ${messageId}`]),
  ];
};

const append = (groups: Map<string, string[]>, name: string, remoteId: string): void => {
  const group = groups.get(name);
  if (group) group.push(remoteId);
  else groups.set(name, [remoteId]);
};

const firstOf = (
  waiting: ReadonlyMap<string, string[]>,
  names: readonly string[],
  gone: ReadonlySet<string>,
): string | undefined => {
  for (const name of names) {
    const found = waiting.get(name)?.find((remoteId) => !gone.has(remoteId));
    if (found !== undefined) return found;
  }
  return undefined;
};
