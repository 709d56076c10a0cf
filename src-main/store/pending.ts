import type { ChangeType } from '../../src-shared/change.ts';
import { safeJson, storedList } from '../lib/json.ts';
import type { ReadDb, Store, WriteDb } from './db.ts';
import { type StoredError, storedError } from './storedError.ts';

/**
 * Where a change stands, or its effect on one email. `queued`: to be sent. `inflight`: written to the server, no answer
 * yet. `acknowledged`: the server has it, and no pull has confirmed it. `failed`: given up, shown until it is dismissed.
 * `done`: settled, kept for undo.
 */
export type Stage = 'queued' | 'inflight' | 'acknowledged' | 'failed' | 'done';

/** A change as stored. `payload` is what was asked for, without its emails; times in ms since the epoch. */
export type StoredChange = {
  id: number;
  type: ChangeType;
  payload: unknown;
  createdAt: number;
  attempts: number;
  stage: Stage;
  outcomeUnknown: boolean;
  dependsOn: number[];
  error: StoredError | null;
};

type Row = {
  id: number;
  type: string;
  payload: string;
  created_at: number;
  attempts: number;
  stage: Stage;
  outcome_unknown: number;
  depends_on: string;
  last_error: string | null;
};

const changeOf = (row: Row): StoredChange => ({
  id: row.id,
  type: row.type as ChangeType,
  payload: safeJson(row.payload),
  createdAt: row.created_at,
  attempts: row.attempts,
  stage: row.stage,
  outcomeUnknown: row.outcome_unknown === 1,
  dependsOn: storedList(row.depends_on),
  error: storedError(row.last_error),
});

/** Stores a new change, due at once, whatever becomes of the clock; answers its id, which may be the one of a change that is gone. */
export const addChange = (
  tx: WriteDb,
  change: { id?: number | undefined; type: ChangeType; payload: unknown; dependsOn: readonly number[]; now: number },
): number => {
  tx.changed.pending();
  return tx.run(
    `INSERT INTO pending_changes (id, type, payload, created_at, next_attempt_at, stage, depends_on)
     VALUES (?, ?, ?, ?, 0, 'queued', ?)`,
    change.id ?? null,
    change.type,
    JSON.stringify(change.payload),
    change.now,
    JSON.stringify(change.dependsOn),
  ).lastId;
};

/** A change by its id. */
export const readChange = (db: ReadDb, id: number): StoredChange | undefined => {
  const row = db.get<Row>('SELECT * FROM pending_changes WHERE id = ?', id);
  return row && changeOf(row);
};

/** Changes in a stage, by id, in pages. */
export const changesIn = (db: ReadDb, stage: Stage, after: number, limit: number): StoredChange[] =>
  db
    .all<Row>('SELECT * FROM pending_changes WHERE stage = ? AND id > ? ORDER BY id LIMIT ?', stage, after, limit)
    .map(changeOf);

/** Changes of mailboxes that are due and wait for no other, by id. */
export const dueMailboxChanges = (db: ReadDb, now: number): StoredChange[] =>
  db
    .all<Row>(
      `SELECT * FROM pending_changes WHERE type = 'mailbox' AND stage = 'queued' AND next_attempt_at <= ?
         AND depends_on = '[]' ORDER BY id`,
      now,
    )
    .map(changeOf);

/** Changes of mailboxes that the server accepted and no pull has confirmed yet. */
export const acknowledgedMailboxChanges = (db: ReadDb): number[] =>
  db
    .all<{ id: number }>("SELECT id FROM pending_changes WHERE type = 'mailbox' AND stage = 'acknowledged' ORDER BY id")
    .map((row) => row.id);

/** When the next queued change comes due after a moment, both in ms since the epoch; null when none will. */
export const nextDue = (db: ReadDb, now: number): number | null =>
  db.get<{ at: number | null }>(
    "SELECT min(next_attempt_at) AS at FROM pending_changes WHERE stage = 'queued' AND next_attempt_at > ?",
    now,
  )?.at ?? null;

/** Changes that wait for others. */
export const dependants = (db: ReadDb): StoredChange[] =>
  db
    .all<Row>(
      // Named, as SQLite would rather look through all that is queued.
      `SELECT * FROM pending_changes INDEXED BY pending_changes_dependent
       WHERE depends_on <> '[]' AND stage = 'queued' ORDER BY id`,
    )
    .map(changeOf);

/** Whom a change waits for, from now on. */
export const setDependsOn = (tx: WriteDb, id: number, dependsOn: readonly number[]): void =>
  void tx.run('UPDATE pending_changes SET depends_on = ? WHERE id = ?', JSON.stringify(dependsOn), id);

/** Changes that were sent and never answered. */
export const unknownOutcomes = (db: ReadDb): StoredChange[] =>
  db.all<Row>('SELECT * FROM pending_changes WHERE outcome_unknown = 1 ORDER BY id').map(changeOf);

/** Marks a change whose answer never came, or takes the mark away. */
export const setOutcomeUnknown = (tx: WriteDb, id: number, unknown: boolean): void => {
  tx.changed.pending();
  tx.run('UPDATE pending_changes SET outcome_unknown = ? WHERE id = ?', unknown ? 1 : 0, id);
};

/** Before a flush, what is still under way has an outcome that nobody heard: the program ended, or the disk was full. */
export const orphanInflight = (store: Store): void => {
  const orphans = store.read((db) =>
    db.all<{ id: number }>(
      `SELECT id FROM pending_changes WHERE stage = 'inflight'
       UNION SELECT change_id FROM pending_emails WHERE stage = 'inflight'`,
    ),
  );
  if (orphans.length > 0) store.write((tx) => orphans.forEach(({ id }) => setOutcomeUnknown(tx, id, true)));
};

/** Ends waits that are longer than any is (ms): the clock, by which they were set, was ahead and has been put right. */
export const endWaitsBeyond = (store: Store, now: number, longest: number): void => {
  const late = store.read((db) => nextDue(db, now + longest));
  if (late === null) return;
  store.write((tx) => {
    tx.run(
      "UPDATE pending_changes SET next_attempt_at = 0 WHERE stage = 'queued' AND next_attempt_at > ?",
      now + longest,
    );
  });
};

/** Whether anything is to be sent, or was sent without an answer. */
export const hasWork = (db: ReadDb): boolean =>
  changesIn(db, 'queued', 0, 1).length > 0 || unknownOutcomes(db).length > 0;

/** Puts a change at a stage; one of which nothing is under way any more has no unknown outcome. */
export const setStage = (tx: WriteDb, id: number, stage: Stage, underWay = stage === 'inflight'): void => {
  tx.changed.pending();
  tx.run(
    'UPDATE pending_changes SET stage = ?, outcome_unknown = outcome_unknown AND ? WHERE id = ?',
    stage,
    underWay ? 1 : 0,
    id,
  );
};

/** Notes why a change failed, for good or for now. */
export const setError = (tx: WriteDb, id: number, error: StoredError | null): void =>
  void tx.run('UPDATE pending_changes SET last_error = ? WHERE id = ?', error && JSON.stringify(error), id);

/** Counts an attempt, and when the next one is due. */
export const setAttempts = (tx: WriteDb, id: number, attempts: number, nextAttemptAt: number): void =>
  void tx.run('UPDATE pending_changes SET attempts = ?, next_attempt_at = ? WHERE id = ?', attempts, nextAttemptAt, id);

const has = (stage: Stage): string =>
  `EXISTS (SELECT 1 FROM pending_emails WHERE change_id = pending_changes.id AND stage = '${stage}')`;

/** The first of these that an email of a change is in is the stage of the change. */
const order: Stage[] = ['queued', 'inflight', 'failed', 'acknowledged'];

const restaging = `UPDATE pending_changes
  SET stage = CASE ${order.map((stage) => `WHEN ${has(stage)} THEN '${stage}'`).join(' ')} ELSE 'done' END,
    outcome_unknown = outcome_unknown AND ${has('inflight')}
  WHERE id IN (SELECT value FROM json_each(?)) AND type <> 'mailbox'`;

/** Brings changes' stages to what their emails say together; one that is about a mailbox has its own. */
export const restage = (tx: WriteDb, ...ids: number[]): void => {
  tx.changed.pending();
  tx.run(restaging, JSON.stringify(ids));
};

/** Removes a change whole. */
export const removeChange = (tx: WriteDb, id: number): void => {
  tx.changed.pending();
  tx.run('DELETE FROM pending_changes WHERE id = ?', id);
};

/** How many settled changes are kept for undo, and how long, in ms. */
const KEPT_DONE = 1_000;
const KEPT_MS = 7 * 24 * 3_600_000;
/** After a long flush thousands go: some 2 ms at a time. */
const FORGOTTEN_AT_ONCE = 200;

/** Forgets settled changes that are too old or too many to be undone, the oldest first; true when there may be more. */
export const pruneDone = (tx: WriteDb, now: number): boolean => {
  const newest = tx.get<{ id: number }>(
    "SELECT id FROM pending_changes WHERE stage = 'done' ORDER BY id DESC LIMIT 1 OFFSET ?",
    KEPT_DONE - 1,
  );
  const { changes } = tx.run(
    `DELETE FROM pending_changes WHERE id IN (SELECT id FROM pending_changes
       WHERE stage = 'done' AND (id < ? OR created_at < ?) ORDER BY id LIMIT ?)`,
    newest?.id ?? 0,
    now - KEPT_MS,
    FORGOTTEN_AT_ONCE,
  );
  return changes === FORGOTTEN_AT_ONCE;
};

/** How many changes stand where. `uncertain`: sent, and no answer came. */
export type PendingCounts = { queued: number; inflight: number; uncertain: number; failed: number };

/** The counts of an account, for its row and its `pending` event. */
export const countPending = (db: ReadDb): PendingCounts => {
  const rows = db.all<{ stage: Stage; n: number }>('SELECT stage, count(*) AS n FROM pending_changes GROUP BY stage');
  const of = (stage: Stage): number => rows.find((row) => row.stage === stage)?.n ?? 0;
  const uncertain =
    db.get<{ n: number }>('SELECT count(*) AS n FROM pending_changes WHERE outcome_unknown = 1')?.n ?? 0;
  return { queued: of('queued'), inflight: of('inflight') - uncertain, uncertain, failed: of('failed') };
};
