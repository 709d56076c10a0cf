import type { Driver } from '../../driver/driver.ts';
import type { Clock } from '../../lib/clock.ts';
import type { Store } from '../../store/db.ts';
import { putIdentities } from '../../store/identities.ts';

/** Nobody tells when identities change; in ms. */
const READ_EVERY = 24 * 3_600_000;

/** Reads who the person can send as (RFC 8621 section 6), once a day at most. Throws what `reader` and the server say. */
export const createIdentities = (
  store: Store,
  clock: Clock,
  reader: (signal: AbortSignal) => Promise<Driver>,
): ((signal: AbortSignal) => Promise<void>) => {
  let readAt = Number.NEGATIVE_INFINITY;
  return async (signal) => {
    if (clock.monotonic() - readAt < READ_EVERY) return;
    const { mailer } = await reader(signal);
    if (!mailer) return;
    const identities = await mailer.identities(signal);
    readAt = clock.monotonic();
    store.write((tx) => putIdentities(tx, identities));
  };
};
