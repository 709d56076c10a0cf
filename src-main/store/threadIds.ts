import type { RemoteHeaders } from '../../src-shared/remote.ts';
import type { ReadDb, WriteDb } from './db.ts';
import { dropThreadIfEmpty } from './threads.ts';

/** More references than these, the first and the last, are a mistake or a bomb; a longer id names nothing. */
const MOST_REFERENCES = 50;
const MOST_OTHERS = 5;
const LONGEST_ID = 500;

/**
 * Ids by which an email is threaded where the server has no threads (RFC 5322 section 3.6.4): its own, and those that it
 * answers. Emails that share one are of one thread, whatever their subjects.
 */
export const threadIdsOf = ({ messageId, inReplyTo, references }: RemoteHeaders): string[] => {
  const ids = [
    ...messageId.slice(0, MOST_OTHERS),
    ...inReplyTo.slice(0, MOST_OTHERS),
    ...references.slice(0, 1),
    ...references.slice(1).slice(1 - MOST_REFERENCES),
  ];
  return [...new Set(ids)].filter((id) => id.trim() !== '' && id.length <= LONGEST_ID);
};

/** The thread of an email without one of the server's. Threads that it shows to be one are merged, by `mergeThreads`. */
export const joinThread = (tx: WriteDb, headers: RemoteHeaders): number => {
  const ids = threadIdsOf(headers);
  const named = ids.map((id) => ({ id, thread: threadNamed(tx, id) }));
  const [thread = newThread(tx), ...others] = largestFirst(tx, new Set(named.flatMap((each) => each.thread ?? [])));
  for (const other of others) tx.run('INSERT INTO thread_merges (thread_id, into_id) VALUES (?, ?)', other, thread);
  // Two ids that are no proper text may be the same to SQLite.
  for (const each of named)
    if (each.thread === undefined)
      tx.run('INSERT OR IGNORE INTO thread_ids (message_id, thread_id) VALUES (?, ?)', each.id, thread);
  return thread;
};

const newThread = (tx: WriteDb): number => tx.run('INSERT INTO threads (remote_id) VALUES (NULL)').lastId;

const threadNamed = (db: ReadDb, id: string): number | undefined => {
  const row = db.get<{ thread_id: number }>('SELECT thread_id FROM thread_ids WHERE message_id = ?', id);
  return row && rootOf(db, row.thread_id);
};

/** The thread that one is being merged into, or itself: the union-find's parents are what is not merged yet. */
const rootOf = (db: ReadDb, thread: number): number => {
  const into = db.get<{ into_id: number }>('SELECT into_id FROM thread_merges WHERE thread_id = ?', thread)?.into_id;
  return into === undefined ? thread : rootOf(db, into);
};

/** Emails of the smaller thread go over to the larger one; beyond this size either may be called the larger. */
const SIZE_COUNTED = 1000;

const largestFirst = (db: ReadDb, threads: ReadonlySet<number>): number[] => {
  if (threads.size < 2) return [...threads];
  const count = 'SELECT count(*) AS n FROM (SELECT 1 FROM emails WHERE thread_id = ? LIMIT ?)';
  const sizes = [...threads].map((thread) => ({
    thread,
    size: db.get<{ n: number }>(count, thread, SIZE_COUNTED)?.n ?? 0,
  }));
  return sizes.toSorted((a, b) => b.size - a.size || a.thread - b.thread).map(({ thread }) => thread);
};

/** Whether threads are still to be merged. */
export const hasMerges = (db: ReadDb): boolean => nextMerge(db) !== undefined;

const nextMerge = (db: ReadDb): { thread_id: number; into_id: number } | undefined =>
  db.get('SELECT thread_id, into_id FROM thread_merges WHERE thread_id > 0 ORDER BY thread_id LIMIT 1');

/**
 * Takes emails and ids of merged threads over to the thread that they belong to, `most` of them, so that no commit is
 * long however large the threads are: until the last one, both are shown.
 */
export const mergeThreads = (tx: WriteDb, most: number): void => {
  for (let left = most; left > 0; ) {
    const merge = nextMerge(tx);
    if (!merge) return;
    const into = rootOf(tx, merge.into_id);
    left -= 1;
    left -= moveEmails(tx, merge.thread_id, into, left);
    if (left > 0) left -= moveIds(tx, merge.thread_id, into, left);
    if (left > 0) endMerge(tx, merge.thread_id, into);
  }
};

const moveEmails = (tx: WriteDb, from: number, into: number, most: number): number => {
  const emails = tx.all<{ id: number; is_hidden: number }>(
    'SELECT id, is_hidden FROM emails WHERE thread_id = ? LIMIT ?',
    from,
    most,
  );
  for (const { id, is_hidden } of emails) {
    tx.run('UPDATE emails SET thread_id = ? WHERE id = ?', into, id);
    tx.run('UPDATE email_mailboxes SET thread_id = ? WHERE email_id = ?', into, id);
    if (is_hidden === 0) tx.changed.email(id, 'updated');
  }
  tx.changed.thread(from);
  tx.changed.thread(into);
  return emails.length;
};

const moveIds = (tx: WriteDb, from: number, into: number, most: number): number =>
  tx.run(
    `UPDATE thread_ids SET thread_id = ? WHERE message_id IN
       (SELECT message_id FROM thread_ids WHERE thread_id = ? LIMIT ?)`,
    into,
    from,
    most,
  ).changes;

const endMerge = (tx: WriteDb, thread: number, into: number): void => {
  tx.run('UPDATE thread_merges SET into_id = ? WHERE into_id = ?', into, thread);
  tx.run('DELETE FROM thread_merges WHERE thread_id = ?', thread);
  tx.run('DELETE FROM threads WHERE id = ?', thread);
  // The emails that it already had may be gone by now.
  dropThreadIfEmpty(tx, into);
};
