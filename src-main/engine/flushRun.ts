import { asTernError, type TernError } from '../../src-shared/errors.ts';
import type { Cursors, Driver, Outcome, Push, PushOptions } from '../driver/driver.ts';
import type { Clock } from '../lib/clock.ts';
import type { Store } from '../store/db.ts';
import type { StoredError } from '../store/storedError.ts';
import { readCursors } from '../store/syncState.ts';

/** What a flush works with. `pull` brings the replica to the server's present and settles what it can by it. */
export type FlushParts = {
  store: Store;
  clock: Clock;
  driver: Driver;
  signal: AbortSignal;
  /** Told how many emails or mailboxes were changed. */
  pushed(count: number): void;
  pull(lost: ReadonlySet<number>): Promise<void>;
};

/** One flush under way. */
export type FlushRun = FlushParts & {
  staleInRow: number;
  /** Batches of this pass, in a row, that the server failed, or did not answer. */
  fruitless: number;
  /** How many emails the next batch may have. */
  batchSize: number;
  /** Emails whose changes go one at a time, to tell which of them is refused. */
  separately: Set<number>;
  /** Emails that the server tried and could not change in this pass: it is not asked again before the next one. */
  failing: Set<number>;
  /** Changes of those emails, with the reason: each counts one attempt when the pass is over. */
  uncounted: Map<number, StoredError>;
  /** Why the connection took no set. */
  refused: TernError | null;
};

/**
 * The first batch is out soon, and on a server too slow for more at least that gets done; each further one is larger, as
 * every batch costs a round trip. After an answer that was lost or stale it begins anew; what failed together goes on with
 * so small a part of it: from the largest batch down to one email within MOST_FRUITLESS. Behind one that failed alone it goes
 * on alone, as such emails come in a row.
 */
export const FIRST_BATCH = 500;
export const BATCH_GROWTH = 4;
export const BATCH_PART = 16;

/** After so many batches of a pass, in a row, of which the server did nothing, what is left has the time until the next cycle. */
export const MOST_FRUITLESS = 5;

/**
 * From the third stale answer in a row, sets of keywords insist on nothing; moves and all else still do: Cyrus destroys an
 * email that is moved to a mailbox which is gone. After so many, what is left has the time until the next cycle.
 */
export const RELAXED_FROM = 2;
const MOST_STALE = 6;

/** The server moved on: what it has comes first, then the same changes on top of it. No attempt of theirs. */
export const afterStale = async (run: FlushRun): Promise<'stale' | 'enough'> => {
  run.staleInRow += 1;
  if (run.staleInRow >= MOST_STALE) return 'enough';
  await run.pull(new Set());
  return 'stale';
};

/** Puts a push to the server. Where that throws, nothing was done, and `undo` takes the mark away. */
export const send = async (
  run: FlushRun,
  push: Push,
  options: Omit<PushOptions, 'cursors'>,
  undo: () => Promise<void>,
): Promise<Outcome[]> => {
  const cursors: Cursors = run.store.read(readCursors);
  try {
    return await run.driver.push(push, { ...options, cursors }, run.signal);
  } catch (error) {
    await undo();
    run.refused = asTernError(error);
    throw run.refused;
  }
};
