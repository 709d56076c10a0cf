import { cleanText } from '../../lib/text.ts';

/** Half UTF-16 in base64 without padding, ',' for '/': what stands between '&' and '-'. */
const encodeRun = (text: string): string =>
  Buffer.from(text, 'utf16le').swap16().toString('base64').replace(/=+$/, '').replaceAll('/', ',');

const decodeRun = (run: string): string | null => {
  const bytes = Buffer.from(run.replaceAll(',', '/'), 'base64');
  if (bytes.length % 2 !== 0) return null;
  const text = bytes.swap16().toString('utf16le');
  // What stands for itself must not be encoded: a delimiter could hide there.
  return text.isWellFormed() && !/[\0\x20-\x7e]/.test(text) && encodeRun(text) === run ? text : null;
};

/**
 * A mailbox name as a person reads it, from modified UTF-7 (RFC 3501 section 5.1.3). Raw UTF-8 stays, and so does whatever
 * is not encoded as that section says. Only for showing: towards the server a mailbox keeps the name the server gave it.
 */
export const decodeName = (name: string): string =>
  cleanText(
    name.replaceAll(/&([A-Za-z0-9+,]*)-/g, (whole, run: string) => (run === '' ? '&' : (decodeRun(run) ?? whole))),
  );

/** A name that a person gave, as a server without UTF8=ACCEPT wants it (RFC 3501 section 5.1.3). */
export const encodeName = (name: string): string =>
  name.toWellFormed().replaceAll(/&|[^\x20-\x7e]+/g, (run) => (run === '&' ? '&-' : `&${encodeRun(run)}-`));

/** The last component of a mailbox's name on the server, decoded: what it is called where it is shown below its parent. */
export const displayName = (path: string, delimiter: string | null): string =>
  decodeName(delimiter ? path.slice(path.lastIndexOf(delimiter) + delimiter.length) : path);

/** A mailbox's remote id, made of its name on the server at the time it was first seen: decoded, without '|'. */
export const mailboxKey = (path: string): string => decodeName(path).replaceAll('%', '%25').replaceAll('|', '%7C');

/**
 * An email's remote id: its mailbox's key, the UIDVALIDITY it was seen under, and its UID. Within a mailbox and a
 * UIDVALIDITY, text order is the order of UIDs.
 */
export const emailId = (key: string, validity: string, uid: number): string =>
  `${key}|${validity}|${String(uid).padStart(10, '0')}`;

/** What `emailId` was made of; null for a text that is none. */
export const parseEmailId = (id: string): { key: string; validity: string; uid: number } | null => {
  const [key, validity, uid, ...rest] = id.split('|');
  if (!key || validity === undefined || uid === undefined || rest.length > 0) return null;
  return /^\d+$/.test(validity) && /^\d{10}$/.test(uid) ? { key, validity, uid: Number(uid) } : null;
};
