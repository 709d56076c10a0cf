import * as z from 'zod';
import { safeJson } from '../lib/json.ts';
import { columnValue, type ReadDb, type WriteDb } from './db.ts';
import { sortKeyFloor } from './sortKey.ts';
import { type StoredError, storedError } from './storedError.ts';

const address = z.object({ name: z.string().nullable(), email: z.string() });
const contentSchema = z.object({
  /** An id of `identities.list`; null: the account's own. */
  identity: z.string().nullable(),
  /** Of an identity that is any address of a domain: which one. */
  from: z.string().nullable().default(null),
  to: z.array(address),
  cc: z.array(address),
  bcc: z.array(address),
  subject: z.string(),
  text: z.string().nullable(),
  html: z.string().nullable(),
  /** Local ids of the emails that it answers or forwards. */
  inReplyTo: z.number().nullable(),
  forwardOf: z.number().nullable(),
  /** Those that it answers by another client's word. */
  answers: z.array(z.number()).default([]),
  /** Message-IDs for the header fields of that name (RFC 5322 section 3.6.4). */
  replied: z.array(z.string()),
  references: z.array(z.string()),
});
/** What a person wrote, attachments aside. */
export type DraftContent = z.infer<typeof contentSchema>;

const filingSchema = z.object({
  revision: z.number(),
  messageId: z.string(),
  /** Within the account's folder; `size` in bytes. */
  path: z.string(),
  size: z.number(),
  receivedAt: z.number(),
  journal: z.string().nullable(),
});
/** A revision on its way to the server: its bytes are on disk and stay as they are until an answer came. */
export type DraftFiling = z.infer<typeof filingSchema>;

/** `gone`: another client replaced or removed it, at `nextAttemptAt`; kept for a while for a window that may still save it. */
export type DraftStage = 'open' | 'sending' | 'gone';

/** A draft as stored; times in ms since the epoch. */
export type StoredDraft = {
  id: number;
  content: DraftContent;
  stage: DraftStage;
  revision: number;
  savedRevision: number;
  /** The one that stays here alone. */
  keptRevision: number;
  serverEmail: number | null;
  serverMessage: string | null;
  /** What the server calls it, where that is known before a pull brings it. */
  serverRemote: string | null;
  wasSeen: boolean;
  filing: DraftFiling | null;
  attempts: number;
  nextAttemptAt: number;
  error: StoredError | null;
  createdAt: number;
  updatedAt: number;
};

type Row = {
  id: number;
  content: string;
  stage: DraftStage;
  revision: number;
  saved_revision: number;
  kept_revision: number;
  server_email: number | null;
  server_message: string | null;
  server_remote: string | null;
  was_seen: number;
  filing: string | null;
  attempts: number;
  next_attempt_at: number;
  last_error: string | null;
  created_at: number;
  updated_at: number;
};

const nothing: DraftContent = {
  identity: null,
  from: null,
  to: [],
  cc: [],
  bcc: [],
  subject: '',
  text: null,
  html: null,
  inReplyTo: null,
  forwardOf: null,
  answers: [],
  replied: [],
  references: [],
};

const readableContent = contentSchema.catch(nothing);

const draftOf = (row: Row): StoredDraft => ({
  id: row.id,
  content: readableContent.parse(safeJson(row.content)),
  stage: row.stage,
  revision: row.revision,
  savedRevision: row.saved_revision,
  keptRevision: row.kept_revision,
  serverEmail: row.server_email,
  serverMessage: row.server_message,
  serverRemote: row.server_remote,
  wasSeen: row.was_seen === 1,
  filing: row.filing === null ? null : (filingSchema.safeParse(safeJson(row.filing)).data ?? null),
  attempts: row.attempts,
  nextAttemptAt: row.next_attempt_at,
  error: storedError(row.last_error),
  createdAt: row.created_at,
  updatedAt: row.updated_at,
});

/** Stores a new draft; answers its id. `due`: when it is to go to the server. */
export const addDraft = (tx: WriteDb, content: DraftContent, now: number, due: number): number => {
  tx.changed.outgoing();
  tx.changed.pending();
  return tx.run(
    "INSERT INTO drafts (content, stage, next_attempt_at, created_at, updated_at) VALUES (?, 'open', ?, ?, ?)",
    JSON.stringify(content),
    due,
    now,
    now,
  ).lastId;
};

/** A draft by its id. */
export const readDraft = (db: ReadDb, id: number): StoredDraft | undefined => {
  const row = db.get<Row>('SELECT * FROM drafts WHERE id = ?', id);
  return row && draftOf(row);
};

const STORED = {
  content: 'content',
  stage: 'stage',
  revision: 'revision',
  savedRevision: 'saved_revision',
  keptRevision: 'kept_revision',
  serverEmail: 'server_email',
  serverMessage: 'server_message',
  serverRemote: 'server_remote',
  wasSeen: 'was_seen',
  filing: 'filing',
  attempts: 'attempts',
  nextAttemptAt: 'next_attempt_at',
  error: 'last_error',
  updatedAt: 'updated_at',
} as const;

/** Changes what is named of a draft, and nothing else. */
export const updateDraft = (
  tx: WriteDb,
  id: number,
  changes: Partial<Pick<StoredDraft, keyof typeof STORED>>,
): void => {
  tx.changed.outgoing();
  tx.changed.pending();
  for (const [name, value] of Object.entries(changes))
    tx.run(`UPDATE drafts SET ${STORED[name as keyof typeof STORED]} = ? WHERE id = ?`, columnValue(value), id);
};

/** Removes a draft whole. */
export const removeDraft = (tx: WriteDb, id: number): void => {
  tx.changed.outgoing();
  tx.changed.pending();
  tx.run('DELETE FROM drafts WHERE id = ?', id);
};

/** Forgets drafts that were gone before a moment, in ms since the epoch. */
export const forgetGone = (tx: WriteDb, before: number): void =>
  void tx.run("DELETE FROM drafts WHERE stage = 'gone' AND next_attempt_at < ?", before);

/** Drafts in a stage, the latest first. */
export const draftsIn = (db: ReadDb, stage: DraftStage): StoredDraft[] =>
  db.all<Row>('SELECT * FROM drafts WHERE stage = ? ORDER BY updated_at DESC, id DESC', stage).map(draftOf);

/** Drafts of which the server is to get a revision that it has not (SQL, and of one that was read). */
export const TO_FILE = "stage = 'open' AND revision > max(saved_revision, kept_revision)";
export const isToFile = ({ revision, savedRevision, keptRevision }: StoredDraft): boolean =>
  revision > Math.max(savedRevision, keptRevision);

/** The next draft that the server is to get, at a moment in ms since the epoch. */
export const dueDraft = (db: ReadDb, now: number): StoredDraft | undefined => {
  const row = db.get<Row>(
    `SELECT * FROM drafts WHERE ${TO_FILE} AND next_attempt_at <= ?
     ORDER BY next_attempt_at, id LIMIT 1`,
    now,
  );
  return row && draftOf(row);
};

/** When the next of them comes due after a moment; null when none will. */
export const nextDraft = (db: ReadDb, now: number): number | null =>
  db.get<{ at: number | null }>(
    `SELECT min(next_attempt_at) AS at FROM drafts WHERE ${TO_FILE} AND next_attempt_at > ? AND next_attempt_at < 9e15`,
    now,
  )?.at ?? null;

/** Notes that what the server has under this Message-ID in Drafts is to be removed as soon as it is seen. */
export const supersede = (tx: WriteDb, messageId: string | null, now: number): void => {
  if (messageId !== null) tx.run('INSERT OR IGNORE INTO superseded (message_id, at) VALUES (?, ?)', messageId, now);
};

/** Message-IDs of emails in Drafts that are to be removed. */
export const supersededIds = (db: ReadDb): string[] =>
  db.all<{ message_id: string }>('SELECT message_id FROM superseded').map((row) => row.message_id);

/** It is seen to, or was never seen for so long that it is not there. */
export const forgetSuperseded = (tx: WriteDb, messageId: string): void =>
  void tx.run('DELETE FROM superseded WHERE message_id = ?', messageId);

/** Forgets what was noted before a moment and never seen. */
export const forgetOldSuperseded = (tx: WriteDb, before: number): void =>
  void tx.run('DELETE FROM superseded WHERE at < ?', before);

/** An email that the server has in Drafts. */
export type ServerDraft = { email: number; messageId: string | null; threadId: number };

/** Emails with `$draft` in a mailbox, the newest first. */
export const serverDrafts = (db: ReadDb, mailbox: number): ServerDraft[] =>
  db
    .all<{ id: number; thread_id: number; message_id: string | null }>(
      `SELECT e.id, e.thread_id, json_extract(e.headers, '$.messageId[0]') AS message_id
       FROM email_mailboxes m JOIN emails e ON e.id = m.email_id
       WHERE m.mailbox_id = ? AND e.is_hidden = 0 AND instr(e.keywords, '"$draft"') > 0 ORDER BY m.sort_key DESC`,
      mailbox,
    )
    .map((row) => ({ email: row.id, threadId: row.thread_id, messageId: row.message_id }));

/** Emails in a mailbox that were received from a moment on, in ms since the epoch, by their Message-IDs. */
export const emailsSince = (db: ReadDb, mailbox: number, since: number): Map<string, number> =>
  new Map(
    db
      .all<{ id: number; message_id: string | null }>(
        `SELECT e.id, json_extract(e.headers, '$.messageId[0]') AS message_id
         FROM email_mailboxes m JOIN emails e ON e.id = m.email_id
         WHERE m.mailbox_id = ? AND m.sort_key >= ? AND e.is_hidden = 0 ORDER BY m.sort_key`,
        mailbox,
        sortKeyFloor(since / 1000),
      )
      .flatMap((row) => (row.message_id === null ? [] : [[row.message_id, row.id] as const])),
  );

/** Emails in a mailbox that have this Message-ID, of those received from a moment on, in ms since the epoch. */
export const emailsWithMessageId = (db: ReadDb, mailbox: number, messageId: string, since = 0): number[] =>
  db
    .all<{ id: number }>(
      `SELECT e.id FROM email_mailboxes m JOIN emails e ON e.id = m.email_id
       WHERE m.mailbox_id = ? AND m.sort_key >= ? AND e.is_hidden = 0 AND json_extract(e.headers, '$.messageId[0]') = ?
       ORDER BY m.sort_key DESC LIMIT 10`,
      mailbox,
      sortKeyFloor(since / 1000),
      messageId,
    )
    .map(({ id }) => id);

/** Emails of a thread that have one of these Message-IDs, the newest first. */
export const emailsOfThread = (db: ReadDb, thread: number, messageIds: readonly string[]): number[] =>
  db
    .all<{ id: number }>(
      `SELECT id FROM emails WHERE thread_id = ? AND is_hidden = 0
       AND json_extract(headers, '$.messageId[0]') IN (SELECT value FROM json_each(?)) ORDER BY sort_key DESC LIMIT 10`,
      thread,
      JSON.stringify(messageIds),
    )
    .map(({ id }) => id);

/** Whether an email is seen in a mailbox. */
export const isInMailbox = (db: ReadDb, mailbox: number, email: number): boolean =>
  db.get('SELECT 1 FROM email_mailboxes WHERE email_id = ? AND mailbox_id = ?', email, mailbox) !== undefined;
