import { wireEmail } from './address.ts';
import { isMessageId } from './messageId.ts';

/** What a `mailto:` link begins a message with. */
export type MailtoFields = {
  to: { email: string }[];
  cc: { email: string }[];
  bcc: { email: string }[];
  subject: string;
  body: string;
  /** The Message-ID that it answers, without angle brackets; null where it answers none. */
  inReplyTo: string | null;
};

/** In UTF-16 units, and in addresses: no link that a person means has more. */
const LONGEST_LINK = 64 * 1024;
const LONGEST_LINE = 2000;
const MOST_ADDRESSES = 100;

const decode = (text: string): string => {
  try {
    return decodeURIComponent(text).toWellFormed();
  } catch {
    return '';
  }
};

/** Everything that acts on text around it, or would start another header field, becomes a space. */
const oneLine = (text: string): string =>
  text
    .replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ')
    .trim()
    .slice(0, LONGEST_LINE);

const lines = (text: string): string => text.replaceAll(/\r\n?/g, '\n').replaceAll(/(?![\n\t])\p{Cc}/gu, '');

/** Commas within a quoted local part are written as %2C (RFC 6068 section 2), so that each other one parts addresses. */
const addresses = (encoded: string): { email: string }[] =>
  encoded
    .split(',')
    .map((one) => decode(one).trim())
    .filter((email) => wireEmail(email) !== null)
    .map((email) => ({ email }));

const messageId = (text: string): string | null => {
  const [, found = ''] = /^<?([^<>\s@]+@[^<>\s@]+)>?$/.exec(text.trim()) ?? [];
  return isMessageId(found) ? found : null;
};

/**
 * A `mailto:` link (RFC 6068); null for what is none. Only `to`, `cc`, `bcc`, `subject`, `body` and `in-reply-to` are
 * heard: no link attaches a file, names another sender or sends anything (RFC 6068 section 7).
 */
export const parseMailto = (link: string): MailtoFields | null => {
  if (link.length > LONGEST_LINK || !/^mailto:/i.test(link)) return null;
  const [, path = '', query = ''] = /^mailto:([^?#]*)(?:\?([^#]*))?/i.exec(link) ?? [];
  const fields: MailtoFields = { to: addresses(path), cc: [], bcc: [], subject: '', body: '', inReplyTo: null };
  for (const pair of query.split('&')) {
    const at = pair.indexOf('=');
    if (at < 1) continue;
    const value = pair.slice(at + 1);
    const name = decode(pair.slice(0, at)).toLowerCase();
    if (name === 'to' || name === 'cc' || name === 'bcc') fields[name].push(...addresses(value));
    else if (name === 'subject') fields.subject = oneLine(decode(value));
    else if (name === 'body') fields.body = lines(decode(value));
    else if (name === 'in-reply-to') fields.inReplyTo = messageId(decode(value));
  }
  for (const name of ['to', 'cc', 'bcc'] as const) fields[name] = fields[name].slice(0, MOST_ADDRESSES);
  return fields;
};
