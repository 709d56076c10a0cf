import { asTernError, type TernError } from '../../src-shared/errors.ts';
import type { Driver, Known } from '../driver/driver.ts';
import { throwIfAborted } from '../lib/async.ts';
import type { Clock } from '../lib/clock.ts';
import type { Store } from '../store/db.ts';
import { countEmails, countEmailsBetween, heldEmails, heldEmailsAfter, heldIdentities } from '../store/emails.ts';
import { heldMailboxes, largestServerTotal, madeMailboxes, unansweredDeletions } from '../store/mailboxes.ts';
import { journalsOf } from '../store/pendingEmails.ts';
import { readCursors } from '../store/syncState.ts';
import { settleAfterPull } from './afterPull.ts';
import { applyDelta, type Counts, finishMerges } from './apply.ts';
import type { Connection } from './connection.ts';
import { flush } from './flush.ts';
import { noteBeginning } from './news.ts';

/** What a cycle works with. */
export type CycleParts = {
  store: Store;
  clock: Clock;
  connection: Connection;
  /** Whether something was submitted since it was asked last. */
  submitted(): boolean;
  /** Look at what the server does not announce as well. */
  thorough: boolean;
};

/** Told as the cycle goes on. */
export type CycleProgress = {
  opened(): void;
  flushed(): void;
  progress(done: number, total: number): void;
  /** New mail, by local ids. */
  arrived(emails: number[]): void;
};

/** One cycle: open, flush what is pending, pull until the replica is true. Counts as it goes; throws what stopped it. */
export const runCycle = async (
  parts: CycleParts,
  counts: Counts,
  progress: CycleProgress,
  signal: AbortSignal,
): Promise<void> => {
  const { store, clock } = parts;
  const driver = await parts.connection.open(signal);
  const pullWhole = async (lost: ReadonlySet<number>): Promise<void> => {
    await pullPatiently(parts, driver, counts, progress, signal, () => false);
    await settleAfterPull(store, clock, lost);
  };
  const pushed = (count: number): void => {
    counts.pushed += count;
  };
  noteBeginning(store, clock);
  progress.opened();
  let refused: TernError | null = null;
  for (;;) {
    parts.submitted();
    refused = await flush({ store, clock, driver, signal, pushed, pull: pullWhole });
    progress.flushed();
    const until = clock.monotonic() + LEAST_PULL_MS;
    const interrupted = (): boolean => clock.monotonic() >= until && parts.submitted();
    if (await pullPatiently(parts, driver, counts, progress, signal, interrupted)) break;
  }
  await settleAfterPull(store, clock, new Set());
  if (refused) throw refused;
};

/** A first fill takes minutes: it gives way to what the person changes meanwhile, but not more often than this, in ms. */
const LEAST_PULL_MS = 2_000;

/** A cursor that moved under the pull: what was read is thrown away, and read again from where it is now. */
const pullPatiently = async (...args: Parameters<typeof pull>): Promise<boolean> => {
  try {
    return await pull(...args);
  } catch (error) {
    if (asTernError(error).kind !== 'conflict') throw error;
    return await pull(...args);
  }
};

/** False when it was interrupted between two deltas: what is on its way is thrown away, and the next pull goes on there. */
const pull = async (
  { store, thorough }: CycleParts,
  driver: Driver,
  counts: Counts,
  told: CycleProgress,
  signal: AbortSignal,
  interrupted: () => boolean,
): Promise<boolean> => {
  for await (const delta of driver.pull(store.read(readCursors), knownOf(store), signal, { thorough })) {
    throwIfAborted(signal);
    await applyDelta(store, delta, counts, (emails) => told.arrived(emails));
    if (delta.progress) told.progress(delta.progress.done, delta.progress.total);
    if (interrupted()) return false;
  }
  await finishMerges(store);
  return true;
};

/** What drivers may know of the replica. */
const knownOf = (store: Store): Known => ({
  emails: (remoteIds) => store.read((db) => heldEmails(db, remoteIds)),
  identities: (remoteIds) => store.read((db) => heldIdentities(db, remoteIds)),
  notes: (remoteIds) => store.read((db) => journalsOf(db, remoteIds)),
  emailsAfter: (remoteId, limit) => store.read((db) => heldEmailsAfter(db, remoteId, limit)),
  countBetween: (first, last) => store.read((db) => countEmailsBetween(db, first, last)),
  emailCount: () => store.read(countEmails),
  emailsExpected: () => store.read(largestServerTotal),
  mailboxes: () => store.read(heldMailboxes),
  madeMailboxes: () => store.read(madeMailboxes),
  unansweredDeletions: () => store.read(unansweredDeletions),
});
