import { join } from 'node:path';
import { asTernError, TernError } from '../../../src-shared/errors.ts';
import type { Driver } from '../../driver/driver.ts';
import type { Mailer, Outgoing, RecipientResult, SendResult } from '../../driver/outgoing.ts';
import { throwIfAborted } from '../../lib/async.ts';
import type { Clock } from '../../lib/clock.ts';
import type { ReadDb, Store, WriteDb } from '../../store/db.ts';
import { mailboxesWithRole, remoteMailboxId } from '../../store/mailboxes.ts';
import { readSubmission, type StoredSubmission, updateSubmission } from '../../store/submissions.ts';
import { readCursors } from '../../store/syncState.ts';
import { countTry, failSubmission, isLeft, mergeRecipients, sentOff, stageBefore } from './sendRecord.ts';

/** What a message is handed over with. `folder`: the account's. */
export type HandOver = {
  store: Store;
  clock: Clock;
  folder: string;
  driver: Driver;
  mailer: Mailer;
  signal: AbortSignal;
};

/** The remote id of the mailbox with a role; null where there is none. */
export const mailboxFor = (db: ReadDb, role: 'drafts' | 'sent' | 'inbox'): string | null => {
  const [mailbox] = mailboxesWithRole(db, role);
  return mailbox === undefined ? null : (remoteMailboxId(db, mailbox) ?? null);
};

/** A submission as a driver takes it: to everybody who has not got it and still may. */
export const outgoingOf = ({ store, folder, clock }: HandOver, submission: StoredSubmission): Outgoing => ({
  file: { path: join(folder, submission.file ?? ''), size: submission.size },
  messageId: submission.messageId,
  envelope: {
    from: submission.mailFrom,
    to: submission.recipients.filter(isLeft).map(({ email }) => email),
  },
  email: submission.remoteEmail,
  identity: submission.identity,
  drafts: store.read((db) => mailboxFor(db, 'drafts')),
  sent: store.read((db) => mailboxFor(db, 'sent')),
  holdUntil: submission.sendAt > clock.now() ? submission.sendAt : null,
});

/**
 * Hands a message over, at most once (docs/sending.md S3): that it may have been accepted is on disk before it can be. Throws
 * what concerns the whole connection: then nothing was done.
 */
export const handOver = async (run: HandOver, submission: StoredSubmission): Promise<void> => {
  const { store, clock } = run;
  let committed = false;
  const committing = async (journal: string): Promise<void> => {
    // The last moment in which it can be left undone for certain.
    throwIfAborted(run.signal);
    store.write((tx) => commit(tx, submission, journal), { durable: true });
    committed = true;
  };
  const cursors = store.read(readCursors);
  const result = await run.mailer
    .submit(outgoingOf(run, submission), { cursors, committing }, run.signal)
    .catch((thrown: unknown): SendResult => {
      const error = asTernError(thrown);
      // Whatever else it was: a message that may have been accepted is never handed over again unasked.
      if (committed && !nothingHappened(error)) return { result: 'unknown', error };
      if (committed)
        store.write((tx) => updateSubmission(tx, submission.id, { stage: stageBefore(submission), journal: null }), {
          durable: true,
        });
      throw error;
    });
  store.write((tx) => recordResult(tx, clock, submission, result), { durable: true });
};

/** Nothing that was taken back, or that somebody else is sending, goes out. */
const commit = (tx: WriteDb, { id, stage }: StoredSubmission, journal: string): void => {
  const now = readSubmission(tx, id)?.stage;
  if (now !== stage && now !== 'committing') throw new TernError('cancelled', 'the message was taken back');
  updateSubmission(tx, id, { stage: 'committing', journal });
};

/** Errors that only come where the server did not even look at the request. */
const nothingHappened = ({ kind, detail }: TernError): boolean =>
  detail?.['reached'] === false || kind === 'auth' || kind === 'rateLimited' || kind === 'tls';

const recordResult = (tx: WriteDb, clock: Clock, submission: StoredSubmission, result: SendResult): void => {
  switch (result.result) {
    case 'accepted':
      return accept(tx, clock, submission, result);
    case 'refused':
      // It would not keep it until its time: then it is asked again when that has come.
      if (submission.sendAt > clock.now())
        return updateSubmission(tx, submission.id, {
          stage: stageBefore(submission),
          journal: null,
          nextAttemptAt: submission.sendAt,
        });
      return failSubmission(
        tx,
        clock,
        { ...submission, recipients: mergeRecipients(submission.recipients, result.recipients) },
        result.error,
      );
    case 'failed':
      updateSubmission(tx, submission.id, { journal: null });
      // It was Tern that ended it, to quit or to take it back: nobody was asked in earnest.
      if (result.error.kind === 'cancelled')
        return updateSubmission(tx, submission.id, { stage: stageBefore(submission) });
      return countTry(tx, clock, submission, result.error, result.recipients);
    case 'unknown':
      return updateSubmission(tx, submission.id, {
        stage: 'uncertain',
        attempts: 0,
        nextAttemptAt: clock.now(),
        error: { kind: result.error.kind, message: result.error.message },
      });
  }
};

type Accepted = { recipients: RecipientResult[]; filed: boolean; submission: string | null };

/** The server has it for somebody, or keeps it until its time. */
const accept = (tx: WriteDb, clock: Clock, submission: StoredSubmission, result: Accepted): void => {
  const isRetained = result.submission !== null && submission.sendAt > clock.now();
  const recipients = mergeRecipients(submission.recipients, result.recipients);
  updateSubmission(tx, submission.id, {
    stage: isRetained ? 'retained' : 'accepted',
    recipients,
    remoteId: result.submission,
    journal: null,
    isFiled: submission.isFiled || result.filed,
    attempts: 0,
    nextAttemptAt: isRetained ? submission.sendAt : clock.now(),
    error: null,
  });
  if (!isRetained) sentOff(tx, clock, { ...submission, recipients });
};

/** It was handed over, as is told by what the server has, not by an answer: to everybody who was asked for, or as is said of each. */
export const recordFound = (
  tx: WriteDb,
  clock: Clock,
  submission: StoredSubmission,
  found: 'accepted' | RecipientResult[],
): void => {
  const recipients =
    found === 'accepted'
      ? submission.recipients
          .filter(isLeft)
          .map(({ email }): RecipientResult => ({ email, state: 'accepted', reply: null }))
      : found;
  const result = recipients.some(({ state }) => state === 'accepted')
    ? { result: 'accepted' as const, recipients, filed: false, submission: null }
    : { result: 'refused' as const, recipients, error: new TernError('invalid', 'the server refused all recipients') };
  recordResult(tx, clock, submission, result);
};
