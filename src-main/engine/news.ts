import type { Clock } from '../lib/clock.ts';
import type { Store } from '../store/db.ts';
import { worthTelling } from '../store/news.ts';
import { moveCursor, readCursors } from '../store/syncState.ts';

/** New mail to tell a person of: each by its local id, or, where that would be a storm, how many. */
export type News = { email: number } | { count: number };

/** So many at most are told of one by one, after one cycle. */
const MOST_AT_ONCE = 5;

/** When the account's first sync began, among the cursors, in ms since the epoch. */
const BEGUN = 'begun';

/** To be called before anything is pulled. */
export const noteBeginning = (store: Store, clock: Clock): void => {
  if (store.read(readCursors)[BEGUN] === undefined)
    store.write((tx) => void moveCursor(tx, BEGUN, null, String(clock.now())));
};

/**
 * What to tell of the emails that pulls of one cycle brought, as they are by now: a person may have read them elsewhere. Each
 * is brought once, as its row is made once; what was not told before a crash is not told.
 */
export const newsOf = (store: Store, arrived: readonly number[]): News[] => {
  if (arrived.length === 0) return [];
  let emails: number[] = [];
  try {
    emails = store.read((db) => worthTelling(db, arrived, Number(readCursors(db)[BEGUN])));
  } catch {
    // A disk that cannot be read tells so in the next cycle.
  }
  return emails.length > MOST_AT_ONCE ? [{ count: emails.length }] : emails.map((email) => ({ email }));
};
