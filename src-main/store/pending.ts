import type { ReadDb } from './db.ts';

/** Changes whose next attempt is due, oldest attempt first. */
export const duePending = (db: ReadDb, now: number, limit: number): { id: number }[] =>
  db.all<{ id: number }>(
    "SELECT id FROM pending_changes WHERE stage = 'queued' AND next_attempt_at <= ? ORDER BY next_attempt_at, id LIMIT ?",
    now,
    limit,
  );

/** How many changes are not settled. */
export const countPending = (db: ReadDb): number =>
  db.get<{ n: number }>('SELECT count(*) AS n FROM pending_changes')?.n ?? 0;
