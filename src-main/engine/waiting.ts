import type { Driver } from '../driver/driver.ts';
import { sleep } from '../lib/async.ts';
import type { Clock } from '../lib/clock.ts';
import type { Log } from '../lib/log.ts';

/** While an account is live, the server is asked for news so often, in ms. */
const POLL_MS = 30_000;
/** The same while the server tells of all by itself. */
const VERIFY_MS = 5 * 60_000;
/** A server that hints at once, again and again, gets a cycle no more often than this, in ms. */
const LEAST_PAUSE_MS = 1_000;

type Parts = { clock: Clock; log: Log; server: Pick<Driver, 'watch' | 'hears'> };

/**
 * Waits so many ms (null: for ever), or until `over`; while the account is live, also until it is time to look or the server
 * hints: then it answers the moment of the hint, on the monotonic clock.
 */
type Wait = (ms: number | null, over: AbortSignal, isLive: boolean) => Promise<number | null>;

/** Waits between cycles. A watch that fails is told to the log, and the wait goes on without it. */
export const createWaiting = ({ clock, log, server }: Parts): Wait => {
  let hintedAt: number | null = null;
  /** In pieces, as what can be relied on may change meanwhile. */
  const untilItIsTime = async (due: number, signal: AbortSignal): Promise<void> => {
    const began = clock.monotonic();
    for (let waited = 0; !signal.aborted; waited = clock.monotonic() - began) {
      if (waited >= due || waited >= VERIFY_MS || (waited >= POLL_MS && !server.hears())) return;
      await sleep(clock, Math.min(POLL_MS, due - waited), signal);
    }
  };
  return async (ms, over, isLive) => {
    const ended = new AbortController();
    const signal = AbortSignal.any([over, ended.signal]);
    const earliest = hintedAt === null ? 0 : clock.monotonic() + LEAST_PAUSE_MS;
    hintedAt = null;
    const hint = async (): Promise<void> => {
      const at = await server.watch(signal);
      const early = earliest - clock.monotonic();
      if (early > 0) await sleep(clock, early, signal);
      if (!signal.aborted) hintedAt = at;
      ended.abort();
    };
    const failed = (error: unknown): void => {
      if (!signal.aborted) log.info({ err: error }, 'the server cannot be watched: polling');
    };
    if (isLive) hint().catch(failed);
    await (isLive ? untilItIsTime(ms ?? Number.POSITIVE_INFINITY, signal) : sleep(clock, ms, signal));
    ended.abort();
    return hintedAt;
  };
};
