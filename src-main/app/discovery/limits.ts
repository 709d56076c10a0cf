import { TernError } from '../../../src-shared/errors.ts';
import { abortReason, raceSignal } from '../../lib/async.ts';
import type { Clock } from '../../lib/clock.ts';

/** What a source has, in ms; a mail server for its greeting; the better sources together; and everything. */
export const PROBE_MS = 5_000;
export const GREETING_MS = 3_000;
export const SOURCES_MS = 6_000;
export const TOTAL_MS = 10_000;

/** What did not answer in its time. */
const tooLate = (): TernError => new TernError('network', 'took too long', { detail: { late: true } });

export const isLate = (error: TernError): boolean => error.detail?.['late'] === true;

/** Runs a task with a signal that says so after so long, in ms, and whenever the task is over: what it began ends with it. */
export const bounded = async <T>(
  clock: Clock,
  ms: number,
  until: AbortSignal,
  task: (signal: AbortSignal) => Promise<T>,
): Promise<T> => {
  const over = new AbortController();
  const disarm = clock.after(ms, () => over.abort(tooLate()));
  try {
    return await task(AbortSignal.any([until, over.signal]));
  } finally {
    disarm();
    over.abort(tooLate());
  }
};

/** The same, of a task that is not waited for any longer than that. */
export const inTime = <T>(
  clock: Clock,
  ms: number,
  until: AbortSignal,
  task: (signal: AbortSignal) => Promise<T>,
): Promise<T> =>
  bounded(clock, ms, until, async (signal) => {
    try {
      return await raceSignal(task(signal), signal);
    } catch (error) {
      throw signal.aborted ? abortReason(signal) : error;
    }
  });

/** The first that succeeds, in the order given, as soon as all before it failed; all of them run meanwhile. */
export const firstToSucceed = async <T>(
  tasks: readonly Promise<T>[],
): Promise<{ value: T } | { errors: unknown[] }> => {
  for (const task of tasks) task.catch(() => undefined);
  const errors: unknown[] = [];
  for (const task of tasks)
    try {
      return { value: await task };
    } catch (error) {
      errors.push(error);
    }
  return { errors };
};
