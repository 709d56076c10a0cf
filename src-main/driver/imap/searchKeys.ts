import { assertNever } from '../../lib/assert.ts';
import type { ServerTerm } from '../driver.ts';
import { type Argument, atom, type ImapConnection } from './connection.ts';

type TextTerm = Extract<ServerTerm, { type: 'text' }>;

/**
 * What is looked for as arguments of SEARCH (RFC 9051 section 6.4.4), words as Gmail takes them where it does. Mailboxes and
 * attachments are no matter of it.
 */
export const searchKeys = (connection: ImapConnection, terms: readonly ServerTerm[]): Argument[] => {
  const isGmail = connection.has('X-GM-EXT-1');
  const texts = terms.filter((term): term is TextTerm => term.type === 'text');
  const words =
    isGmail && texts.length > 0 ? [atom('X-GM-RAW'), value(texts.map(gmailText).join(' '))] : texts.flatMap(textKeys);
  const keys = [...words, ...terms.flatMap(otherKeys)];
  if (keys.length === 0) return [atom('ALL')];
  // A charset must not be named to a server that was told to speak UTF-8 (RFC 6855 section 3).
  const isNamed =
    keys.some((key) => (Array.isArray(key) ? key.some(isLiteral) : isLiteral(key))) &&
    !connection.enabled('UTF8=ACCEPT');
  return isNamed ? [atom('CHARSET'), atom('UTF-8'), ...keys] : keys;
};

const isLiteral = (key: Argument): boolean => !Array.isArray(key) && typeof key !== 'string' && key.type === 'LITERAL';

/** No line ends, and nothing else that means something on the wire, ever gets there (docs/search.md F15). */
const plainText = (text: string): string =>
  text
    .toWellFormed()
    .replaceAll(/\p{Cc}+/gu, ' ')
    .trim();

/** A quoted string holds ASCII alone (RFC 9051 section 4.3): all else is a literal. */
const value = (text: string): Argument => (/^\p{ASCII}*$/u.test(text) ? text : { type: 'LITERAL', value: text });

/** NOT takes one key: several stand in parentheses. */
const negated = (term: ServerTerm, keys: Argument[]): Argument[] => (term.not ? [atom('NOT'), keys] : keys);

const textKeys = (term: TextTerm): Argument[] => {
  const text = value(plainText(term.text));
  if (term.field === 'to') return negated(term, [atom('OR'), atom('TO'), text, atom('CC'), text]);
  return negated(term, [atom(term.field === 'any' ? 'TEXT' : term.field.toUpperCase()), text]);
};

const otherKeys = (term: ServerTerm): Argument[] => {
  switch (term.type) {
    case 'text':
    case 'attachment':
    case 'in':
    case 'beyond':
      return [];
    case 'unread':
      return negated(term, [atom('UNSEEN'), atom('UNDRAFT')]);
    case 'flagged':
      return negated(term, [atom('FLAGGED')]);
    case 'before':
    case 'after':
      return dateKeys(term);
    default:
      return assertNever(term);
  }
};

const DAY = 24 * 3600;
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** Servers compare days, each in its own time zone: a day more on either side, and the rest is for who has the seconds. */
const dateKeys = (term: Extract<ServerTerm, { type: 'before' | 'after' }>): Argument[] =>
  (term.type === 'before') !== term.not
    ? [atom('BEFORE'), atom(dateOf(term.second + 2 * DAY))]
    : [atom('SINCE'), atom(dateOf(term.second - DAY))];

/** `1-Feb-1994`, within what four digits of a year can say. */
const dateOf = (second: number): string => {
  const latest = Date.UTC(9999, 11, 31) / 1000;
  const date = new Date(Math.min(Math.max(second, 0), latest) * 1000);
  return `${date.getUTCDate()}-${months[date.getUTCMonth()]}-${date.getUTCFullYear()}`;
};

/** https://support.google.com/mail/answer/7190 */
const gmailText = ({ field, text, not }: TextTerm): string => {
  const words = `"${plainText(text).replaceAll(/["\\]/g, ' ').trim()}"`;
  const minus = not ? '-' : '';
  if (field === 'to' && not) return `-to:${words} -cc:${words}`;
  if (field === 'to') return `{to:${words} cc:${words}}`;
  return `${minus}${field === 'any' ? '' : `${field}:`}${words}`;
};
