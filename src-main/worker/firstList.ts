import { sleep } from '../lib/async.ts';
import type { Clock } from '../lib/clock.ts';

/** To load a driver takes as long as to read a list. It waits for the first list that somebody wants, so long in ms. */
const LONGEST_MS = 250;

/** The first list of a worker that was just opened. */
export type FirstList = {
  /** A call was answered. */
  answered(call: string): void;
  /** Resolves when the first list is on its way to whoever wanted it, or when nobody wanted one for a moment. */
  over: Promise<void>;
};

/** `isWanted`: false for an account that was just made, of which there is no list yet. */
export const createFirstList = (clock: Clock, isWanted: boolean): FirstList => {
  const done = new AbortController();
  return {
    answered: (call) => {
      // Its answer is posted in this very turn.
      if (call === 'emails.list') clock.after(0, () => done.abort());
    },
    over: isWanted ? sleep(clock, LONGEST_MS, done.signal) : Promise.resolve(),
  };
};
