import { randomUUID } from 'node:crypto';

/** Time, chance and new ids as a port, so that a whole engine can run on a simulated clock. */
export type Clock = {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Milliseconds of a clock that never jumps, for measuring and budgets. */
  monotonic(): number;
  /** Runs `fn` once after `ms`; the answer cancels it. */
  after(ms: number, fn: () => void): () => void;
  /** In [0, 1). */
  random(): number;
  /** A new unique id. */
  uuid(): string;
};

/** Node runs a longer timer at once. */
const LONGEST_TIMER = 2 ** 31 - 1;

/** The real clock. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  after: (ms, fn) => {
    let timer: NodeJS.Timeout;
    const arm = (left: number): void => {
      timer = left > LONGEST_TIMER ? setTimeout(() => arm(left - LONGEST_TIMER), LONGEST_TIMER) : setTimeout(fn, left);
    };
    arm(ms);
    return () => clearTimeout(timer);
  },
  random: () => Math.random(),
  uuid: () => randomUUID(),
};

/** A moment as the contract writes it: ISO 8601 UTC. */
export const isoTime = (ms: number): string => new Date(ms).toISOString();
