import type { ReadDb, WriteDb } from './db.ts';

const OVER = "('done', 'failed')";

/** Makes all that waits for another try, and was not answered, due now: there is a connection, or new settings. */
export const hurrySubmissions = (tx: WriteDb, now: number): void => {
  tx.run(
    "UPDATE submissions SET next_attempt_at = ? WHERE stage IN ('composed', 'frozen', 'placed') AND attempts = 0 AND next_attempt_at > ? AND send_at <= ?",
    now,
    now,
    now,
  );
};

/** The same of what waits because a server could not be reached. */
export const hurryUnreached = (tx: WriteDb, now: number): void => {
  tx.run(
    `UPDATE submissions SET next_attempt_at = ? WHERE stage NOT IN ${OVER} AND next_attempt_at > ? AND send_at <= ?
     AND json_extract(last_error, '$.kind') IN ('network', 'cancelled') AND (attempts = 0 OR stage = 'uncertain')`,
    now,
    now,
    now,
  );
  tx.run(
    `UPDATE drafts SET next_attempt_at = ? WHERE stage = 'open' AND next_attempt_at > ? AND next_attempt_at < 9e15
     AND json_extract(last_error, '$.kind') IN ('network', 'cancelled')`,
    now,
    now,
  );
};

/** Nothing waits for so long, in ms, unless the clock was ahead when it was told to. */
const LONGEST_WAIT = 2 * 3_600_000;

/** Whether something was to wait by a clock that was ahead, and has been put right since. */
export const wasClockAhead = (db: ReadDb, now: number): boolean => {
  const [most, least] = [now + LONGEST_WAIT, LONGEST_WAIT];
  const submission = db.get(
    `SELECT 1 FROM submissions WHERE stage NOT IN ${OVER} AND (next_attempt_at > max(?, send_at + ?)
     OR (created_at > ? AND send_at - created_at < ?))`,
    most,
    least,
    most,
    least,
  );
  const draft = "SELECT 1 FROM drafts WHERE stage = 'open' AND next_attempt_at > ? AND next_attempt_at < 9e15";
  return submission !== undefined || db.get(draft, most) !== undefined;
};

/** It waits no longer. What was to go out at a certain time still is; a few seconds to think are over. */
export const putClockRight = (tx: WriteDb, now: number): void => {
  tx.changed.outgoing();
  const [most, least] = [now + LONGEST_WAIT, LONGEST_WAIT];
  tx.run(
    `UPDATE submissions SET send_at = ?, created_at = ? WHERE stage NOT IN ${OVER} AND created_at > ? AND send_at - created_at < ?`,
    now,
    now,
    most,
    least,
  );
  tx.run(
    `UPDATE submissions SET next_attempt_at = max(?, send_at) WHERE stage NOT IN ${OVER} AND next_attempt_at > max(?, send_at + ?)`,
    now,
    most,
    least,
  );
  tx.run(
    "UPDATE drafts SET next_attempt_at = ? WHERE stage = 'open' AND next_attempt_at > ? AND next_attempt_at < 9e15",
    now,
    most,
  );
};
