import type { Clock } from '../../src-main/lib/clock.ts';
import { seededRandom } from './random.ts';

/** A clock that stands still until a test moves it. */
export type FakeClock = Clock & {
  /** Moves time on by `ms`, running every timer that comes due at its own moment, in order. */
  advance(ms: number): Promise<void>;
  /** The clock was ahead by `ms`, and is put right: timers and `monotonic` go on as they were. */
  putBack(ms: number): void;
  /** How many timers wait. */
  pending(): number;
};

type Timer = { due: number; order: number; fn: () => void };

/** Real timers fire at once beyond this; a fake one that accepted more would hide it. */
const LONGEST_TIMER = 2 ** 31 - 1;

/** No program that works has as many timers run at one moment: one that sets itself again at once would never let time go on. */
const MOST_AT_ONCE = 3_000;

/** Lets everything run that needs no time: promises, and what waits for the next turn of the event loop. */
export const settle = async (turns = 3): Promise<void> => {
  for (let turn = 0; turn < turns; turn++) await new Promise((resolve) => setImmediate(resolve));
};

/** A clock at `start` (ms since the epoch) whose chance and ids follow from `seed` alone. */
export const fakeClock = ({ start = Date.UTC(2026, 0, 1), seed = 1 } = {}): FakeClock => {
  const random = seededRandom(seed);
  let timers: Timer[] = [];
  let now = start;
  let behind = 0;
  let made = 0;
  let ids = 0;
  const next = (until: number): Timer | undefined =>
    timers.filter(({ due }) => due <= until).toSorted((a, b) => a.due - b.due || a.order - b.order)[0];
  return {
    now: () => now - behind,
    monotonic: () => now - start,
    after: (ms, fn) => {
      if (!(ms <= LONGEST_TIMER)) throw new RangeError(`no real timer waits ${ms} ms`);
      const timer = { due: now + Math.max(0, ms), order: ++made, fn };
      timers.push(timer);
      return () => {
        timers = timers.filter((each) => each !== timer);
      };
    },
    random,
    uuid: () => `00000000-0000-4000-8000-${(++ids).toString(16).padStart(12, '0')}`,
    advance: async (ms) => {
      const until = now + ms;
      await settle();
      let atOnce = 0;
      for (let timer = next(until); timer; timer = next(until)) {
        const due = timer;
        timers = timers.filter((each) => each !== due);
        atOnce = due.due > now ? 0 : atOnce + 1;
        if (atOnce > MOST_AT_ONCE) throw new Error(`timers without an end at ${now - start} ms`);
        now = Math.max(now, due.due);
        due.fn();
        await settle();
      }
      now = until;
    },
    putBack: (ms) => {
      behind += ms;
    },
    pending: () => timers.length,
  };
};
