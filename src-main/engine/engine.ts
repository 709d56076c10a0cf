import { TernError, toWire } from '../../src-shared/errors.ts';
import type { Driver } from '../driver/driver.ts';
import { drop, raceSignal, throwIfAborted } from '../lib/async.ts';
import type { Store } from '../store/db.ts';
import { nextDue } from '../store/pending.ts';
import {
  type Cause,
  createCycles,
  type EngineEvents,
  type EngineParts,
  type EngineStatus,
  type Machine,
} from './cycles.ts';
import { nextPhase, type Phase } from './machine.ts';
import { createRequests, type SyncResult } from './requests.ts';
import { createWaiting } from './waiting.ts';

/** The account's one loop: open, flush, pull, wait, again. */
export type Engine = {
  /** `elsewhere`: the account has another server now, which has asked nobody to wait. */
  start(elsewhere?: boolean): void;
  /** Ends a cycle under way and resolves when the loop stands still. `start` goes on where it was. */
  stop(why?: TernError): Promise<void>;
  /** Resolves when a cycle that began after the call has ended. */
  syncNow(): Promise<SyncResult>;
  /** Something is to be sent: soon if the account is live, else with the next cycle that gets through. */
  changed(): void;
  /** The machine slept, or its network is another one: whatever is waited for ends, and connections are looked after. */
  wake(): void;
  /** Gives back a connection that the account can do without (`Driver.makeRoom`). */
  makeRoom(): void;
  /** The driver as soon as it is open, to read by; throws why it will not be. */
  reader(signal: AbortSignal): Promise<Driver>;
  status(): EngineStatus;
};

/** An engine at rest; `start` sets it going. */
export const createEngine = (parts: EngineParts): Engine => {
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
      else if (!signal.aborted) tellRested(parts);
      const over = AbortSignal.any([signal, requests.next()]);
      const hintedAt = await rest(waitOf(machine.phase(), parts), over, machine.phase().name === 'live');
      cause = hintedAt === null ? { trigger: 'poll' } : { trigger: 'push', hintedAt };
      if (!signal.aborted) machine.go({ type: 'wake' });
    }
  };

  return {
    start: (elsewhere = false) => {
      if (machine.phase().name !== 'stopped') return;
      if (elsewhere) cycle.forgetWait();
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
    syncNow: async () => {
      const stopped = machine.phase().name === 'stopped' || ending.signal.aborted;
      const why = stopped ? paused() : cycle.askedToWait();
      if (why) return { result: 'error', error: toWire(why) };
      return new Promise((resolve) => requests.ask('person', resolve));
    },
    changed: () => {
      // Who has to wait for the network or the person gains nothing by trying at every change.
      if (!['stopped', 'offline', 'blocked'].includes(machine.phase().name)) requests.ask('change');
      requests.submit();
    },
    wake: () => {
      cycle.connection.probe();
      machine.go({ type: 'resume' });
      if (!['stopped', 'blocked'].includes(machine.phase().name)) requests.ask('wake');
    },
    makeRoom: () => cycle.connection.opened()?.makeRoom(),
    reader: (signal) => waitForDriver(machine, () => cycle.connection.opened(), signal),
    status: () => statusOf(machine.phase()),
  };
};

/** What can wait may fail, on a full disk for one: it is begun again after the next cycle. */
const tellRested = ({ events, log }: EngineParts): void => {
  try {
    events.rested();
  } catch (error) {
    log.error({ err: error }, 'what follows a cycle cannot be done');
  }
};

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
const waitOf = (phase: Phase, { store, clock }: Pick<EngineParts, 'store' | 'clock'>): number | null => {
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
