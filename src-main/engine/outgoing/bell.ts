import { sleep } from '../../lib/async.ts';
import type { Clock } from '../../lib/clock.ts';

/** What wakes a loop that waits for work. */
type Bell = {
  /** There may be work. */
  ring(): void;
  /** To be asked for before work is looked for: aborted by a ring from then on. */
  heard(): AbortSignal;
  /** No work was found: waits so many ms (null: for ever), or until a ring after `heard` was asked for, or until `over`. */
  rest(ms: number | null, heard: AbortSignal, over: AbortSignal): Promise<void>;
  /** Resolves while the loop waits. */
  idle(): Promise<void>;
};

/** A bell that nobody has rung. */
export const createBell = (clock: Clock): Bell => {
  let rung = new AbortController();
  let resting = Promise.withResolvers<void>();
  return {
    ring: () => {
      resting = Promise.withResolvers();
      rung.abort();
    },
    heard: () => rung.signal,
    rest: async (ms, heard, over) => {
      if (!heard.aborted) resting.resolve();
      await sleep(clock, ms, AbortSignal.any([over, heard]));
      if (heard.aborted) rung = new AbortController();
      else resting = Promise.withResolvers();
    },
    idle: () => resting.promise,
  };
};
