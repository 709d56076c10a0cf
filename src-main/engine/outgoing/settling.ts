import { join } from 'node:path';
import type { Submission } from '../../../src-shared/draft.ts';
import { TernError } from '../../../src-shared/errors.ts';
import type { Store, WriteDb } from '../../store/db.ts';
import { readSubmission, removeSubmission, type StoredSubmission, updateSubmission } from '../../store/submissions.ts';
import { readCursors } from '../../store/syncState.ts';
import { localId } from '../effects.ts';
import { removeFiles } from './durableFile.ts';
import { outgoingOf } from './handOver.ts';
import { type SendingParts, shownState } from './sending.ts';
import { askNobodyElse, hasSomebody, isLeft, reopen, stageBefore } from './sendRecord.ts';

/**
 * Takes a message back that nobody has got: it is a draft again (`cancelled`). Where somebody has it, the others are given up
 * (`stopped`). Throws `notFound`, and `conflict` where it is too late, or nobody knows whether it is.
 */
export const cancelSubmission = async (
  parts: SendingParts,
  id: string,
  signal: AbortSignal,
): Promise<'cancelled' | 'stopped'> => {
  const { store, clock, postman } = parts;
  // To cut off a message that is just being accepted would only leave everybody in doubt.
  if (isForLater(neededSubmission(store, id), clock.now())) await postman.over(localId(id));
  throwIfTooLate(neededSubmission(store, id));
  const taken = await postman.hold(localId(id), async () => {
    const submission = neededSubmission(store, id);
    if (submission.stage === 'retained') await cancelOnServer(parts, submission, signal);
    throwIfTooLate(submission);
    store.write((tx) => takeBack(tx, submission, clock.now()), { durable: true });
    return submission;
  });
  if (isStoppable(taken)) return 'stopped';
  await removeSent(parts, taken);
  return 'cancelled';
};

const neededSubmission = (store: Pick<Store, 'read'>, id: string): StoredSubmission => {
  const submission = store.read((db) => readSubmission(db, localId(id)));
  if (!submission) throw new TernError('notFound', 'no such submission', { field: 'submission' });
  return submission;
};

const tooLate = (): TernError =>
  new TernError('conflict', 'it is too late: the server has the message, or may have it', { field: 'submission' });

const throwIfTooLate = (submission: StoredSubmission): void => {
  if (submission.stage === 'failed')
    throw new TernError('conflict', 'it has failed: nobody is asked any more', { field: 'submission' });
  if (!isCancellable(submission) && !isStoppable(submission)) throw tooLate();
};

/** Whether nobody has it, nor may have it, by what is on disk: of what the server keeps until its time the server decides. */
const isCancellable = ({ stage, draft }: StoredSubmission): boolean =>
  draft !== null && (stage === 'composed' || stage === 'frozen' || stage === 'placed' || stage === 'retained');

/** Whether somebody has it, and others are to be asked again. */
const isStoppable = ({ stage, draft, recipients }: StoredSubmission): boolean =>
  draft === null && recipients.some(isLeft) && stage !== 'committing' && stage !== 'uncertain' && !isOver(stage);

/** Whether a server is just asked to keep it until its time: when it has answered there is time enough to take it back. */
const isForLater = ({ stage, sendAt }: StoredSubmission, now: number): boolean =>
  stage === 'committing' && sendAt > now;

const isOver = (stage: StoredSubmission['stage']): boolean => stage === 'done' || stage === 'failed';

const cancelOnServer = async (
  parts: SendingParts,
  submission: StoredSubmission,
  signal: AbortSignal,
): Promise<void> => {
  const { store } = parts;
  const mailer = await parts.mailer(signal);
  const run = { ...parts, driver: undefined as never, mailer, signal };
  const cancelled = await mailer.cancel(
    submission.remoteId ?? '',
    outgoingOf(run, submission),
    store.read(readCursors),
    signal,
  );
  if (!cancelled) throw tooLate();
};

const takeBack = (tx: WriteDb, submission: StoredSubmission, now: number): void => {
  if (isStoppable(submission)) return askNobodyElse(tx, submission, null, now);
  reopen(tx, submission, now);
  removeSubmission(tx, submission.id);
};

const removeSent = ({ folder }: SendingParts, { file, copy }: StoredSubmission): Promise<void> =>
  removeFiles([file, copy].map((path) => path && join(folder, path)));

/**
 * What the person says of a message that may have been sent, or failed. `check`: look again now. `resend`: hand the same bytes over
 * once more, to whoever has not got it for certain. `discard`: give it up; what was written and nobody got is a draft, and what
 * somebody got goes to nobody else.
 */
export const resolveSubmission = async (
  parts: SendingParts,
  id: string,
  action: 'check' | 'resend' | 'discard',
): Promise<Submission['state'] | 'discarded'> => {
  const { store, clock, postman } = parts;
  throwUnlessOpen(neededSubmission(store, id));
  await postman.hold(localId(id), () => settle(parts, id, action));
  if (action === 'discard') return 'discarded';
  postman.hurry();
  return shownState(neededSubmission(store, id), clock.now(), postman.underWay());
};

const throwUnlessOpen = ({ stage }: StoredSubmission): void => {
  if (stage !== 'uncertain' && stage !== 'failed')
    throw new TernError('conflict', 'there is nothing to be settled about it', { field: 'submission' });
};

const settle = async (parts: SendingParts, id: string, action: 'check' | 'resend' | 'discard'): Promise<void> => {
  const { store, clock } = parts;
  const submission = neededSubmission(store, id);
  const { stage } = submission;
  throwUnlessOpen(submission);
  if (action === 'discard') {
    if (stage === 'uncertain' && hasSomebody(submission))
      return store.write((tx) => askNobodyElse(tx, submission, UNKNOWN, clock.now()), { durable: true });
    store.write((tx) => discard(tx, submission, clock.now()), { durable: true });
    return removeSent(parts, submission);
  }
  store.write(
    (tx) => {
      if (action === 'resend') again(tx, submission, clock.now());
      else if (stage === 'uncertain') updateSubmission(tx, submission.id, { attempts: 0, nextAttemptAt: clock.now() });
    },
    { durable: true },
  );
};

/** What is told of those who may have got a message that was given up. */
const UNKNOWN = 'given up; it may have been sent';

const discard = (tx: WriteDb, submission: StoredSubmission, now: number): void => {
  reopen(tx, submission, now);
  removeSubmission(tx, submission.id);
};

const again = (tx: WriteDb, submission: StoredSubmission, now: number): void => {
  const { id, draft, recipients, stage } = submission;
  if (stage === 'failed' && draft !== null)
    throw new TernError('conflict', 'it is a draft again: send that', { field: 'submission' });
  updateSubmission(tx, id, {
    stage: stageBefore(submission),
    recipients: recipients.map((each) =>
      each.state === 'accepted' || each.state === 'cancelled' ? each : { ...each, state: 'queued', reply: null },
    ),
    journal: null,
    attempts: 0,
    lost: 0,
    nextAttemptAt: now,
    error: null,
    finishedAt: null,
  });
};
