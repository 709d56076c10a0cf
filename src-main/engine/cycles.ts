import { asTernError, TernError, type WireError } from '../../src-shared/errors.ts';
import type { PhaseName, Trigger } from '../../src-shared/model.ts';
import type { Driver, Traffic } from '../driver/driver.ts';
import { abortReason } from '../lib/async.ts';
import type { Clock } from '../lib/clock.ts';
import type { Log } from '../lib/log.ts';
import type { Store } from '../store/db.ts';
import { type Counts, noCounts } from './apply.ts';
import { createConnection } from './connection.ts';
import { runCycle } from './cycle.ts';
import type { CycleLog } from './cycleLog.ts';
import type { Phase, PhaseEvent } from './machine.ts';
import { type News, newsOf } from './news.ts';

/** What the engine tells of itself; rows announce themselves by their commits. */
export type EngineEvents = {
  phase(status: EngineStatus): void;
  progress(done: number, total: number): void;
  /** New mail to tell of, after a cycle. */
  news(news: News): void;
  /** The replica is true for now: time for what can wait. */
  rested(): void;
};

/** The phase as people see it; `retryAt` in ms since the epoch. */
export type EngineStatus = { phase: PhaseName; error?: WireError; retryAt?: number };

/** What an engine is made of. */
export type EngineParts = {
  store: Store;
  clock: Clock;
  log: Log;
  cycles: CycleLog;
  events: EngineEvents;
  /** A new driver on the account's present configuration and credential. */
  createDriver(): Promise<Driver>;
};

/** The phase, and what moves it. */
export type Machine = {
  phase(): Phase;
  go(event: PhaseEvent): void;
  /** Resolves when the phase is another one. */
  moved(): Promise<void>;
};

/** Why a cycle runs, and, where the server hinted at something, when (monotonic). */
export type Cause = { trigger: Trigger; hintedAt?: number };

/**
 * No request before a moment, whoever asks, where the server said so (Retry-After). Measured by a clock that is never set back,
 * and over sooner by the other one: the first may stand still while the machine sleeps.
 */
const createServerWait = (clock: Clock) => {
  let until = { monotonic: 0, now: 0 };
  const leftMs = (): number => Math.min(until.monotonic - clock.monotonic(), until.now - clock.now());
  return {
    left: (): TernError | null => {
      const left = leftMs();
      if (left <= 0) return null;
      return new TernError('rateLimited', 'the server asked to wait', { retryAfter: Math.ceil(left / 1000) });
    },
    /** While a wait goes on nothing is sent, so nothing new was said. */
    heard: ({ retryAfter }: TernError): void => {
      if (retryAfter === undefined || leftMs() > 0) return;
      until = { monotonic: clock.monotonic() + retryAfter * 1000, now: clock.now() + retryAfter * 1000 };
    },
    forget: (): void => {
      until = { monotonic: 0, now: 0 };
    },
  };
};

/** Runs cycles one after the other, moves the machine by what they lead to, and logs each. */
export const createCycles = (parts: EngineParts, machine: Machine, submitted: () => boolean) => {
  const { store, clock, log, events } = parts;
  const connection = createConnection(store, () => parts.createDriver());
  const wait = createServerWait(clock);
  const attempt = async (trigger: Trigger, counts: Counts, arrived: number[], signal: AbortSignal): Promise<void> => {
    const told = wait.left();
    if (told) throw told;
    const steps = {
      opened: () => machine.go({ type: 'opened' }),
      flushed: () => machine.go({ type: 'flushed' }),
      progress: (done: number, total: number) => events.progress(done, total),
      arrived: (emails: number[]) => void arrived.push(...emails),
    };
    const thorough = trigger === 'person' || trigger === 'start';
    await runCycle({ store, clock, connection, submitted, thorough }, counts, steps, signal);
    machine.go({ type: 'pulled' });
  };
  const fail = async (error: TernError): Promise<void> => {
    wait.heard(error);
    await connection.close();
    machine.go({ type: 'failed', error, now: clock.now(), jitter: clock.random() });
  };
  return {
    connection,
    askedToWait: () => wait.left(),
    forgetWait: () => wait.forget(),
    /** Answers what stopped the cycle, if anything did. One that is cut off by `signal` leaves no trace. */
    run: async ({ trigger, hintedAt }: Cause, signal: AbortSignal): Promise<TernError | null> => {
      const startedAt = clock.now();
      const counts = noCounts();
      const before = connection.traffic();
      const arrived: number[] = [];
      const error = await attempt(trigger, counts, arrived, signal).then(
        () => null,
        (thrown: unknown) => asTernError(thrown),
      );
      for (const news of newsOf(store, arrived)) events.news(news);
      if (signal.aborted) return abortReason(signal);
      const traffic = since(before, connection.traffic());
      if (error) await fail(error);
      if (error?.kind === 'bug') log.error({ err: error }, 'a sync cycle failed');
      parts.cycles.add({
        trigger,
        startedAt,
        finishedAt: clock.now(),
        error: error && { kind: error.kind, message: error.message },
        counts,
        ...traffic,
        ...(hintedAt === undefined ? {} : { lagMs: Math.round(clock.monotonic() - hintedAt) }),
      });
      return error;
    },
  };
};

const since = (before: Traffic, after: Traffic): Traffic => ({
  roundTrips: after.roundTrips - before.roundTrips,
  bytes: after.bytes - before.bytes,
});
