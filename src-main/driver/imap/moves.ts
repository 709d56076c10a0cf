import type { HeldIdentity, RemoteEmail } from '../../../src-shared/remote.ts';
import type { EmailMove, Known } from '../driver.ts';
import { readJournal } from './journal.ts';
import { parseEmailId } from './names.ts';

/** What moved: which messages that are gone are now which new ones, and what is left of both. */
export type Moves = { moved: EmailMove[]; sources: ReadonlySet<string>; targets: ReadonlySet<string> };

/** Finds out which new messages are what is gone elsewhere, as they come; what is gone has to be told before. */
export type MoveFinder = {
  /** Emails that are gone, in the order of their ids. */
  add(vanished: readonly string[]): void;
  /** Those of them that are among these new messages. None is found twice. */
  find(fresh: readonly RemoteEmail[]): EmailMove[];
};

/**
 * Pairs messages that are gone from one place with new ones in another, so that an email which another client moved stays
 * the same email (docs/sync.md I5): by EMAILID (RFC 8474) or the like, else by Message-ID, size and INTERNALDATE. Equal ones
 * pair in the order of their UIDs. One that Tern itself was moving needs no Message-ID: it is what came into the
 * target since then with its size and INTERNALDATE (I8).
 */
export const createMoveFinder = (known: Known): MoveFinder => {
  const waiting = new Map<string, string[]>();
  const targets = new Map<string, Target>();
  const found = new Set<string>();
  return {
    add: (vanished) => {
      const identities = known.identities([...vanished]);
      const awaited = awaitedOf(known, identities);
      for (const remoteId of vanished) {
        const identity = identities.get(remoteId);
        const into = awaited.get(remoteId) ?? [];
        for (const target of into) targets.set(nameIn(target, undefined), target);
        for (const name of [...namesOf(identity), ...into.map((target) => nameIn(target, identity))])
          append(waiting, name, remoteId);
      }
    },
    find: (fresh) => {
      if (waiting.size === 0) return [];
      return fresh
        .toSorted((a, b) => (a.remoteId < b.remoteId ? -1 : 1))
        .flatMap((email): EmailMove[] => {
          const names = [...namesOf(identityOf(email)), ...namesIn(targets.values(), email)];
          const from = firstOf(waiting, names, found);
          if (from === undefined || from === email.remoteId) return [];
          found.add(from);
          const { remoteId, mailboxIds, keywords } = email;
          return [{ from, to: { remoteId, mailboxIds, keywords } }];
        });
    },
  };
};

/** The same for what is known at once. */
export const findMoves = (known: Known, vanished: readonly string[], fresh: readonly RemoteEmail[]): Moves => {
  const finder = createMoveFinder(known);
  if (vanished.length > 0 && fresh.length > 0) finder.add(vanished.toSorted());
  const moved = finder.find(fresh);
  return {
    moved,
    sources: new Set(moved.map((move) => move.from)),
    targets: new Set(moved.map((move) => move.to.remoteId)),
  };
};

/** Where a message was to go: a mailbox under a UIDVALIDITY, and its UIDNEXT before. */
type Target = { key: string; validity: string; next: number };

/** Where Tern was moving emails to that nothing else makes known again, by remote id. */
const awaitedOf = (known: Known, identities: ReadonlyMap<string, HeldIdentity>): Map<string, Target[]> => {
  const nameless = [...identities].flatMap(([remoteId, identity]) => (namesOf(identity).length === 0 ? remoteId : []));
  const awaited = new Map<string, Target[]>();
  for (const [remoteId, note] of nameless.length > 0 ? known.notes(nameless) : []) {
    const targets = Object.entries(readJournal(note)).filter(([, { moves }]) => moves);
    awaited.set(
      remoteId,
      targets.map(([key, { validity, next }]) => ({ key, validity, next })),
    );
  }
  return awaited;
};

const nameIn = ({ key, validity, next }: Target, identity: HeldIdentity | undefined): string =>
  `into ${validity} ${next} ${identity?.size} ${identity?.receivedAt} ${key}`;

/** The names of a message without any, by the targets that it came into. */
const namesIn = (targets: Iterable<Target>, email: RemoteEmail): string[] => {
  const identity = identityOf(email);
  const place = parseEmailId(email.remoteId);
  if (!place || identity.messageId !== null) return [];
  return [...targets]
    .filter(({ key, validity, next }) => key === place.key && validity === place.validity && place.uid >= next)
    .map((target) => nameIn(target, identity));
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
  found: ReadonlySet<string>,
): string | undefined => {
  for (const name of names) {
    const group = waiting.get(name) ?? [];
    const first = group.findIndex((remoteId) => !found.has(remoteId));
    // What was found is not looked at again.
    group.splice(0, first < 0 ? group.length : first);
    if (group[0] !== undefined) return group[0];
  }
  return undefined;
};
