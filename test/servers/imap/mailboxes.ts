import { move } from './entries.ts';
import type { Account, Mailbox } from './model.ts';
import { parentPath } from './names.ts';
import { displace } from './places.ts';
import { no } from './refusal.ts';

/** What a mailbox begins with; the rest is empty. */
export type NewMailbox = { path: string; specialUse?: string | null; selectable?: boolean; subscribed?: boolean };

/** An account with an INBOX and nothing else. */
export const createAccount = (facts: Pick<Account, 'gmail' | 'delimiter' | 'keywords'>): Account => {
  const counts = { mailboxes: 0, messages: 0, entries: 0, uidValidity: 1000 };
  const account: Account = { ...facts, mailboxes: new Map(), places: new Map(), counts };
  addMailbox(account, { path: 'INBOX', subscribed: true });
  return account;
};

/** Puts a mailbox there, whatever is above it. */
const addMailbox = (account: Account, facts: NewMailbox): Mailbox => {
  const { path, specialUse = null, selectable = true, subscribed = true } = facts;
  const mailbox: Mailbox = {
    id: `P${++account.counts.mailboxes}`,
    path,
    selectable,
    subscribed,
    specialUse,
    uidValidity: ++account.counts.uidValidity,
    uidNext: 1,
    modseq: 1,
    noModseq: false,
    entries: [],
    expunged: [],
    expungedSince: 0,
    keywords: new Map(),
    watchers: new Set(),
  };
  account.mailboxes.set(path, mailbox);
  return mailbox;
};

/** Mailboxes below a path. */
const below = ({ mailboxes, delimiter }: Account, path: string): Mailbox[] =>
  [...mailboxes.values()].filter((mailbox) => mailbox.path.startsWith(path + delimiter));

/** Paths of all that holds a mailbox: what is above one is always there, if only as a name. */
export const parentsIn = ({ mailboxes, delimiter }: Account): Set<string | null> =>
  new Set([...mailboxes.keys()].map((path) => parentPath(path, delimiter)));

const hasChildren = (account: Account, path: string): boolean => below(account, path).length > 0;

/** Names that only held others go with the last of those. */
const sweep = (account: Account, path: string | null): void => {
  const mailbox = path === null ? undefined : account.mailboxes.get(path);
  if (path === null || !mailbox || mailbox.selectable || hasChildren(account, path)) return;
  account.mailboxes.delete(path);
  sweep(account, parentPath(path, account.delimiter));
};

const assertGoodName = ({ delimiter }: Account, path: string): void => {
  const parts = path.split(delimiter);
  if (parts.some((part) => part === '')) throw no('Invalid mailbox name', 'CANNOT');
};

const makeParents = (account: Account, path: string): void => {
  const parent = parentPath(path, account.delimiter);
  if (parent === null || account.mailboxes.has(parent)) return;
  makeParents(account, parent);
  addMailbox(account, { path: parent, selectable: false, subscribed: false });
};

/** CREATE (RFC 3501 section 6.3.3). What is missing above becomes names that only hold others, as with Dovecot. */
export const createMailbox = (account: Account, facts: NewMailbox): Mailbox => {
  const { delimiter, mailboxes } = account;
  const path = facts.path.endsWith(delimiter) ? facts.path.slice(0, -delimiter.length) : facts.path;
  assertGoodName(account, path);
  const there = mailboxes.get(path);
  if (there?.selectable) throw no('Mailbox already exists', 'ALREADYEXISTS');
  makeParents(account, path);
  if (!there) return addMailbox(account, { ...facts, path });
  there.selectable = facts.selectable ?? true;
  return there;
};

/** The mailbox of a path; NO where there is none that can hold messages. */
export const mailboxAt = (account: Account, path: string, code = 'NONEXISTENT'): Mailbox => {
  const mailbox = account.mailboxes.get(path);
  if (!mailbox?.selectable) throw no(`Mailbox doesn't exist: ${path}`, code);
  return mailbox;
};

const close = (mailbox: Mailbox, why: string): void => {
  for (const watcher of mailbox.watchers) watcher.closed(why);
};

/** DELETE (RFC 3501 section 6.3.4): its messages go; its name stays while it holds others. */
export const deleteMailbox = (account: Account, path: string): void => {
  const mailbox = account.mailboxes.get(path);
  if (path === 'INBOX') throw no("INBOX can't be deleted", 'CANNOT');
  if (!mailbox) throw no(`Mailbox doesn't exist: ${path}`, 'NONEXISTENT');
  if (!mailbox.selectable && hasChildren(account, path)) throw no('Mailbox has children', 'HASCHILDREN');
  for (const entry of mailbox.entries.toReversed()) displace(account, entry);
  close(mailbox, 'Mailbox was deleted');
  account.mailboxes.delete(path);
  if (hasChildren(account, path)) addMailbox(account, { path, selectable: false, subscribed: false });
  sweep(account, parentPath(path, account.delimiter));
};

/** RENAME (RFC 3501 section 6.3.5): takes what is below along. INBOX is emptied into a new mailbox instead. */
export const renameMailbox = (account: Account, from: string, to: string): void => {
  const { mailboxes, delimiter } = account;
  const mailbox = mailboxes.get(from);
  if (!mailbox) throw no(`Mailbox doesn't exist: ${from}`, 'NONEXISTENT');
  assertGoodName(account, to);
  if (mailboxes.has(to)) throw no('Mailbox already exists', 'ALREADYEXISTS');
  if (from === 'INBOX') {
    const target = createMailbox(account, { path: to });
    for (const entry of mailbox.entries.slice()) move(account, entry, target);
    return;
  }
  if (to.startsWith(from + delimiter)) throw no('A mailbox cannot be below itself', 'CANNOT');
  makeParents(account, to);
  for (const moved of [mailbox, ...below(account, from)]) {
    mailboxes.delete(moved.path);
    moved.path = to + moved.path.slice(from.length);
    mailboxes.set(moved.path, moved);
  }
  sweep(account, parentPath(from, delimiter));
};

/** Gives all messages of a mailbox new UIDs under a new UIDVALIDITY (RFC 3501 section 2.3.1.1). */
export const renumber = (account: Account, mailbox: Mailbox, uidValidity = ++account.counts.uidValidity): void => {
  mailbox.uidValidity = uidValidity;
  mailbox.expunged = [];
  mailbox.modseq = 1;
  mailbox.uidNext = 1;
  for (const entry of mailbox.entries) {
    entry.uid = mailbox.uidNext++;
    entry.modseq = ++mailbox.modseq;
  }
  close(mailbox, 'Mailbox was renumbered');
};
