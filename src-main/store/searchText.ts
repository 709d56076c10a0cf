import { cutText } from '../lib/text.ts';

// How text becomes words of the index, and a search words to look for: both go through here, so that they meet. The rest is
// done by SQLite's tokenizer unicode61: it splits at what is neither letter nor digit, and folds case.

/**
 * What is no word but a part of one begins with this, which text never has, and a letter that says of what it is a part
 * (docs/search.md F10). So a sender is looked for among senders: the account's own name is in nearly all mail.
 */
const PART = '_';

/**
 * Headers whose words have parts; To and Cc are one. `within`: what they end with. `begin`: they themselves, where the words of
 * the index would not do.
 */
export const PARTS = {
  subject: { begin: null, within: `${PART}s` },
  from: { begin: `${PART}a`, within: `${PART}f` },
  to: { begin: null, within: `${PART}t` },
} as const;
type Header = keyof typeof PARTS;

/** The first two letters of a word of any header: to gather all words that begin so would take too long. */
const START = `${PART}1`;

/** Fewer letters are not looked for within words. */
const LEAST_WITHIN = 3;

/** So many characters of an email's body and of a header are indexed, and of a header and of a word in parts (F16). */
const MOST_BODY = 100_000;
const MOST_HEADER = 20_000;
const MOST_IN_PARTS = 2_000;
const LONGEST_IN_PARTS = 40;

/** Letters that are no base letter with a mark, as people without them on the keyboard type them. */
const LETTERS: Record<string, string> = {
  ß: 'ss',
  ẞ: 'ss',
  æ: 'ae',
  Æ: 'ae',
  œ: 'oe',
  Œ: 'oe',
  ø: 'o',
  Ø: 'o',
  ł: 'l',
  Ł: 'l',
  đ: 'd',
  Đ: 'd',
  ð: 'd',
  Ð: 'd',
  þ: 'th',
  Þ: 'th',
  ı: 'i',
  ς: 'σ',
};
const letters = new RegExp(`[${Object.keys(LETTERS).join('')}]`, 'gu');

/** All there is in most mail, which needs nothing and takes little time. */
const isAscii = (text: string): boolean => /^\p{ASCII}*$/u.test(text);
const asciiWord = /[A-Za-z0-9]+/g;

/** Text without marks on letters, wide and narrow forms and ligatures alike (NFKD), and without what means something here. */
export const foldText = (text: string): string => {
  const plain = text.replaceAll(/[_\0]/g, ' ');
  if (isAscii(plain)) return plain;
  return plain
    .toWellFormed()
    .normalize('NFKD')
    .replaceAll(/[\u0300-\u036f]/g, '')
    .replaceAll(letters, (letter) => LETTERS[letter] ?? letter)
    .normalize('NFC');
};

const CJK = String.raw`\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}ー`;
const cjkRun = new RegExp(`[${CJK}]+`, 'gu');
const mayBeCjk = /[\u1100-\u11ff\u2e80-\ud8bf\uf900-\ufaff]/;
const wordRun = new RegExp(`[${CJK}]+|[[\\p{L}\\p{N}]--[${CJK}]]+`, 'gv');
const isCjk = new RegExp(`^[${CJK}]`, 'u');

/** Two by two, each letter but the last with the one behind it. */
const pairs = (run: string): string[] => {
  const chars = Array.from(run);
  return chars.slice(1).map((char, index) => `${chars[index]}${char}`);
};

/** Han, kana and hangul have no spaces between words: every two letters are one, and the last letter of a run another. */
const spaced = (text: string): string =>
  mayBeCjk.test(text) ? text.replaceAll(cjkRun, (run) => ` ${[...pairs(run), lastOf(run)].join(' ')} `) : text;

const lastOf = (run: string): string => Array.from(run).at(-1) ?? '';

/** The words of a folded text, in order; a run of Han, kana or hangul is one. */
const wordsOf = (folded: string): string[] => folded.match(isAscii(folded) ? asciiWord : wordRun) ?? [];

/** The parts of words of a header, each once. */
const partsOf = (folded: string, header: Header): string => {
  const found = new Set<string>();
  const { begin, within } = PARTS[header];
  for (const word of wordsOf(cutText(folded, MOST_IN_PARTS).toLowerCase())) {
    if (isCjk.test(word)) continue;
    const start = word.slice(0, LONGEST_IN_PARTS);
    const letterEnds = endsOf(start);
    if (begin !== null) found.add(`${begin}${word}`);
    for (const end of letterEnds.slice(0, -LEAST_WITHIN)) found.add(`${within}${start.slice(end)}`);
    if (letterEnds.length > 2) found.add(`${START}${start.slice(0, letterEnds[1])}`);
  }
  return [...found].join(' ');
};

const asciiEnds = Array.from({ length: LONGEST_IN_PARTS }, (_, index) => index + 1);

/** Where each letter of a word ends, in UTF-16 units. */
const endsOf = (word: string): number[] => {
  if (isAscii(word)) return asciiEnds.slice(0, word.length);
  let end = 0;
  return Array.from(word, (letter) => (end += letter.length));
};

/** A header as it is indexed: its words, and their parts. */
export const headerText = (text: string, header: Header): string => {
  const folded = foldText(cutText(text, MOST_HEADER));
  return folded === '' ? '' : `${spaced(folded)} ${partsOf(folded, header)}`;
};

/** Any other text as it is indexed. */
export const bodyText = (text: string): string => spaced(foldText(cutText(text, MOST_BODY)));

/** Words that stand side by side. `isOpen`: the last of them may go on. `only`: the word, where it is one and has parts. */
export type WantedWords = { words: string[]; isOpen: boolean; only: string | null };

/** What a text that is looked for is in the index. In a phrase words end where they end. */
export const wantedWords = (text: string, isPhrase: boolean): WantedWords => {
  const runs = wordsOf(foldText(text).toLowerCase());
  const words = runs.flatMap((run, index) => {
    if (!isCjk.test(run)) return [run];
    // Where the text ends the run may go on.
    if (index < runs.length - 1) return [...pairs(run), lastOf(run)];
    return lastOf(run) === run ? [run] : pairs(run);
  });
  const last = runs.at(-1) ?? '';
  // One letter is the beginning of two.
  const isOpen = isCjk.test(last) ? lastOf(last) === last : !isPhrase;
  return { words, isOpen, only: isOpen && runs.length === 1 && !isCjk.test(last) ? last : null };
};

/** What a word of so few letters is looked for by, where too many words begin with it: itself, and as a start; null for others. */
export const shortForms = (word: string): string[] | null => {
  const { length } = Array.from(word);
  return length >= LEAST_WITHIN ? null : length === 2 ? [word, `${START}${word}`] : [word];
};
