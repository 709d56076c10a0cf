import { cutText } from '../lib/text.ts';

// How text becomes words of the index, and a search words to look for: both go through here, so that they meet. The rest is
// done by SQLite's tokenizer unicode61: it splits at what is neither letter nor digit, and folds case.

/** Stands before what is no word but three letters out of one; text never has it (docs/search.md F10). */
const PIECE = '_';

/** So many characters of an email's body, of a header and of what is found from within words are indexed (F12). */
const MOST_BODY = 100_000;
const MOST_HEADER = 20_000;
const MOST_WITHIN = 2_000;

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

/** Text without marks on letters, wide and narrow forms and ligatures alike (NFKD), and without what means something here. */
export const foldText = (text: string): string => {
  const plain = text.replaceAll(/[_\0]/g, ' ');
  // All there is in most mail, and it needs nothing.
  if (/^\p{ASCII}*$/u.test(plain)) return plain;
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
const wordsOf = (folded: string): string[] => folded.match(wordRun) ?? [];

const triples = (word: string): string[] => {
  const chars = Array.from(word);
  return chars.slice(2).map((char, index) => `${PIECE}${chars[index]}${chars[index + 1]}${char}`);
};

/**
 * Of each word once: its first letter and its first two, as few know which words of all begin with them; and every three
 * letters from the second on, as those from the first on are found as the beginning of a word.
 */
const piecesOf = (folded: string): string => {
  const words = new Set(wordsOf(cutText(folded, MOST_WITHIN).toLowerCase()));
  const starts = new Set<string>();
  const found: string[] = [];
  for (const word of words) {
    if (isCjk.test(word)) continue;
    for (const length of [1, 2]) if (word.length > length) starts.add(`${PIECE}${firstLetters(word, length)}`);
    if (word.length < 4) continue;
    const [first, ...rest] = triples(word.slice(firstLetters(word, 1).length));
    if (first === undefined) continue;
    // Three letters that happen to continue the word before would make one of both.
    if (found.at(-1)?.slice(-2) === first.slice(1, 3)) found.push(PIECE);
    found.push(first, ...rest);
  }
  return [...starts, ...found].join(' ');
};

const firstLetters = (word: string, length: number): string =>
  Array.from(word.slice(0, 2 * length))
    .slice(0, length)
    .join('');

/** A header as it is indexed: its words, and what is found within them. */
export const headerText = (text: string): string => {
  const folded = foldText(cutText(text, MOST_HEADER));
  const pieces = piecesOf(folded);
  return pieces === '' ? spaced(folded) : `${spaced(folded)} ${pieces}`;
};

/** Any other text as it is indexed. */
export const bodyText = (text: string): string => spaced(foldText(cutText(text, MOST_BODY)));

/**
 * Words that stand side by side. `isOpen`: the last of them may go on. `pieces`: what stands for the same in the index of
 * headers, where it is the beginning of a word of more letters or in the middle of one.
 */
export type WantedWords = { words: string[]; isOpen: boolean; pieces: string[] };

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
  const [only, ...others] = runs;
  const isOneWord = only !== undefined && others.length === 0 && isOpen && !isCjk.test(only);
  return { words, isOpen, pieces: isOneWord ? wantedPieces(only) : [] };
};

const wantedPieces = (word: string): string[] => (Array.from(word).length < 3 ? [`${PIECE}${word}`] : triples(word));
