import { closing, type Enclosing } from './closing.ts';

/**
 * A piece of a mailbox: `text` as it stands there, with quotes. Only atoms and quoted strings can be of an address.
 * `glued`: there is no white space before it.
 */
export type Word = { kind: 'atom' | 'quoted' | 'encoded'; text: string; glued: boolean };

/**
 * One mailbox of an address field, taken apart. `angle` is what stands in its brackets, a route
 * (RFC 5322 section 4.4) aside.
 */
export type MailboxText = { words: Word[]; comments: string[]; angle: string | null };

/** Where in the field we are. */
type Reader = Enclosing & { at: number; spaced: boolean };

const ENCODED_WORD = /=\?[^?\s]+\?[bq]\?[^?\s]*\?=/iy;
const ATOM = /[^\s"(),:;<>[=]+|=/y;
const DOMAIN_LITERAL = /\[[^\][\s]*\]/y;
const ROUTE = /\s*@[^<>:;"]*:/y;

const matchAt = (pattern: RegExp, text: string, at: number): string | null => {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0] ?? null;
};

/** What stands from here to the closing quote or bracket, both included; null, and one step on, where there is none. */
const enclosed = (reader: Reader, open: string, close: string): string | null => {
  const { text, at } = reader;
  const end = closing(reader, at, open, close);
  reader.at = end === -1 ? at + 1 : end + 1;
  return end === -1 ? null : text.slice(at, end + 1);
};

/** What stands in angle brackets. Without an end it goes to where the next mailbox begins. */
const bracketed = (reader: Reader): string => {
  const { text } = reader;
  reader.at += 1 + (matchAt(ROUTE, text, reader.at + 1)?.length ?? 0);
  const from = reader.at;
  while (reader.at < text.length && !'<>,;'.includes(text[reader.at] ?? '')) {
    if (text[reader.at] === '"') enclosed(reader, '"', '"');
    else reader.at++;
  }
  const to = reader.at;
  if (text[to] === '>') reader.at++;
  return text.slice(from, to);
};

const addWord = (mailbox: MailboxText, reader: Reader, kind: Word['kind'], text: string): void => {
  mailbox.words.push({ kind, text, glued: !reader.spaced });
  reader.spaced = false;
};

const readWord = (mailbox: MailboxText, reader: Reader): void => {
  const { text, at } = reader;
  const encoded = text[at] === '=' ? matchAt(ENCODED_WORD, text, at) : null;
  const word = encoded ?? matchAt(text[at] === '[' ? DOMAIN_LITERAL : ATOM, text, at) ?? text.slice(at, at + 1);
  reader.at += word.length;
  addWord(mailbox, reader, encoded === null ? 'atom' : 'encoded', word);
};

/** Reads on until the mailbox ends, at a comma or semicolon. The colon of a group makes what was read its name. */
const readMailbox = (reader: Reader): MailboxText => {
  const { text } = reader;
  let mailbox: MailboxText = { words: [], comments: [], angle: null };
  while (reader.at < text.length) {
    const char = text[reader.at] ?? '';
    if (char === ',' || char === ';') break;
    if (char === '"') {
      const string = enclosed(reader, '"', '"');
      if (string !== null) addWord(mailbox, reader, 'quoted', string);
    } else if (char === '(') {
      const comment = enclosed(reader, '(', ')');
      if (comment !== null) mailbox.comments.push(comment.slice(1, -1));
      reader.spaced = true;
    } else if (char === '<') {
      const angle = bracketed(reader);
      if (mailbox.angle === null || angle.includes('@')) mailbox.angle = angle;
      reader.spaced = true;
    } else if (char === ':' && mailbox.angle === null) {
      mailbox = { words: [], comments: [], angle: null };
      reader.at++;
    } else if (char === ')' || char === '>' || char.trim() === '') {
      reader.spaced = true;
      reader.at++;
    } else readWord(mailbox, reader);
  }
  reader.at++;
  reader.spaced = true;
  return mailbox;
};

/** Hands over the mailboxes of an address field, some of them empty, until `take` says no. Takes time linear in the field. */
export const readMailboxes = (text: string, take: (mailbox: MailboxText) => boolean): void => {
  const reader: Reader = { text, at: 0, spaced: true, unclosed: new Set() };
  while (reader.at < text.length && take(readMailbox(reader)));
};
