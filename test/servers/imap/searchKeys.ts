import { gmailId } from './gmail.ts';
import { decodeText, valueOf } from './header.ts';
import { parseMessage } from './messages.ts';
import type { Entry } from './model.ts';
import { bad } from './refusal.ts';
import type { Session } from './session.ts';
import { inSet, parseSet, resolveSet } from './sets.ts';
import { parseDate } from './text.ts';
import type { Args } from './tokens.ts';
import { becomeAware, type View } from './view.ts';

type Fits = (entry: Entry, number: number) => boolean;

/** Search keys as one test of an entry and its sequence number. */
export type Keys = { fits: Fits; asksModseq: boolean };

const flag = (name: string, set: boolean): Fits => {
  const key = name.toLowerCase();
  return ({ flags }) => flags.some((own) => own.toLowerCase() === key) === set;
};

const day = 86_400_000;
const dayOf = (ms: number): number => Math.floor(ms / day);

const date = (args: Args): number => {
  const at = parseDate(args.astring());
  if (at === null) throw bad('Not a date');
  return dayOf(at);
};

/** Whether text, given in latin1, holds a needle in any case, encoded words or not. */
const holds = (text: string, needle: string): boolean => decodeText(text).toLowerCase().includes(needle.toLowerCase());

const sentOn = ({ message }: Entry): number => {
  const written = valueOf(parseMessage(message).root.fields, 'Date');
  const at = written === null ? Number.NaN : Date.parse(written);
  return dayOf(at);
};

const header = (args: Args, name = args.astring()): Fits => {
  const needle = args.astring();
  return ({ message }) =>
    parseMessage(message).root.fields.some(
      (field) => field.name.toLowerCase() === name.toLowerCase() && holds(field.value, needle),
    );
};

const text = (args: Args, part: 'whole' | 'body'): Fits => {
  const needle = args.astring();
  return ({ message }) => {
    const { text: whole, root } = parseMessage(message);
    return holds(part === 'whole' ? whole : whole.slice(root.bodyAt), needle);
  };
};

const size = (args: Args, sign: 1 | -1): Fits => {
  const limit = Number(args.atom());
  return ({ message }) => (message.size() - limit) * sign > 0;
};

const plainFlags: Record<string, Fits> = Object.fromEntries(
  ['Seen', 'Answered', 'Flagged', 'Deleted', 'Draft'].flatMap((name) => [
    [name.toUpperCase(), flag(`\\${name}`, true)],
    [`UN${name.toUpperCase()}`, flag(`\\${name}`, false)],
  ]),
);

const readers: Record<string, (args: Args) => Fits> = {
  ALL: () => () => true,
  NEW: () => () => false,
  RECENT: () => () => false,
  OLD: () => () => true,
  KEYWORD: (args) => flag(args.atom(), true),
  UNKEYWORD: (args) => flag(args.atom(), false),
  SINCE:
    (args, from = date(args)) =>
    (entry) =>
      dayOf(entry.message.at) >= from,
  BEFORE:
    (args, to = date(args)) =>
    (entry) =>
      dayOf(entry.message.at) < to,
  ON:
    (args, on = date(args)) =>
    (entry) =>
      dayOf(entry.message.at) === on,
  SENTSINCE:
    (args, from = date(args)) =>
    (entry) =>
      sentOn(entry) >= from,
  SENTBEFORE:
    (args, to = date(args)) =>
    (entry) =>
      sentOn(entry) < to,
  SENTON:
    (args, on = date(args)) =>
    (entry) =>
      sentOn(entry) === on,
  HEADER: (args) => header(args),
  SUBJECT: (args) => header(args, 'Subject'),
  FROM: (args) => header(args, 'From'),
  TO: (args) => header(args, 'To'),
  CC: (args) => header(args, 'Cc'),
  BCC: (args) => header(args, 'Bcc'),
  TEXT: (args) => text(args, 'whole'),
  BODY: (args) => text(args, 'body'),
  LARGER: (args) => size(args, 1),
  SMALLER: (args) => size(args, -1),
};

/** A key that only some servers know. */
const extension = (session: Session, args: Args, name: string): Fits => {
  const { capabilities } = session.site;
  if (name === 'MODSEQ' && capabilities.has('CONDSTORE')) {
    becomeAware(session);
    const least = Number(args.atom());
    return ({ modseq }) => modseq >= least;
  }
  if (['EMAILID', 'THREADID'].includes(name) && capabilities.has('OBJECTID')) {
    const id = args.atom();
    return ({ message }) => (name === 'EMAILID' ? message.emailId : message.threadId) === id;
  }
  if (['X-GM-MSGID', 'X-GM-THRID'].includes(name) && capabilities.has('X-GM-EXT-1')) {
    const id = args.atom();
    return ({ message }) => gmailId(name === 'X-GM-MSGID' ? message.emailId : message.threadId) === id;
  }
  throw bad(`Unknown search key ${name}`);
};

/** Reads search keys to the end; all of them must fit (RFC 3501 section 6.4.4). */
export const parseKeys = (session: Session, view: View, args: Args): Keys => {
  let asksModseq = false;
  const set = (written: string, uid: boolean): Fits => {
    const { entries } = view;
    const resolved = resolveSet(parseSet(written), uid ? (entries.at(-1)?.uid ?? 0) : entries.length);
    return (entry, number) => inSet(resolved, uid ? entry.uid : number);
  };
  const one = (from: Args): Fits => {
    if (from.isList()) return all(from.list());
    const name = from.upper();
    if (/^[\d*]/.test(name)) return set(name, false);
    if (name === 'UID') return set(from.atom(), true);
    if (name === 'NOT') {
      const inner = one(from);
      return (entry, number) => !inner(entry, number);
    }
    if (name === 'OR') {
      const [left, right] = [one(from), one(from)];
      return (entry, number) => left(entry, number) || right(entry, number);
    }
    asksModseq ||= name === 'MODSEQ';
    return plainFlags[name] ?? readers[name]?.(from) ?? extension(session, from, name);
  };
  const all = (from: Args): Fits => {
    if (from.done()) throw bad('No search key');
    const keys: Fits[] = [];
    while (!from.done()) keys.push(one(from));
    return (entry, number) => keys.every((fits) => fits(entry, number));
  };
  return { fits: all(args), asksModseq };
};
