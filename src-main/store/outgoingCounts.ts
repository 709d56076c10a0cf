import type { ReadDb } from './db.ts';
import { TO_FILE } from './drafts.ts';
import type { PendingCounts } from './pending.ts';

/** A time that never comes: what waits for the person. */
export const NEVER = Number.MAX_SAFE_INTEGER;

/** How many drafts and messages on their way stand where. */
export const countOutgoing = (db: ReadDb): PendingCounts => {
  const count = (sql: string, ...values: number[]): number => db.get<{ n: number }>(sql, ...values)?.n ?? 0;
  const drafts = `SELECT count(*) AS n FROM drafts WHERE ${TO_FILE} AND next_attempt_at`;
  const submissions = 'SELECT count(*) AS n FROM submissions WHERE stage';
  return {
    queued:
      count(`${drafts} < ?`, NEVER) +
      count(`${submissions} IN ('composed', 'frozen', 'placed', 'retained') OR (stage = 'accepted' AND is_filed = 0)`),
    inflight: count(`${submissions} = 'committing'`),
    uncertain: count(`${submissions} = 'uncertain'`),
    failed: count(`${drafts} = ?`, NEVER) + count(`${submissions} = 'failed'`),
  };
};

/** Both together. */
export const addCounts = (a: PendingCounts, b: PendingCounts): PendingCounts => ({
  queued: a.queued + b.queued,
  inflight: a.inflight + b.inflight,
  uncertain: a.uncertain + b.uncertain,
  failed: a.failed + b.failed,
});
