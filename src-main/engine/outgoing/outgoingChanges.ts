import type { PendingChange } from '../../../src-shared/contractRows.ts';
import { TernError } from '../../../src-shared/errors.ts';
import { isoTime } from '../../lib/clock.ts';
import type { ReadDb } from '../../store/db.ts';
import { draftsIn, isToFile, readDraft, type StoredDraft, updateDraft } from '../../store/drafts.ts';
import { NEVER } from '../../store/outgoingCounts.ts';
import { allSubmissions, readSubmission, type StoredSubmission, updateSubmission } from '../../store/submissions.ts';
import { type SendingParts, sendDraft } from './sending.ts';
import { cancelSubmission, resolveSubmission } from './settling.ts';

/** Drafts that the server has not got, and messages on their way, among the changes: by these first letters of their ids. */
const [DRAFT, SEND] = ['d', 's'];

/** What an id of `changes.list` names: a draft, a submission, or a change of the queue. */
export const splitChangeIds = (ids: readonly string[]): { own: string[]; outgoing: string[] } => ({
  own: ids.filter((id) => !isOutgoing(id)),
  outgoing: ids.filter(isOutgoing),
});

const isOutgoing = (id: string): boolean => /^[ds]\d+$/.test(id);

/** Drafts and messages that are not settled, as changes are listed; the oldest first. */
export const outgoingChanges = (db: ReadDb, account: string): PendingChange[] => [
  ...draftsIn(db, 'open')
    .filter(isToFile)
    .map(
      (draft): PendingChange => ({
        id: `${DRAFT}${draft.id}`,
        account,
        type: 'draft',
        emails: [],
        state: draft.error && draft.nextAttemptAt === NEVER ? 'failed' : 'queued',
        attempts: draft.attempts,
        ...(draft.error ? { error: draft.error } : {}),
        createdAt: isoTime(draft.createdAt),
        draft: String(draft.id),
      }),
    ),
  ...allSubmissions(db)
    .filter(({ stage, isFiled }) => stage !== 'done' && !(stage === 'accepted' && isFiled))
    .map(
      (submission): PendingChange => ({
        id: `${SEND}${submission.id}`,
        account,
        type: 'send',
        emails: [],
        state: stateOf(submission),
        attempts: submission.attempts,
        ...(submission.error ? { error: submission.error } : {}),
        createdAt: isoTime(submission.createdAt),
        ...(submission.draft === null ? {} : { draft: String(submission.draft) }),
        submission: String(submission.id),
      }),
    ),
];

const stateOf = ({ stage }: StoredSubmission): PendingChange['state'] => {
  if (stage === 'uncertain' || stage === 'failed') return stage;
  return stage === 'committing' ? 'inflight' : 'queued';
};

type Named = { id: string; draft: StoredDraft } | { id: string; submission: StoredSubmission };

/** Each by its id, or none: an unknown one refuses the call. */
const named = (db: ReadDb, ids: readonly string[]): Named[] =>
  ids.map((id) => {
    const draft = id.startsWith(DRAFT) ? readDraft(db, Number(id.slice(1))) : undefined;
    const submission = id.startsWith(SEND) ? readSubmission(db, Number(id.slice(1))) : undefined;
    if (draft) return { id, draft };
    if (submission) return { id, submission };
    throw new TernError('notFound', 'no such change', { field: 'ids' });
  });

/** Throws `notFound` unless all of these are there. */
export const checkOutgoing = ({ store }: SendingParts, ids: readonly string[]): void =>
  void store.read((db) => named(db, ids));

/** Tries what failed or waits again, now. */
export const retryOutgoing = async (parts: SendingParts, ids: readonly string[]): Promise<void> => {
  const { store, clock, postman } = parts;
  for (const each of store.read((db) => named(db, ids))) {
    if ('submission' in each && each.submission.stage === 'failed') await sendAgain(parts, each.submission);
    else
      store.write(
        (tx) => {
          const due = { attempts: 0, nextAttemptAt: clock.now() };
          if ('draft' in each) updateDraft(tx, each.draft.id, { ...due, error: null });
          else if (each.submission.sendAt <= clock.now()) updateSubmission(tx, each.submission.id, due);
        },
        { durable: true },
      );
  }
  postman.hurry();
};

/** What nobody got is a draft again, and that is sent; of what somebody got, the same bytes go to the others. */
const sendAgain = async (parts: SendingParts, { id, draft }: StoredSubmission): Promise<void> => {
  if (draft === null) await resolveSubmission(parts, String(id), 'resend');
  else sendDraft(parts, { draft: String(draft), undoSeconds: 0 });
};

/** Gives up sending what nobody got, and dismisses what failed; a draft stays here, and the server does not get it. */
export const discardOutgoing = async (
  parts: SendingParts,
  ids: readonly string[],
  signal: AbortSignal,
): Promise<void> => {
  const { store } = parts;
  for (const each of store.read((db) => named(db, ids))) {
    if ('draft' in each)
      store.write((tx) => updateDraft(tx, each.draft.id, { keptRevision: each.draft.revision, error: null }), {
        durable: true,
      });
    else if (each.submission.stage === 'failed' || each.submission.stage === 'uncertain')
      await resolveSubmission(parts, String(each.submission.id), 'discard');
    else await cancelSubmission(parts, String(each.submission.id), signal);
  }
};
