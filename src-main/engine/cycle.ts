import { asTernError } from '../../src-shared/errors.ts';
import type { Driver, Known } from '../driver/driver.ts';
import { throwIfAborted } from '../lib/async.ts';
import type { Clock } from '../lib/clock.ts';
import type { Log } from '../lib/log.ts';
import type { Store } from '../store/db.ts';
import { countEmails, heldEmails, heldEmailsAfter } from '../store/emails.ts';
import { heldMailboxes, largestServerTotal } from '../store/mailboxes.ts';
import { duePending } from '../store/pending.ts';
import { readCursors } from '../store/syncState.ts';
import { applyDelta, type Counts } from './apply.ts';
import type { Connection } from './connection.ts';

/** What a cycle works with. */
export type CycleParts = { store: Store; clock: Clock; log: Log; connection: Connection };

/** Told as the cycle goes on. */
export type CycleProgress = { opened(): void; flushed(): void; progress(done: number, total: number): void };

/** One cycle: open, flush what is pending, pull until the replica is true. Counts as it goes; throws what stopped it. */
export const runCycle = async (
  parts: CycleParts,
  counts: Counts,
  progress: CycleProgress,
  signal: AbortSignal,
): Promise<void> => {
  const driver = await parts.connection.open(signal);
  progress.opened();
  flush(parts);
  progress.flushed();
  try {
    await pull(parts, driver, counts, progress, signal);
  } catch (error) {
    // A cursor that moved under the pull: what was read is thrown away, and read again from where it is now.
    if (asTernError(error).kind !== 'conflict') throw error;
    await pull(parts, driver, counts, progress, signal);
  }
};

const flush = ({ store, clock, log }: CycleParts): void => {
  const due = store.read((db) => duePending(db, clock.now(), 1));
  if (due.length > 0) log.warn('changes are queued that this version cannot send yet');
};

const pull = async (
  { store }: CycleParts,
  driver: Driver,
  counts: Counts,
  told: CycleProgress,
  signal: AbortSignal,
): Promise<void> => {
  for await (const delta of driver.pull(store.read(readCursors), knownOf(store), signal)) {
    throwIfAborted(signal);
    await applyDelta(store, delta, counts);
    if (delta.progress) told.progress(delta.progress.done, delta.progress.total);
  }
};

/** What drivers may know of the replica. */
const knownOf = (store: Store): Known => ({
  emails: (remoteIds) => store.read((db) => heldEmails(db, remoteIds)),
  emailsAfter: (remoteId, limit) => store.read((db) => heldEmailsAfter(db, remoteId, limit)),
  emailCount: () => store.read(countEmails),
  emailsExpected: () => store.read(largestServerTotal),
  mailboxes: () => store.read(heldMailboxes),
});
