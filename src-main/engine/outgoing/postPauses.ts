import type { TernError } from '../../../src-shared/errors.ts';
import { backoff } from '../../lib/backoff.ts';
import type { Clock } from '../../lib/clock.ts';

/** Where a server cannot be reached, in ms: the first pause, and the longest. */
const [FIRST_PAUSE, LONGEST_PAUSE] = [5_000, 300_000];
/** A credential that is refused is not tried again by itself for so long, in ms: accounts are locked by that. */
const REFUSED_PAUSE = 3_600_000;

/** When nothing is tried at all, because the server could not be reached or asked to wait. */
export type PostPauses = {
  /** How long it goes on, in ms; 0: no pause. */
  left(): number;
  /** Trouble of the connection as a whole, or of one message: answers how long, in ms, that one waits. */
  troubled(error: TernError): number;
  /** Something went well, or the person asks. */
  over(): void;
  /** There is a connection again. A server that asked to wait is not asked before. */
  connected(): void;
};

/** No pause yet. */
export const createPostPauses = (clock: Clock): PostPauses => {
  let failures = 0;
  // By a clock that is never put back.
  let until = 0;
  let isAsked = false;
  const over = (): void => {
    failures = 0;
    until = 0;
    isAsked = false;
  };
  return {
    left: () => Math.max(0, until - clock.monotonic()),
    troubled: (error) => {
      const own = pauseFor(error);
      if (own !== null) return own;
      failures += 1;
      const asked = (error.retryAfter ?? 0) * 1000;
      const pause = Math.max(asked, backoff(failures, FIRST_PAUSE, LONGEST_PAUSE, clock.random()));
      until = clock.monotonic() + pause;
      isAsked = asked > 0;
      // As long as the others, so that they have their turn before it.
      return pause;
    },
    over,
    connected: () => {
      if (!isAsked) over();
    },
  };
};

/** In ms, for this one message; null: for everything that this server takes. */
const pauseFor = ({ kind }: TernError): number | null => {
  if (kind === 'auth' || kind === 'tls' || kind === 'forbidden') return REFUSED_PAUSE;
  return OF_ALL.has(kind) ? null : LONGEST_PAUSE;
};

/** A server that cannot be reached, an account that was paused, a disk that is full: nothing else would go better. */
const OF_ALL: ReadonlySet<string> = new Set(['network', 'cancelled', 'rateLimited', 'server', 'storage']);
