import { computed, signal } from '@preact/signals';
import type { Cycle, PendingChange } from '../../../src-shared/contractRows.ts';
import type { Submission } from '../../../src-shared/draft.ts';
import { coalesced } from '../lib/coalesced.ts';
import { t } from '../strings/en.ts';
import { pageToOpen } from './appSettings.ts';
import { ask, question } from './asking.ts';
import { resume } from './composer.ts';
import { call, onEvent } from './line.ts';
import { cancelSending } from './sending.ts';
import { attempt, toast } from './toasts.ts';
import { saidNoMore } from './undo.ts';

/** What is open over the three panes; null: nothing. */
export const sheet = signal<
  null | 'help' | 'activity' | 'settings' | 'accounts' | 'source' | 'move' | 'links' | 'mailbox'
>(null);

/** Whether a dialog is in front of the panes. */
export const isCovered = computed(
  (): boolean => sheet.value !== null || pageToOpen.value !== null || question.value !== null,
);

/** What the panel shows, each in a tab of its own. */
export const tabs = ['changes', 'sending', 'log'] as const;
export const tab = signal<(typeof tabs)[number]>('changes');

export const changes = signal<PendingChange[]>([]);
export const submissions = signal<Submission[]>([]);
export const cycles = signal<Cycle[]>([]);
/** What changes are about, by `changeKey`: the subject of their first email, or of their draft. */
export const subjects = signal<Record<string, string>>({});

export const changeKey = ({ account, id }: { account: string; id: string }): string => `${account} ${id}`;

const needsPerson = ({ state }: { state: string }): boolean => state === 'failed' || state === 'uncertain';

/** Messages and changes that need the person: they failed, or nobody knows. */
export const unsent = computed(() => submissions.value.filter(needsPerson));
export const undone = computed(() => changes.value.filter(needsPerson));

const CYCLES = 100;
/** Of more changes nobody reads what each is about. */
const MOST_SUBJECTS = 200;

const subjectsOf = async (account: string, some: PendingChange[]): Promise<Record<string, string>> => {
  const found: Record<string, string> = {};
  const ids = [...new Set(some.flatMap(({ emails }) => emails.slice(0, 1)))];
  const { emails } = ids.length > 0 ? await call('emails.get', account, { ids }) : { emails: [] };
  const byId = new Map(emails.map(({ id, subject }) => [id, subject ?? '']));
  for (const change of some) {
    const subject = byId.get(change.emails[0] ?? '');
    if (subject !== undefined) found[changeKey(change)] = subject || t.noSubject;
    if (change.type !== 'draft' || change.draft === undefined) continue;
    const kept = await call('drafts.get', account, { draft: change.draft }).catch(() => null);
    if (kept) found[changeKey(change)] = kept.subject || t.noSubject;
  }
  return found;
};

const readSubjects = async (pending: PendingChange[]): Promise<void> => {
  const some = Object.groupBy(pending.slice(0, MOST_SUBJECTS), ({ account }) => account);
  const found = await Promise.all(
    // Without the subjects the rest can still be read.
    Object.entries(some).map(([account, of = []]) => subjectsOf(account, of).catch(() => ({}))),
  );
  subjects.value = Object.assign({}, ...found) as Record<string, string>;
};

/** Reads what is on its way, and what the latest cycles did. Messages on their way are not among the changes. */
export const readActivity = coalesced(async () => {
  const [pending, sent, log] = await Promise.all([
    call('changes.list', null, {}),
    call('submissions.list', null, {}),
    call('sync.log', null, { limit: CYCLES }),
  ]);
  const own = pending.changes.filter(({ type }) => type !== 'send');
  await readSubjects(own);
  changes.value = own;
  saidNoMore(own.filter(({ state }) => state === 'failed'));
  submissions.value = sent.submissions;
  cycles.value = log.cycles;
});

/** Keeps the panel in step while it is open, and what needs the person at any time. */
export const followActivity = (): void => {
  const again = (): void => {
    if (sheet.value === 'activity' || unsent.value.length + undone.value.length > 0) void attempt(readActivity);
  };
  onEvent('pending', ({ uncertain, failed }) => (uncertain + failed > 0 ? void attempt(readActivity) : again()));
  onEvent('outgoing', again);
  onEvent('phase', again);
  void attempt(readActivity);
};

/** Opens the panel at one of its tabs. */
export const showActivity = (at: (typeof tabs)[number]): void => {
  tab.value = at;
  sheet.value = 'activity';
};

/** Tries a change again. */
export const retryChange = ({ account, id }: PendingChange): Promise<void> =>
  attempt(async () => {
    await call('changes.retry', account, { ids: [id] });
    await readActivity();
  });

/** Gives a change up, once the person agreed, or puts a failed one away; `what`: what it does, in words. */
export const discardChange = (change: PendingChange, what: string): Promise<void> =>
  attempt(async () => {
    const { account, id, type, draft } = change;
    const subject = subjects.value[changeKey(change)] ?? t.noSubject;
    const isDraft = type === 'draft' && draft !== undefined;
    const yes = isDraft ? t.activity.deleteDraft : t.activity.giveUp;
    const sure = change.state === 'uncertain' ? t.activity.sureUnsure : t.activity.sureChange;
    const lines = [isDraft ? t.activity.sureDraft(subject) : sure(what)];
    // What was given up already is as it was before: it is only put away.
    const isSafe = change.state === 'failed' && !isDraft;
    if (!isSafe && !(await ask({ title: `${yes}?`, lines, yes, isDangerous: true }))) return;
    if (isDraft) await call('drafts.discard', account, { draft });
    else await call('changes.discard', account, { ids: [id] });
    await readActivity();
  });

/** Opens the draft of a change. */
export const openDraft = ({ account, draft }: PendingChange): Promise<void> =>
  attempt(async () => {
    if (draft === undefined) return;
    sheet.value = null;
    await resume(account, { draft });
  });

const resolve = async ({ account, id }: Submission, action: 'check' | 'resend' | 'discard'): Promise<void> => {
  const { state } = await call('submissions.resolve', account, { submission: id, action });
  toast(t.submissionStates[state] ?? state);
  await readActivity();
};

/** Looks again whether a message was sent, or sends it again. */
export const settleSubmission = (submission: Submission, action: 'check' | 'resend'): Promise<void> =>
  attempt(() => resolve(submission, action));

/** What giving up means to a message. */
const givingUp = ({ subject, state, draft }: Submission): string => {
  const shown = subject || t.noSubject;
  if (state === 'uncertain') return t.activity.sureDoubt(shown);
  return draft === undefined ? t.activity.surePartly(shown) : t.activity.sureMessage(shown);
};

/** Gives up a message that is not known to be sent, once the person agreed. */
export const giveUpSubmission = (submission: Submission): Promise<void> =>
  attempt(async () => {
    const yes = t.activity.giveUp;
    if (await ask({ title: `${yes}?`, lines: [givingUp(submission)], yes, isDangerous: true }))
      await resolve(submission, 'discard');
  });

/** Opens a message again that was not sent to anybody, to be mended and sent anew. */
export const editUnsent = ({ account, id, draft }: Submission): Promise<void> =>
  attempt(async () => {
    if (draft === undefined) return;
    await call('submissions.resolve', account, { submission: id, action: 'discard' });
    sheet.value = null;
    await resume(account, { draft });
    await readActivity();
  });

/** Takes a message back that nobody has got, and opens it. */
export const takeBack = (submission: Submission): Promise<void> =>
  attempt(async () => {
    await cancelSending(submission);
    sheet.value = null;
    const { account, draft } = submission;
    if (draft !== undefined) await resume(account, { draft });
  });
