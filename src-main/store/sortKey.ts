/** Counters per second of receivedAt: sort keys stay below 2^53 until the year 2106. */
const KEYS_PER_SECOND = 2 ** 21;

/** The last second, since the epoch, that a sort key can stand for. */
export const LATEST_SECOND = 2 ** 32 - 1;

/** The smallest sort key of a second; behind the last second there is, one that is larger than all. */
export const sortKeyFloor = (seconds: number): number =>
  Math.min(Math.max(Math.floor(seconds), 0), LATEST_SECOND + 1) * KEYS_PER_SECOND;

/** The second, since the epoch, that a sort key stands for. */
export const secondOfSortKey = (sortKey: number): number => Math.floor(sortKey / KEYS_PER_SECOND);
