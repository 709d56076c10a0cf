import type { AccountRow } from '../../src-shared/contractRows.ts';
import { asTernError, TernError, toWire } from '../../src-shared/errors.ts';
import { withTimeout } from '../lib/async.ts';
import { type Clock, isoTime } from '../lib/clock.ts';
import type { AccountCard } from './accountFiles.ts';
import type { Supervisor, WorkerState } from './supervisor.ts';

/** A worker busy for longer than this is shown by what is known without it. */
const ROW_MS = 2_000;

/** An account as `accounts.list` shows it: from its worker, or from its card when the worker cannot tell. */
export const readRow = async (card: AccountCard, worker: Supervisor, clock: Clock): Promise<AccountRow> => {
  const slow = new TernError('cancelled', 'the worker is busy');
  try {
    return (await withTimeout(clock, ROW_MS, worker.call('row', null), slow)) as AccountRow;
  } catch (error) {
    return { ...card, ...phaseWithoutWorker(worker.state(), error), ...unknown };
  }
};

const unknown = { lastSyncedAt: null, pending: 0, unread: 0 };

type ShownPhase = Pick<AccountRow, 'phase' | 'error' | 'retryAt'>;

const phaseWithoutWorker = (state: WorkerState, error: unknown): ShownPhase => {
  if (state.name === 'down') return downPhase(state);
  const unreadable = state.name === 'ready' && asTernError(error).kind === 'storage';
  return unreadable ? { phase: 'blocked', error: toWire(error) } : { phase: 'connecting' };
};

/** How people see an account whose worker is down. */
export const downPhase = (state: Extract<WorkerState, { name: 'down' }>): ShownPhase => ({
  phase: 'blocked',
  error: toWire(state.error),
  ...(state.retryAt === null ? {} : { retryAt: isoTime(state.retryAt) }),
});
