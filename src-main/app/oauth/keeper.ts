import { createHash } from 'node:crypto';
import { asTernError } from '../../../src-shared/errors.ts';
import { raceSignal } from '../../lib/async.ts';
import type { Clock } from '../../lib/clock.ts';
import { type Grant, isAlive, isFresh } from './grant.ts';
import { refresh } from './tokens.ts';
import type { Web } from './web.ts';

/** Grants as they are by now, for all who share one. */
export type Keeper = {
  /**
   * A grant with a token that should be taken. `held`: what is stored of it where it is asked for, perhaps from before it was
   * renewed. `refused`: a token that was not taken. Throws as `refresh` does.
   */
  current(held: Grant, refused: string | null, signal: AbortSignal): Promise<Grant>;
};

/**
 * What is known of one grant. `names`: of all its refresh tokens since this program runs, the last few: who comes with one
 * that was replaced, because its worker ended before it had stored the next one, is given what replaced it.
 */
type Kept = { grant: Grant; names: string[]; renewing: Promise<Grant> | null };

const MOST_NAMES = 20;
const MOST_KEPT = 500;

const nameOf = ({ issuer, clientId, refreshToken, accessToken }: Grant): string =>
  createHash('sha256')
    .update([issuer, clientId, refreshToken ?? accessToken].join('\0'))
    .digest('hex');

/** A keeper that knows of no grant yet. `ending`: renewals under way are given up. */
export const createKeeper = ({ clock, web, ending }: { clock: Clock; web: Web; ending: AbortSignal }): Keeper => {
  const byName = new Map<string, Kept>();
  /** What is known of it here is ahead of what was stored, never behind. */
  const keptFor = (held: Grant): Kept => {
    const name = nameOf(held);
    const kept = byName.get(name) ?? { grant: held, names: [name], renewing: null };
    // Put last, so that what nobody asks for any more is the first to be forgotten.
    byName.delete(name);
    byName.set(name, kept);
    const [oldest] = byName.keys();
    if (byName.size > MOST_KEPT && oldest !== undefined) byName.delete(oldest);
    return kept;
  };
  const renew = (kept: Kept): Promise<Grant> => {
    // Whoever asked first may give up; the others, and the next ones, still want it.
    kept.renewing ??= refresh({ clock, web }, kept.grant, ending)
      .then((grant) => {
        kept.grant = grant;
        const name = nameOf(grant);
        if (!kept.names.includes(name)) kept.names.push(name);
        byName.set(name, kept);
        while (kept.names.length > MOST_NAMES) byName.delete(kept.names.shift() ?? '');
        return grant;
      })
      .finally(() => {
        kept.renewing = null;
      });
    return kept.renewing;
  };
  return {
    current: async (held, refused, signal) => {
      const kept = keptFor(held);
      const { grant } = kept;
      const isRefused = grant.accessToken === refused;
      if (!isRefused && isFresh(grant, clock.now()) && !kept.renewing) return grant;
      try {
        return await raceSignal(renew(kept), signal);
      } catch (error) {
        // Where it cannot be renewed just now, a token that has not ended yet still serves.
        const passes = ['network', 'server', 'rateLimited'].includes(asTernError(error).kind);
        if (passes && !isRefused && isAlive(grant, clock.now())) return grant;
        throw error;
      }
    },
  };
};
