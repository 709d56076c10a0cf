import type { Memory } from './context.ts';
import type { Labels } from './gmail.ts';
import { isSelectable, type ListedMailbox, type MailboxStatus } from './list.ts';
import type { MailboxCursor } from './mailboxCursor.ts';
import { mailboxKey } from './names.ts';

/** A listed mailbox and the key that it keeps for good. */
export type Matched = ListedMailbox & {
  key: string;
  /** How far it is synced; null for one that was never seen, or that holds no mail. */
  cursor: MailboxCursor | null;
  /** True where only UIDVALIDITY and UIDNEXT say that it is the one that was called something else. */
  guessed: boolean;
  /** A view of another mailbox's messages: shown, and never opened (Gmail). */
  isView?: boolean;
  /** Where its messages are shown besides, by their labels (Gmail). */
  labels?: Labels;
};

/** What is to be synced of a mailbox; null for one that holds no mail of its own, or that could not be asked. */
export const syncedStatus = ({ status, isView }: Matched): MailboxStatus | null => (isView ? null : status);

type WithStatus = ListedMailbox & { status: MailboxStatus };

/**
 * Finds out which mailbox is which after renames, swaps and replacements elsewhere (docs/sync.md I1). The surest first:
 * MAILBOXID (RFC 8474); the same name under the same UIDVALIDITY; the same UIDVALIDITY under another name; then the same
 * name alone, which is a mailbox that was numbered anew. `made`: keys that Tern gave to new ones, by their present names.
 * `notRenamed`: keys of which the third turned out wrong. `deleted`: keys of which the fourth says nothing, as Tern may have
 * deleted them: what has the name then is another one, that another client made.
 */
export const matchMailboxes = (
  listed: readonly ListedMailbox[],
  cursors: ReadonlyMap<string, MailboxCursor>,
  { made, deleted }: Pick<Memory, 'made' | 'deleted'>,
  notRenamed: ReadonlySet<string> = new Set(),
): Matched[] => {
  const open = new Map(cursors);
  const keys = new Map<string, { key: string; cursor: MailboxCursor; guessed: boolean }>();
  const asked = listed.filter((each): each is WithStatus => each.status !== null);
  const take = (path: string, key: string, guessed: boolean): void => {
    const cursor = open.get(key);
    if (!cursor) return;
    open.delete(key);
    keys.set(path, { key, cursor, guessed });
  };
  const steps: [mailboxTrait: Trait<WithStatus>, cursorTrait: Trait<MailboxCursor>, guessed: boolean][] = [
    [({ status }) => status.mailboxId, ({ mailboxId }) => mailboxId, false],
    [({ path, status }) => `${status.validity} ${path}`, ({ path, validity }) => `${validity} ${path}`, false],
    [({ path, status }) => numbers(path, status.validity), ({ path, validity }) => numbers(path, validity), true],
    [nameOf, nameOf, false],
  ];
  for (const [mailboxTrait, cursorTrait, guessed] of steps) {
    const free = byTrait(
      asked.filter(({ path }) => !keys.has(path)),
      mailboxTrait,
    );
    const left = byTrait([...open], ([, cursor]) => cursorTrait(cursor));
    for (const [trait, [mailbox, ...others]] of free) {
      const [found, ...rivals] = left.get(trait) ?? [];
      if (!mailbox || !found || others.length + rivals.length > 0) continue;
      const [key, cursor] = found;
      if (contradicts(mailbox, cursor)) continue;
      if (mailboxTrait === nameOf && deleted.has(key)) continue;
      if (guessed && (mailbox.status.next < cursor.next || notRenamed.has(key))) continue;
      take(mailbox.path, key, guessed);
    }
  }
  // What could not be asked stays what it was, by its name; a name that holds no mail any more is not what it was.
  for (const each of listed.filter((mailbox) => mailbox.status === null && isSelectable(mailbox)))
    for (const [key, cursor] of open) if (cursor.path === each.path) take(each.path, key, false);
  const taken = new Set(cursors.keys());
  return listed.map((mailbox) => {
    const found = keys.get(mailbox.path);
    if (found) return { ...mailbox, ...found };
    const own = made.get(mailbox.path);
    const key = own !== undefined && !taken.has(own) ? own : freeKey(mailbox.path, taken);
    taken.add(key);
    return { ...mailbox, key, cursor: null, guessed: false };
  });
};

const nameOf = ({ path }: { path: string }): string => path;

/** What two that are the same have in common; null for nothing. */
type Trait<T> = (of: T) => string | null;

const byTrait = <T>(items: readonly T[], trait: Trait<T>): Map<string, T[]> => {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const name = trait(item);
    if (name === null) continue;
    const group = groups.get(name);
    if (group) group.push(item);
    else groups.set(name, [item]);
  }
  return groups;
};

/** INBOX is never renamed: a rename of it moves its mail into a new mailbox (RFC 9051 section 6.3.6). */
const numbers = (path: string, validity: string): string | null =>
  path === 'INBOX' || validity === '0' ? null : validity;

const contradicts = ({ status }: WithStatus, cursor: MailboxCursor): boolean =>
  status.mailboxId !== null && cursor.mailboxId !== null && status.mailboxId !== cursor.mailboxId;

/** The key of a mailbox that is seen for the first time: its name, unless one that was renamed since still has that. */
export const freeKey = (path: string, taken: { has(key: string): boolean }): string => {
  const key = mailboxKey(path);
  if (!taken.has(key)) return key;
  for (let n = 2; ; n++) if (!taken.has(`${key}%${n}`)) return `${key}%${n}`;
};
