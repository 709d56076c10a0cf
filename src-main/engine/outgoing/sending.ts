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
  removeSubmission,
  type StoredSubmission,
  submissionOfSent,
  submissionsOfDraft,
} from '../../store/submissions.ts';
import { localId } from '../effects.ts';
import { SHORT_HOLD } from './delivery.ts';
import { openDraft } from './drafts.ts';
import type { Postman } from './postman.ts';
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
  const shown = shownState(submission, now, postman.underWay());
  return {
    id: String(submission.id),
    account,
    ...(submission.draft === null ? {} : { draft: String(submission.draft) }),
    ...(email !== undefined && (stage === 'done' || stage === 'accepted') ? { email: String(email) } : {}),
    subject: submission.subject,
    state: shown,
    recipients: submission.recipients.map(({ email: address, state, reply }) => ({
      email: address,
      state,
      ...(reply === null ? {} : { reply }),
    })),
    ...(submission.error ? { error: submission.error } : {}),
    ...(submission.sendAt > submission.createdAt ? { sendAt: isoTime(submission.sendAt) } : {}),
    ...(shown === 'held' ? { heldBy: stage === 'retained' ? ('server' as const) : ('here' as const) } : {}),
    createdAt: isoTime(submission.createdAt),
  };
};

/** As people are told. One that the server has accepted is done, whatever is left to be filed. */
export const shownState = (
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
      return recipients.every(({ state }) => state === 'accepted' || state === 'cancelled') ? 'done' : 'sending';
    default:
      return stage;
  }
};
