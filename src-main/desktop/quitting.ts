import { sleep } from '../lib/async.ts';
import type { Clock } from '../lib/clock.ts';
import type { Log } from '../lib/log.ts';
import type { Drain } from './drain.ts';
import type { Question } from './links.ts';
import { mayEnd } from './unsent.ts';

type Parts = {
  drain: Drain;
  clock: Clock;
  log: Log;
  askPerson: (question: Question) => Promise<{ response: number }>;
  /** Lets the window keep what is written in it, and takes it away; false where the person goes back to that. */
  leave: () => Promise<boolean>;
  /** The person wants to stay. */
  stay: () => void;
  /** Gives the data folder back. */
  unlock: () => void;
  /** Ends the program at once, and asks no window: one may have been opened meanwhile. */
  exit: () => void;
};

/** What is not sent is asked for so long, in ms. */
const PATIENCE_MS = 1_000;
/** So long the window is waited for when the system goes down, in ms: longer than it may take, but for a question. */
const HURRY_MS = 2_000;

/** An end in which nothing is lost: first the person is asked, then what is being written is kept, then what is under way ends. */
export const createQuitting = (parts: Parts) => {
  let ending: Promise<void> | undefined;
  const down = Promise.withResolvers<true>();
  const hurried = down.promise.then(() => sleep(parts.clock, HURRY_MS)).then(() => true);
  const mayQuit = async (): Promise<boolean> => {
    const late = new AbortController();
    const cancel = parts.clock.after(PATIENCE_MS, () => late.abort());
    const may = await Promise.race([down.promise, mayEnd(parts, late.signal)]);
    cancel();
    return may && Promise.race([parts.leave(), hurried]);
  };
  const end = async (): Promise<void> => {
    if (!(await mayQuit())) {
      ending = undefined;
      return parts.stay();
    }
    const told = (err: unknown): void => parts.log.error({ err }, 'not everything ended as it should');
    await parts.drain.end().catch(told);
    parts.unlock();
    parts.exit();
  };
  const begin = (): void => void (ending ??= end());
  return {
    begin,
    /** The system goes down: no answer of the person is waited for. */
    hurry: (): void => {
      down.resolve(true);
      begin();
    },
  };
};
