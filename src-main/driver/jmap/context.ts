import type { Clock } from '../../lib/clock.ts';
import { type CursorTable, trackCursors } from '../cursors.ts';
import type { Cursors, Known } from '../driver.ts';
import type { JmapClient } from './client.ts';

/** What every part of one pull shares. */
export type PullContext = CursorTable<CursorKey> & {
  client: JmapClient;
  /** The server and its account that every id belongs to. */
  account: string;
  known: Known;
  clock: Clock;
  signal: AbortSignal;
};

/** The states of RFC 8620 section 5.2 for both types, the first fill, and the account all of it belongs to. */
type CursorKey = 'account' | 'mailbox' | 'email' | 'fill';

/** A context over the committed cursors. */
export const pullContext = ({
  cursors,
  ...parts
}: Omit<PullContext, keyof CursorTable<CursorKey>> & { cursors: Cursors }): PullContext => ({
  ...parts,
  ...trackCursors<CursorKey>(cursors),
});
