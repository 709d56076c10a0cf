import { throwIfAborted } from './async.ts';

/** Lets at most so many tasks run at once; the others wait their turn, first come first served. */
export type Slots = { run<T>(task: () => Promise<T>, signal: AbortSignal): Promise<T> };

/** Slots whose number may change while they are in use. */
export const createSlots = (count: () => number): Slots => {
  const queue: (() => void)[] = [];
  let running = 0;
  return {
    run: async (task, signal) => {
      while (running >= count()) await new Promise<void>((resolve) => queue.push(resolve));
      running += 1;
      try {
        throwIfAborted(signal);
        return await task();
      } finally {
        running -= 1;
        queue.shift()?.();
      }
    },
  };
};
