import type { EmailState } from '../../src-shared/project.ts';
import type { HeldIdentity, RemoteEmail, RemoteEmailState } from '../../src-shared/remote.ts';
import { assert } from '../lib/assert.ts';
import { putAttachments } from './attachments.ts';
import { storeBody } from './bodies.ts';
import type { ReadDb, WriteDb } from './db.ts';
import {
  acceptState,
  deleteEmail,
  emailRow,
  emailRowOf,
  isHidden,
  receiveState,
  setMailboxes,
  unread,
} from './emailState.ts';
import { mailboxId } from './mailboxes.ts';
import { emailIsAnother, emailIsGone } from './pendingDropped.ts';
import { indexNewEmail } from './searchIndex.ts';
import { LATEST_SECOND, secondOfSortKey, sortKeyFloor } from './sortKey.ts';
import { joinThread } from './threadIds.ts';
import { threadId } from './threads.ts';

/** Stores an email, or brings one that is held up to date. Answers what that meant for the row. */
export const putEmail = (tx: WriteDb, email: RemoteEmail): 'created' | 'updated' | 'unchanged' => {
  const known = emailRowOf(tx, email.remoteId);
  if (known) return receiveState(tx, known, stateOf(tx, email));
  insertEmail(tx, email);
  return 'created';
};

/** Brings keywords and mailboxes of an email that is held up to date; one that is not is left alone. */
export const patchEmail = (tx: WriteDb, state: RemoteEmailState): 'updated' | 'unchanged' => {
  const known = emailRowOf(tx, state.remoteId);
  return known ? receiveState(tx, known, stateOf(tx, state)) : 'unchanged';
};

/** Brings an email that is held under one id to what the server says of it under another; one that is not is left alone. */
export const moveEmail = (tx: WriteDb, from: string, to: RemoteEmailState): 'updated' | 'unchanged' => {
  const known = emailRowOf(tx, from);
  if (!known) return 'unchanged';
  takeRemoteId(tx, known.id, to.remoteId);
  receiveState(tx, known, stateOf(tx, to));
  return 'updated';
};

/** Takes what a server told of an email that it changed: the id that it has there now, and its state (P3). */
export const acceptRemoteState = (tx: WriteDb, email: number, state: RemoteEmailState): void => {
  if (!emailRow(tx, email)) return;
  takeRemoteId(tx, email, state.remoteId);
  acceptState(tx, email, stateOf(tx, state));
};

/** Gives an email another id of the server's. A row that has it is the same email, taken for a new one: it gives way. */
const takeRemoteId = (tx: WriteDb, email: number, remoteId: string): void => {
  const other = emailRowOf(tx, remoteId);
  if (other?.id === email) return;
  if (other) {
    if (other.pending > 0) emailIsAnother(tx, other.id);
    deleteEmail(tx, other);
  }
  tx.run('UPDATE emails SET remote_id = ? WHERE id = ?', remoteId, email);
};

/** Removes an email that the server no longer has. False when it was not held. */
export const removeEmail = (tx: WriteDb, remoteId: string): boolean => {
  const known = emailRowOf(tx, remoteId);
  if (!known) return false;
  if (known.pending > 0) emailIsGone(tx, known.id);
  deleteEmail(tx, known);
  return true;
};

/** What a server says of an email, with mailboxes by local id. */
const stateOf = (tx: WriteDb, { keywords, mailboxIds }: RemoteEmailState): EmailState => ({
  keywords: [...new Set(keywords)].toSorted(),
  mailboxes: [...new Set(mailboxIds.map((remoteId) => mailboxId(tx, remoteId)))].toSorted((x, y) => x - y),
  destroyed: false,
});

const insertEmail = (tx: WriteDb, email: RemoteEmail): void => {
  const { threadRemoteId, headers } = email;
  const thread = threadRemoteId === null ? joinThread(tx, headers) : threadId(tx, threadRemoteId);
  const sortKey = nextSortKey(tx, email.receivedAt);
  const state = stateOf(tx, email);
  const hidden = isHidden(state);
  const isUnread = unread(state.keywords);
  const { lastId: id } = tx.run(
    `INSERT INTO emails (remote_id, object_id, blob_id, thread_id, sort_key, sent_at, subject, from_list, to_list, cc_list,
       headers, preview, size, has_attachment, keywords, is_unread, is_hidden)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    email.remoteId,
    email.objectId ?? null,
    email.blobId,
    thread,
    sortKey,
    email.sentAt,
    email.subject,
    JSON.stringify(email.from),
    JSON.stringify(email.to),
    JSON.stringify(email.cc),
    JSON.stringify(headers),
    email.preview,
    email.size,
    email.hasAttachment ? 1 : 0,
    JSON.stringify(state.keywords),
    isUnread,
    hidden ? 1 : 0,
  );
  putAttachments(tx, id, email.attachments);
  indexNewEmail(tx, sortKey, email);
  if (email.body) storeBody(tx, id, email.body);
  // Nobody is told of what nobody sees.
  if (hidden) return;
  setMailboxes(tx, { id, thread_id: thread, sort_key: sortKey, is_unread: isUnread }, [], state.mailboxes);
  tx.changed.email(id, 'created');
  tx.changed.thread(thread);
};

const nextSortKey = (tx: WriteDb, receivedAt: number): number => {
  const floor = sortKeyFloor(Math.min(receivedAt, LATEST_SECOND));
  const end = sortKeyFloor(secondOfSortKey(floor) + 1);
  const top = tx.get<{ top: number | null }>(
    'SELECT max(sort_key) AS top FROM emails WHERE sort_key >= ? AND sort_key < ?',
    floor,
    end,
  )?.top;
  const key = top == null ? floor : top + 1;
  assert(key < end, 'more than 2 million emails were received in one second');
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

/** How many of those held have a remote id from `first` to `last`, in their own order. */
export const countEmailsBetween = (db: ReadDb, first: string, last: string): number =>
  db.get<{ n: number }>('SELECT count(*) AS n FROM emails WHERE remote_id BETWEEN ? AND ?', first, last)?.n ?? 0;

type IdentityRow = {
  remote_id: string;
  message_id: string | null;
  size: number;
  sort_key: number;
  object_id: string | null;
};

/** By what emails are known again under another id, those that are held. */
export const heldIdentities = (db: ReadDb, remoteIds: string[]): Map<string, HeldIdentity> =>
  new Map(
    db
      .all<IdentityRow>(
        `SELECT remote_id, json_extract(headers, '$.messageId[0]') AS message_id, size, sort_key, object_id
         FROM emails
         WHERE remote_id IN (SELECT value FROM json_each(?))`,
        JSON.stringify(remoteIds),
      )
      .map((row) => [
        row.remote_id,
        {
          messageId: row.message_id,
          size: row.size,
          receivedAt: secondOfSortKey(row.sort_key),
          objectId: row.object_id,
        },
      ]),
  );

/** How many emails are held. */
export const countEmails = (db: ReadDb): number => db.get<{ n: number }>('SELECT count(*) AS n FROM emails')?.n ?? 0;
