import * as oauth from 'oauth4webapi';
import { TernError } from '../../../src-shared/errors.ts';
import type { Clock } from '../../lib/clock.ts';
import type { Grant } from './grant.ts';

/** Sign-ins that no account has taken yet. Whoever called for one gets its name alone. */
export type Handles = {
  /** Holds a grant for 10 minutes; answers its name. */
  hold(grant: Grant): string;
  /** Does something with a grant, once: where that fails, its name is as good as before. Throws `notFound`. */
  redeem<T>(handle: string, use: (grant: Grant) => Promise<T>): Promise<T>;
};

/** In ms. */
const HELD_MS = 10 * 60_000;

/** None are held yet. */
export const createHandles = (clock: Clock): Handles => {
  const held = new Map<string, { grant: Grant; isTaken: boolean; forget: () => void }>();
  return {
    hold: (grant) => {
      const handle = oauth.generateRandomState();
      const forget = clock.after(HELD_MS, () => void held.delete(handle));
      held.set(handle, { grant, isTaken: false, forget });
      return handle;
    },
    redeem: async (handle, use) => {
      const found = held.get(handle);
      if (!found || found.isTaken)
        throw new TernError('notFound', 'this sign-in is over, or was used already: sign in again', {
          field: 'credential.handle',
        });
      found.isTaken = true;
      try {
        const result = await use(found.grant);
        found.forget();
        held.delete(handle);
        return result;
      } finally {
        found.isTaken = false;
      }
    },
  };
};
