import { sleep } from '../lib/async.ts';
import type { Clock } from '../lib/clock.ts';

/** Whether somebody is at work with the account, or changes are on their way, so that what can wait does. */
export type Attention = {
  /** Somebody asked for something. */
  called(): void;
  /** Resolves when nobody asked for a moment, at the latest after a second, and no change is on its way, at the latest after half a minute; or when the signal is aborted. */
  quiet(signal: AbortSignal): Promise<void>;
};

const QUIET_MS = 250;
/** While changes are sent it is looked so often whether that is over, in ms, and waited for it so long. */
const LOOK_MS = 100;
const LONGEST_FLUSH_MS = 30_000;
const LONGEST_WAIT_MS = 1_000;

/** Nobody asked yet. `isFlushing`: whether changes are being sent just now. */
export const createAttention = (clock: Clock, isFlushing: () => boolean): Attention => {
  let last = Number.NEGATIVE_INFINITY;
  return {
    called: () => {
      last = clock.monotonic();
    },
    quiet: async (signal) => {
      const latest = clock.monotonic() + LONGEST_WAIT_MS;
      while (!signal.aborted) {
        const left = Math.min(last + QUIET_MS, latest) - clock.monotonic();
        if (left <= 0) break;
        await sleep(clock, left, signal);
      }
      const until = clock.monotonic() + LONGEST_FLUSH_MS;
      while (!signal.aborted && isFlushing() && clock.monotonic() < until) await sleep(clock, LOOK_MS, signal);
    },
  };
};
