import * as oauth from 'oauth4webapi';
import { TernError } from '../../../src-shared/errors.ts';
import type { Clock } from '../../lib/clock.ts';
import type { Grant } from './grant.ts';

/** Sign-ins that no account has taken yet. Whoever called for one gets its name alone. */
export type Handles = {
  /** Holds a grant for 10 minutes; answers its name. */
  hold(grant: Grant): string;
  /** A grant that stays where it is, and may be another by then: one that was renewed. Throws `notFound`. */
  renewed(handle: string, renew: (grant: Grant) => Promise<Grant>): Promise<Grant>;
  /** Does something with a grant, once: where that fails, its name is as good as before. Throws `notFound`. */
  redeem<T>(handle: string, use: (grant: Grant) => Promise<T>): Promise<T>;
  /** Forgets all of them. */
  clear(): void;
};

type Held = { grant: Grant; isTaken: boolean; forget: () => void };

/** In ms. */
const HELD_MS = 10 * 60_000;

/** None are held yet. */
export const createHandles = (clock: Clock): Handles => {
  const held = new Map<string, Held>();
  const find = (handle: string): Held => {
    const found = held.get(handle);
    if (found && !found.isTaken) return found;
    throw new TernError('notFound', 'this sign-in is over, or was used already: sign in again', {
      field: 'credential.handle',
    });
  };
  return {
    hold: (grant) => {
      const handle = oauth.generateRandomState();
      const forget = clock.after(HELD_MS, () => void held.delete(handle));
      held.set(handle, { grant, isTaken: false, forget });
      return handle;
    },
    renewed: async (handle, renew) => {
      const found = find(handle);
      found.grant = await renew(found.grant);
      return found.grant;
    },
    redeem: async (handle, use) => {
      const found = find(handle);
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
    clear: () => {
      for (const { forget } of held.values()) forget();
      held.clear();
    },
  };
};
