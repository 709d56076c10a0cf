import type { TernError } from '../../../src-shared/errors.ts';
import type { RecipientResult } from '../../driver/outgoing.ts';
import type { Clock } from '../../lib/clock.ts';
import type { WriteDb } from '../../store/db.ts';
import { readDraft, removeDraft, supersede, updateDraft } from '../../store/drafts.ts';
import { effectiveState, emailRow } from '../../store/emailState.ts';
import { type StoredRecipient, type StoredSubmission, updateSubmission } from '../../store/submissions.ts';
import { recordChange } from '../record.ts';
import { retireDraft } from './serverDrafts.ts';

/** A server that says "later" (RFC 5321 section 4.5.4.1) is asked again after so long, in ms: greylisting is normal. */
const SAID_LATER = [60_000, 300_000, 900_000, 1_800_000, 3_600_000];
/** What was lost on the way, and certainly not sent, is tried again after so long, in ms. */
export const LOST = [5_000, 30_000, 120_000, 600_000, 3_600_000];

type Told = { kind: TernError['kind']; message: string };
const told = ({ kind, message }: Told): Told => ({ kind, message });

/** Nobody got it, and later somebody may: the same bytes again after a while; after the last pause it failed. */
export const countTry = (
  tx: WriteDb,
  clock: Clock,
  submission: StoredSubmission,
  error: Told,
  recipients: readonly RecipientResult[] = [],
  pauses = SAID_LATER,
): void => {
  const attempts = submission.attempts + 1;
  const pause = pauses[attempts - 1];
  const all = mergeRecipients(submission.recipients, recipients);
  if (pause === undefined)
    return failSubmission(
      tx,
      clock,
      { ...submission, recipients: all },
      { ...error, message: `given up: ${error.message}` },
    );
  updateSubmission(tx, submission.id, {
    // The server no longer has the email: it is given it once more.
    ...(error.kind === 'notFound'
      ? { stage: 'frozen' as const, remoteEmail: null }
      : { stage: stageBefore(submission) }),
    recipients: all,
    attempts,
    nextAttemptAt: clock.now() + pause,
    error: told(error),
  });
};

/** Where a submission that was not accepted stands again. */
export const stageBefore = ({ remoteEmail }: StoredSubmission): 'placed' | 'frozen' =>
  remoteEmail === null ? 'frozen' : 'placed';

/** What was said of some recipients, laid over what is known of all: who was accepted stays so. */
export const mergeRecipients = (
  known: readonly StoredRecipient[],
  results: readonly RecipientResult[],
): StoredRecipient[] => {
  const said = new Map(results.map((each) => [each.email, each]));
  return known.map((each) => (each.state === 'accepted' ? each : (said.get(each.email) ?? each)));
};

/** It was given up. What the person wrote is a draft again; where somebody got it, the others are told as refused. */
export const failSubmission = (tx: WriteDb, clock: Clock, submission: StoredSubmission, error: Told): void => {
  if (hasSomebody(submission)) return refuseOthers(tx, submission, error.message, clock.now());
  updateSubmission(tx, submission.id, {
    stage: 'failed',
    recipients: submission.recipients,
    error: told(error),
    journal: null,
    finishedAt: clock.now(),
  });
  reopen(tx, submission, clock.now());
};

/** Whether somebody got it for certain. */
export const hasSomebody = ({ recipients }: Pick<StoredSubmission, 'recipients'>): boolean =>
  recipients.some(({ state }) => state === 'accepted');

/** Whether somebody has not got it, and still may. */
export const isLeft = ({ state }: StoredRecipient): boolean => state === 'queued' || state === 'failed';

const refuseOthers = (tx: WriteDb, submission: StoredSubmission, message: string, now: number): void => {
  const refused = submission.recipients.map((each) =>
    isLeft(each) ? { ...each, state: 'refused' as const, reply: each.reply ?? message } : each,
  );
  close(tx, submission, refused, now);
};

/** The person gives up on whoever has not got it; `reply`: what is told of them, besides what a server said. */
export const askNobodyElse = (tx: WriteDb, submission: StoredSubmission, reply: string | null, now: number): void => {
  const recipients = submission.recipients.map((each) =>
    isLeft(each) ? { ...each, state: 'cancelled' as const, reply: reply ?? each.reply } : each,
  );
  // Its copy is on the way to Sent, and what was noted of that holds.
  if (submission.stage === 'accepted') updateSubmission(tx, submission.id, { recipients });
  else close(tx, submission, recipients, now);
};

/**
 * Nobody else gets it; what is left to do for those who did, its copy in Sent, is done as ever. What a server was to send to the
 * others is given up.
 */
const close = (tx: WriteDb, { id }: StoredSubmission, recipients: StoredRecipient[], now: number): void =>
  updateSubmission(tx, id, {
    stage: 'accepted',
    recipients,
    remoteEmail: null,
    journal: null,
    attempts: 0,
    nextAttemptAt: now,
    error: null,
  });

/**
 * What the person wrote is a draft again. What the server holds of it by this message names no blind recipients: then it is filed
 * anew. And what it may hold without having said so goes as soon as it is seen.
 */
export const reopen = (tx: WriteDb, submission: StoredSubmission, now: number): void => {
  const { copy, journal, remoteEmail, messageId } = submission;
  const draft = submission.draft === null ? undefined : readDraft(tx, submission.draft);
  if (draft?.stage !== 'sending') return;
  if (journal !== null && remoteEmail === null) supersede(tx, messageId, now);
  const lacksBlind = copy !== null && draft.serverMessage === messageId;
  updateDraft(tx, draft.id, {
    stage: 'open',
    attempts: 0,
    nextAttemptAt: now,
    ...(lacksBlind ? { savedRevision: draft.revision - 1 } : {}),
  });
};

/** Somebody got it: the draft goes, here and on the server, and what it answers is marked (RFC 8621 section 4.1.1). */
export const sentOff = (tx: WriteDb, clock: Clock, submission: StoredSubmission): void => {
  const draft = submission.draft === null ? undefined : readDraft(tx, submission.draft);
  if (!draft) return;
  const now = clock.now();
  const { inReplyTo, forwardOf, answers } = draft.content;
  for (const answered of [inReplyTo, ...answers]) mark(tx, answered, '$answered', now);
  mark(tx, forwardOf, '$forwarded', now);
  supersede(tx, draft.filing?.messageId ?? null, now);
  // What the server sent by itself is no draft any more. What it only holds may become the copy in Sent: it goes when that is there.
  if (draft.serverMessage !== submission.messageId) retireDraft(tx, draft, now);
  removeDraft(tx, draft.id);
  updateSubmission(tx, submission.id, { draft: null });
};

const mark = (tx: WriteDb, email: number | null, keyword: string, now: number): void => {
  const row = email === null ? undefined : emailRow(tx, email);
  if (!row || row.is_hidden === 1) return;
  const before = effectiveState(row);
  if (before.keywords.includes(keyword)) return;
  recordChange(
    tx,
    'keywords',
    { patch: { [keyword]: true } },
    [{ row, before, effect: { keywords: { [keyword]: true } } }],
    now,
  );
};
