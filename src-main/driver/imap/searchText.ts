import { asTernError } from '../../../src-shared/errors.ts';
import type { Cursors, ServerSearch, ServerTerm } from '../driver.ts';
import { atom, type ImapConnection } from './connection.ts';
import { ImapRefusal } from './errors.ts';
import { readCursor } from './mailboxCursor.ts';
import { emailId } from './names.ts';
import { openToRead } from './read.ts';
import type { Reading } from './reading.ts';
import { allOf, numbersOf } from './search.ts';
import { searchKeys } from './searchKeys.ts';
import type { UidRange } from './uids.ts';

/** A mailbox that is synced: its key, its name on the server, and what its UIDs belong to. */
type Searched = { key: string; path: string; validity: string };

/** More mailboxes would take too long for somebody who waits. */
const MOST_MAILBOXES = 200;

/**
 * Emails that the server finds, mailbox by mailbox (RFC 9051 section 6.4.4), of each the highest UIDs. A mailbox that cannot be
 * searched is left out.
 */
export async function* searchEmails(
  reading: Reading,
  search: ServerSearch,
  cursors: Cursors,
  signal: AbortSignal,
): AsyncGenerator<string[], boolean, void> {
  const mailboxes = searched(search.terms, cursors);
  let isAll = mailboxes.length <= MOST_MAILBOXES;
  for (const mailbox of mailboxes.slice(0, MOST_MAILBOXES)) {
    const uids = await reading.turn(signal, (connection) => searchMailbox(connection, mailbox, search));
    if (uids === null || uids.length > search.limit) isAll = false;
    yield (uids ?? []).slice(-search.limit).map((uid) => emailId(mailbox.key, mailbox.validity, uid));
  }
  return isAll;
}

/** The mailboxes to look in: those that are named, where they are synced themselves; a view of others is in those (Gmail). */
const searched = (terms: readonly ServerTerm[], cursors: Cursors): Searched[] => {
  const all = Object.entries(cursors).flatMap(([name, text]): Searched[] => {
    const cursor = name.startsWith('mailbox:') ? readCursor(text) : null;
    return cursor ? [{ key: name.slice('mailbox:'.length), path: cursor.path, validity: cursor.validity }] : [];
  });
  const keys = new Set(all.map(({ key }) => key));
  const fits = ({ key }: Searched): boolean =>
    terms.every((term) => {
      if (term.type !== 'in' && term.type !== 'beyond') return true;
      if (!term.mailboxes.every((each) => keys.has(each))) return true;
      return term.mailboxes.includes(key) === ((term.type === 'in') !== term.not);
    });
  const inbox = ({ path }: Searched): number => (path === 'INBOX' ? 0 : 1);
  return all.filter(fits).toSorted((a, b) => inbox(a) - inbox(b));
};

/** The highest UIDs, one more than wanted where there are more; null where the server refuses. */
const searchMailbox = async (
  connection: ImapConnection,
  mailbox: Searched,
  { terms, limit }: ServerSearch,
): Promise<number[] | null> => {
  const found: UidRange[] = [];
  const tell = (ranges: UidRange[]): void => ranges.forEach((range) => void found.push(range));
  const compact = connection.has('ESEARCH') ? [atom('RETURN'), [atom('ALL')]] : [];
  try {
    await openToRead(connection, { ...mailbox, ids: new Map() });
    await connection.run('UID SEARCH', [...compact, ...searchKeys(connection, terms)], {
      SEARCH: (response) => tell(numbersOf(response)),
      ESEARCH: (response) => tell(allOf(response)),
    });
  } catch (error) {
    if (error instanceof ImapRefusal || asTernError(error).kind === 'notFound') return null;
    throw error;
  }
  return highest(found, limit + 1);
};

/** Ascending. */
const highest = (ranges: readonly UidRange[], count: number): number[] => {
  const uids = new Set<number>();
  for (const [low, high] of ranges.toSorted((a, b) => b[1] - a[1]))
    for (let uid = high; uid >= low && uids.size < count; uid--) uids.add(uid);
  return [...uids].toSorted((a, b) => a - b);
};
