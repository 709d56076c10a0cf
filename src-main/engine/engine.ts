import { asTernError, TernError, toWire, type WireError } from '../../src-shared/errors.ts';
import type { PhaseName, Trigger } from '../../src-shared/model.ts';
import type { Driver } from '../driver/driver.ts';
import { abortReason, drop, raceSignal, throwIfAborted } from '../lib/async.ts';
import type { Clock } from '../lib/clock.ts';
import type { Log } from '../lib/log.ts';
import type { Store } from '../store/db.ts';
import { nextDue } from '../store/pending.ts';
import { noCounts } from './apply.ts';
import { createConnection } from './connection.ts';
import { runCycle } from './cycle.ts';
import type { CycleLog } from './cycleLog.ts';
import { nextPhase, type Phase, type PhaseEvent } from './machine.ts';
import { createWaiting } from './waiting.ts';

/** What the engine tells of itself; rows announce themselves by their commits. */
type EngineEvents = {
  phase(status: EngineStatus): void;
  progress(done: number, total: number): void;
  /** The replica is true for now: time for what can wait. */
  rested(): void;
};

/** The phase as people see it; `retryAt` in ms since the epoch. */
type EngineStatus = { phase: PhaseName; error?: WireError; retryAt?: number };

type SyncResult = { result: 'ok' | 'error'; error?: WireError };

/** The account's one loop: open, flush, pull, wait, again. */
export type Engine = {
  start(): void;
  /** Ends a cycle under way and resolves when the loop stands still. `start` goes on where it was. */
  stop(why?: TernError): Promise<void>;
  /** Resolves when a cycle that began after the call has ended. */
  syncNow(): Promise<SyncResult>;
  /** Something is to be sent: soon if the account is live, else with the next cycle that gets through. */
  changed(): void;
  /** The driver as soon as it is open, to read by; throws why it will not be. */
  reader(signal: AbortSignal): Promise<Driver>;
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

/** An engine at rest; `start` sets it going. */
export const createEngine = (parts: Parts): Engine => {
  const machine = createMachine(parts.events);
  const requests = createRequests();
  const cycle = createCycles(parts, machine, requests.submitted);
  const rest = createWaiting({ clock: parts.clock, log: parts.log, server: cycle.connection });
  let ending = new AbortController();
  let running: Promise<void> = Promise.resolve();

  const loop = async (signal: AbortSignal): Promise<void> => {
    let cause: Cause = { trigger: 'start' };
    while (!signal.aborted) {
      const asked = requests.take();
      const error = await cycle.run(asked.by ? { trigger: asked.by } : cause, signal);
      for (const done of asked.waiting) done(error ? { result: 'error', error: toWire(error) } : { result: 'ok' });
      if (error) requests.forgetChange();
      else if (!signal.aborted) parts.events.rested();
      const over = AbortSignal.any([signal, requests.next()]);
      const hintedAt = await rest(waitOf(machine.phase(), parts), over, machine.phase().name === 'live');
      cause = hintedAt === null ? { trigger: 'poll' } : { trigger: 'push', hintedAt };
      if (!signal.aborted) machine.go({ type: 'wake' });
    }
  };

  return {
    start: () => {
      if (machine.phase().name !== 'stopped') return;
      ending = new AbortController();
      machine.go({ type: 'start' });
      running = loop(ending.signal);
      drop(running, parts.log, 'the sync loop ended by an error');
    },
    stop: async (why = paused()) => {
      ending.abort(why);
      await running;
      await cycle.connection.close();
      machine.go({ type: 'stop' });
      for (const done of requests.take().waiting) done({ result: 'error', error: toWire(why) });
    },
    syncNow: () => {
      if (machine.phase().name === 'stopped' || ending.signal.aborted)
        return Promise.resolve({ result: 'error', error: toWire(paused()) });
      const wait = cycle.askedToWait();
      if (wait) return Promise.resolve({ result: 'error', error: toWire(wait) });
      return new Promise((resolve) => requests.ask('person', resolve));
    },
    changed: () => {
      // Who has to wait for the network or the person gains nothing by trying at every change.
      if (!['stopped', 'offline', 'blocked'].includes(machine.phase().name)) requests.ask('change');
      requests.submit();
    },
    reader: (signal) => waitForDriver(machine, () => cycle.connection.opened(), signal),
    status: () => statusOf(machine.phase()),
  };
};

/** Why a cycle runs, and, where the server hinted at something, when (monotonic). */
type Cause = { trigger: Trigger; hintedAt?: number };

const paused = (): TernError => new TernError('cancelled', 'the account is paused');

/** The driver once it is open; where nobody is about to open it, why not. */
const waitForDriver = async (machine: Machine, opened: () => Driver | null, signal: AbortSignal): Promise<Driver> => {
  for (;;) {
    throwIfAborted(signal);
    const driver = opened();
    if (driver) return driver;
    const phase = machine.phase();
    if ('error' in phase) throw phase.error;
    if (phase.name === 'stopped') throw paused();
    if (phase.name !== 'connecting') throw new TernError('network', 'not connected');
    await raceSignal(machine.moved(), signal);
  }
};

type Machine = {
  phase(): Phase;
  go(event: PhaseEvent): void;
  /** Resolves when the phase is another one. */
  moved(): Promise<void>;
};

const createMachine = (events: EngineEvents): Machine => {
  let phase: Phase = { name: 'stopped' };
  let move = Promise.withResolvers<void>();
  return {
    moved: () => move.promise,
    phase: () => phase,
    go: (event) => {
      const before = phase;
      phase = nextPhase(phase, event);
      if (phase === before) return;
      move.resolve();
      move = Promise.withResolvers();
      events.phase(statusOf(phase));
    },
  };
};

const statusOf = (phase: Phase): EngineStatus => ({
  phase: phase.name,
  ...('error' in phase ? { error: toWire(phase.error) } : {}),
  ...('until' in phase && phase.until !== null ? { retryAt: phase.until } : {}),
});

/** How long a phase lasts by itself; null: until something happens. */
const waitOf = (phase: Phase, { store, clock }: Pick<Parts, 'store' | 'clock'>): number | null => {
  const now = clock.now();
  if (phase.name === 'live') return dueIn(store, now);
  if (phase.name === 'offline') return phase.until - now;
  return phase.name === 'blocked' && phase.until !== null ? phase.until - now : null;
};

/** Until the next queued change comes due; a disk that cannot be read tells so in the next cycle. */
const dueIn = (store: Store, now: number): number => {
  try {
    return (store.read((db) => nextDue(db, now)) ?? Number.POSITIVE_INFINITY) - now;
  } catch {
    return Number.POSITIVE_INFINITY;
  }
};

type Done = (result: SyncResult) => void;

/** Those who asked for a cycle. One that is under way began before they asked, so they wait for the next. */
const createRequests = () => {
  let waiting: Done[] = [];
  let by: Trigger | null = null;
  let asked = new AbortController();
  let submitted = false;
  return {
    /** Something was submitted, which a cycle under way may still take along. */
    submit: (): void => {
      submitted = true;
    },
    submitted: (): boolean => {
      const was = submitted;
      submitted = false;
      return was;
    },
    ask: (trigger: Trigger, done?: Done): void => {
      if (done) waiting.push(done);
      if (by !== 'person') by = trigger;
      asked.abort();
    },
    /** The cycle failed: what was submitted meanwhile has the same wait before it. A person who asked has not. */
    forgetChange: (): void => {
      if (by !== 'change') return;
      by = null;
      asked = new AbortController();
    },
    /** Everybody who asked so far; from now on they count for the next cycle. */
    take: (): { waiting: Done[]; by: Trigger | null } => {
      const taken = { waiting, by };
      waiting = [];
      by = null;
      asked = new AbortController();
      return taken;
    },
    /** Aborted as soon as somebody asks. */
    next: (): AbortSignal => asked.signal,
  };
};

/** Runs cycles one after the other, moves the machine by what they lead to, and logs each. */
const createCycles = (parts: Parts, machine: Machine, submitted: () => boolean) => {
  const { store, clock, log, events } = parts;
  const connection = createConnection(store, () => parts.createDriver());
  /** No request before this moment, whoever asks: the server said so (Retry-After). */
  let notBefore = 0;
  const askedToWait = (): TernError | null => {
    const wait = notBefore - clock.now();
    if (wait <= 0) return null;
    return new TernError('rateLimited', 'the server asked to wait', { retryAfter: Math.ceil(wait / 1000) });
  };
  const attempt = async (trigger: Trigger, counts: ReturnType<typeof noCounts>, signal: AbortSignal): Promise<void> => {
    const told = askedToWait();
    if (told) throw told;
    const steps = {
      opened: () => machine.go({ type: 'opened' }),
      flushed: () => machine.go({ type: 'flushed' }),
      progress: (done: number, total: number) => events.progress(done, total),
    };
    const thorough = trigger === 'person' || trigger === 'start';
    await runCycle({ store, clock, connection, submitted, thorough }, counts, steps, signal);
    machine.go({ type: 'pulled' });
  };
  const fail = async (error: TernError): Promise<void> => {
    // While a wait goes on nothing is sent, so nothing new was said.
    if (error.retryAfter !== undefined && clock.now() >= notBefore) notBefore = clock.now() + error.retryAfter * 1000;
    await connection.close();
    machine.go({ type: 'failed', error, now: clock.now(), jitter: clock.random() });
  };
  return {
    connection,
    askedToWait,
    /** Answers what stopped the cycle, if anything did. One that is cut off by `signal` leaves no trace. */
    run: async ({ trigger, hintedAt }: Cause, signal: AbortSignal): Promise<TernError | null> => {
      const startedAt = clock.now();
      const counts = noCounts();
      const before = connection.traffic();
      const error = await attempt(trigger, counts, signal).then(
        () => null,
        (thrown: unknown) => asTernError(thrown),
      );
      if (signal.aborted) return abortReason(signal);
      const after = connection.traffic();
      if (error) await fail(error);
      if (error?.kind === 'bug') log.error({ err: error }, 'a sync cycle failed');
      parts.cycles.add({
        trigger,
        startedAt,
        finishedAt: clock.now(),
        error: error && { kind: error.kind, message: error.message },
        counts,
        roundTrips: after.roundTrips - before.roundTrips,
        bytes: after.bytes - before.bytes,
        ...(hintedAt === undefined ? {} : { lagMs: Math.round(clock.monotonic() - hintedAt) }),
      });
      return error;
    },
  };
};
