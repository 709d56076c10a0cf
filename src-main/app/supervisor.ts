import { asTernError, TernError } from '../../src-shared/errors.ts';
import { raceSignal, sleep, withTimeout } from '../lib/async.ts';
import { backoff } from '../lib/backoff.ts';
import type { Log } from '../lib/log.ts';
import type { Platform, WorkerEnd, WorkerProcess } from '../platform.ts';
import { type Answer, createRpc, type Rpc } from '../rpc/rpc.ts';

/** Where a worker stands. `down`: it waits for `revive`, or for `retryAt` (ms) when there is one. */
export type WorkerState =
  | { name: 'starting' }
  | { name: 'ready' }
  | { name: 'down'; error: TernError; retryAt: number | null }
  | { name: 'stopped' };

/** One account's worker, kept alive. */
export type Supervisor = {
  state(): WorkerState;
  /** Asks the worker once it is ready; while it is down, throws why. */
  call(name: string, input: unknown, signal?: AbortSignal): Promise<unknown>;
  /** Tries again now, if the worker is down; resolves when it is ready or down again. */
  revive(): Promise<void>;
  /** Ends the worker: asked first, killed when it does not go. */
  stop(): Promise<void>;
};

type Parts = {
  platform: Pick<Platform, 'spawnWorker' | 'clock'>;
  log: Log;
  /** Opens the account in a new worker; a `TernError` means that trying again will not help by itself. */
  open(rpc: Rpc): Promise<void>;
  /** Answers the worker's own questions. */
  answer: Answer;
  onEvent(name: string, data: unknown): void;
  onState(state: WorkerState): void;
};

const OPEN_MS = 30_000;
const CLOSE_MS = 2_500;
const FIRST_RESTART = 200;
const SLOWEST_RESTART = 30_000;
const CRASHES = 5;
const CRASH_WINDOW = 5 * 60_000;
const STORAGE_RETRY = 60_000;

/** Starts a worker and keeps it going: restarts with back-off after a crash, and stops after 5 in 5 minutes. */
export const supervise = (parts: Parts): Supervisor => {
  const { clock } = parts.platform;
  let state: WorkerState = { name: 'starting' };
  let rpc: Rpc | undefined;
  let worker: WorkerProcess | undefined;
  let crashes: number[] = [];
  let settled = Promise.withResolvers<void>();
  const stopping = new AbortController();

  const enter = (next: WorkerState): void => {
    state = next;
    if (next.name === 'starting') settled = Promise.withResolvers();
    else settled.resolve();
    parts.onState(next);
  };

  /** One worker's life, from its start to its end. */
  const live = async (): Promise<WorkerEnd | TernError> => {
    worker = parts.platform.spawnWorker();
    const { port, ended } = worker;
    rpc = createRpc(port, parts.answer);
    rpc.onEvent(parts.onEvent);
    const silent = new TernError('bug', 'the account worker did not start in time');
    try {
      await withTimeout(clock, OPEN_MS, Promise.race([parts.open(rpc), ended.then(diedYoung)]), silent);
    } catch (error) {
      worker.kill();
      const end = await ended;
      return isRefusal(error) ? asTernError(error) : end;
    }
    enter({ name: 'ready' });
    return ended;
  };
  const run = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      const end = await live();
      rpc = undefined;
      if (stopping.signal.aborted) return;
      if (end instanceof TernError) {
        const retryAt = end.kind === 'storage' ? clock.now() + STORAGE_RETRY : null;
        return enter({ name: 'down', error: end, retryAt });
      }
      const now = clock.now();
      crashes = [...crashes.filter((at) => at > now - CRASH_WINDOW), now];
      parts.log.error({ reason: end.reason, crashes: crashes.length }, 'an account worker ended unexpectedly');
      if (crashes.length >= CRASHES) {
        const error = new TernError(
          'bug',
          `the account's worker crashed ${CRASHES} times in 5 minutes (${end.reason})`,
          {
            detail: { why: 'crash' },
          },
        );
        return enter({ name: 'down', error, retryAt: null });
      }
      if (state.name !== 'starting') enter({ name: 'starting' });
      await sleep(clock, backoff(clock, crashes.length, FIRST_RESTART, SLOWEST_RESTART), stopping.signal);
    }
  };
  const keepRunning = async (): Promise<void> => {
    await run();
    while (state.name === 'down' && state.retryAt !== null && !stopping.signal.aborted) {
      const down: WorkerState = state;
      await sleep(clock, state.retryAt - clock.now(), stopping.signal);
      // Somebody may have revived it meanwhile; then this wait is over for good.
      if (state !== down || stopping.signal.aborted) return;
      enter({ name: 'starting' });
      await run();
    }
  };
  let running = keepRunning();

  return {
    state: () => state,
    call: async (name, input, signal = stopping.signal) => {
      if (state.name === 'starting') await raceSignal(settled.promise, signal);
      if (state.name === 'down') throw state.error;
      if (!rpc || state.name !== 'ready') throw new TernError('cancelled', 'the account is being closed');
      return rpc.call(name, input, signal);
    },
    revive: async () => {
      if (state.name === 'down') {
        crashes = [];
        enter({ name: 'starting' });
        running = keepRunning();
      }
      await raceSignal(settled.promise, stopping.signal);
    },
    stop: async () => {
      stopping.abort(new TernError('cancelled', 'the account is being closed'));
      const last = worker;
      const late = new TernError('cancelled', 'the worker did not end in time');
      if (last) {
        rpc?.call('close', null).catch(() => undefined);
        await withTimeout(clock, CLOSE_MS, last.ended, late).catch(() => last.kill());
        await last.ended;
      }
      await running;
      enter({ name: 'stopped' });
    },
  };
};

const diedYoung = (): never => {
  throw new TernError('cancelled', 'the worker ended before it was open');
};

/** A worker that answered with an error is well; one that went away or hung is not. */
const isRefusal = (error: unknown): boolean => !['cancelled', 'bug'].includes(asTernError(error).kind);
