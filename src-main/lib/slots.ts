import { abortReason, throwIfAborted } from './async.ts';

/** Lets at most so many tasks run at once; the others wait their turn, first come first served. */
export type Slots = { run<T>(task: () => Promise<T>, signal: AbortSignal): Promise<T> };

/** Slots whose number may change while they are in use. One who gives up leaves the queue at once. */
export const createSlots = (count: () => number): Slots => {
  const queue = new Set<() => void>();
  let taken = 0;
  /** A slot is taken for whoever it is given to, so that nobody slips in between. */
  const handOn = (): void => {
    for (const enter of queue) {
      if (taken >= count()) return;
      queue.delete(enter);
      taken += 1;
      enter();
    }
  };
  const wait = (signal: AbortSignal): Promise<void> =>
    new Promise((resolve, reject) => {
      const leave = (): void => {
        if (queue.delete(enter)) reject(abortReason(signal));
      };
      const enter = (): void => {
        signal.removeEventListener('abort', leave);
        resolve();
      };
      queue.add(enter);
      signal.addEventListener('abort', leave);
      handOn();
    });
  return {
    run: async (task, signal) => {
      throwIfAborted(signal);
      if (queue.size === 0 && taken < count()) taken += 1;
      else await wait(signal);
      try {
        return await task();
      } finally {
        taken -= 1;
        handOn();
      }
    },
  };
};
