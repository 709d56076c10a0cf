import { TernError } from '../../src-shared/errors.ts';
import type { Backend } from '../backend.ts';
import { sleep } from '../lib/async.ts';
import type { Clock } from '../lib/clock.ts';
import type { Ask } from '../web/emailAnswers.ts';

/** The calls under way, and an end in which none of them is lost that ends soon. */
export type Drain = {
  /** Runs a call; it is told by its signal when the end has come. */
  run<T>(call: (signal: AbortSignal) => Promise<T>): Promise<T>;
  ask: Ask;
  /** Aborted when the end has come. */
  over: AbortSignal;
  /** Waits a while for calls under way, gives up the others, and ends the backend. The same end each time. */
  end: () => Promise<void>;
};

/** In ms: what calls under way are given. The backend then asks its workers to end, and ends those that do not. */
const FINISH_MS = 2_000;

/** Counts the calls to a backend. */
export const createDrain = (backend: Backend, clock: Clock): Drain => {
  const ending = new AbortController();
  const underWay = new Set<Promise<unknown>>();
  const run: Drain['run'] = async (call) => {
    if (ending.signal.aborted) throw ended();
    const answer = call(ending.signal);
    const done = answer.catch(() => undefined).finally(() => underWay.delete(done));
    underWay.add(done);
    return answer;
  };
  const finish = async (): Promise<void> => {
    const allDone = new AbortController();
    void Promise.all(underWay).then(() => allDone.abort());
    await sleep(clock, FINISH_MS, allDone.signal);
    ending.abort(ended());
    await backend.close();
  };
  let end: Promise<void> | undefined;
  return {
    run,
    over: ending.signal,
    ask: (call, account, input, signal) =>
      run((over) => backend.call({ call, account, input }, AbortSignal.any([signal, over]))) as never,
    end: () => (end ??= finish()),
  };
};

const ended = (): TernError => new TernError('cancelled', 'Tern is ending');
