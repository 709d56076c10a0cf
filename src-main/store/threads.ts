import type { ReadDb, WriteDb } from './db.ts';

/** The local id of a thread that the server knows, made on first sight. */
export const threadId = (tx: WriteDb, remoteId: string): number =>
  tx.get<{ id: number }>('SELECT id FROM threads WHERE remote_id = ?', remoteId)?.id ??
  tx.run('INSERT INTO threads (remote_id) VALUES (?)', remoteId).lastId;

/** Removes a thread whose last email is gone, with its ids; not while another one is being merged with it. */
export const dropThreadIfEmpty = (tx: WriteDb, id: number): void => {
  tx.run(
    `DELETE FROM threads WHERE id = ? AND NOT EXISTS (SELECT 1 FROM emails WHERE thread_id = threads.id)
       AND NOT EXISTS (SELECT 1 FROM thread_merges WHERE thread_id = threads.id)
       AND NOT EXISTS (SELECT 1 FROM thread_merges WHERE into_id = threads.id)`,
    id,
  );
};

/** Local ids of a thread's emails, oldest first; empty for a thread that is not held. */
export const threadEmails = (db: ReadDb, id: number): number[] =>
  db
    .all<{ id: number }>('SELECT id FROM emails WHERE thread_id = ? AND is_hidden = 0 ORDER BY sort_key', id)
    .map((row) => row.id);

/** How many emails a thread has, and how many of them are unread. */
export const threadCounts = (db: ReadDb, id: number): { size: number; unread: number } =>
  db.get<{ size: number; unread: number }>(
    'SELECT count(*) AS size, coalesce(sum(is_unread), 0) AS unread FROM emails WHERE thread_id = ? AND is_hidden = 0',
    id,
  ) ?? { size: 0, unread: 0 };
