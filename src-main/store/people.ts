import type { Person } from '../../src-shared/people.ts';
import type { ReadDb } from './db.ts';
import { sortKeyFloor } from './sortKey.ts';

/** Whom one wrote to counts so many times as much as who was only in one's mail. */
const WRITTEN = 20;
const MONTH = sortKeyFloor(30 * 24 * 3600);

/** Every word by how it begins; null where nothing is typed that could be found. */
const matchOf = (text: string): string | null =>
  [...text.matchAll(/[\p{L}\p{N}]+/gu)].map(([word]) => `"${word}"*`).join(' ') || null;

/**
 * Those whose name or address has words that begin with the words of `text`, whom one wrote to, often and lately, first. `now`: in
 * seconds since the epoch.
 */
export const suggestPeople = (db: ReadDb, text: string, limit: number, now: number): Person[] => {
  const match = matchOf(text);
  if (match === null) return [];
  return db.all<Person>(
    `SELECT p.email, p.name, (? * p.written + p.seen) / (1.0 + max(0, ? - p.last_key) / CAST(? AS REAL)) AS weight
     FROM people_words w JOIN people p ON p.id = w.rowid
     WHERE w.people_words MATCH ? ORDER BY weight DESC LIMIT ?`,
    WRITTEN,
    sortKeyFloor(now),
    MONTH,
    match,
    limit,
  );
};
