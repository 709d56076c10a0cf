import { TernError } from '../../src-shared/errors.ts';
import { throwIfAborted } from '../lib/async.ts';
import type { Clock } from '../lib/clock.ts';

/** In ms: without a single byte for so long a server counts as gone; sooner where a person waits for what is read. */
export const SILENCE_MS = 60_000;
export const READING_SILENCE_MS = 20_000;

/** `signal` is aborted with `network` once nothing was heard for the time; `end` has to be called when that is over. */
type SilenceWatch = { signal: AbortSignal; heard(): void; end(): void };

/** Begins to listen: from now on nothing may be missing for longer than `allowed` says each time, in ms. */
export const watchSilence = (clock: Clock, allowed: () => number): SilenceWatch => {
  const control = new AbortController();
  const arm = (): (() => void) => {
    const ms = allowed();
    const late = new TernError('network', `the mail server did not answer for ${Math.round(ms / 1000)} seconds`, {
      detail: { silent: true },
    });
    return clock.after(ms, () => control.abort(late));
  };
  let disarm = arm();
  return {
    signal: control.signal,
    heard: () => {
      disarm();
      disarm = arm();
    },
    end: () => disarm(),
  };
};

/** In ms: how often it is looked whether anything came. */
const LOOK_MS = 1_000;

/** Does something until its connection, which counts its `bytes`, is silent for `ms`: `until` is aborted then, and it throws. */
export const whileHeard = async <T>(
  { clock, ms, bytes }: { clock: Clock; ms: number; bytes: () => number },
  signal: AbortSignal,
  work: (until: AbortSignal) => Promise<T>,
): Promise<T> => {
  const watch = watchSilence(clock, () => ms);
  let seen = bytes();
  const look = (): void => {
    const now = bytes();
    if (now !== seen) watch.heard();
    seen = now;
    stopLooking = clock.after(LOOK_MS, look);
  };
  let stopLooking = clock.after(LOOK_MS, look);
  const until = AbortSignal.any([signal, watch.signal]);
  try {
    return await work(until);
  } catch (error) {
    throwIfAborted(until);
    throw error;
  } finally {
    stopLooking();
    watch.end();
  }
};

/** Whether an error says that a server was silent for too long. */
export const isSilence = (error: unknown): boolean => error instanceof TernError && error.detail?.['silent'] === true;
