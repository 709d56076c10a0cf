import type { TernError } from '../../src-shared/errors.ts';
import { remedyFor } from '../../src-shared/errors.ts';
import { assertNever } from '../lib/assert.ts';
import { backoff } from '../lib/backoff.ts';

/** Why an account waits for something that time alone does not bring. */
type BlockReason = 'auth' | 'tls' | 'storage' | 'confirm';

/** Where an account's sync loop is. Times are ms since the epoch. */
export type Phase =
  /** The server could not be reached or asked to wait; ends at `until`, or at once by a wake. */
  | { name: 'offline'; attempt: number; until: number; error: TernError }
  /** Opening the driver; `attempt` counts the failures before, so that back-off goes on where it was. */
  | { name: 'connecting'; attempt: number }
  /** Pending changes go out before anything is read. Ends when each was tried or is not due. */
  | { name: 'flushing'; attempt: number }
  /** Pulling. Ends when the replica is true, or with an error. */
  | { name: 'syncing'; attempt: number }
  /** True at the moment; ends when it is time to look again. */
  | { name: 'live' }
  /** Waits for the person: a credential, a confirmation, room on the disk. `until`: tried again by itself then. */
  | { name: 'blocked'; why: BlockReason; error: TernError; until: number | null }
  /** Paused by the person, or the worker is ending. Only `start` leads out. */
  | { name: 'stopped' };

/** What moves the loop on. */
export type PhaseEvent =
  | { type: 'start' }
  | { type: 'opened' }
  | { type: 'flushed' }
  | { type: 'pulled' }
  /** `now` in ms; `jitter` in [0, 1). */
  | { type: 'failed'; error: TernError; now: number; jitter: number }
  /** The wait is over: its time came, the person asked, the machine woke, a credential or network is new. */
  | { type: 'wake' }
  /** The machine slept, or its network is another one: what failed before says nothing of now. */
  | { type: 'resume' }
  | { type: 'stop' };

const FIRST_DELAY = 5_000;
const LONGEST_DELAY = 300_000;
/** A full disk gets room again without telling; looking costs the server nothing. */
const STORAGE_RETRY = 60_000;

/** The next phase. Pure; an event that means nothing in a phase leaves it as it is. */
export const nextPhase = (phase: Phase, event: PhaseEvent): Phase => {
  switch (event.type) {
    case 'stop':
      return phase.name === 'stopped' ? phase : { name: 'stopped' };
    case 'start':
      return phase.name === 'stopped' ? { name: 'connecting', attempt: 0 } : phase;
    case 'opened':
      return phase.name === 'connecting' ? { name: 'flushing', attempt: phase.attempt } : phase;
    case 'flushed':
      return phase.name === 'flushing' ? { name: 'syncing', attempt: phase.attempt } : phase;
    case 'pulled':
      return phase.name === 'syncing' ? { name: 'live' } : phase;
    case 'failed':
      return phase.name === 'stopped' ? phase : afterFailure(attemptOf(phase), event);
    case 'wake':
      return afterWake(phase);
    case 'resume':
      return afterResume(phase);
    default:
      return assertNever(event);
  }
};

const attemptOf = (phase: Phase): number => ('attempt' in phase ? phase.attempt : 0);

const afterWake = (phase: Phase): Phase => {
  switch (phase.name) {
    case 'offline':
      return { name: 'connecting', attempt: phase.attempt };
    case 'blocked':
      return { name: 'connecting', attempt: 0 };
    case 'live':
      return { name: 'flushing', attempt: 0 };
    default:
      return phase;
  }
};

const afterResume = (phase: Phase): Phase => {
  switch (phase.name) {
    case 'offline':
      return { name: 'connecting', attempt: 0 };
    case 'blocked':
      // A hotel's network shows certificates of its own; a password is as wrong as before.
      return phase.why === 'tls' || phase.why === 'storage' ? { name: 'connecting', attempt: 0 } : phase;
    default:
      return 'attempt' in phase && phase.attempt > 0 ? { ...phase, attempt: 0 } : phase;
  }
};

const afterFailure = (failures: number, event: Extract<PhaseEvent, { type: 'failed' }>): Phase => {
  const { error, now, jitter } = event;
  if (remedyFor(error.kind) === 'block') {
    const why = reasonOf(error);
    return { name: 'blocked', why, error, until: why === 'storage' ? now + STORAGE_RETRY : null };
  }
  const attempt = failures + 1;
  const delay = Math.max(backoff(attempt, FIRST_DELAY, LONGEST_DELAY, jitter), (error.retryAfter ?? 0) * 1000);
  return { name: 'offline', attempt, until: now + delay, error };
};

const reasonOf = (error: TernError): BlockReason => {
  if (error.kind === 'tls' || error.kind === 'storage') return error.kind;
  return error.detail?.['confirm'] === undefined ? 'auth' : 'confirm';
};
