import type { Clock } from './clock.ts';

/** Doubling from `first` up to `cap`, both in milliseconds, with a jitter of up to a fifth either way. */
export const backoff = (clock: Clock, attempt: number, first: number, cap: number): number => {
  const plain = Math.min(cap, first * 2 ** Math.max(0, attempt - 1));
  return Math.round(plain * (0.8 + 0.4 * clock.random()));
};
