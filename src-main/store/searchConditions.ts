import type { SearchTerm } from '../../src-shared/search.ts';
import type { ReadDb } from './db.ts';
import { isListed } from './emailPages.ts';
import { mailboxesCalled } from './searchMailboxes.ts';
import { sortKeyFloor } from './sortKey.ts';

/** A piece of a statement with its values. */
export type Fragment = { sql: string; values: (string | number)[] };

/** A condition that few emails may hold: how they are gone through in their order, and how many there are, up to `MANY`. */
type Source = { count: number; from: string; where: Fragment; rank: string; keys: Fragment };

/** What has to hold of the email `e` besides its words. `below`, `from`: bounds of its sort key. `sources`: fewest first. */
export type Conditions = { all: Fragment[]; sources: Source[]; below: number; from: number };

/** As many as that are no longer few. */
export const MANY = 20_000;

/** Null where nothing can hold: a mailbox is named that the account does not have. */
export const conditionsOf = (db: ReadDb, terms: readonly SearchTerm[]): Conditions | null => {
  const found: Conditions = {
    all: [{ sql: 'e.is_hidden = 0', values: [] }],
    sources: [],
    below: Number.MAX_SAFE_INTEGER,
    from: 0,
  };
  for (const term of terms) if (!addCondition(db, found, term)) return null;
  // Trash and junk are for those who look there (F5).
  if (!terms.some(({ type, not }) => type === 'in' && !not)) found.all.push({ sql: isListed('e'), values: [] });
  found.sources.sort((a, b) => a.count - b.count);
  return found;
};

/** False for one that cannot hold. */
const addCondition = (db: ReadDb, found: Conditions, term: SearchTerm): boolean => {
  switch (term.type) {
    case 'text':
      return true;
    case 'attachment':
      found.all.push({ sql: `e.has_attachment = ${term.not ? 0 : 1}`, values: [] });
      return true;
    case 'unread':
      return addIndexed(db, found, 'emails_unread', 'e.is_unread = 1', term.not);
    case 'flagged':
      return addIndexed(db, found, 'emails_flagged', `instr(e.keywords, '"$flagged"') > 0`, term.not);
    case 'before':
    case 'after': {
      const floor = sortKeyFloor(term.second);
      if ((term.type === 'before') !== term.not) found.below = Math.min(found.below, floor);
      else found.from = Math.max(found.from, floor);
      return true;
    }
    case 'in':
      return addMailboxes(db, found, mailboxesCalled(db, term.mailbox), term.not);
  }
};

const addIndexed = (db: ReadDb, found: Conditions, index: string, sql: string, not: boolean): boolean => {
  found.all.push({ sql: not ? `NOT (${sql})` : sql, values: [] });
  if (not) return true;
  const from = `emails e INDEXED BY ${index}`;
  const counted = db.get<{ n: number }>(`SELECT count(*) AS n FROM (SELECT 1 FROM ${from} WHERE ${sql} LIMIT ${MANY})`);
  found.sources.push({
    count: counted?.n ?? 0,
    from,
    where: { sql, values: [] },
    rank: 'e.sort_key',
    keys: { sql: `SELECT e.sort_key FROM ${from} WHERE ${sql}`, values: [] },
  });
  return true;
};

const addMailboxes = (db: ReadDb, found: Conditions, mailboxes: number[] | 'all', not: boolean): boolean => {
  if (mailboxes === 'all') return !not;
  const list = JSON.stringify(mailboxes);
  const within = 'IN (SELECT value FROM json_each(?))';
  const sql = `EXISTS (SELECT 1 FROM email_mailboxes i WHERE i.email_id = e.id AND i.mailbox_id ${within})`;
  found.all.push({ sql: not ? `NOT ${sql}` : sql, values: [list] });
  if (not) return true;
  const counted = db.get<{ n: number | null }>(`SELECT sum(held_total) AS n FROM mailboxes WHERE id ${within}`, list);
  const [only, ...others] = mailboxes;
  if (only === undefined) return false;
  const keys = { sql: `SELECT k.sort_key FROM email_mailboxes k WHERE k.mailbox_id ${within}`, values: [list] };
  // Of one mailbox the rows are in their order.
  const leads = others.length === 0;
  found.sources.push({
    count: counted?.n ?? 0,
    from: leads ? 'email_mailboxes m CROSS JOIN emails e ON e.id = m.email_id' : 'emails e',
    where: leads ? { sql: 'm.mailbox_id = ?', values: [only] } : { ...keys, sql: `e.sort_key IN (${keys.sql})` },
    rank: leads ? 'm.sort_key' : 'e.sort_key',
    keys,
  });
  return true;
};
