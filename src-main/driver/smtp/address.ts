import { domainToASCII } from 'node:url';

/** A domain as labels, or an address in brackets (RFC 5321 section 4.1.2). */
const domainForm = /^(?:[A-Za-z0-9_](?:[A-Za-z0-9_.-]*[A-Za-z0-9_])?|\[[A-Za-z0-9:.]+\])$/;
/** Atoms with dots, or a quoted string; neither with what ends an address on the wire. */
const localForm = /^(?:[^\s\p{Cc}\p{Cs}()<>[\]:;@\\,"]+|"(?:[^\p{Cc}\p{Cs}\p{Zl}\p{Zp}<>"\\]|\\[^\p{Cc}\p{Cs}<>])*")$/u;
const LONGEST = 1000;

/** True where an address needs SMTPUTF8 (RFC 6531): its local part is not ASCII. */
export const needsUtf8 = (address: string): boolean => !/^\p{ASCII}*$/u.test(address);

/**
 * An address as it goes into an envelope, its domain in A-labels (RFC 5891); null for what is none, which must never get
 * to the wire.
 */
export const wireAddress = (email: string): string | null => {
  const at = email.lastIndexOf('@');
  const [local, domain] = [email.slice(0, at), email.slice(at + 1)];
  const ascii = /^\p{ASCII}*$/u.test(domain) ? domain : domainToASCII(domain);
  if (at < 1 || email.length > LONGEST || !localForm.test(local) || !domainForm.test(ascii)) return null;
  return `${local}@${ascii}`;
};
