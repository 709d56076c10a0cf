import { join } from 'node:path';
import { emailKey, wireEmail } from '../../../src-shared/address.ts';
import type { Submission } from '../../../src-shared/draft.ts';
import { TernError } from '../../../src-shared/errors.ts';
import type { Mailer } from '../../driver/outgoing.ts';
import { type Clock, isoTime } from '../../lib/clock.ts';
import { newMessageId } from '../../mime/compose/newMessageId.ts';
import type { ReadDb, Store, WriteDb } from '../../store/db.ts';
import { emailsSince, readDraft, updateDraft } from '../../store/drafts.ts';
import { mailboxesWithRole } from '../../store/mailboxes.ts';
import {
  addSubmission,
  allSubmissions,
  readSubmission,
  removeSubmission,
  type StoredSubmission,
  submissionOfSent,
  submissionsOfDraft,
  updateSubmission,
} from '../../store/submissions.ts';
import { readCursors } from '../../store/syncState.ts';
import { localId } from '../effects.ts';
import { SHORT_HOLD } from './delivery.ts';
import { openDraft } from './drafts.ts';
import { removeFiles } from './durableFile.ts';
import { outgoingOf } from './handOver.ts';
import type { Postman } from './postman.ts';
import { reopen, stageBefore } from './sendRecord.ts';
import { senderOf } from './whoSends.ts';

/** What sending is done with. `folder`: the account's. `mailer`: once there is a connection; throws why there is none. */
export type SendingParts = {
  account: string;
  store: Store;
  clock: Clock;
  folder: string;
  postman: Postman;
  mailer: (signal: AbortSignal) => Promise<Mailer>;
};

/** Nobody schedules mail for longer, in ms: a year. */
const LONGEST_HOLD = 366 * 24 * 3_600_000;

type SendInput = { draft: string; undoSeconds: number; sendAt?: string | undefined };

/**
 * Sends a draft, now or later: that it is to be sent is on disk when this returns, also offline (docs/sending.md S1). A draft that is
 * being sent already, or was, answers the same submission. Throws `notFound`, and `invalid` without recipients.
 */
export const sendDraft = ({ store, clock, postman }: SendingParts, input: SendInput): { submission: string } => {
  const id = store.write((tx) => submit(tx, clock, input), { durable: true });
  postman.poke();
  return { submission: String(id) };
};

const submit = (tx: WriteDb, clock: Clock, { draft: draftId, undoSeconds, sendAt }: SendInput): number => {
  const before = sendingOf(tx, localId(draftId));
  if (before) return before.id;
  const draft = openDraft(tx, draftId);
  const { content } = draft;
  const sender = senderOf(tx, content);
  if (!sender) throw new TernError('notFound', 'no such identity: choose another one', { field: 'identity' });
  const recipients = unique([...content.to, ...content.cc, ...content.bcc, ...sender.bcc]);
  if (recipients.length === 0) throw new TernError('invalid', 'the message has no recipients', { field: 'to' });
  const now = clock.now();
  const undoneUntil = now + undoSeconds * 1000;
  const at = Math.max(sendAt === undefined ? now : Date.parse(sendAt), undoneUntil);
  if (at > now + LONGEST_HOLD)
    throw new TernError('invalid', 'nothing is kept for longer than a year', { field: 'sendAt' });
  for (const failed of submissionsOfDraft(tx, draft.id)) removeSubmission(tx, failed.id);
  updateDraft(tx, draft.id, { stage: 'sending', error: null });
  return addSubmission(tx, {
    draft: draft.id,
    messageId: newMessageId(clock, sender.from.email),
    subject: content.subject,
    identity: sender.remoteId,
    mailFrom: wireEmail(sender.from.email) ?? sender.from.email,
    recipients: recipients.map((email) => ({ email, state: 'queued', reply: null })),
    sendAt: at,
    // A server that keeps mail until its time is given it as soon as it cannot be undone any more.
    nextAttemptAt: at - undoneUntil > SHORT_HOLD ? undoneUntil : at,
    createdAt: now,
  });
};

/** The submission by which a draft is being sent, or was. */
const sendingOf = (db: ReadDb, draft: number): StoredSubmission | undefined =>
  submissionsOfDraft(db, draft).find(isUnderWay) ?? (readDraft(db, draft) ? undefined : submissionOfSent(db, draft));

const isUnderWay = ({ stage }: StoredSubmission): boolean => stage !== 'done' && stage !== 'failed';

/** Each mailbox once, as its address goes over the wire. */
const unique = (addresses: readonly { email: string }[]): string[] => {
  const byKey = new Map<string, string>();
  for (const { email } of addresses)
    if (!byKey.has(emailKey(email))) byKey.set(emailKey(email), wireEmail(email) ?? email);
  return [...byKey.values()];
};

/** What is on its way, was sent in the last 30 days, or failed; the latest first. */
export const listSubmissions = ({ account, store, clock, postman }: SendingParts): Submission[] =>
  store.read((db) => {
    const all = allSubmissions(db);
    const copies = copiesInSent(db, all);
    return all.map((each) => shownSubmission(account, each, copies.get(each.messageId), clock.now(), postman));
  });

/** The copies of submissions that lie in Sent, by their Message-IDs. */
const copiesInSent = (db: ReadDb, all: readonly StoredSubmission[]): Map<string, number> => {
  const [sent] = mailboxesWithRole(db, 'sent');
  const times = all.filter(({ stage }) => stage === 'done' || stage === 'accepted').map(({ createdAt }) => createdAt);
  return sent === undefined || times.length === 0
    ? new Map()
    : emailsSince(db, sent, Math.min(...times) - CLOCKS_DIFFER);
};

/** By so much, in ms, the server's clock may be another one. */
const CLOCKS_DIFFER = 24 * 3_600_000;

const shownSubmission = (
  account: string,
  submission: StoredSubmission,
  email: number | undefined,
  now: number,
  postman: Pick<Postman, 'underWay'>,
): Submission => {
  const { stage } = submission;
  return {
    id: String(submission.id),
    account,
    ...(submission.draft === null ? {} : { draft: String(submission.draft) }),
    ...(email !== undefined && (stage === 'done' || stage === 'accepted') ? { email: String(email) } : {}),
    subject: submission.subject,
    state: stateOf(submission, now, postman.underWay()),
    recipients: submission.recipients.map(({ email: address, state, reply }) => ({
      email: address,
      state,
      ...(reply === null ? {} : { reply }),
    })),
    ...(submission.error ? { error: submission.error } : {}),
    ...(submission.sendAt > submission.createdAt ? { sendAt: isoTime(submission.sendAt) } : {}),
    createdAt: isoTime(submission.createdAt),
  };
};

/** As people are told. One that the server has accepted is done, whatever is left to be filed. */
const stateOf = (
  { id, stage, sendAt, recipients }: StoredSubmission,
  now: number,
  underWay: number | null,
): Submission['state'] => {
  switch (stage) {
    case 'composed':
    case 'frozen':
    case 'placed':
      if (sendAt > now) return 'held';
      if (id === underWay) return 'sending';
      return 'queued';
    case 'retained':
      return sendAt > now ? 'held' : 'sending';
    case 'committing':
      return 'sending';
    case 'accepted':
      return recipients.every(({ state }) => state === 'accepted') ? 'done' : 'sending';
    default:
      return stage;
  }
};

/**
 * Takes a message back that nobody has got: it is a draft again. Throws `notFound`, and `conflict` where it is too late, or
 * nobody knows whether it is.
 */
export const cancelSubmission = async (parts: SendingParts, id: string, signal: AbortSignal): Promise<void> => {
  const { store, clock, postman } = parts;
  // To cut off a message that is just being accepted would only leave everybody in doubt.
  if (!isCancellable(neededSubmission(store, id))) throw tooLate();
  const taken = await postman.hold(localId(id), async () => {
    const submission = neededSubmission(store, id);
    if (submission.stage === 'retained') await cancelOnServer(parts, submission, signal);
    return store.write((tx) => takeBack(tx, submission, clock.now()), { durable: true });
  });
  await removeSent(parts, taken);
};

const neededSubmission = (store: Pick<Store, 'read'>, id: string): StoredSubmission => {
  const submission = store.read((db) => readSubmission(db, localId(id)));
  if (!submission) throw new TernError('notFound', 'no such submission', { field: 'submission' });
  return submission;
};

const tooLate = (): TernError =>
  new TernError('conflict', 'it is too late: the server has the message, or may have it', { field: 'submission' });

/** Whether nobody has it, nor may have it, by what is on disk: of what the server keeps until its time the server decides. */
const isCancellable = ({ stage, draft }: StoredSubmission): boolean =>
  draft !== null && (stage === 'composed' || stage === 'frozen' || stage === 'placed' || stage === 'retained');

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

const takeBack = (tx: WriteDb, submission: StoredSubmission, now: number): StoredSubmission => {
  if (!isCancellable(submission)) throw tooLate();
  reopen(tx, submission, now);
  removeSubmission(tx, submission.id);
  return submission;
};

const removeSent = ({ folder }: SendingParts, { file, copy }: StoredSubmission): Promise<void> =>
  removeFiles([file, copy].map((path) => path && join(folder, path)));

/**
 * What the person says of a message that may have been sent, or failed. `check`: look again now. `resend`: hand the same bytes over
 * once more, to whoever has not got it for certain. `discard`: give it up; what was written and nobody got is a draft.
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
  return stateOf(neededSubmission(store, id), clock.now(), postman.underWay());
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
      each.state === 'accepted' ? each : { ...each, state: 'queued', reply: null },
    ),
    journal: null,
    attempts: 0,
    nextAttemptAt: now,
    error: null,
    finishedAt: null,
  });
};
