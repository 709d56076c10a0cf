import type { RemoteEmail, RemoteEmailState } from '../../src-shared/remote.ts';
import { assert } from '../lib/assert.ts';
import type { ReadDb, WriteDb } from './db.ts';
import { mailboxId } from './mailboxes.ts';
import { dropThreadIfEmpty, threadId } from './threads.ts';

/** Counters per second of receivedAt: sort keys stay below 2^53 until the year 2106. */
const KEYS_PER_SECOND = 2 ** 21;
const LATEST_SECOND = 2 ** 32 - 1;

/** The smallest sort key of a second; behind the last second there is, one that is larger than all. */
export const sortKeyFloor = (seconds: number): number =>
  Math.min(Math.max(Math.floor(seconds), 0), LATEST_SECOND + 1) * KEYS_PER_SECOND;

/** The second, since the epoch, that a sort key stands for. */
export const secondOfSortKey = (sortKey: number): number => Math.floor(sortKey / KEYS_PER_SECOND);

type Held = { id: number; thread_id: number; sort_key: number; keywords: string; is_unread: number };

const held = (db: ReadDb, remoteId: string): Held | undefined =>
  db.get<Held>('SELECT id, thread_id, sort_key, keywords, is_unread FROM emails WHERE remote_id = ?', remoteId);

/** Stores an email, or brings one that is held up to date. Answers what that meant for the row. */
export const putEmail = (tx: WriteDb, email: RemoteEmail): 'created' | 'updated' | 'unchanged' => {
  const known = held(tx, email.remoteId);
  if (known) return applyState(tx, known, email);
  insertEmail(tx, email);
  return 'created';
};

/** Brings keywords and mailboxes of an email that is held up to date; one that is not is left alone. */
export const patchEmail = (tx: WriteDb, state: RemoteEmailState): 'updated' | 'unchanged' => {
  const known = held(tx, state.remoteId);
  return known ? applyState(tx, known, state) : 'unchanged';
};

/** Removes an email that the server no longer has. False when it was not held. */
export const removeEmail = (tx: WriteDb, remoteId: string): boolean => {
  const known = held(tx, remoteId);
  if (!known) return false;
  setMailboxes(tx, known, []);
  tx.run('DELETE FROM emails WHERE id = ?', known.id);
  dropThreadIfEmpty(tx, known.thread_id);
  tx.changed.email(known.id, 'destroyed');
  tx.changed.thread(known.thread_id);
  return true;
};

const insertEmail = (tx: WriteDb, email: RemoteEmail): void => {
  const thread = threadId(tx, email.threadRemoteId);
  const sortKey = nextSortKey(tx, email.receivedAt);
  const keywords = [...new Set(email.keywords)].toSorted();
  const isUnread = unread(keywords);
  const { lastId: id } = tx.run(
    `INSERT INTO emails (remote_id, blob_id, thread_id, sort_key, sent_at, subject, from_list, to_list, cc_list, headers,
       preview, size, has_attachment, keywords, is_unread) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    email.remoteId,
    email.blobId,
    thread,
    sortKey,
    email.sentAt,
    email.subject,
    JSON.stringify(email.from),
    JSON.stringify(email.to),
    JSON.stringify(email.cc),
    JSON.stringify(email.headers),
    email.preview,
    email.size,
    email.hasAttachment ? 1 : 0,
    JSON.stringify(keywords),
    isUnread,
  );
  for (const part of email.attachments)
    tx.run(
      'INSERT OR IGNORE INTO attachments (email_id, part, blob_id, name, type, size, cid, disposition) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
      id,
      part.part,
      part.blobId,
      part.name,
      part.type,
      part.size,
      part.cid,
      part.disposition,
    );
  setMailboxes(tx, { id, thread_id: thread, sort_key: sortKey, keywords: '', is_unread: isUnread }, email.mailboxIds);
  tx.changed.email(id, 'created');
  tx.changed.thread(thread);
};

const applyState = (tx: WriteDb, known: Held, state: RemoteEmailState): 'updated' | 'unchanged' => {
  const keywords = JSON.stringify([...new Set(state.keywords)].toSorted());
  const isUnread = unread(state.keywords);
  const flagsMoved = keywords !== known.keywords;
  if (flagsMoved) {
    tx.run('UPDATE emails SET keywords = ?, is_unread = ? WHERE id = ?', keywords, isUnread, known.id);
    if (isUnread !== known.is_unread) {
      tx.run('UPDATE email_mailboxes SET is_unread = ? WHERE email_id = ?', isUnread, known.id);
      for (const mailbox of mailboxesOf(tx, known.id)) tx.changed.mailbox(mailbox);
    }
  }
  const mailboxesMoved = setMailboxes(tx, { ...known, is_unread: isUnread }, state.mailboxIds);
  if (!flagsMoved && !mailboxesMoved) return 'unchanged';
  tx.changed.email(known.id, 'updated');
  tx.changed.thread(known.thread_id);
  return 'updated';
};

const mailboxesOf = (db: ReadDb, email: number): number[] =>
  db
    .all<{ mailbox_id: number }>('SELECT mailbox_id FROM email_mailboxes WHERE email_id = ?', email)
    .map((row) => row.mailbox_id);

const setMailboxes = (tx: WriteDb, email: Held, remoteIds: string[]): boolean => {
  const wanted = new Set(remoteIds.map((remoteId) => mailboxId(tx, remoteId)));
  let moved = false;
  for (const mailbox of mailboxesOf(tx, email.id)) {
    if (wanted.delete(mailbox)) continue;
    tx.run('DELETE FROM email_mailboxes WHERE mailbox_id = ? AND sort_key = ?', mailbox, email.sort_key);
    tx.changed.mailbox(mailbox);
    moved = true;
  }
  for (const mailbox of wanted) {
    tx.run(
      'INSERT INTO email_mailboxes (mailbox_id, sort_key, email_id, thread_id, is_unread) VALUES (?, ?, ?, ?, ?)',
      mailbox,
      email.sort_key,
      email.id,
      email.thread_id,
      email.is_unread,
    );
    tx.changed.mailbox(mailbox);
    moved = true;
  }
  return moved;
};

const unread = (keywords: string[]): 0 | 1 => (keywords.includes('$seen') || keywords.includes('$draft') ? 0 : 1);

const nextSortKey = (tx: WriteDb, receivedAt: number): number => {
  const floor = sortKeyFloor(Math.min(receivedAt, LATEST_SECOND));
  const top = tx.get<{ top: number | null }>(
    'SELECT max(sort_key) AS top FROM emails WHERE sort_key >= ? AND sort_key < ?',
    floor,
    floor + KEYS_PER_SECOND,
  )?.top;
  const key = top == null ? floor : top + 1;
  assert(key < floor + KEYS_PER_SECOND, 'more than 2 million emails were received in one second');
  return key;
};

/** Which of these remote ids are held. */
export const heldEmails = (db: ReadDb, remoteIds: string[]): Set<string> =>
  new Set(
    db
      .all<{ remote_id: string }>(
        'SELECT remote_id FROM emails WHERE remote_id IN (SELECT value FROM json_each(?))',
        JSON.stringify(remoteIds),
      )
      .map((row) => row.remote_id),
  );

/** Remote ids of everything held, in pages: those after `after` in their own order. */
export const heldEmailsAfter = (db: ReadDb, after: string, limit: number): string[] =>
  db
    .all<{ remote_id: string }>(
      'SELECT remote_id FROM emails WHERE remote_id > ? ORDER BY remote_id LIMIT ?',
      after,
      limit,
    )
    .map((row) => row.remote_id);

/** How many emails are held. */
export const countEmails = (db: ReadDb): number => db.get<{ n: number }>('SELECT count(*) AS n FROM emails')?.n ?? 0;
