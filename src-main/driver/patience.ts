import type { Clock } from '../lib/clock.ts';

/** When a connection that listens may be made again. */
export type Patience = {
  opened(): void;
  /** It was lost, or could not be made: the next try is soon, then after twice as long each time. */
  lost(): void;
  /** Not before so long, in ms. */
  wait(ms: number): void;
  /** Nothing that was learned holds any more: the next try is at once. */
  forget(): void;
  /** Until then, in ms, whole ones; 0 or less: now. */
  left(): number;
};

/** One that was lost is made anew so soon, in ms, then after twice as long, up to the longest. */
const LOST_MS = 1_000;
const LONGEST_MS = 5 * 60_000;
/** After so long, in ms, a connection counts as one that holds. */
const STEADY_MS = 60_000;

/** Patience of a connection that was never made. */
export const createPatience = (clock: Clock): Patience => {
  let notBefore = 0;
  let openedAt = Number.POSITIVE_INFINITY;
  let losses = 0;
  const wait = (ms: number): void => {
    notBefore = clock.monotonic() + ms;
  };
  return {
    wait,
    left: () => Math.ceil(notBefore - clock.monotonic()),
    opened: () => {
      openedAt = clock.monotonic();
    },
    lost: () => {
      if (clock.monotonic() - openedAt >= STEADY_MS) losses = 0;
      openedAt = Number.POSITIVE_INFINITY;
      // Everybody who lost a server that was restarted comes back at another moment.
      wait(Math.min(LOST_MS * 2 ** losses, LONGEST_MS) * (0.8 + clock.random() * 0.4));
      losses += 1;
    },
    forget: () => {
      notBefore = losses = 0;
    },
  };
};
