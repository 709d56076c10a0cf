import { asTernError, TernError } from '../../src-shared/errors.ts';
import { raceSignal, sleep } from '../lib/async.ts';
import { backoff } from '../lib/backoff.ts';
import type { Clock } from '../lib/clock.ts';
import type { Log } from '../lib/log.ts';
import type { WorkerEnd } from '../platform.ts';
import type { Rpc } from '../rpc/rpc.ts';
import { startWorker, type WorkerLife, type WorkerParts } from './workerLife.ts';

/** Where a worker stands. `down`: it waits for `revive`, or for `retryAt` (ms) when there is one. */
export type WorkerState =
  | { name: 'starting' }
  | { name: 'ready' }
  | { name: 'down'; error: TernError; retryAt: number | null }
  | { name: 'stopped' };

/** One account's worker, kept alive. */
export type Supervisor = {
  state(): WorkerState;
  /**
   * Asks the worker once it is ready; while it is down, throws why. What changes nothing (`reads`) is asked of the next worker,
   * once, where this one ends meanwhile; all else throws `cancelled` then, and nobody knows whether it was done.
   */
  call(name: string, input: unknown, signal?: AbortSignal, reads?: boolean): Promise<unknown>;
  /** Tries again now, if the worker is down; resolves when it is ready or down again. */
  revive(): Promise<void>;
  /** Ends the worker: asked first, killed when it does not go. */
  stop(): Promise<void>;
};

type Parts = WorkerParts & { log: Log; onState(state: WorkerState): void };

const FIRST_RESTART = 200;
const SLOWEST_RESTART = 30_000;
const STORAGE_RETRY = 60_000;

/** Starts a worker and keeps it going: restarts with back-off after a crash, and stops after 5 in 5 minutes. */
export const supervise = (parts: Parts): Supervisor => {
  const { clock } = parts.platform;
  const status = createStatus((state) => parts.onState(state));
  const crashes = countCrashes(clock);
  const stopping = new AbortController();
  let life: WorkerLife | undefined;
  let revived = new AbortController();
  /** One worker from its start to its end; answers what that leads to. */
  const live = async (): Promise<WorkerState> => {
    life = startWorker(parts);
    const { refusal, failure } = await life.opened;
    if (!refusal && !failure) status.serve(life.rpc);
    const end = await life.ended;
    life = undefined;
    if (stopping.signal.aborted) return { name: 'stopped' };
    if (refusal) return downBy(refusal, clock);
    return crashes.judge(failure?.kind === 'bug' ? { ...end, reason: failure.message } : end, parts.log);
  };
  /** Lets a state last as long as it should; a down worker is then given a new start. */
  const waitIn = async (state: WorkerState): Promise<void> => {
    const over = AbortSignal.any([stopping.signal, revived.signal]);
    if (state.name !== 'down') return sleep(clock, restartDelay(clock, crashes.count()), over);
    await sleep(clock, state.retryAt && state.retryAt - clock.now(), over);
    crashes.forget();
    if (!stopping.signal.aborted) status.enter({ name: 'starting' });
  };
  const keepAlive = async (): Promise<void> => {
    for (let next = await live(); next.name !== 'stopped'; next = await live()) {
      revived = new AbortController();
      status.enter(next);
      await waitIn(next);
      if (stopping.signal.aborted) return;
    }
  };
  const running = keepAlive();
  return {
    state: status.now,
    call: (name, input, signal = stopping.signal, reads = false) =>
      upToTwice(reads, signal, async () => {
        const state = await status.settled(signal);
        if (state.name === 'down') throw state.error;
        if (!life || state.name !== 'ready') throw closing();
        return life.rpc.call(name, input, signal);
      }),
    revive: async () => {
      if (status.now().name === 'down') {
        status.enter({ name: 'starting' });
        revived.abort();
      }
      await status.settled(stopping.signal);
    },
    stop: async () => {
      stopping.abort(closing());
      await life?.stop();
      await running;
      status.enter({ name: 'stopped' });
    },
  };
};

/** Asks; what `reads` is asked once more where the answer was cut off by nobody's wish. */
const upToTwice = async <T>(reads: boolean, signal: AbortSignal, ask: () => Promise<T>): Promise<T> => {
  try {
    return await ask();
  } catch (error) {
    if (!reads || signal.aborted || asTernError(error).kind !== 'cancelled') throw error;
    return ask();
  }
};

/** The worker's state, and those who wait for it to be anything but starting. */
const createStatus = (onState: (state: WorkerState) => void) => {
  let state: WorkerState = { name: 'starting' };
  let waiting = Promise.withResolvers<void>();
  const enter = (next: WorkerState): void => {
    if (next.name !== 'starting') waiting.resolve();
    else if (state.name !== 'starting') waiting = Promise.withResolvers();
    state = next;
    onState(next);
  };
  return {
    now: (): WorkerState => state,
    enter,
    /** Ready for as long as the line holds. It goes before the process does: who calls then waits for the next worker. */
    serve: (rpc: Rpc): void => {
      const ready: WorkerState = { name: 'ready' };
      enter(ready);
      // Unless the worker's end was seen first: then the state is another worker's already.
      rpc.onClose(() => {
        if (state === ready) enter({ name: 'starting' });
      });
    },
    settled: async (signal: AbortSignal): Promise<WorkerState> => {
      while (state.name === 'starting') await raceSignal(waiting.promise, signal);
      return state;
    },
  };
};

const CRASHES = 5;
const CRASH_WINDOW = 5 * 60_000;

/** Counts crashes within the last 5 minutes. */
const countCrashes = (clock: Clock) => {
  let times: number[] = [];
  return {
    /** Counts one more; too many are a loop. */
    judge: ({ clean, reason }: WorkerEnd, log: Log): WorkerState => {
      const now = clock.now();
      times = [...times.filter((time) => time > now - CRASH_WINDOW), now];
      log.error(
        { reason, count: times.length },
        clean ? 'an account worker left unasked' : 'an account worker crashed',
      );
      return times.length < CRASHES ? { name: 'starting' } : downBy(crashLoop(reason), clock);
    },
    count: (): number => times.length,
    forget: (): void => {
      times = [];
    },
  };
};

const closing = (): TernError => new TernError('cancelled', 'the account is being closed');

const restartDelay = (clock: Clock, count: number): number =>
  backoff(count, FIRST_RESTART, SLOWEST_RESTART, clock.random());

const crashLoop = (reason: string): TernError =>
  new TernError('bug', `the account's worker crashed ${CRASHES} times in 5 minutes (${reason})`, {
    detail: { why: 'crash' },
  });

const downBy = (error: TernError, clock: Clock): WorkerState => ({
  name: 'down',
  error,
  // A full disk gets room again without telling.
  retryAt: error.kind === 'storage' ? clock.now() + STORAGE_RETRY : null,
});
