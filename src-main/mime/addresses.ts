import type { Address } from '../../src-shared/model.ts';
import { cutText } from '../lib/text.ts';
import { type MailboxText, readMailboxes, type Word } from './addressWords.ts';
import { decodeWords } from './encodedWords.ts';
import { tidyText } from './text.ts';

const MOST_ADDRESSES = 10_000;
const LONGEST_NAME = 1000;
const LONGEST_EMAIL = 1000;

const nameOf = (text: string): string | null => tidyText(decodeWords(text), LONGEST_NAME) || null;

const joined = (words: Word[], textOf: (word: Word) => string): string =>
  words.map((word) => (word.glued ? textOf(word) : ` ${textOf(word)}`)).join('');

const rawText = ({ text }: Word): string => text;
const spoken = ({ kind, text }: Word): string =>
  kind === 'quoted' ? text.slice(1, -1).replaceAll(/\\([^])/g, '$1') : text;

/** An address without the white space and comments that may stand in it; a quoted local part keeps its own. */
const emailOf = (text: string): string => {
  if (!/[\s\p{Cc}\p{Cs}("]/u.test(text)) return text.slice(0, LONGEST_EMAIL);
  const plain = text.replaceAll(/\p{Cc}+/gu, ' ').trim();
  const dense = plain.includes('"') ? plain : plain.replaceAll(/\([^()]*\)|\s+/g, '');
  return cutText(dense, LONGEST_EMAIL).toWellFormed();
};

/** Which words are an address without angle brackets: the first with '@', what it is glued to, and what that '@' lacks. */
const bareAddress = (words: Word[]): [from: number, to: number] | null => {
  const at = words.findIndex(({ kind, text }) => kind === 'atom' && text.includes('@'));
  if (at === -1) return null;
  const isAtom = (index: number): boolean => words[index]?.kind === 'atom';
  let from = at;
  let to = at + 1;
  while (words[from]?.glued && isAtom(from - 1)) from--;
  if (words[from]?.text.startsWith('@') && from > 0 && words[from - 1]?.kind !== 'encoded') from--;
  while (words[to]?.glued && isAtom(to)) to++;
  if (words[to - 1]?.text.endsWith('@') && isAtom(to)) to++;
  return [from, to];
};

const addressOf = ({ words, comments, angle }: MailboxText): Address | null => {
  const named = (rest: Word[]): string | null => nameOf(joined(rest, spoken)) ?? nameOf(comments.join(' '));
  const inBrackets = angle === null ? '' : emailOf(angle);
  if (inBrackets !== '') return { name: named(words), email: inBrackets };
  const place = bareAddress(words);
  if (place) {
    const [from, to] = place;
    return { name: named(words.toSpliced(from, to - from)), email: emailOf(joined(words.slice(from, to), rawText)) };
  }
  const [first] = words;
  if (words.length === 1 && first?.kind === 'atom' && angle === null)
    return { name: named([]), email: emailOf(first.text) };
  const name = named(words);
  return name === null ? null : { name, email: '' };
};

/**
 * The mailboxes of an address field (RFC 5322 section 3.4, RFC 6532), as in RFC 8621 section 4.1.2.3: members of groups
 * as any others. Tolerates what mail has: semicolons between mailboxes, missing brackets, stray quotes. Encoded words are
 * decoded last and only in names, so that nothing encoded can make an address. At most 10,000; `email` is empty where
 * only a name is given.
 */
export const parseAddresses = (field: string): Address[] => {
  const found: Address[] = [];
  readMailboxes(field, (mailbox) => {
    const address = addressOf(mailbox);
    if (address) found.push(address);
    return found.length < MOST_ADDRESSES;
  });
  return found;
};
