import {
  type Account,
  type Entry,
  indexOfUid,
  type Mailbox,
  type Message,
  systemFlags,
  type Watcher,
} from './model.ts';

/** Flags as the mailbox spells them, each once, without what it does not keep. */
const cleanFlags = (account: Account, mailbox: Mailbox, flags: readonly string[]): string[] => {
  const clean = new Set<string>();
  for (const flag of flags) {
    const key = flag.toLowerCase();
    const system = systemFlags.get(key);
    if (system !== undefined) clean.add(system);
    else if (!key.startsWith('\\') && (account.keywords === null || account.keywords.has(key))) {
      if (!mailbox.keywords.has(key)) mailbox.keywords.set(key, flag);
      clean.add(mailbox.keywords.get(key) ?? flag);
    }
  }
  return [...clean];
};

/** On Gmail labels are a part of the message: one that goes on or off moves the mod-sequence of its other places. */
const labelsMoved = (account: Account, entry: Entry): void => {
  if (!account.gmail) return;
  for (const other of account.places.get(entry.id) ?? []) if (other !== entry) other.modseq = ++other.mailbox.modseq;
};

/** Puts a message into a mailbox, without regard to Gmail's rules. */
export const place = (
  account: Account,
  mailbox: Mailbox,
  message: Message,
  flags: readonly string[],
  known: { id: string; family: string } | null = null,
): Entry => {
  const id = known?.id ?? (account.gmail ? message.emailId : `E${++account.counts.entries}`);
  const entry: Entry = {
    id,
    family: known?.family ?? id,
    message,
    mailbox,
    uid: mailbox.uidNext++,
    flags: cleanFlags(account, mailbox, flags),
    modseq: ++mailbox.modseq,
    gone: false,
  };
  mailbox.entries.push(entry);
  account.places.set(id, [...(account.places.get(id) ?? []), entry]);
  labelsMoved(account, entry);
  for (const watcher of mailbox.watchers) watcher.arrived(entry);
  return entry;
};

/** Takes an entry away, without regard to Gmail's rules. */
export const displace = (account: Account, entry: Entry): void => {
  if (entry.gone) return;
  const { mailbox, id, uid } = entry;
  mailbox.entries.splice(indexOfUid(mailbox.entries, uid), 1);
  mailbox.expunged.push({ uid, modseq: ++mailbox.modseq });
  entry.gone = true;
  const left = (account.places.get(id) ?? []).filter((other) => other !== entry);
  if (left.length > 0) account.places.set(id, left);
  else account.places.delete(id);
  labelsMoved(account, entry);
  for (const watcher of mailbox.watchers) watcher.expunged(entry);
};

const sameFlags = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((flag) => b.includes(flag));

/** Gives one entry its flags; what changes nothing moves no modseq. `silent` is the watcher that did it itself. */
export const writeFlags = (account: Account, entry: Entry, flags: readonly string[], silent?: Watcher): void => {
  const { mailbox } = entry;
  const next = cleanFlags(account, mailbox, flags);
  if (entry.gone || sameFlags(entry.flags, next)) return;
  entry.flags = next;
  entry.modseq = ++mailbox.modseq;
  for (const watcher of mailbox.watchers) if (watcher !== silent) watcher.changed(entry);
};
