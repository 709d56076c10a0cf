import { closing, type Enclosing } from './closing.ts';

/** A field with parameters (RFC 2045 section 5.1): its first word, and names and values as they are written. */
export type StructuredField = { value: string; pairs: [name: string, value: string][] };

const MOST_PAIRS = 200;
const LONGEST_NAME = 200;

/** A word, or two with a slash and blanks between. */
const VALUE = /^[^\s;()]*(?:\s{0,9}\/\s{0,9}[^\s;()]*)?/;

/** Where in the field we are. */
type Reader = Enclosing & { at: number };

const isBlank = (char: string | undefined): boolean => char !== undefined && char.trim() === '';

/** Skips white space, comments, and the semicolons between parameters, one or more or none. */
const skipBetween = (reader: Reader): void => {
  const { text } = reader;
  while (reader.at < text.length) {
    const char = text[reader.at];
    const end = char === '(' ? closing(reader, reader.at, '(', ')') : -1;
    if (end === -1 && char !== ';' && !isBlank(char)) return;
    reader.at = Math.max(end, reader.at) + 1;
  }
};

const nextSemicolon = ({ text, at }: Reader): number => {
  const end = text.indexOf(';', at);
  return end === -1 ? text.length : end;
};

/** Without a comment behind it: one may stand there only after white space, so that 'plan(1).pdf' is a name. */
const withoutComment = (value: string): string => {
  if (!value.endsWith(')')) return value;
  const open = value.lastIndexOf('(');
  return isBlank(value[open - 1]) ? value.slice(0, open).trimEnd() : value;
};

/** Of quoted pairs only those that are needed count: backslashes in paths stay. */
const unquoted = (text: string): string => (text.includes('\\') ? text.replaceAll(/\\([\\"])/g, '$1') : text);

/** The value of a parameter, up to its semicolon. A word may hold blanks, against the rules; a quote may lack its end. */
const readValue = (reader: Reader): string => {
  const { text } = reader;
  while (isBlank(text[reader.at])) reader.at++;
  const quoted = text[reader.at] === '"';
  const close = quoted ? closing(reader, reader.at, '"', '"') : -1;
  if (quoted) reader.at++;
  const from = reader.at;
  if (close !== -1) reader.at = close + 1;
  const end = close === -1 ? nextSemicolon(reader) : close;
  reader.at = nextSemicolon(reader);
  return quoted ? unquoted(text.slice(from, end)) : withoutComment(text.slice(from, end).trim());
};

/** A parameter at this place; null for one without a value. */
const readPair = (reader: Reader): [name: string, value: string] | null => {
  const { text, at } = reader;
  const end = nextSemicolon(reader);
  const equals = text.slice(at, end).indexOf('=');
  if (equals === -1) {
    reader.at = end;
    return null;
  }
  reader.at = at + equals + 1;
  return [
    text
      .slice(at, at + Math.min(equals, LONGEST_NAME))
      .trim()
      .toLowerCase(),
    readValue(reader),
  ];
};

/**
 * A Content-Type, Content-Disposition or the like taken apart. Tolerates what mail has: blanks and stray quotes in values,
 * missing semicolons, comments anywhere. At most 200 parameters. Takes time linear in the field.
 */
export const readStructuredField = (text: string): StructuredField => {
  const reader: Reader = { text, at: 0, unclosed: new Set() };
  skipBetween(reader);
  const hasValue = !text.slice(0, reader.at).includes(';');
  const [value = ''] = (hasValue && VALUE.exec(text.slice(reader.at, reader.at + LONGEST_NAME))) || [];
  reader.at += value.length;
  const pairs: [string, string][] = [];
  for (skipBetween(reader); reader.at < text.length && pairs.length < MOST_PAIRS; skipBetween(reader)) {
    const pair = readPair(reader);
    if (pair) pairs.push(pair);
  }
  return { value: value.replaceAll(/\s/g, '').toLowerCase(), pairs };
};
