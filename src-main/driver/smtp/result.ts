import { TernError } from '../../../src-shared/errors.ts';
import type { RecipientResult, SendResult } from '../outgoing.ts';
import { inert } from '../serverText.ts';
import type { Delivery } from './deliver.ts';
import type { SmtpServer } from './dial.ts';
import { isDone, isLasting, named, type Reply, refusal, wantsAuth } from './replies.ts';
import { lostError, nonsense } from './trouble.ts';

/** A recipient of a message; `error`: why it was not even asked for. */
export type Recipient = { email: string; error: TernError | null };

const stateOf = (reply: Reply): RecipientResult['state'] =>
  isDone(reply) ? 'accepted' : isLasting(reply) ? 'refused' : 'failed';

/**
 * What a delivery came to (docs/sending.md S3). `asked` are the recipients of its envelope, in its order, out of `all`.
 * Throws what concerns the whole connection, where nothing was done.
 */
export const resultOf = (
  server: SmtpServer,
  from: string,
  all: readonly Recipient[],
  asked: readonly Recipient[],
  delivery: Delivery,
): SendResult => {
  const { stage, sender, verdict, failure } = delivery;
  // First of all: where this is so, nothing that was said before proves that nobody has it.
  if (stage === 'sent' && (verdict === null || (!isDone(verdict) && verdict.code < 400)))
    return { result: 'unknown', error: uncertain(failure) };
  const said = [sender, delivery.data, verdict, ...delivery.recipients].filter((reply) => reply !== null);
  const door = said.find(wantsAuth);
  if (door && (verdict === null || !isDone(verdict)))
    throw new TernError('auth', `the server for outgoing mail wants another sign-in: ${door.text}`);
  const ending = endingOf(server, from, asked, delivery);
  // After a sender who is refused, what is said of recipients means nothing.
  const own = sender && isDone(sender) ? delivery.recipients : [];
  const results = new Map(asked.map((each, at) => [each, recipientResult(each, own[at], ending)]));
  return summary(
    all.map((each) => results.get(each) ?? notAsked(each)),
    errorOf(all, asked, delivery, ending),
  );
};

/** What decides over everybody whom the server was ready to take mail for: the first thing that went wrong, or the last reply. */
type Ending = { state: RecipientResult['state']; reply: Reply | null; error: TernError | null };

const endingOf = (
  server: SmtpServer,
  from: string,
  asked: readonly Recipient[],
  { stage, sender, recipients, data, verdict, failure }: Delivery,
): Ending => {
  const refused = (reply: Reply, error = refusal('message', 'the message', reply)): Ending => ({
    state: stateOf(reply),
    reply,
    error,
  });
  if (stage === 'sent' && verdict && isDone(verdict)) return { state: 'accepted', reply: verdict, error: null };
  const closing = [sender, ...recipients, data].find((reply) => reply?.code === 421);
  if (closing) return refused(closing);
  if (sender && !isDone(sender)) return refused(sender, refusal('sender', `mail from ${named([from])}`, sender));
  const taken = asked.filter((_each, at) => recipients[at] && isDone(recipients[at]));
  if (recipients.every((reply) => reply !== null) && taken.length === 0)
    return { state: 'refused', reply: null, error: null };
  if (data && data.code !== 354)
    return data.code >= 400 ? refused(data) : { state: 'failed', reply: data, error: nonsense(server) };
  if (stage === 'envelope') throw failure ?? lostError(server);
  if (verdict && verdict.code >= 400) return refused(verdict);
  // A server that is content with less than the whole message does not say what it did with it.
  return { state: 'failed', reply: verdict, error: verdict ? nonsense(server) : (failure ?? lostError(server)) };
};

const recipientResult = ({ email }: Recipient, reply: Reply | null | undefined, ending: Ending): RecipientResult => {
  const own = reply && !isDone(reply) ? reply : null;
  return {
    email,
    state: own ? stateOf(own) : ending.state,
    reply: (own ?? ending.reply)?.text ?? null,
  };
};

/** The error of a message that nobody gets: of the message itself, else of those who were refused. */
const errorOf = (
  all: readonly Recipient[],
  asked: readonly Recipient[],
  { recipients }: Delivery,
  { error }: Ending,
): TernError => {
  if (error) return error;
  const refused = asked.flatMap((each, at) => {
    const reply = recipients[at];
    return reply && !isDone(reply) ? [{ each, reply }] : [];
  });
  // One that may change its mind says more than one that never will.
  const { reply } = refused.find((each) => !isLasting(each.reply)) ?? refused[0] ?? { reply: null };
  const local = all.find((each) => each.error)?.error;
  if (!reply) return local ?? new TernError('invalid', 'the message has no recipient');
  const same = refused.filter((each) => isLasting(each.reply) === isLasting(reply)).map(({ each }) => each.email);
  return refusal('recipient', `${same.length === 1 ? '' : 'all '}mail for ${named(same)}`, reply);
};

/** Recipients of a message that was not even offered to the server. */
export const refusedAll = (all: readonly Recipient[], error: TernError): SendResult => ({
  result: 'refused',
  error,
  recipients: all.map((each) => notAsked({ ...each, error: each.error ?? error })),
});

/** Whoever the server was not asked about is told why in our own words. */
const notAsked = ({ email, error }: Recipient): RecipientResult => ({
  email,
  state: 'refused',
  reply: error ? inert(error.message) : null,
});

const summary = (recipients: RecipientResult[], error: TernError): SendResult => {
  if (recipients.some(({ state }) => state === 'accepted'))
    return { result: 'accepted', recipients, filed: false, submission: null };
  const isOver = recipients.every(({ state }) => state === 'refused');
  return { result: isOver ? 'refused' : 'failed', error, recipients };
};

const uncertain = (failure: TernError | null): TernError =>
  new TernError(
    failure?.kind === 'cancelled' ? 'cancelled' : 'network',
    'the message was handed over whole and no answer came: it may have been sent',
    { cause: failure },
  );
