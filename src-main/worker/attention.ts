import { sleep } from '../lib/async.ts';
import type { Clock } from '../lib/clock.ts';

/** Whether somebody is at work with the account, so that what can wait does. */
export type Attention = {
  /** Somebody asked for something. */
  called(): void;
  /** Resolves when nobody asked for a moment, at the latest after a second, or when the signal is aborted. */
  quiet(signal: AbortSignal): Promise<void>;
};

const QUIET_MS = 250;
const LONGEST_WAIT_MS = 1_000;

/** Nobody asked yet. */
export const createAttention = (clock: Clock): Attention => {
  let last = Number.NEGATIVE_INFINITY;
  return {
    called: () => {
      last = clock.monotonic();
    },
    quiet: async (signal) => {
      const latest = clock.monotonic() + LONGEST_WAIT_MS;
      while (!signal.aborted) {
        const left = Math.min(last + QUIET_MS, latest) - clock.monotonic();
        if (left <= 0) return;
        await sleep(clock, left, signal);
      }
    },
  };
};
