import * as z from 'zod';
import { setEmails } from './emailSet.ts';
import { messageIdOf } from './emailSteps.ts';
import { methodError, parseArguments, wrongNames } from './methodError.ts';
import * as mime from './mime.ts';
import { type Fields, type StoredEmail, utcDate } from './model.ts';
import type { StoredSubmission } from './outgoing.ts';
import { answerSet, resolveId, setArguments, setError } from './set.ts';
import type { Site } from './site.ts';

const address = z.strictObject({
  email: z.string(),
  parameters: z.record(z.string(), z.string().nullable()).nullish(),
});
const envelopeSchema = z.strictObject({ mailFrom: address, rcptTo: z.array(address) });
const schema = z.strictObject({
  ...setArguments,
  onSuccessUpdateEmail: z.record(z.string(), z.record(z.string(), z.unknown())).nullish(),
  onSuccessDestroyEmail: z.array(z.string()).nullish(),
});
const newSchema = z.strictObject({
  identityId: z.string(),
  emailId: z.string(),
  envelope: envelopeSchema.nullish(),
});
type Envelope = z.infer<typeof envelopeSchema>;

/** The envelope that the header stands for (RFC 8621 section 7). */
const envelopeOf = (email: StoredEmail): Envelope => ({
  mailFrom: { email: mime.fromOf(email).email },
  rcptTo: [...mime.toOf(email), ...(email.mail.cc ?? []), ...(email.mail.bcc ?? [])].map(({ email: to }) => ({
    email: to,
  })),
});

/** The moment a submission is held until, in ms; null where it is not (RFC 4865, RFC 8621 section 7). */
const heldUntil = ({ now, submission }: Site, { mailFrom }: Envelope): number | null => {
  const { HOLDFOR, HOLDUNTIL } = mailFrom.parameters ?? {};
  const until = HOLDFOR == null ? Date.parse(HOLDUNTIL ?? '') : now() + Number(HOLDFOR) * 1000;
  if (HOLDFOR == null && HOLDUNTIL == null) return null;
  const longest = (submission?.maxDelayedSend ?? 0) * 1000;
  if (Number.isNaN(until) || until > now() + longest) throw setError('invalidProperties', ['envelope']);
  return until > now() ? until : null;
};

/** Hands a message on, to each recipient once. */
const handOn = ({ outgoing, store }: Site, { emailId, envelope }: StoredSubmission): void => {
  const email = store.emails.get(emailId);
  if (!email) return;
  const [messageId, data] = [messageIdOf(email.mail, email.seq), mime.rawMessage(email).toString('latin1')];
  for (const { email: recipient } of envelope.rcptTo)
    outgoing.ledger.push({ messageId, recipient, from: envelope.mailFrom.email, data });
};

/** Sends what is held back, as if its moment had come. */
export const sendHeld = (site: Site): void => {
  for (const submission of site.outgoing.submissions.values()) {
    if (submission.undoStatus !== 'pending') continue;
    handOn(site, submission);
    submission.undoStatus = 'final';
    submission.deliveryStatus = site.faults.deliveryStatus;
    site.store.journals.EmailSubmission.updated(submission.id);
  }
};

const createSubmission = (site: Site, fields: Fields, createdIds: ReadonlyMap<string, string>) => {
  const { outgoing, store, faults, now } = site;
  const parsed = newSchema.safeParse(fields);
  if (!parsed.success) throw setError('invalidProperties', wrongNames(parsed.error));
  const emailId = resolveId(parsed.data.emailId, createdIds);
  const { identityId } = parsed.data;
  const email = store.emails.get(emailId);
  if (!email) throw setError('invalidProperties', ['emailId']);
  if (!outgoing.identities.has(identityId)) throw setError('invalidProperties', ['identityId']);
  const envelope = parsed.data.envelope ?? envelopeOf(email);
  if (envelope.rcptTo.length === 0) throw methodError('noRecipients');
  const until = heldUntil(site, envelope);
  const submission: StoredSubmission = {
    id: `S${++outgoing.submitted}`,
    emailId,
    identityId,
    threadId: email.threadId,
    envelope,
    sendAt: utcDate(until ?? now()),
    undoStatus: until === null ? 'final' : 'pending',
    deliveryStatus: faults.deliveryStatus,
  };
  if (until === null) handOn(site, submission);
  // The server lost the one that it handed the message to: nothing is kept of it.
  if (faults.sentAndFailed) throw methodError(faults.sentAndFailed.type, faults.sentAndFailed);
  outgoing.submissions.set(submission.id, submission);
  outgoing.emailOf.set(submission.id, emailId);
  store.journals.EmailSubmission.created(submission.id);
  if (until === null && faults.forgetSubmissions) outgoing.submissions.delete(submission.id);
  const { id, sendAt, undoStatus, deliveryStatus } = submission;
  return { id, sendAt, undoStatus, ...(deliveryStatus ? { deliveryStatus } : {}) };
};

/** EmailSubmission/set (RFC 8621 section 7.5). */
export const setSubmissions = (site: Site, args: Fields, createdIds: Map<string, string>): Fields => {
  const { outgoing, store, faults } = site;
  const { onSuccessUpdateEmail: _, onSuccessDestroyEmail: __, ...set } = parseArguments(site, schema, args);
  const found = (id: string): StoredSubmission => {
    const submission = outgoing.submissions.get(id);
    if (!submission) throw setError('notFound');
    return submission;
  };
  return answerSet(site, set, createdIds, {
    type: 'EmailSubmission',
    create: (fields) => createSubmission(site, fields, createdIds),
    update(id, patch) {
      const submission = found(id);
      const others = Object.keys(patch).filter((name) => name !== 'undoStatus');
      if (others.length > 0) throw setError('invalidProperties', others);
      if (patch['undoStatus'] !== 'canceled') throw setError('invalidProperties', ['undoStatus']);
      if (submission.undoStatus !== 'pending') throw setError('cannotUnsend');
      submission.undoStatus = 'canceled';
      store.journals.EmailSubmission.updated(id);
      if (faults.forgetSubmissions) outgoing.submissions.delete(id);
    },
    destroy(id) {
      found(id);
      outgoing.submissions.delete(id);
      store.journals.EmailSubmission.destroyed(id);
    },
  });
};

/** The Email/set that follows from submissions that went well (RFC 8621 section 7.5.1); null where none does. */
export const afterSubmissions = (
  site: Site,
  args: Fields,
  answer: Fields,
  createdIds: Map<string, string>,
): Fields | null => {
  const { onSuccessUpdateEmail, onSuccessDestroyEmail } = parseArguments(site, schema, args);
  if (onSuccessUpdateEmail == null && onSuccessDestroyEmail == null) return null;
  const done = { ...(answer['created'] as Fields | null), ...(answer['updated'] as Fields | null) };
  const went = (given: string): string | undefined =>
    Object.hasOwn(done, given.replace(/^#/, '')) ? site.outgoing.emailOf.get(resolveId(given, createdIds)) : undefined;
  const update = Object.entries(onSuccessUpdateEmail ?? {}).flatMap(([given, patch]) => {
    const email = went(given);
    return email === undefined || site.faults.forgetSuccess ? [] : [[email, patch] as const];
  });
  const destroy = (onSuccessDestroyEmail ?? []).flatMap((given) => went(given) ?? []);
  return setEmails(site, { accountId: args['accountId'], update: Object.fromEntries(update), destroy }, createdIds);
};
