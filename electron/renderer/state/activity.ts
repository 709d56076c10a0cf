import { computed, signal } from '@preact/signals';
import type { Cycle, PendingChange } from '../../../src-shared/contractRows.ts';
import type { Submission } from '../../../src-shared/draft.ts';
import { coalesced } from '../lib/coalesced.ts';
import { t } from '../strings/en.ts';
import { pageToOpen } from './appSettings.ts';
import { resume } from './composer.ts';
import { call, onEvent } from './line.ts';
import { attempt, toast } from './toasts.ts';

/** What is open over the three panes; null: nothing. */
export const sheet = signal<
  null | 'help' | 'activity' | 'settings' | 'accounts' | 'source' | 'move' | 'links' | 'mailbox'
>(null);

/** Whether a dialog is in front of the panes. */
export const isCovered = computed((): boolean => sheet.value !== null || pageToOpen.value !== null);

export const changes = signal<PendingChange[]>([]);
export const submissions = signal<Submission[]>([]);
export const cycles = signal<Cycle[]>([]);

const CYCLES = 100;

/** Reads what is on its way, and what the latest cycles did. */
export const readActivity = coalesced(async () => {
  const [pending, sent, log] = await Promise.all([
    call('changes.list', null, {}),
    call('submissions.list', null, {}),
    call('sync.log', null, { limit: CYCLES }),
  ]);
  changes.value = pending.changes;
  submissions.value = sent.submissions;
  cycles.value = log.cycles;
});

/** Keeps the panel in step while it is open. */
export const followActivity = (): void => {
  const again = (): void => {
    if (sheet.value === 'activity') void attempt(readActivity);
  };
  onEvent('pending', again);
  onEvent('outgoing', again);
  onEvent('phase', again);
};

/** Tries a change again, or gives it up. */
export const settleChange = ({ account, id }: PendingChange, how: 'retry' | 'discard'): Promise<void> =>
  attempt(async () => {
    await call(how === 'retry' ? 'changes.retry' : 'changes.discard', account, { ids: [id] });
    await readActivity();
  });

/** Settles a message that is not known to be sent. */
export const settleSubmission = ({ account, id }: Submission, action: 'check' | 'resend' | 'discard'): Promise<void> =>
  attempt(async () => {
    const { state } = await call('submissions.resolve', account, { submission: id, action });
    toast(t.submissionStates[state] ?? state);
    await readActivity();
  });

/** Takes a message back that nobody has got, and opens it. */
export const takeBack = ({ account, id, draft }: Submission): Promise<void> =>
  attempt(async () => {
    await call('submissions.cancel', account, { submission: id });
    sheet.value = null;
    if (draft !== undefined) await resume(account, { draft });
  });
