import type { ErrorKind, TernError } from '../../src-shared/errors.ts';
import { backoff } from '../lib/backoff.ts';
import type { Clock } from '../lib/clock.ts';

/** Where a server cannot be reached, in ms: the first pause, and the longest. */
const [FIRST_PAUSE, LONGEST_PAUSE] = [5_000, 300_000];
/** A credential that is refused is not tried again by itself for so long, in ms: accounts are locked by that. */
const REFUSED_PAUSE = 3_600_000;

/** When nothing is tried at all, because the server could not be reached or asked to wait. */
export type PostPauses = {
  /** In ms since the epoch; 0: no pause. */
  until(): number;
  /** Trouble of the connection as a whole, or of one message: answers how long, in ms, that one waits. */
  troubled(error: TernError): number;
  /** Something went well, or the person asks. */
  over(): void;
};

/** No pause yet. */
export const createPostPauses = (clock: Clock): PostPauses => {
  let failures = 0;
  let until = 0;
  return {
    until: () => until,
    troubled: (error) => {
      const own = pauseFor(error);
      if (own !== null) return own;
      failures += 1;
      const pause = backoff(failures, FIRST_PAUSE, LONGEST_PAUSE, clock.random());
      until = clock.now() + Math.max(pause, (error.retryAfter ?? 0) * 1000);
      return 0;
    },
    over: () => {
      failures = 0;
      until = 0;
    },
  };
};

/** In ms, for this one message; null: for everything that this server takes. */
const pauseFor = ({ kind }: TernError): number | null => (concernsAll.has(kind) ? null : REFUSED_PAUSE);

/** The server, the way there, or a disk that is full: nothing else would go better. The rest holds up one thing alone. */
const concernsAll: ReadonlySet<ErrorKind> = new Set(['network', 'server', 'rateLimited', 'storage', 'cancelled']);
