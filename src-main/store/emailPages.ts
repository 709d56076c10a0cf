import type { ParsedInput } from '../../src-shared/contract.ts';
import type { EmailHead } from '../../src-shared/model.ts';
import type { ReadDb } from './db.ts';
import { type HeadRow, headColumns, headOf, threadHeadOf } from './emailReads.ts';
import { secondOfSortKey, sortKeyFloor } from './sortKey.ts';

type Filter = NonNullable<ParsedInput<'emails.list'>['filter']>;

/** A place in a list: the page starts behind the email received in that second with that local id. */
export type EmailPlace = { second: number; id: number };

/** What to list: one mailbox by local id, or null for everything but trash and junk. */
export type EmailQuery = {
  mailbox: number | null;
  filter: Filter;
  collapseThreads: boolean;
  limit: number;
  after: EmailPlace | null;
};

/** A page, newest first, each row with its place. It asks for one row more than it shows, to know of a next page. */
export const listEmails = (
  db: ReadDb,
  account: string,
  query: EmailQuery,
): { rows: EmailHead[]; places: EmailPlace[]; more: boolean } => {
  const { sql, values } = emailPageSql(query, query.after ? sortKeyBehind(db, query.after) : Number.MAX_SAFE_INTEGER);
  const found = db.all<HeadRow>(sql, ...values);
  const page = found.slice(0, query.limit);
  return {
    rows: page.map((row) => (query.collapseThreads ? threadHeadOf(db, account, row) : headOf(account, row))),
    places: page.map((row) => ({ second: secondOfSortKey(row.sort_key), id: row.id })),
    more: found.length > page.length,
  };
};

/**
 * The sort key below which a list goes on behind a place. Within a second, sort keys ascend with local ids; so the place holds
 * also when its email is gone.
 */
export const sortKeyBehind = (db: ReadDb, place: EmailPlace): number => {
  const floor = sortKeyFloor(place.second);
  const row = db.get<{ top: number | null }>(
    'SELECT max(sort_key) AS top FROM emails WHERE sort_key >= ? AND sort_key < ? AND id < ?',
    floor,
    sortKeyFloor(place.second + 1),
    place.id,
  );
  return row?.top == null ? floor : row.top + 1;
};

type Fragment = { sql: string; values: (string | number)[] };

/** The statement for one page, below a sort key. */
const emailPageSql = (query: EmailQuery, below: number): Fragment => {
  const rank = query.mailbox === null ? 'e.sort_key' : 'm.sort_key';
  const wanted = matching('e', query.filter);
  const conditions: Fragment[] = [{ sql: `${rank} < ?`, values: [below] }, ...bounds(rank, query.filter), ...wanted];
  if (query.mailbox === null) conditions.push({ sql: isListed('e'), values: [] });
  else {
    conditions.unshift({ sql: 'm.mailbox_id = ?', values: [query.mailbox] });
    if (query.filter.unread) conditions.push({ sql: 'm.is_unread = 1', values: [] });
  }
  if (query.collapseThreads) conditions.push(newestOfThread(query));
  // Named indexes: without statistics SQLite would walk the whole mailbox for its few unread emails.
  const index = query.filter.unread ? ' INDEXED BY email_mailboxes_unread' : '';
  const from =
    query.mailbox === null ? 'emails e' : `email_mailboxes m${index} CROSS JOIN emails e ON e.id = m.email_id`;
  return {
    sql: `SELECT ${headColumns} FROM ${from} WHERE ${conditions.map(({ sql }) => sql).join(' AND ')} ORDER BY ${rank} DESC LIMIT ?`,
    values: [...conditions.flatMap(({ values }) => values), query.limit + 1],
  };
};

/** SQL that is true for an email in a mailbox that is neither trash nor junk. */
export const isListed = (alias: string): string =>
  `EXISTS (SELECT 1 FROM email_mailboxes l JOIN mailboxes b ON b.id = l.mailbox_id
    WHERE l.email_id = ${alias}.id AND coalesce(b.role, '') NOT IN ('trash', 'junk'))`;

/** A collapsed thread shows its newest email that matches: no newer one in the same list matches, too. */
const newestOfThread = (query: EmailQuery): Fragment => {
  const also = [...bounds('n.sort_key', query.filter), ...matching('n', query.filter)];
  const conditions = also.map(({ sql }) => ` AND ${sql}`).join('');
  const values = also.flatMap((fragment) => fragment.values);
  if (query.mailbox === null)
    return {
      sql: `NOT EXISTS (SELECT 1 FROM emails n WHERE n.thread_id = e.thread_id AND n.sort_key > e.sort_key
        AND ${isListed('n')}${conditions})`,
      values,
    };
  // Without a filter the covering index alone answers; the email's own row is read only to match one.
  const source =
    also.length === 0
      ? 'email_mailboxes n'
      : 'email_mailboxes k INDEXED BY email_mailboxes_by_thread JOIN emails n ON n.id = k.email_id';
  const key = also.length === 0 ? 'n' : 'k';
  return {
    sql: `NOT EXISTS (SELECT 1 FROM ${source} WHERE ${key}.mailbox_id = m.mailbox_id
      AND ${key}.thread_id = m.thread_id AND ${key}.sort_key > m.sort_key${conditions})`,
    values,
  };
};

const bounds = (rank: string, filter: Filter): Fragment[] => {
  const seconds = (time: string): number => sortKeyFloor(Math.ceil(Date.parse(time) / 1000));
  return [
    ...(filter.before === undefined ? [] : [{ sql: `${rank} < ?`, values: [seconds(filter.before)] }]),
    ...(filter.after === undefined ? [] : [{ sql: `${rank} >= ?`, values: [seconds(filter.after)] }]),
  ];
};

const matching = (alias: string, filter: Filter): Fragment[] => {
  const found: Fragment[] = [];
  const flag = (column: string, value: boolean | undefined): void => {
    if (value !== undefined) found.push({ sql: `${alias}.${column} = ?`, values: [value ? 1 : 0] });
  };
  const keyword = (name: string, present: boolean): void => {
    const sql = `instr(${alias}.keywords, ?) ${present ? '> 0' : '= 0'}`;
    found.push({ sql, values: [JSON.stringify(name.toLowerCase())] });
  };
  const address = (column: string, text: string | undefined): void => {
    if (text === undefined) return;
    const sql = `EXISTS (SELECT 1 FROM json_each(${alias}.${column}) a WHERE a.value ->> 'email' LIKE ? ESCAPE '\\' OR a.value ->> 'name' LIKE ? ESCAPE '\\')`;
    found.push({ sql, values: [containing(text), containing(text)] });
  };
  flag('is_unread', filter.unread);
  flag('has_attachment', filter.hasAttachment);
  if (filter.flagged !== undefined) keyword('$flagged', filter.flagged);
  if (filter.keyword !== undefined) keyword(filter.keyword, true);
  address('from_list', filter.from);
  address('to_list', filter.to);
  if (filter.subject !== undefined)
    found.push({ sql: `${alias}.subject LIKE ? ESCAPE '\\'`, values: [containing(filter.subject)] });
  return found;
};

const containing = (text: string): string => `%${text.replace(/[\\%_]/g, '\\$&')}%`;
