import type { Cycle } from '../../src-shared/contractRows.ts';
import { type ErrorKind, errorKinds } from '../../src-shared/errors.ts';
import { type Trigger, triggers } from '../../src-shared/model.ts';
import { isoTime } from '../lib/clock.ts';
import { safeJson } from '../lib/json.ts';
import type { ReadDb, WriteDb } from './db.ts';

/** One cycle as the engine saw it; times in ms since the epoch. */
export type CycleRecord = {
  trigger: Trigger;
  startedAt: number;
  finishedAt: number;
  error: { kind: ErrorKind; message: string } | null;
  counts: Cycle['counts'];
  roundTrips: number;
  bytes: number;
  /** From the server's hint to the end of the cycle that it began. */
  lagMs?: number;
};

const KEPT_CYCLES = 5000;
const KEPT_MS = 30 * 24 * 3600 * 1000;

/** Adds a cycle and prunes the log to 30 days and 5,000 rows. */
export const logCycle = (tx: WriteDb, cycle: CycleRecord): void => {
  const { lastId } = tx.run(
    `INSERT INTO sync_log (trigger_name, started_at, finished_at, error_kind, error_message, counts, round_trips, bytes,
       lag_ms)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    cycle.trigger,
    cycle.startedAt,
    cycle.finishedAt,
    cycle.error?.kind ?? null,
    cycle.error?.message ?? null,
    JSON.stringify(cycle.counts),
    cycle.roundTrips,
    cycle.bytes,
    cycle.lagMs ?? null,
  );
  tx.run('DELETE FROM sync_log WHERE id <= ?', lastId - KEPT_CYCLES);
  for (;;) {
    // Oldest first and by id, so that pruning reads what it deletes and one row more.
    const oldest = tx.get<{ id: number; finished_at: number }>(
      'SELECT id, finished_at FROM sync_log ORDER BY id LIMIT 1',
    );
    if (!oldest || oldest.finished_at >= cycle.finishedAt - KEPT_MS) return;
    tx.run('DELETE FROM sync_log WHERE id = ?', oldest.id);
  }
};

type Row = {
  id: number;
  trigger_name: string;
  started_at: number;
  finished_at: number;
  error_kind: string | null;
  error_message: string | null;
  counts: string;
  round_trips: number;
  bytes: number;
  lag_ms: number | null;
};

/** Cycles that ended before a moment (ms), or at it with a lower rank, newest first. */
export const listCycles = (
  db: ReadDb,
  account: string,
  before: { time: number; rank: number },
  limit: number,
): { rank: number; cycle: Cycle }[] =>
  db
    .all<Row>(
      'SELECT * FROM sync_log WHERE (finished_at, id) < (?, ?) ORDER BY finished_at DESC, id DESC LIMIT ?',
      before.time,
      before.rank,
      limit,
    )
    .map((row) => ({ rank: row.id, cycle: cycleOf(recordOf(row), account) }));

const noCounts: Cycle['counts'] = { mailboxes: 0, created: 0, updated: 0, destroyed: 0, pushed: 0 };

const recordOf = (row: Row): CycleRecord => ({
  trigger: triggers.find((name) => name === row.trigger_name) ?? 'poll',
  startedAt: row.started_at,
  finishedAt: row.finished_at,
  error:
    row.error_kind === null
      ? null
      : { kind: errorKinds.find((kind) => kind === row.error_kind) ?? 'bug', message: row.error_message ?? '' },
  counts: { ...noCounts, ...(safeJson(row.counts) as Partial<Cycle['counts']> | undefined) },
  roundTrips: row.round_trips,
  bytes: row.bytes,
  ...(row.lag_ms === null ? {} : { lagMs: row.lag_ms }),
});

/** A cycle as the contract shows it. */
export const cycleOf = ({ startedAt, finishedAt, error, ...rest }: CycleRecord, account: string): Cycle => ({
  account,
  ...rest,
  startedAt: isoTime(startedAt),
  finishedAt: isoTime(finishedAt),
  result: error === null ? 'ok' : 'error',
  ...(error === null ? {} : { error }),
});

/** When the last cycle that succeeded ended, in ms since the epoch; null when none ever did. */
export const lastSyncedAt = (db: ReadDb): number | null =>
  db.get<{ at: number | null }>('SELECT max(finished_at) AS at FROM sync_log WHERE error_kind IS NULL')?.at ?? null;
