/** Doubling from `first` up to `cap`, both in ms, give or take a fifth; `jitter` in [0, 1) says how much. */
export const backoff = (attempt: number, first: number, cap: number, jitter: number): number =>
  Math.round(Math.min(cap, first * 2 ** Math.max(0, attempt - 1)) * (0.8 + 0.4 * jitter));
