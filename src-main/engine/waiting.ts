import { sleep } from '../lib/async.ts';
import type { Clock } from '../lib/clock.ts';
import type { Log } from '../lib/log.ts';

/** A server that hints at once, again and again, gets a cycle no more often than this, in ms. */
const LEAST_PAUSE_MS = 1_000;

type Parts = {
  clock: Clock;
  log: Log;
  /** Resolves with a hint of the server's, or when the signal is aborted (`Driver.watch`). */
  watch: (signal: AbortSignal) => Promise<void>;
};

/** Waits so many ms (null: for ever), until `over`, or, where it is to be watched, for the server's hint: then true. */
type Wait = (ms: number | null, over: AbortSignal, watched: boolean) => Promise<boolean>;

/** Waits between cycles. A watch that fails is told to the log, and the wait goes on without it. */
export const createWaiting = ({ clock, log, watch }: Parts): Wait => {
  let hinted = false;
  return async (ms, over, watched) => {
    const ended = new AbortController();
    const signal = AbortSignal.any([over, ended.signal]);
    const earliest = hinted ? clock.monotonic() + LEAST_PAUSE_MS : 0;
    hinted = false;
    const hint = async (): Promise<void> => {
      await watch(signal);
      const early = earliest - clock.monotonic();
      if (early > 0) await sleep(clock, early, signal);
      hinted = !signal.aborted;
      ended.abort();
    };
    const failed = (error: unknown): void => {
      if (!signal.aborted) log.info({ err: error }, 'the server cannot be watched: polling');
    };
    if (watched) hint().catch(failed);
    await sleep(clock, ms, signal);
    ended.abort();
    return hinted;
  };
};
