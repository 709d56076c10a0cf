import * as z from 'zod';

/** In bytes: a local part, a domain, and both with '@' (RFC 5321 section 4.5.3.1). */
const LONGEST_LOCAL = 64;
const LONGEST_DOMAIN = 255;
const LONGEST_EMAIL = 254;
const LONGEST_LABEL = 63;
/** In UTF-16 units. */
const LONGEST_NAME = 500;

/** What is atext to RFC 5322 section 3.2.3, or beyond ASCII (RFC 6532 section 3.2). */
const DOT_ATOM = /^[\w!#$%&'*+/=?^`{|}~\u0080-\u{10FFFF}-]+(?:\.[\w!#$%&'*+/=?^`{|}~\u0080-\u{10FFFF}-]+)*$/u;
/**
 * RFC 5321 section 4.1.2: unlike in RFC 5322 no control character can be in it, not even escaped. Nor can angle brackets
 * here: nobody has them, and nodemailer would write another address.
 */
const QUOTED_STRING = /^"(?:[ !#-;=?-[\]-~\u0080-\u{10FFFF}]|\\[ -;=?-~])*"$/u;
/** What nobody sees, what acts on what is around it, and blanks that are not the space. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}]|(?! )\p{Zs}/u;
const LABEL = /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/;
const BEYOND_ASCII = /[^\0-\x7f]/;

const bytesOf = (text: string): number => new TextEncoder().encode(text).length;

/** An address literal of RFC 5321 section 4.1.3 in lower case; null where it is none. */
const literalOf = (inner: string): string | null => {
  const [, six] = /^ipv6:(.*)$/is.exec(inner) ?? [];
  if (six !== undefined) return z.ipv6().safeParse(six).success ? `[ipv6:${six.toLowerCase()}]` : null;
  return z.ipv4().safeParse(inner).success ? `[${inner}]` : null;
};

/** A domain as it goes over the wire: in lower case, in A-labels (RFC 5891); null where it is none. */
export const wireDomain = (domain: string): string | null => {
  if (domain.startsWith('[') && domain.endsWith(']')) return literalOf(domain.slice(1, -1));
  if (/[^\w.\u0080-\u{10FFFF}-]/u.test(domain)) return null;
  const ascii = BEYOND_ASCII.test(domain) ? (URL.parse(`http://${domain}`)?.hostname ?? '') : domain.toLowerCase();
  const labels = ascii.split('.');
  if (ascii.length > LONGEST_DOMAIN || !labels.every((label) => label.length <= LONGEST_LABEL && LABEL.test(label)))
    return null;
  // No top-level domain is a number (RFC 3696 section 2); what looks like one is an address without its brackets.
  return /^\d+$/.test(labels.at(-1) ?? '') ? null : ascii;
};

/**
 * An email address (RFC 5321 section 4.1.2, RFC 6531) as it goes over the wire, which is also what two of them are
 * compared by: its local part in Unicode's normal form C, its domain in A-labels. Null for what is no address: one without
 * a domain, with comments or white space, with characters that nobody sees, or too long.
 */
export const wireEmail = (email: string): string | null => {
  if (email.length > 2 * LONGEST_EMAIL) return null;
  const at = email.lastIndexOf('@');
  const local = email.slice(0, at).normalize('NFC');
  const domain = wireDomain(email.slice(at + 1));
  if (at < 1 || domain === null || UNSEEN.test(local)) return null;
  if (!DOT_ATOM.test(local) && !QUOTED_STRING.test(local)) return null;
  const wire = `${local}@${domain}`;
  return bytesOf(local) > LONGEST_LOCAL || bytesOf(wire) > LONGEST_EMAIL ? null : wire;
};

/** Whether only servers that know SMTPUTF8 (RFC 6531) can carry an address: its local part is beyond ASCII. */
export const needsUtf8 = (email: string): boolean => BEYOND_ASCII.test(email.slice(0, email.lastIndexOf('@')));

/** What two addresses of the same mailbox have in common. In theory case matters in a local part; nobody counts on it. */
export const emailKey = (email: string): string => (wireEmail(email) ?? email).toLowerCase();

/** A name beside an address, as people type it: any text of one line. */
export const outgoingNameSchema = z
  .string()
  .max(LONGEST_NAME)
  .refine((name) => name.isWellFormed() && !/[\p{Cc}\u2028\u2029]/u.test(name), 'must be one line of plain text');

/** An address to send from or to. */
export const outgoingEmailSchema = z.string().refine((email) => wireEmail(email) !== null, 'not an email address');

/** Somebody to send to, as a person typed it, taken apart into name and address. */
export const outgoingAddressSchema = z.strictObject({
  name: outgoingNameSchema.nullable().optional(),
  email: outgoingEmailSchema,
});
export type OutgoingAddress = z.infer<typeof outgoingAddressSchema>;
