import * as z from 'zod';
import { safeJson } from '../lib/json.ts';
import { columnValue, type ReadDb, type WriteDb } from './db.ts';
import { type StoredError, storedError } from './storedError.ts';

/**
 * Where a message on its way out stands (docs/sending.md). `composed`: the person asked. `frozen`: its bytes are on disk and
 * stay as they are. `placed`: the server holds it as an email. `committing`: from here on it may have been accepted.
 * `uncertain`: it may have been, and nobody said so. `retained`: the server keeps it until its time. `accepted`: the server
 * has it for somebody; filing and other recipients may be left. `done`, `failed`: over.
 */
export type SubmissionStage =
  | 'composed'
  | 'frozen'
  | 'placed'
  | 'committing'
  | 'uncertain'
  | 'retained'
  | 'accepted'
  | 'done'
  | 'failed';

const recipientSchema = z.object({
  email: z.string(),
  state: z.enum(['queued', 'accepted', 'refused', 'failed', 'cancelled']),
  reply: z.string().nullable(),
});
/** One recipient. `queued`: not tried; `failed`: later it may work; `cancelled`: others have it, and the person gave this one up. */
export type StoredRecipient = z.infer<typeof recipientSchema>;

/** A message on its way out, as stored. Paths are within the account's folder; sizes in bytes; times in ms since the epoch. */
export type StoredSubmission = {
  id: number;
  /** The draft that it is of, as long as that is there. */
  draft: number | null;
  stage: SubmissionStage;
  messageId: string;
  subject: string;
  identity: string | null;
  mailFrom: string;
  recipients: StoredRecipient[];
  file: string | null;
  copy: string | null;
  size: number;
  hash: string | null;
  copySize: number;
  remoteEmail: string | null;
  remoteId: string | null;
  journal: string | null;
  isFiled: boolean;
  attempts: number;
  /** How often it was handed over without an answer, and certainly not sent. */
  lost: number;
  sendAt: number;
  nextAttemptAt: number;
  error: StoredError | null;
  createdAt: number;
  finishedAt: number | null;
};

type Row = {
  id: number;
  draft_id: number | null;
  stage: SubmissionStage;
  message_id: string;
  subject: string;
  identity: string | null;
  mail_from: string;
  recipients: string;
  file: string | null;
  copy: string | null;
  size: number | null;
  hash: string | null;
  copy_size: number | null;
  remote_email: string | null;
  remote_id: string | null;
  journal: string | null;
  is_filed: number;
  attempts: number;
  lost: number;
  send_at: number;
  next_attempt_at: number;
  last_error: string | null;
  created_at: number;
  finished_at: number | null;
};

const readableRecipients = z.array(recipientSchema).catch([]);

const submissionOf = (row: Row): StoredSubmission => ({
  id: row.id,
  draft: row.draft_id,
  stage: row.stage,
  messageId: row.message_id,
  subject: row.subject,
  identity: row.identity,
  mailFrom: row.mail_from,
  recipients: readableRecipients.parse(safeJson(row.recipients)),
  file: row.file,
  copy: row.copy,
  size: row.size ?? 0,
  hash: row.hash,
  copySize: row.copy_size ?? 0,
  remoteEmail: row.remote_email,
  remoteId: row.remote_id,
  journal: row.journal,
  isFiled: row.is_filed === 1,
  attempts: row.attempts,
  lost: row.lost,
  sendAt: row.send_at,
  nextAttemptAt: row.next_attempt_at,
  error: storedError(row.last_error),
  createdAt: row.created_at,
  finishedAt: row.finished_at,
});

/** What a new submission is. */
export type NewSubmission = Pick<
  StoredSubmission,
  'messageId' | 'subject' | 'identity' | 'mailFrom' | 'recipients' | 'sendAt' | 'nextAttemptAt' | 'createdAt'
> & { draft: number };

/** Stores a message that is to be sent; answers its id. */
export const addSubmission = (tx: WriteDb, given: NewSubmission): number => {
  tx.changed.pending();
  tx.changed.outgoing();
  return tx.run(
    `INSERT INTO submissions (draft_id, origin, stage, message_id, subject, identity, mail_from, recipients, send_at,
       next_attempt_at, created_at)
     VALUES (?, ?, 'composed', ?, ?, ?, ?, ?, ?, ?, ?)`,
    given.draft,
    given.draft,
    given.messageId,
    given.subject,
    given.identity,
    given.mailFrom,
    JSON.stringify(given.recipients),
    given.sendAt,
    given.nextAttemptAt,
    given.createdAt,
  ).lastId;
};

/** A submission by its id. */
export const readSubmission = (db: ReadDb, id: number): StoredSubmission | undefined => {
  const row = db.get<Row>('SELECT * FROM submissions WHERE id = ?', id);
  return row && submissionOf(row);
};

/** The submissions of a draft, newest first: at most one is not over. */
export const submissionsOfDraft = (db: ReadDb, draft: number): StoredSubmission[] =>
  db.all<Row>('SELECT * FROM submissions WHERE draft_id = ? ORDER BY id DESC', draft).map(submissionOf);

/** The submission by which a draft that is gone was sent, as long as that is remembered. */
export const submissionOfSent = (db: ReadDb, draft: number): StoredSubmission | undefined => {
  const row = db.get<Row>('SELECT * FROM submissions WHERE origin = ? ORDER BY id DESC LIMIT 1', draft);
  return row && submissionOf(row);
};

const STORED = {
  draft: 'draft_id',
  stage: 'stage',
  recipients: 'recipients',
  file: 'file',
  copy: 'copy',
  size: 'size',
  hash: 'hash',
  copySize: 'copy_size',
  remoteEmail: 'remote_email',
  remoteId: 'remote_id',
  journal: 'journal',
  isFiled: 'is_filed',
  attempts: 'attempts',
  lost: 'lost',
  sendAt: 'send_at',
  nextAttemptAt: 'next_attempt_at',
  error: 'last_error',
  finishedAt: 'finished_at',
} as const;

/** Changes what is named of a submission, and nothing else. */
export const updateSubmission = (
  tx: WriteDb,
  id: number,
  changes: Partial<Pick<StoredSubmission, keyof typeof STORED>>,
): void => {
  tx.changed.pending();
  tx.changed.outgoing();
  for (const [name, value] of Object.entries(changes))
    tx.run(`UPDATE submissions SET ${STORED[name as keyof typeof STORED]} = ? WHERE id = ?`, columnValue(value), id);
};

/** Removes a submission whole. */
export const removeSubmission = (tx: WriteDb, id: number): void => {
  tx.changed.pending();
  tx.changed.outgoing();
  tx.run('DELETE FROM submissions WHERE id = ?', id);
};

const OVER = "('done', 'failed')";

/** The next submission that something is to be done for, at a moment in ms since the epoch; the longest due first. */
export const dueSubmission = (
  db: ReadDb,
  now: number,
  except: readonly number[] = [],
): StoredSubmission | undefined => {
  const row = db.get<Row>(
    `SELECT * FROM submissions WHERE stage NOT IN ${OVER} AND next_attempt_at <= ?
     AND id NOT IN (SELECT value FROM json_each(?)) ORDER BY next_attempt_at, id LIMIT 1`,
    now,
    JSON.stringify(except),
  );
  return row && submissionOf(row);
};

/** When the next of them comes due after a moment; null when none will. */
export const nextSubmission = (db: ReadDb, now: number): number | null =>
  db.get<{ at: number | null }>(
    `SELECT min(next_attempt_at) AS at FROM submissions WHERE stage NOT IN ${OVER} AND next_attempt_at > ?`,
    now,
  )?.at ?? null;

/** Submissions, newest first. */
export const allSubmissions = (db: ReadDb): StoredSubmission[] =>
  db.all<Row>('SELECT * FROM submissions ORDER BY id DESC').map(submissionOf);

/** Forgets those that were done before a moment, in ms since the epoch. */
export const forgetDone = (tx: WriteDb, before: number): void => {
  const { changes } = tx.run("DELETE FROM submissions WHERE stage = 'done' AND finished_at < ?", before);
  if (changes > 0) tx.changed.outgoing();
};
