import { type EmailPlace, type EmailQuery, listEmails } from '../../src-main/store/emailPages.ts';
import type { TestStore } from '../support/store.ts';

/** A list, without a place in it. */
export type List = Omit<EmailQuery, 'limit' | 'after'>;

/** Everything but trash and junk, whole, one row an email. */
export const allMail: List = { mailbox: null, filter: {}, collapseThreads: false };

/** One page: remote ids and where the last of them stands. */
export const page = (s: TestStore, list: List, limit: number, after: EmailPlace | null = null) => {
  const { rows, places, more } = s.read((db) => listEmails(db, 'acc', { ...list, limit, after }));
  const names = new Map(s.rows('emails').map((row) => [String(row['id']), String(row['remote_id'])]));
  return { names: rows.map(({ id }) => names.get(id) ?? id), rows, places, more, last: places.at(-1) ?? null };
};

/** A list from its top to its end, `limit` at a time; `between` runs after every page. */
export const walk = (
  s: TestStore,
  list: List,
  limit: number,
  between: (pages: number) => void = () => undefined,
): string[] => {
  const walked: string[] = [];
  for (let pages = 1, after: EmailPlace | null = null; ; pages++) {
    const { names, more, last } = page(s, list, limit, after);
    walked.push(...names);
    if (!more) return walked;
    if (names.length === 0 || pages > 1000) throw new Error('the list has no end');
    after = last;
    between(pages);
  }
};
