import { emailKey, wireEmail } from '../address.ts';
import type { Address, Email } from '../model.ts';
import { senderOf } from '../sender.ts';

/** Whom a message is for. */
export type Recipients = { to: Address[]; cc: Address[] };

/** An address to show or write to: in its name nothing that nobody sees, and no name that passes for another address. */
export const plainAddress = (address: Address): Address => {
  const { name, warnings } = senderOf(address);
  const deceives = warnings.some((warning) => warning === 'address-in-name' || warning === 'several-addresses');
  return { name: deceives ? null : name, email: address.email };
};

/** Those that can be written to, each once. */
export const writable = (addresses: readonly Address[]): Address[] => {
  const found = new Map<string, Address>();
  for (const address of addresses) {
    const key = emailKey(address.email);
    if (wireEmail(address.email) !== null && !found.has(key)) found.set(key, plainAddress(address));
  }
  return [...found.values()];
};

const without = (addresses: readonly Address[], keys: ReadonlySet<string>): Address[] =>
  addresses.filter(({ email }) => !keys.has(emailKey(email)));

const keysOf = (addresses: readonly Address[]): string[] => addresses.map(({ email }) => emailKey(email));

/** The first of these that names anybody. */
const firstOf = (...lists: Address[][]): Address[] => lists.find((list) => list.length > 0) ?? [];

/**
 * Whom an answer goes to: Reply-To, else From, else Sender (RFC 5322 section 3.6.2); to answer what one wrote oneself is to
 * write again to those it went to. To answer all adds the others, but not oneself, unless there is nobody else. `own`: the
 * person's own addresses, as `emailKey` has them.
 */
export const replyRecipients = (email: Email, isToAll: boolean, own: ReadonlySet<string>): Recipients => {
  const author = firstOf(writable(email.replyTo), writable(email.from), writable(email.sender));
  const isOwn = keysOf(email.from).some((key) => own.has(key));
  const to = writable(email.to);
  if (!isToAll) return { to: isOwn ? firstOf(to, author) : author, cc: [] };
  const all = isOwn ? to : writable([...author, ...to]);
  const others = without(all, own);
  const cc = without(writable(email.cc), new Set([...own, ...keysOf(others)]));
  return others.length > 0 ? { to: others, cc } : { to: firstOf(cc, all, author), cc: [] };
};
