import * as z from 'zod';
import { type EmailEffect, emailEffectSchema } from '../../src-shared/project.ts';
import { safeJson } from '../lib/json.ts';
import type { ReadDb, WriteDb } from './db.ts';
import type { Stage } from './pending.ts';

type Row = {
  change_id: number;
  email_id: number;
  stage: Stage;
  effect: string;
  overwritten: string;
  journal: string | null;
};

const overwrittenSchema = z.object({ mailboxes: z.array(z.int()), inverse: emailEffectSchema });
/** What the person saw when they changed an email: its mailboxes, and what takes the effect back. */
type Overwritten = z.infer<typeof overwrittenSchema>;

/** A stored effect; one that no longer parses does nothing. */
const readableEffect = emailEffectSchema.catch({});
const effectOf = (text: string): EmailEffect => readableEffect.parse(safeJson(text));

const readableOverwritten = overwrittenSchema.catch({ mailboxes: [], inverse: {} });

/** One change's effect on one email. */
export type EmailTarget = {
  change: number;
  email: number;
  stage: Stage;
  effect: EmailEffect;
  overwritten: Overwritten;
  /** The driver's note on the steps it took, of a push that was cut off. */
  journal: string | null;
};

const targetOf = (row: Row): EmailTarget => ({
  change: row.change_id,
  email: row.email_id,
  stage: row.stage,
  effect: effectOf(row.effect),
  overwritten: readableOverwritten.parse(safeJson(row.overwritten)),
  journal: row.journal,
});

/** Adds an email to a change, queued. */
export const addTarget = (tx: WriteDb, target: Omit<EmailTarget, 'stage' | 'journal'>): void =>
  void tx.run(
    "INSERT INTO pending_emails (change_id, email_id, stage, effect, overwritten) VALUES (?, ?, 'queued', ?, ?)",
    target.change,
    target.email,
    JSON.stringify(target.effect),
    JSON.stringify(target.overwritten),
  );

/** Words of the partial index, so that SQLite uses it. */
const ACTIVE = "stage IN ('queued', 'inflight', 'acknowledged')";

/** The effects that lie on an email's base, in the order of their changes. */
export const activeEffects = (db: ReadDb, email: number): EmailEffect[] =>
  db
    .all<{ effect: string }>(
      `SELECT effect FROM pending_emails WHERE email_id = ? AND ${ACTIVE} ORDER BY change_id`,
      email,
    )
    .map((row) => effectOf(row.effect));

/** A change that may go out with an email's own set: it is due, waits for no other, and is not a mailbox's, which goes as a whole. */
const READY = "c.next_attempt_at <= ? AND c.depends_on = '[]' AND c.type <> 'mailbox'";

/** A place in the queue: an email of a change. */
export type QueuePlace = { change: number; email: number };

/** The places behind one of them whose changes are ready, in pages. */
export const queuedBehind = (db: ReadDb, now: number, place: QueuePlace, limit: number): QueuePlace[] =>
  db.all<QueuePlace>(
    `SELECT c.id AS change, t.email_id AS email FROM pending_changes c JOIN pending_emails t ON t.change_id = c.id
     WHERE c.stage = 'queued' AND c.id >= ? AND ${READY}
       AND t.stage = 'queued' AND t.email_id > CASE c.id WHEN ? THEN ? ELSE 0 END
     ORDER BY c.id, t.email_id LIMIT ?`,
    place.change,
    now,
    place.change,
    place.email,
    limit,
  );

/** A target in the queue of its email. `ready`: its change is. */
type QueuedTarget = EmailTarget & { ready: boolean };
/** What waits for an email or is under way, in order; `remoteId` null where the server has none of it. */
export type EmailQueue = { email: number; remoteId: string | null; targets: QueuedTarget[] };

/** What is not settled of some emails, one after the other in the order given. */
export const unsettledOf = (db: ReadDb, emails: readonly number[], now: number): EmailQueue[] => {
  const queues = new Map(emails.map((email): [number, EmailQueue] => [email, { email, remoteId: null, targets: [] }]));
  const rows = db.all<Row & { remote_id: string | null; ready: number }>(
    `SELECT t.*, e.remote_id, ${READY} AS ready
     FROM pending_emails t JOIN pending_changes c ON c.id = t.change_id JOIN emails e ON e.id = t.email_id
     WHERE t.email_id IN (SELECT value FROM json_each(?)) AND t.${ACTIVE} AND t.stage <> 'acknowledged'
     ORDER BY t.email_id, t.change_id`,
    now,
    JSON.stringify(emails),
  );
  for (const row of rows) {
    const queue = queues.get(row.email_id);
    queue?.targets.push({ ...targetOf(row), ready: row.ready === 1 });
    if (queue) queue.remoteId = row.remote_id;
  }
  return [...queues.values()];
};

/** What is under way for an email, in order. */
export const inflightOf = (db: ReadDb, email: number): EmailTarget[] =>
  db
    .all<Row>(
      `SELECT * FROM pending_emails WHERE email_id = ? AND ${ACTIVE} AND stage = 'inflight' ORDER BY change_id`,
      email,
    )
    .map(targetOf);

/** What waits to be sent for an email, in order. */
export const queuedOf = (db: ReadDb, email: number): EmailTarget[] =>
  db
    .all<Row>(
      `SELECT * FROM pending_emails WHERE email_id = ? AND ${ACTIVE} AND stage = 'queued' ORDER BY change_id`,
      email,
    )
    .map(targetOf);

/** What the server accepted of an email and no pull has confirmed yet, in order. */
export const acknowledgedOf = (db: ReadDb, email: number): EmailTarget[] =>
  db
    .all<Row>(
      `SELECT * FROM pending_emails WHERE email_id = ? AND ${ACTIVE} AND stage = 'acknowledged' ORDER BY change_id`,
      email,
    )
    .map(targetOf);

/** Puts another effect in place of what a change does to an email; whoever does also refreshes the email. */
export const setEffect = (tx: WriteDb, change: number, email: number, effect: EmailEffect): void =>
  void tx.run(
    'UPDATE pending_emails SET effect = ? WHERE change_id = ? AND email_id = ?',
    JSON.stringify(effect),
    change,
    email,
  );

/** A change's emails in a stage, from one email on, in pages. */
export const targetsIn = (db: ReadDb, change: number, stage: Stage, afterEmail = 0, limit = 1000): EmailTarget[] =>
  db
    .all<Row>(
      'SELECT * FROM pending_emails WHERE change_id = ? AND stage = ? AND email_id > ? ORDER BY email_id LIMIT ?',
      change,
      stage,
      afterEmail,
      limit,
    )
    .map(targetOf);

/** Every email of a change. */
export const allTargets = (db: ReadDb, change: number): EmailTarget[] =>
  db.all<Row>('SELECT * FROM pending_emails WHERE change_id = ? ORDER BY email_id', change).map(targetOf);

/**
 * Moves emails of changes to a stage; whoever does also refreshes the emails and restages the changes. Where nothing is
 * to be sent any more, and a pull has shown what came of it, the driver's note has served.
 */
export const stageTargets = (tx: WriteDb, targets: readonly QueuePlace[], stage: Stage): void => {
  const journal = stage === 'done' || stage === 'failed' ? ', journal = NULL' : '';
  tx.run(
    `UPDATE pending_emails SET stage = ?${journal}
     WHERE (change_id, email_id) IN (SELECT value ->> 0, value ->> 1 FROM json_each(?))`,
    stage,
    JSON.stringify(targets.map(({ change, email }) => [change, email])),
  );
};

/** The same of one of them. */
export const stageTarget = (tx: WriteDb, change: number, email: number, stage: Stage): void =>
  stageTargets(tx, [{ change, email }], stage);

/** Keeps the driver's note with all that is under way for an email, in place of the one before. */
export const setJournal = (tx: WriteDb, email: number, journal: string | null): void =>
  void tx.run(
    `UPDATE pending_emails SET journal = ? WHERE email_id = ? AND ${ACTIVE} AND stage = 'inflight'`,
    journal,
    email,
  );

/** The driver's notes on emails, by the server's ids: of what is not settled, or that no pull has confirmed yet. */
export const journalsOf = (db: ReadDb, remoteIds: string[]): Map<string, string> =>
  new Map(
    db
      .all<{ remote_id: string; journal: string }>(
        `SELECT e.remote_id, p.journal FROM emails e JOIN pending_emails p ON p.email_id = e.id
         WHERE e.remote_id IN (SELECT value FROM json_each(?)) AND p.${ACTIVE} AND p.journal IS NOT NULL
         ORDER BY p.change_id`,
        JSON.stringify(remoteIds),
      )
      .map((row) => [row.remote_id, row.journal]),
  );

/** What the person saw when they asked for a change of an email, once more: by that it is judged, and undone. */
export const seenAnew = (
  tx: WriteDb,
  { change, email, overwritten }: Omit<EmailTarget, 'stage' | 'effect' | 'journal'>,
): void =>
  void tx.run(
    'UPDATE pending_emails SET overwritten = ? WHERE change_id = ? AND email_id = ?',
    JSON.stringify(overwritten),
    change,
    email,
  );

/** Takes an email out of a change; whoever does also refreshes the email and restages the change. */
export const removeTarget = (tx: WriteDb, change: number, email: number): void =>
  void tx.run('DELETE FROM pending_emails WHERE change_id = ? AND email_id = ?', change, email);

/** Targets that the server accepted and no pull has confirmed yet. */
export const acknowledgedTargets = (db: ReadDb, limit: number): { change: number; email: number }[] =>
  db.all<{ change: number; email: number }>(
    "SELECT change_id AS change, email_id AS email FROM pending_emails WHERE stage = 'acknowledged' LIMIT ?",
    limit,
  );

/** Unsettled changes that put emails into a mailbox or take them out. */
export const changesNaming = (db: ReadDb, mailbox: number): number[] =>
  db
    .all<{ change_id: number }>(
      `SELECT DISTINCT change_id FROM pending_emails
       WHERE ${ACTIVE} AND stage <> 'acknowledged' AND json_type(effect, ?) IS NOT NULL`,
      `$.mailboxes.${mailbox}`,
    )
    .map((row) => row.change_id);

/** Unsettled changes that put an email somewhere or take it from somewhere. */
export const changesMoving = (db: ReadDb, email: number): number[] =>
  db
    .all<{ change_id: number }>(
      `SELECT change_id FROM pending_emails
       WHERE email_id = ? AND ${ACTIVE} AND stage <> 'acknowledged' AND json_type(effect, '$.mailboxes') IS NOT NULL`,
      email,
    )
    .map((row) => row.change_id);

/** Whether the server has an email in these mailboxes alone that no unsettled change is to destroy. */
export const keepsEmailIn = (db: ReadDb, mailboxes: readonly number[]): boolean =>
  db.get(
    `SELECT 1 FROM email_base b WHERE is_gone = 0 AND mailboxes <> '[]'
       AND NOT EXISTS (SELECT 1 FROM json_each(b.mailboxes) WHERE value NOT IN (SELECT value FROM json_each(?)))
       AND NOT EXISTS (SELECT 1 FROM pending_emails p
         WHERE p.email_id = b.email_id AND p.${ACTIVE} AND json_extract(p.effect, '$.destroy') = 1) LIMIT 1`,
    JSON.stringify(mailboxes),
  ) !== undefined;

/** One change's effect on one email. */
export const readTarget = (db: ReadDb, change: number, email: number): EmailTarget | undefined => {
  const row = db.get<Row>('SELECT * FROM pending_emails WHERE change_id = ? AND email_id = ?', change, email);
  return row && targetOf(row);
};

/** What of an email is not settled, nor known to be on the server, and came after a change, in order. */
export const unsentAfter = (db: ReadDb, email: number, change: number): EmailTarget[] =>
  db
    .all<Row>(
      `SELECT * FROM pending_emails WHERE email_id = ? AND change_id > ? AND ${ACTIVE} AND stage <> 'acknowledged'
       ORDER BY change_id`,
      email,
      change,
    )
    .map(targetOf);

/** What unsettled changes put into a mailbox, in order. */
export const targetsInto = (db: ReadDb, mailbox: number): EmailTarget[] =>
  db
    .all<Row>(
      `SELECT * FROM pending_emails WHERE ${ACTIVE} AND stage <> 'acknowledged' AND json_extract(effect, ?) = 1`,
      `$.mailboxes.${mailbox}`,
    )
    .map(targetOf)
    // Sorted here: to come sorted, all that was ever changed would be read.
    .toSorted((one, other) => one.change - other.change);

/** What lies on an email's base, in order, and of what type its changes are. */
export const activeOf = (db: ReadDb, email: number): (QueuePlace & { stage: Stage; type: string })[] =>
  db.all<QueuePlace & { stage: Stage; type: string }>(
    `SELECT t.change_id AS change, t.email_id AS email, t.stage, c.type
     FROM pending_emails t JOIN pending_changes c ON c.id = t.change_id
     WHERE t.email_id = ? AND t.${ACTIVE} ORDER BY t.change_id`,
    email,
  );
