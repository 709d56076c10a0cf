import type { Clock } from '../../lib/clock.ts';
import type { CursorMove, Cursors, Known } from '../driver.ts';
import type { JmapClient } from './client.ts';

/** What every part of one pull shares. */
export type PullContext = {
  client: JmapClient;
  /** The server and its account that every id belongs to. */
  account: string;
  known: Known;
  clock: Clock;
  signal: AbortSignal;
  /** Where a cursor stands: as last committed, or as moved by a delta that was handed over since. */
  cursor(key: CursorKey): string | null;
  /** The step of a cursor to `to`, for the delta that is handed over next. */
  move(key: CursorKey, to: string | null): CursorMove;
};

/** The states of RFC 8620 section 5.2 for both types, the first fill, and the account all of it belongs to. */
type CursorKey = 'account' | 'mailbox' | 'email' | 'fill';

/** A context over the committed cursors. A delta is committed before the next is asked for, so moves count at once. */
export const pullContext = (
  parts: Pick<PullContext, 'client' | 'account' | 'known' | 'clock' | 'signal'> & { cursors: Cursors },
): PullContext => {
  const current = new Map(Object.entries(parts.cursors));
  const cursor = (key: CursorKey): string | null => current.get(key) ?? null;
  return {
    client: parts.client,
    account: parts.account,
    known: parts.known,
    clock: parts.clock,
    signal: parts.signal,
    cursor,
    move: (key, to) => {
      const from = cursor(key);
      if (to === null) current.delete(key);
      else current.set(key, to);
      return { key, from, to };
    },
  };
};
