import type { SearchField, SearchTerm } from '../../src-shared/search.ts';
import type { ReadDb } from './db.ts';
import { PARTS, shortForms, wantedWords } from './searchText.ts';

type TextTerm = Extract<SearchTerm, { type: 'text' }>;

/** How many words may stand for one that is not typed to its end. */
type Budget = { terms: number; isUsedUp: boolean };

/**
 * FTS5's expressions for the words that have to be there and for those that must not; null where there are none. `isQuick`: an
 * email can be looked up by itself, as nothing is gathered before. `held`: about how many emails there are.
 */
export type Match = { wanted: string | null; unwanted: string | null; isQuick: boolean; held: number };

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
  const held = db.get<{ top: number | null }>('SELECT max(id) AS top FROM emails')?.top ?? 0;
  const budget: Budget = { terms: mostTerms(held), isUsedUp: false };
  const texts = terms.filter((term): term is TextTerm => term.type === 'text');
  const wanted = texts.filter(({ not }) => !not).flatMap((term) => expressionOf(db, term, budget) ?? []);
  const unwanted = texts.filter(({ not }) => not).flatMap((term) => expressionOf(db, term, budget) ?? []);
  return { wanted: joined(wanted, ' AND '), unwanted: joined(unwanted, ' OR '), isQuick: !budget.isUsedUp, held };
};

const joined = (expressions: string[], by: string): string | null =>
  expressions.length === 0 ? null : expressions.map((each) => `(${each})`).join(by);

/**
 * FTS5 gathers everything that begins with a few letters before it answers with the newest: 23 ms for half of a million
 * emails. As long as few words begin so, each of them by itself is faster (docs/search.md, Figures).
 */
const mostTerms = (held: number): number => Math.min(Math.max(Math.floor(held / 1000), 100), 500);

const expressionOf = (db: ReadDb, { text, field, isPhrase, not }: TextTerm, budget: Budget): string | null => {
  const { words, isOpen, only } = wantedWords(text, isPhrase);
  if (words.length === 0) return null;
  const column = columns[field];
  const inColumn = (found: string[]): string =>
    column === null ? found.join(' OR ') : `${column} : (${found.join(' OR ')})`;
  if (!isOpen) return inColumn([phrase(words)]);
  const [before, last] = [words.slice(0, -1), words.at(-1) ?? ''];
  if (only === null) return inColumn(beginning(termsThatBegin(db, last, budget), before, last, budget, not));
  const forms = shortForms(only);
  if (forms !== null) return inColumn(shortWord(db, only, not ? [only] : forms, budget));
  const begin = `${field === 'from' ? PARTS.from.begin : ''}${only}`;
  const terms = termsThatBegin(db, begin, budget);
  const found = beginning(terms, [], begin, budget, not);
  // What must not be there is a word or its beginning: nobody wants to lose mail for letters within one. And what half of all
  // words begin with is within all others (F10).
  if (!not && terms !== null) found.push(...withinOf(field).flatMap((part) => within(db, `${part}${only}`, budget)));
  return field === 'from' ? found.join(' OR ') : inColumn(found);
};

/** By what the parts of words begin that a word may be within. */
const withinOf = (field: SearchField): string[] => {
  if (field === 'any') return [PARTS.subject.within, PARTS.from.within, PARTS.to.within];
  return [PARTS[field === 'cc' ? 'to' : field].within];
};

/** Too many words begin with one letter or two: then it is looked for in other forms (F11). */
const shortWord = (db: ReadDb, word: string, forms: string[], budget: Budget): string[] => {
  const terms = termsThatBegin(db, word, budget);
  return terms === null ? forms.map((form) => phrase([form])) : anyOf([], word, terms);
};

/** Words with a last one that may go on, as one of these terms; null: of too many. */
const beginning = (terms: string[] | null, before: string[], last: string, budget: Budget, not: boolean): string[] => {
  if (terms !== null) return anyOf(before, last, terms);
  // To leave mail out for what begins like half of all words is nothing that anybody means (F2).
  if (not) return [phrase([...before, last])];
  budget.isUsedUp = true;
  return anyOf(before, last, []);
};

/** Letters that are within so many words are looked for at their beginning alone (F10). */
const within = (db: ReadDb, part: string, budget: Budget): string[] =>
  termsThatBegin(db, part, budget)?.map((term) => phrase([term])) ?? [];

/** With no words that begin so, FTS5 is asked all the same: it may write a letter otherwise than it is typed. */
const anyOf = (before: string[], last: string, terms: string[]): string[] =>
  terms.length === 0 ? [`${phrase([...before, last])} *`] : terms.map((term) => phrase([...before, term]));

const phrase = (words: readonly string[]): string => `"${words.join(' ')}"`;

/** The words of the index that begin with these letters; null where there are more than the budget has room for. */
const termsThatBegin = (db: ReadDb, letters: string, budget: Budget): string[] | null => {
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
    budget.terms + 1,
  );
  if (found.length > budget.terms) return null;
  budget.terms -= found.length;
  return found.map(({ term }) => term);
};
