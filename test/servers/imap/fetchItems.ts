import type { Capability } from './capabilities.ts';
import { envelopeOf } from './envelope.ts';
import { gmailId, labelList } from './gmail.ts';
import { parseMessage } from './messages.ts';
import type { Entry } from './model.ts';
import { bad } from './refusal.ts';
import { parseSection, type Section, sectionOf } from './sections.ts';
import type { Session } from './session.ts';
import { structureOf } from './structure.ts';
import { dateTime } from './text.ts';
import { becomeAware } from './view.ts';

/** An item of a FETCH: its name in the response, and its value for an entry. */
export type Item = {
  name: string;
  value(entry: Entry): string;
  /** The section of a body, where it is one. */
  section: Section | null;
  /** Fetching it sets \Seen. */
  reads: boolean;
};

const macros: Record<string, string[]> = {
  FAST: ['FLAGS', 'INTERNALDATE', 'RFC822.SIZE'],
  ALL: ['FLAGS', 'INTERNALDATE', 'RFC822.SIZE', 'ENVELOPE'],
  FULL: ['FLAGS', 'INTERNALDATE', 'RFC822.SIZE', 'ENVELOPE', 'BODY'],
};

/** A literal, said to be longer than it is where that is switched on. */
const literal = ({ site }: Session, entry: Entry, text: string | null): string => {
  if (text === null) return 'NIL';
  return `{${text.length + (site.faults.wrongLiterals.get(entry.id) ?? 0)}}\r\n${text}`;
};

const structure = (entry: Entry, extended: boolean): string => {
  const { text, root } = parseMessage(entry.message);
  return structureOf(text, root, extended);
};

type Plain = { value: (session: Session, entry: Entry) => string | number; needs?: Capability };

const plainItems: Record<string, Plain> = {
  UID: { value: (_session, { uid }) => uid },
  FLAGS: { value: (_session, { flags }) => `(${flags.join(' ')})` },
  INTERNALDATE: { value: (_session, { message }) => dateTime(message.at) },
  'RFC822.SIZE': {
    value: ({ site }, { id, message }) => message.size() + (site.faults.hugeHeaders.get(id) ?? 0),
  },
  ENVELOPE: { value: (_session, { message }) => envelopeOf(parseMessage(message).root.fields) },
  BODY: { value: (_session, entry) => structure(entry, false) },
  BODYSTRUCTURE: { value: (_session, entry) => structure(entry, true) },
  MODSEQ: { value: (_session, { modseq }) => `(${modseq})`, needs: 'CONDSTORE' },
  EMAILID: { value: (_session, { message }) => `(${message.emailId})`, needs: 'OBJECTID' },
  THREADID: { value: (_session, { message }) => `(${message.threadId})`, needs: 'OBJECTID' },
  'X-GM-MSGID': { value: (_session, { message }) => gmailId(message.emailId), needs: 'X-GM-EXT-1' },
  'X-GM-THRID': { value: (_session, { message }) => gmailId(message.threadId), needs: 'X-GM-EXT-1' },
  'X-GM-LABELS': {
    value: ({ site }, entry) => labelList(site.account, entry),
    needs: 'X-GM-EXT-1',
  },
};

const rfc822: Record<string, { section: string; reads: boolean }> = {
  RFC822: { section: '', reads: true },
  'RFC822.HEADER': { section: 'HEADER', reads: false },
  'RFC822.TEXT': { section: 'TEXT', reads: true },
};

const bodyItem = (
  session: Session,
  name: string,
  reads: boolean,
  text: string,
  partial: RegExpExecArray | null,
): Item => {
  const section = parseSection(text);
  const [from, count] = [Number(partial?.[1] ?? 0), Number(partial?.[2] ?? Number.POSITIVE_INFINITY)];
  if (count === 0) throw bad('A partial fetch of nothing');
  const value = (entry: Entry): string => {
    const { text: whole, root } = parseMessage(entry.message);
    const octets = sectionOf(whole, root, section);
    return literal(session, entry, octets === null ? null : octets.slice(from, from + count));
  };
  return { name: partial ? `${name}<${from}>` : name, value, section, reads };
};

const itemOf = (session: Session, written: string): Item => {
  const upper = written.toUpperCase();
  const old = rfc822[upper];
  if (old) return bodyItem(session, upper, old.reads, old.section, null);
  const body = /^BODY(\.PEEK)?\[([^\]]*)\](<.*>)?$/.exec(upper);
  if (body) {
    const partial = body[3] === undefined ? null : /^<(\d+)\.(\d+)>$/.exec(body[3]);
    if (body[3] !== undefined && !partial) throw bad(`Unknown FETCH item ${written}`);
    return bodyItem(session, `BODY[${body[2] ?? ''}]`, body[1] === undefined, body[2] ?? '', partial);
  }
  const plain = plainItems[upper];
  if (!plain || (plain.needs && !session.site.capabilities.has(plain.needs)))
    throw bad(`Unknown FETCH item ${written}`);
  if (upper === 'MODSEQ') becomeAware(session);
  return { name: upper, value: (entry) => String(plain.value(session, entry)), section: null, reads: false };
};

/** The items of a FETCH, a macro spelled out (RFC 3501 section 6.4.5). */
export const itemsOf = (session: Session, names: readonly string[]): Item[] => {
  const [only = ''] = names;
  const written = names.length === 1 ? (macros[only.toUpperCase()] ?? names) : names;
  return written.map((name) => itemOf(session, name));
};
