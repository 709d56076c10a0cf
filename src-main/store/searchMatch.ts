import type { SearchField, SearchTerm } from '../../src-shared/search.ts';
import type { ReadDb } from './db.ts';
import { type WantedWords, wantedWords } from './searchText.ts';

type TextTerm = Extract<SearchTerm, { type: 'text' }>;

/** FTS5's expressions for the words that have to be there and for those that must not; null where there are none. */
export type Match = { wanted: string | null; unwanted: string | null };

const columns: Record<SearchField, string | null> = {
  any: null,
  subject: 'subject',
  from: 'sender',
  to: '{recipients copied}',
  cc: 'copied',
};

/**
 * Puts the words of a search as FTS5 wants them: quoted, and of letters and digits alone, so that nothing of what a person
 * typed means anything to it.
 */
export const matchOf = (db: ReadDb, terms: readonly SearchTerm[]): Match => {
  const budget = { terms: mostTerms(db) };
  const texts = terms.filter((term): term is TextTerm => term.type === 'text');
  const wanted = texts.filter(({ not }) => !not).flatMap((term) => expressionOf(db, term, budget) ?? []);
  const unwanted = texts.filter(({ not }) => not).flatMap((term) => expressionOf(db, term, budget) ?? []);
  return { wanted: joined(wanted, ' AND '), unwanted: joined(unwanted, ' OR ') };
};

const joined = (expressions: string[], by: string): string | null =>
  expressions.length === 0 ? null : expressions.map((each) => `(${each})`).join(by);

/**
 * FTS5 gathers everything that begins with a few letters before it answers with the newest: 23 ms for half of a million
 * emails. As long as few words begin so, each of them by itself is faster (docs/search.md, Figures).
 */
const mostTerms = (db: ReadDb): number => {
  const emails = db.get<{ top: number | null }>('SELECT max(id) AS top FROM emails')?.top ?? 0;
  return Math.min(Math.max(Math.floor(emails / 1000), 100), 500);
};

const expressionOf = (db: ReadDb, term: TextTerm, budget: { terms: number }): string | null => {
  const wanted = wantedWords(term.text, term.isPhrase);
  const found = placesOf(db, wanted, budget);
  // What must not be there is a word or its beginning: nobody wants to lose mail for letters within one.
  if (!term.not && wanted.pieces.length > 0) found.push(phrase(wanted.pieces));
  const columnFilter = columns[term.field];
  const any = found.join(' OR ');
  return wanted.words.length === 0 ? null : columnFilter === null ? any : `${columnFilter} : (${any})`;
};

const placesOf = (db: ReadDb, { words, isOpen, pieces }: WantedWords, budget: { terms: number }): string[] => {
  if (!isOpen) return [phrase(words)];
  const last = words.at(-1) ?? '';
  const terms = termsThatBegin(db, last, budget.terms);
  if (terms !== null && terms.length > 0) {
    budget.terms -= terms.length;
    return terms.map((each) => phrase([...words.slice(0, -1), each]));
  }
  // Too many words begin with so few letters: those of headers are at hand (F11).
  const isShort = pieces.length > 0 && Array.from(last).length < 3;
  return [isShort && terms === null ? phrase(words) : `${phrase(words)} *`];
};

const phrase = (words: readonly string[]): string => `"${words.join(' ')}"`;

/** The words of the index that begin with these letters; null where there are more than `limit`. */
const termsThatBegin = (db: ReadDb, letters: string, limit: number): string[] | null => {
  const end = `${letters}\u{10ffff}`;
  // From word to word: to list the rows of the vocabulary would be to read where each of them is.
  const found = db.all<{ term: string }>(
    `WITH RECURSIVE found (term) AS (
       SELECT (SELECT term FROM email_terms WHERE term >= ? LIMIT 1)
       UNION ALL
       SELECT (SELECT term FROM email_terms WHERE term >= found.term || char(1) LIMIT 1) FROM found WHERE found.term < ?
     )
     SELECT term FROM found WHERE term < ? LIMIT ?`,
    letters,
    end,
    end,
    Math.max(limit, 0) + 1,
  );
  return found.length > limit ? null : found.map(({ term }) => term);
};
