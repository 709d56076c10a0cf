import { asTernError, TernError, toWire, type WireError } from '../../src-shared/errors.ts';
import type { PhaseName, Trigger } from '../../src-shared/model.ts';
import type { Driver, Known } from '../driver/driver.ts';
import { abortReason, drop, sleep, throwIfAborted, untilAborted } from '../lib/async.ts';
import type { Clock } from '../lib/clock.ts';
import type { Log } from '../lib/log.ts';
import type { Store } from '../store/db.ts';
import { countEmails, heldEmails, heldEmailsAfter } from '../store/emails.ts';
import { heldMailboxes } from '../store/mailboxes.ts';
import { duePending } from '../store/pending.ts';
import type { CycleRecord } from '../store/syncLog.ts';
import { moveCursor, readCursors } from '../store/syncState.ts';
import { applyDelta, type Counts, noCounts } from './apply.ts';
import type { CycleLog } from './cycleLog.ts';
import { nextPhase, type Phase, type PhaseEvent } from './machine.ts';

/** What the engine tells of itself; rows announce themselves by their commits. */
export type EngineEvents = {
  phase(status: EngineStatus): void;
  progress(done: number, total: number): void;
};

/** The phase as people see it; `retryAt` in ms since the epoch. */
export type EngineStatus = { phase: PhaseName; error?: WireError; retryAt?: number };

export type SyncResult = { result: 'ok' | 'error'; error?: WireError };

/** The account's one loop: open, flush, pull, wait, again. */
export type Engine = {
  start(): void;
  /** Ends a cycle under way and resolves when the loop stands still. `start` goes on where it was. */
  stop(): Promise<void>;
  /** Resolves when a cycle that began after the call has ended. */
  syncNow(): Promise<SyncResult>;
  status(): EngineStatus;
};

type Parts = {
  store: Store;
  clock: Clock;
  log: Log;
  cycles: CycleLog;
  events: EngineEvents;
  /** A new driver on the account's present configuration and credential. */
  createDriver(): Promise<Driver>;
};

const POLL_MS = 30_000;
const SESSION = 'session';

/** An engine at rest; `start` sets it going. */
export const createEngine = (parts: Parts): Engine => {
  const { store, clock, log, cycles, events } = parts;
  let phase: Phase = { name: 'stopped' };
  let driver: Driver | undefined;
  let ending = new AbortController();
  let running: Promise<void> = Promise.resolve();
  let turn = new AbortController();
  let trigger: Trigger = 'start';
  let waiters: ((result: SyncResult) => void)[] = [];
  /** No request before this moment, whoever asks: the server said so (Retry-After). */
  let notBefore = 0;

  const go = (event: PhaseEvent): void => {
    const before = phase;
    phase = nextPhase(phase, event);
    if (phase !== before) events.phase(statusOf(phase));
  };
  const wake = (by: Trigger): void => {
    trigger = by;
    turn.abort();
  };

  const openDriver = async (signal: AbortSignal): Promise<Driver> => {
    driver ??= await parts.createDriver();
    throwIfAborted(signal);
    const saved = store.read(readCursors)[SESSION] ?? null;
    const session = await driver.open(saved, signal);
    if (session !== saved) store.write((tx) => void moveCursor(tx, SESSION, saved, session));
    return driver;
  };
  const flush = (): void => {
    const due = store.read((db) => duePending(db, clock.now(), 1));
    if (due.length > 0) log.warn('changes are queued that this version cannot send yet');
  };
  const pull = async (open: Driver, counts: Counts, signal: AbortSignal): Promise<void> => {
    for await (const delta of open.pull(store.read(readCursors), knownOf(store), signal)) {
      throwIfAborted(signal);
      await applyDelta(store, delta, counts);
      if (delta.progress) events.progress(delta.progress.done, delta.progress.total);
    }
  };
  const steps = async (counts: Counts, signal: AbortSignal): Promise<void> => {
    const wait = notBefore - clock.now();
    if (wait > 0)
      throw new TernError('rateLimited', 'the server asked to wait', { retryAfter: Math.ceil(wait / 1000) });
    const open = phase.name === 'connecting' || !driver ? await openDriver(signal) : driver;
    go({ type: 'opened' });
    flush();
    go({ type: 'flushed' });
    try {
      await pull(open, counts, signal);
    } catch (error) {
      // A cursor that moved under the pull: what was read is thrown away, and read again from where it is now.
      if (asTernError(error).kind !== 'conflict') throw error;
      await pull(open, counts, signal);
    }
    go({ type: 'pulled' });
  };
  const fail = async (error: TernError): Promise<void> => {
    if (error.retryAfter !== undefined) notBefore = clock.now() + error.retryAfter * 1000;
    await closeDriver();
    go({ type: 'failed', error, now: clock.now(), jitter: clock.random() });
  };
  const closeDriver = async (): Promise<void> => {
    const old = driver;
    driver = undefined;
    await old?.close();
  };

  const cycle = async (signal: AbortSignal): Promise<void> => {
    const mine = waiters;
    waiters = [];
    const counts = noCounts();
    const record = { trigger, startedAt: clock.now(), counts };
    const before = driver?.traffic() ?? { roundTrips: 0, bytes: 0 };
    let error: TernError | null = null;
    try {
      await steps(counts, signal);
    } catch (thrown) {
      error = signal.aborted ? abortReason(signal) : asTernError(thrown);
    }
    const after = driver?.traffic() ?? before;
    if (error) await fail(error);
    if (!signal.aborted) {
      const outcome = error && { kind: error.kind, message: error.message };
      const traffic = { roundTrips: after.roundTrips - before.roundTrips, bytes: after.bytes - before.bytes };
      cycles.add({ ...record, ...traffic, finishedAt: clock.now(), error: outcome } satisfies CycleRecord);
      if (error?.kind === 'bug') log.error({ err: error }, 'a sync cycle failed');
    }
    for (const done of mine) done(error ? { result: 'error', error: toWire(error) } : { result: 'ok' });
  };

  const loop = async (signal: AbortSignal): Promise<void> => {
    while (!signal.aborted) {
      turn = new AbortController();
      await cycle(signal);
      if (waiters.length === 0) {
        trigger = 'poll';
        const over = AbortSignal.any([signal, turn.signal]);
        const wait = waitOf(phase, clock.now());
        await (wait === null ? untilAborted(over) : sleep(clock, wait, over));
      }
      if (!signal.aborted) go({ type: 'wake' });
    }
  };

  return {
    start: () => {
      if (phase.name !== 'stopped') return;
      ending = new AbortController();
      trigger = 'start';
      go({ type: 'start' });
      running = loop(ending.signal);
      drop(running, log, 'the sync loop ended by an error');
    },
    stop: async () => {
      ending.abort(new TernError('cancelled', 'the account is paused'));
      await running;
      await closeDriver();
      go({ type: 'stop' });
      for (const done of waiters) done(pausedResult);
      waiters = [];
    },
    syncNow: () => {
      if (phase.name === 'stopped' || ending.signal.aborted) return Promise.resolve(pausedResult);
      return new Promise((resolve) => {
        waiters.push(resolve);
        wake('person');
      });
    },
    status: () => statusOf(phase),
  };
};

const pausedResult: SyncResult = { result: 'error', error: { kind: 'cancelled', message: 'the account is paused' } };

const statusOf = (phase: Phase): EngineStatus => ({
  phase: phase.name,
  ...('error' in phase ? { error: toWire(phase.error) } : {}),
  ...('until' in phase && phase.until !== null ? { retryAt: phase.until } : {}),
});

/** How long a phase lasts by itself; null: until something happens. */
const waitOf = (phase: Phase, now: number): number | null => {
  if (phase.name === 'live') return POLL_MS;
  if (phase.name === 'offline') return phase.until - now;
  return phase.name === 'blocked' && phase.until !== null ? phase.until - now : null;
};

/** What drivers may know of the replica. */
const knownOf = (store: Store): Known => ({
  emails: (remoteIds) => store.read((db) => heldEmails(db, remoteIds)),
  emailsAfter: (remoteId, limit) => store.read((db) => heldEmailsAfter(db, remoteId, limit)),
  emailCount: () => store.read(countEmails),
  mailboxes: () => store.read(heldMailboxes),
});
