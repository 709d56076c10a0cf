import { sleep } from '../lib/async.ts';
import type { Clock } from '../lib/clock.ts';

/** In ms: a page that does not answer by then hangs. */
const PATIENCE_MS = 1_500;

/** Before its window goes, the page keeps what is being written. */
export type Leaving = {
  /** Whether all of it is kept, or nobody can say so. */
  ask: () => Promise<boolean>;
  answered: (kept: boolean) => void;
};

/** `tell` asks the page, which answers by `answered`. */
export const createLeaving = (clock: Clock, tell: () => void): Leaving => {
  let answered = (_kept: boolean): void => undefined;
  let asking: Promise<boolean> | undefined;
  const ask = async (): Promise<boolean> => {
    const over = new AbortController();
    let isKept = true;
    answered = (kept) => {
      isKept = kept;
      over.abort();
    };
    tell();
    await sleep(clock, PATIENCE_MS, over.signal);
    asking = undefined;
    return isKept;
  };
  return {
    // Who closes the window twice gets one answer, and not for the first time the silence of a page that was asked anew.
    ask: () => (asking ??= ask()),
    answered: (kept) => answered(kept),
  };
};
