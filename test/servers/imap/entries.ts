import { afterFlags, expungeLabel, label } from './gmail.ts';
import type { Account, Entry, Mailbox, Message, Watcher } from './model.ts';
import { displace, place, writeFlags } from './places.ts';

/** Stores the flags of an entry. */
export const setFlags = (account: Account, entry: Entry, flags: readonly string[], silent?: Watcher): void => {
  writeFlags(account, entry, flags, silent);
  if (account.gmail) afterFlags(account, entry);
};

/** Stores a new message. */
export const append = (account: Account, mailbox: Mailbox, message: Message, flags: readonly string[]): Entry => {
  const entry = place(account, mailbox, message, flags);
  return account.gmail ? label(account, entry, mailbox) : entry;
};

/** Copies an entry (COPY); on Gmail it is the same email with one label more. */
export const copy = (account: Account, entry: Entry, target: Mailbox): Entry => {
  if (account.gmail) return label(account, entry, target);
  const id = `E${++account.counts.entries}`;
  return place(account, target, entry.message, entry.flags, { id, family: entry.family });
};

/** Expunges an entry; on Gmail that takes a label off. */
export const expunge = (account: Account, entry: Entry): void => {
  if (account.gmail) expungeLabel(account, entry);
  else displace(account, entry);
};

/** Moves an entry (RFC 6851). It keeps its id. */
export const move = (account: Account, entry: Entry, target: Mailbox): Entry => {
  if (account.gmail) {
    const moved = label(account, entry, target);
    if (moved !== entry) expungeLabel(account, entry);
    return moved;
  }
  const moved = place(account, target, entry.message, entry.flags, entry);
  displace(account, entry);
  return moved;
};
