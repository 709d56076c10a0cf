import { computed, signal } from '@preact/signals';
import type { Submission } from '../../../src-shared/draft.ts';
import { coalesced } from '../lib/coalesced.ts';
import { t } from '../strings/en.ts';
import { resume } from './composer.ts';
import { call, onEvent } from './line.ts';
import { cancelSending } from './sending.ts';
import { attempt, toast } from './toasts.ts';

const submissions = signal<Submission[]>([]);

/** What is not sent, those that go first at the top: what needs the person, what is on its way, and what waits for its time. */
export const outgoing = computed((): Submission[] => {
  const orderOf = ({ state, sendAt, createdAt }: Submission): string =>
    state === 'held' ? `1${sendAt ?? createdAt}` : `0${createdAt}`;
  return submissions.value
    .filter(({ state }) => state !== 'done')
    .toSorted((a, b) => (orderOf(a) < orderOf(b) ? -1 : 1));
});

const readOutgoing = coalesced(async () => {
  submissions.value = (await call('submissions.list', null, {})).submissions;
});

/** Keeps what is on its way out in step with the backend. */
export const followOutgoing = (): void => {
  const read = (): void => void attempt(readOutgoing);
  onEvent('outgoing', read);
  read();
};

/** Does something with a message; the list then shows what came of it. */
const settle = async (deed: () => Promise<void>): Promise<void> => {
  await attempt(deed);
  await attempt(readOutgoing);
};

/** Makes it a draft again, also one that failed. Throws `conflict` where it is too late. */
const takeBack = async (submission: Submission): Promise<void> => {
  const { account, id, state } = submission;
  if (state === 'failed') await call('submissions.resolve', account, { submission: id, action: 'discard' });
  else await cancelSending(submission);
};

/** Whether the person may still change what becomes of it. */
export const isOpen = ({ state, draft }: Submission): boolean =>
  draft !== undefined && (state === 'held' || state === 'queued' || state === 'failed');

/** Takes a message back and opens it. */
export const editOutgoing = (submission: Submission): Promise<void> =>
  settle(async () => {
    await takeBack(submission);
    if (submission.draft !== undefined) await resume(submission.account, { draft: submission.draft });
  });

/** Takes a message back; it is a draft then. */
export const cancelOutgoing = (submission: Submission): Promise<void> =>
  settle(async () => {
    await takeBack(submission);
    toast(t.outgoing.cancelled);
  });

/** Sends a message that waits for its time, or failed, without waiting. One that is not taken is a draft then: it is opened. */
export const sendNow = (submission: Submission): Promise<void> =>
  settle(async () => {
    const { account, draft } = submission;
    if (draft === undefined) return;
    await takeBack(submission);
    try {
      await call('drafts.send', account, { draft });
    } catch (error) {
      await resume(account, { draft });
      throw error;
    }
    toast(t.composer.sent);
  });
