import { TernError } from '../../src-shared/errors.ts';
import type { Clock } from './clock.ts';
import type { Log } from './log.ts';

/** The reason a signal was aborted with, always a `TernError`. */
export const abortReason = (signal: AbortSignal): TernError =>
  signal.reason instanceof TernError ? signal.reason : new TernError('cancelled', 'cancelled');

/** Throws the signal's reason if it is aborted. */
export const throwIfAborted = (signal: AbortSignal): void => {
  if (signal.aborted) throw abortReason(signal);
};

/** Waits `ms`, or for ever with null; ends early, without an error, when the signal is aborted. */
export const sleep = (clock: Clock, ms: number | null, signal?: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal?.aborted) return resolve();
    const done = (): void => {
      cancel?.();
      signal?.removeEventListener('abort', done);
      resolve();
    };
    const cancel = ms === null ? undefined : clock.after(ms, done);
    signal?.addEventListener('abort', done);
  });

/** The promise's outcome, or the signal's reason if that comes first. */
export const raceSignal = <T>(promise: Promise<T>, signal: AbortSignal): Promise<T> =>
  new Promise((resolve, reject) => {
    const abort = (): void => reject(abortReason(signal));
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort);
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });

/** The promise's outcome, or `error` after `ms`. */
export const withTimeout = async <T>(clock: Clock, ms: number, promise: Promise<T>, error: TernError): Promise<T> => {
  const late = new AbortController();
  const cancel = clock.after(ms, () => late.abort(error));
  try {
    return await raceSignal(promise, late.signal);
  } finally {
    cancel();
  }
};

/** Lets a promise run on its own: a failure is logged, never lost. */
export const drop = (promise: Promise<unknown>, log: Log, what: string): void => {
  promise.catch((error: unknown) => log.error({ err: error }, what));
};

/** Runs tasks one after the other, in the order they came; one that fails stops none. */
export const createQueue = (): (<T>(task: () => Promise<T>) => Promise<T>) => {
  let last: Promise<unknown> = Promise.resolve();
  return (task) => {
    const result = last.then(task);
    last = result.catch(() => undefined);
    return result;
  };
};

/** A list in pieces of so many items. */
export const inPieces = <T>(items: readonly T[], size: number): T[][] =>
  Array.from({ length: Math.ceil(items.length / size) }, (_, index) => items.slice(index * size, (index + 1) * size));

const breathing: (() => void)[] = [];
const oneBreath = (): void => {
  breathing.shift()?.();
  if (breathing.length > 0) setImmediate(oneBreath);
};

/**
 * Lets other work of the process run: reads are answered between two pieces of a long task. Of several long tasks one
 * goes on in each turn of the event loop, so that together they hold up a read no longer than one would.
 */
export const breathe = (): Promise<void> =>
  new Promise((resolve) => {
    breathing.push(resolve);
    if (breathing.length === 1) setImmediate(oneBreath);
  });

/** Runs a job for each item, up to `width` at once; the results come in the order of the items. */
export async function* inOrder<T, R>(
  items: AsyncIterable<T> | Iterable<T>,
  width: () => number,
  job: (item: T) => Promise<R>,
): AsyncGenerator<R, void, void> {
  const running: Promise<R>[] = [];
  const start = (item: T): void => {
    const result = job(item);
    // Whoever stops reading abandons the rest: their failures are nobody's any more.
    result.catch(() => undefined);
    running.push(result);
  };
  for await (const item of items) {
    start(item);
    while (running.length >= width()) {
      const oldest = running.shift();
      if (oldest) yield await oldest;
    }
  }
  for (const rest of running) yield await rest;
}
