import type { Account, Entry, Mailbox } from './model.ts';
import { encodeName } from './names.ts';
import { displace, place, writeFlags } from './places.ts';
import { stringOf } from './text.ts';

// Gmail's dialect, as https://developers.google.com/workspace/gmail/imap/imap-extensions and its help pages describe it:
// mailboxes are labels of one message, whose flags are shared. All Mail has everything that is neither spam nor trash,
// Starred what is \Flagged. Expunging takes a label off: out of the inbox, that archives.

const places = (account: Account, entry: Entry): Entry[] => account.places.get(entry.id) ?? [];
const mailboxOf = (account: Account, specialUse: string): Mailbox | undefined =>
  [...account.mailboxes.values()].find((mailbox) => mailbox.specialUse === specialUse);
const isBin = ({ specialUse }: Mailbox): boolean => specialUse === '\\Trash' || specialUse === '\\Junk';

/** The flags that all labels of a message share: not \Deleted, which belongs to one. */
const shared = (entry: Entry): string[] => entry.flags.filter((flag) => flag !== '\\Deleted');

const addTo = (account: Account, entry: Entry, mailbox: Mailbox): Entry =>
  places(account, entry).find((other) => other.mailbox === mailbox) ??
  place(account, mailbox, entry.message, shared(entry), entry);

/** Puts a label on the message of an entry; answers its place there. Spam and trash take all other labels off. */
export const label = (account: Account, entry: Entry, target: Mailbox): Entry => {
  const added = addTo(account, entry, target);
  const wanted = (mailbox: Mailbox): boolean => mailbox === target || !(isBin(target) || isBin(mailbox));
  for (const other of places(account, added)) if (!wanted(other.mailbox)) displace(account, other);
  const all = mailboxOf(account, '\\All');
  if (all && !isBin(target)) addTo(account, added, all);
  if (target.specialUse === '\\Flagged') writeFlags(account, added, [...added.flags, '\\Flagged']);
  afterFlags(account, added);
  return added;
};

/** After the flags of one place changed: the other places get them, and Starred follows \Flagged. */
export const afterFlags = (account: Account, entry: Entry): void => {
  const flags = shared(entry);
  for (const other of places(account, entry)) {
    if (other === entry) continue;
    const own = other.flags.includes('\\Deleted') ? ['\\Deleted'] : [];
    writeFlags(account, other, [...flags, ...own]);
  }
  const starred = mailboxOf(account, '\\Flagged');
  if (!starred || isBin(entry.mailbox)) return;
  const star = places(account, entry).find((other) => other.mailbox === starred);
  if (flags.includes('\\Flagged')) addTo(account, entry, starred);
  else if (star) displace(account, star);
};

/** Takes off the label that an expunged entry stands for. In All Mail that does nothing but undo \Deleted. */
export const expungeLabel = (account: Account, entry: Entry): void => {
  if (entry.gone) return;
  if (entry.mailbox.specialUse === '\\All') return writeFlags(account, entry, shared(entry));
  displace(account, entry);
  const [other] = places(account, entry);
  if (entry.mailbox.specialUse !== '\\Flagged' || !other) return;
  writeFlags(
    account,
    other,
    other.flags.filter((flag) => flag !== '\\Flagged'),
  );
  afterFlags(account, other);
};

const systemLabels: Record<string, string> = {
  '\\Flagged': '\\Starred',
  '\\Drafts': '\\Draft',
  '\\Sent': '\\Sent',
  '\\Important': '\\Important',
  '\\Junk': '\\Spam',
  '\\Trash': '\\Trash',
};

/** The name of a mailbox as a label; null for All Mail, which is none. */
const labelOf = ({ path, specialUse }: Mailbox): string | null => {
  if (path === 'INBOX') return '\\Inbox';
  if (specialUse === '\\All') return null;
  return specialUse === null ? path : (systemLabels[specialUse] ?? path);
};

const wireLabel = (name: string): string => (name.startsWith('\\') ? `"\\${name}"` : stringOf(encodeName(name)));

/** X-GM-LABELS of an entry: all of its labels but that of the mailbox it is seen in. */
export const labelList = (account: Account, entry: Entry): string => {
  const others = places(account, entry).filter(({ mailbox }) => mailbox !== entry.mailbox);
  return `(${others
    .flatMap(({ mailbox }) => labelOf(mailbox) ?? [])
    .map(wireLabel)
    .join(' ')})`;
};

/** X-GM-MSGID or X-GM-THRID: a 64-bit number. */
export const gmailId = (id: string): string => String(1_700_000_000_000_000_000n + BigInt(`0x${id.slice(1)}`));

/** Stores X-GM-LABELS: puts labels on, takes them off, or makes them the only ones. Unknown labels make mailboxes. */
export const storeLabels = (
  account: Account,
  entry: Entry,
  how: '+' | '-' | '',
  labels: readonly string[],
  make: (path: string) => Mailbox,
): void => {
  const find = (name: string) => [...account.mailboxes.values()].find((mailbox) => labelOf(mailbox) === name);
  const named = labels.flatMap((name) => find(name) ?? (how === '-' ? [] : make(name)));
  if (how !== '-') for (const mailbox of named) label(account, entry, mailbox);
  if (how === '+') return;
  for (const other of places(account, entry)) {
    if (labelOf(other.mailbox) === null || (how === '' && other.mailbox === entry.mailbox)) continue;
    if (named.includes(other.mailbox) === (how === '-')) expungeLabel(account, other);
  }
};
