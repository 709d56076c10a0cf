import * as z from 'zod';
import { asTernError, TernError } from '../../../src-shared/errors.ts';
import type { Outgoing, OutgoingOptions, RecipientResult, SendResult } from '../outgoing.ts';
import { inert } from '../serverText.ts';
import type { JmapClient, MethodAnswer, MethodCall } from './client.ts';
import { type Looked, lookAt, looked } from './emailLook.ts';
import { snapshotSchema } from './get.ts';
import { TRIES } from './guardedSet.ts';
import { identityFor } from './identities.ts';
import { isFiled, isSent, sentPatch } from './sentEmail.ts';
import { outcomeOfRequest } from './setErrors.ts';
import { setSchema } from './setSchema.ts';
import { everyone, notNow, resultOfMethod, resultOfRefusal } from './submissionErrors.ts';
import { afterTicket, giveTicketBack, honoursTickets, probe, takeTicket, writeJournal } from './ticket.ts';
import { byOwnNames, wireEnvelope } from './wireEnvelope.ts';

/** An email that the server holds, on its way out. */
export type HeldMessage = Outgoing & { email: string };

/** How many calls the largest request of a submission has: less than a server may take as one. */
export const CALLS = 7;

/**
 * Has the server send an email that it holds (RFC 8621 section 7.5), at most once: the email gets a ticket, which the request
 * that submits it gives back first (docs/sending.md, H4 to H7).
 */
export const submit = async (
  client: JmapClient,
  message: HeldMessage,
  { committing }: Pick<OutgoingOptions, 'committing'>,
  signal: AbortSignal,
): Promise<SendResult> => {
  const envelope = wireEnvelope(message);
  if ('result' in envelope) return envelope;
  return byOwnNames(await submitWired(client, { ...message, envelope }, committing, signal), message);
};

const submitWired = async (
  client: JmapClient,
  message: HeldMessage,
  committing: OutgoingOptions['committing'],
  signal: AbortSignal,
): Promise<SendResult> => {
  try {
    for (let tries = 1; tries <= TRIES; tries++) {
      const ready = await prepare(client, message, signal);
      if ('result' in ready) return ready;
      // In an account that never stands still, at last without.
      const ticket =
        tries < TRIES && ready.tickets ? await takeTicket(client, message.email, ready.seen, signal) : null;
      if (ticket === 'stale') continue;
      await committing(writeJournal({ ticket: ticket !== null }));
      const result = await handOver(client, message, { ...ready, ticket }, signal);
      if (result !== 'stale') return result;
    }
  } catch (thrown) {
    const error = asTernError(thrown);
    // Whatever was thrown on the way there: the message was not handed over.
    if (error.kind === 'server') return notNow(message, error);
    throw error;
  }
  return notNow(message, new TernError('conflict', 'the account changes faster than the message can be handed over'));
};

type Ready = { seen: Looked; identity: string; state: string | null; tickets: boolean };

/** Looks at the email, at the states to insist on, and at what this server can be trusted with. */
const prepare = async (client: JmapClient, message: HeldMessage, signal: AbortSignal): Promise<Ready | SendResult> => {
  const asked: MethodCall[] = [
    lookAt(message.email),
    ['EmailSubmission/get', { ids: [] }],
    ['Identity/get', { ids: null }],
  ];
  // What is looked at comes last, as even a set of nothing may move a state.
  const answers = await client.call([...probe(), ...asked], signal).catch((error: unknown) => {
    // A server that does not even read such a request is asked without.
    if (isRefused(asTernError(error))) return client.call(asked, signal);
    throw error;
  });
  const [email, submissions, identities] = answers.slice(-asked.length);
  const seen = looked(email);
  if (!seen) return notNow(message, new TernError('notFound', 'the message is no longer on the server'));
  if (isSent(seen, message)) return accepted(message, null, isFiled(seen, message), null);
  if (seen.namesBcc) return leaky(message);
  const identity = identityFor(identities, message.envelope.from, message.identity);
  if (identity === null)
    return notNow(message, new TernError('server', 'the mail server knows nobody whom the account may send as'));
  const snapshot = snapshotSchema.safeParse(submissions && 'args' in submissions ? submissions.args : null);
  return {
    seen,
    identity,
    state: snapshot.data?.state ?? null,
    tickets: honoursTickets(answers.slice(0, -asked.length)),
  };
};

/** Not every server takes blind recipients out of what it sends; Cyrus does not. */
const leaky = (message: Outgoing): SendResult => {
  const error = new TernError('bug', 'the message names its blind recipients, and the server would pass that on');
  return { result: 'refused', error, recipients: everyone(message, 'refused', null) };
};

/** The one request that submits: nothing in it is done twice, as all of it hangs on the ticket. */
const handOver = async (
  client: JmapClient,
  message: HeldMessage,
  ready: Ready & { ticket: { state: string } | null },
  signal: AbortSignal,
): Promise<SendResult | 'stale'> => {
  const { email } = message;
  const set = submissionSet(message, ready);
  const calls: MethodCall[] = ready.ticket
    ? [giveTicketBack(email, ready.ticket.state), afterTicket(set, 0), lookAt(email)]
    : [set, lookAt(email)];
  let answers: MethodAnswer[];
  try {
    answers = await client.call(calls, signal);
  } catch (thrown) {
    return resultOfRequest(asTernError(thrown), message);
  }
  const [submitted, after] = answers.slice(-2);
  if (!submitted) return resultOfRefusal(null, message);
  if ('error' in submitted) return resultOfMethod(submitted.error, message);
  const { data: done } = setSchema.safeParse(submitted.args);
  if (!done || !Object.hasOwn(done.created, 's')) return resultOfRefusal(done?.notCreated['s'], message);
  const { id, deliveryStatus } = createdSchema.safeParse(done.created['s']).data ?? {};
  return accepted(message, deliveryStatus ?? null, filedBy(after, message), id ?? null);
};

const submissionSet = (message: HeldMessage, { identity, state, seen }: Ready): MethodCall => {
  const { email, envelope, holdUntil } = message;
  const parameters =
    holdUntil === null
      ? {}
      : {
          parameters: { HOLDUNTIL: new Date(Math.ceil(holdUntil / 1000) * 1000).toISOString().replace(/\.\d+Z$/, 'Z') },
        };
  const create = {
    identityId: identity,
    emailId: email,
    envelope: {
      mailFrom: { email: envelope.from, ...parameters },
      rcptTo: envelope.to.map((to) => ({ email: to })),
    },
  };
  return [
    'EmailSubmission/set',
    {
      ...(state === null ? {} : { ifInState: state }),
      create: { s: create },
      onSuccessUpdateEmail: { '#s': sentPatch(seen, message) },
    },
  ];
};

/** Whether the server read a request, and refused it before doing any of it (RFC 8620 section 3.6.1). */
const isRefused = ({ kind, detail }: TernError): boolean => kind === 'tooLarge' || detail?.['status'] === 400;

/** What a request that failed as a whole means. Throws on where it certainly did nothing. */
const resultOfRequest = (error: TernError, message: Outgoing): SendResult => {
  if (isRefused(error)) return notNow(message, error);
  const { result } = outcomeOfRequest(error);
  return result === 'unknown' ? { result, error } : notNow(message, error);
};

const statusSchema = z.object({ smtpReply: z.string().nullish(), delivered: z.string().nullish() });
const createdSchema = z.object({
  id: z.string().nullish(),
  deliveryStatus: z.record(z.string(), z.unknown()).nullish(),
});

/** A message that the server has, with what it says of each recipient (RFC 8621 section 7, deliveryStatus). */
export const accepted = (
  message: Outgoing,
  status: Record<string, unknown> | null,
  filed: boolean,
  submission: string | null,
): SendResult => {
  const recipients = message.envelope.to.map((email): RecipientResult => {
    const { smtpReply, delivered } = statusSchema.safeParse(status?.[email]).data ?? {};
    const reply = smtpReply ? inert(smtpReply) : null;
    return { email, state: delivered === 'no' || reply?.startsWith('5') ? 'refused' : 'accepted', reply };
  });
  if (recipients.some(({ state }) => state === 'accepted'))
    return { result: 'accepted', recipients, filed, submission: message.holdUntil === null ? null : submission };
  return { result: 'refused', error: new TernError('invalid', 'the server refused all recipients'), recipients };
};

/** Whether the email is where sent mail belongs; false where that cannot be told. */
const filedBy = (answer: MethodAnswer | undefined, message: Outgoing): boolean => {
  const { data } = z.object({ args: snapshotSchema }).safeParse(answer);
  if (!data) return false;
  const seen = looked({ args: data.args });
  return seen !== null && isFiled(seen, message);
};
