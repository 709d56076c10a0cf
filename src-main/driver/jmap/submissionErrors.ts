import * as z from 'zod';
import { type ErrorKind, TernError } from '../../../src-shared/errors.ts';
import type { Outgoing, RecipientResult, SendResult } from '../outgoing.ts';
import { inert } from '../serverText.ts';
import { type MethodError, methodError } from './client.ts';

/** The same for all recipients of a message. */
export const everyone = (
  { envelope }: Outgoing,
  state: RecipientResult['state'],
  reply: string | null,
): RecipientResult[] => envelope.to.map((email) => ({ email, state, reply }));

/** Nobody got it, and later somebody may. */
export const notNow = (message: Outgoing, error: TernError): SendResult => ({
  result: 'failed',
  error,
  recipients: everyone(message, 'failed', null),
});

const errorSchema = z.object({
  type: z.string(),
  description: z.string().nullish(),
  invalidRecipients: z.array(z.string()).nullish(),
  maxRecipients: z.number().nullish(),
  maxSize: z.number().nullish(),
});
type SubmissionError = z.infer<typeof errorSchema>;

/** The refusals of RFC 8621 section 7.5 and RFC 8620 section 5.3 after which certainly nothing was sent. */
const refusals: Record<string, { kind: ErrorKind; says: (error: SubmissionError, message: Outgoing) => string }> = {
  tooLarge: {
    kind: 'tooLarge',
    says: ({ maxSize }) => `the message is too large to be sent${maxSize == null ? '' : `: ${maxSize} bytes at most`}`,
  },
  noRecipients: { kind: 'invalid', says: () => 'the message has no recipients' },
  invalidRecipients: {
    kind: 'invalid',
    says: ({ invalidRecipients }) =>
      `the server does not take mail for ${inert((invalidRecipients ?? []).join(', ')) || 'a recipient'}`,
  },
  tooManyRecipients: {
    kind: 'invalid',
    // Cyrus says so of any recipient, sender or text that its own server refuses, and of how many it took.
    says: ({ maxRecipients }, { envelope }) =>
      maxRecipients != null && maxRecipients > 0 && maxRecipients < envelope.to.length
        ? `the server takes ${maxRecipients} of the ${envelope.to.length} recipients, and does not say which`
        : 'the server does not take the message for its recipients, and does not say why',
  },
  forbiddenMailFrom: { kind: 'forbidden', says: (_, { envelope }) => `sending as ${envelope.from} is not allowed` },
  forbiddenFrom: { kind: 'forbidden', says: () => 'the address that the message is from is not allowed' },
  forbiddenToSend: { kind: 'forbidden', says: () => 'the server does not allow it to be sent' },
  forbidden: { kind: 'forbidden', says: () => 'the server does not allow it to be sent' },
  invalidEmail: { kind: 'invalid', says: () => 'the server takes the message for no valid one' },
  invalidProperties: { kind: 'invalid', says: () => 'the server does not accept how it was to be sent' },
};

/** With these nothing was sent, and later it may be. `emailNotFound` is what Cyrus says. */
const passing: Record<string, { kind: ErrorKind; says: string }> = {
  rateLimit: { kind: 'rateLimited', says: 'the server asks to send more slowly' },
  overQuota: { kind: 'quota', says: 'the account is over its quota' },
  emailNotFound: { kind: 'notFound', says: 'the message is no longer on the server' },
};

/** A reply of class 4 (RFC 5321 section 4.2.1, RFC 3463 section 2): the next server may change its mind. */
const isTransient = (description: string): boolean => /^4(\d\d|\.\d{1,3}\.\d{1,3})\b/.test(description);

/** What a SetError means for a message that was submitted: whoever may have got it, it is `unknown`. */
export const resultOfRefusal = (raw: unknown, message: Outgoing): SendResult => {
  const { data } = errorSchema.safeParse(raw);
  if (!data) return uncertain('its answer says nothing of the message');
  const description = inert(data.description ?? undefined);
  const more = description && `: ${description}`;
  const later = Object.hasOwn(passing, data.type) ? passing[data.type] : undefined;
  if (later) return notNow(message, new TernError(later.kind, `${later.says}${more}`));
  const known = Object.hasOwn(refusals, data.type) ? refusals[data.type] : undefined;
  // After anything else, as serverFail, the message may have gone out: what it was handed to may have fallen silent.
  if (!known) return uncertain(`it says ${inert(data.type)}${more}`);
  const error = new TernError(known.kind, `${known.says(data, message)}${more}`);
  const reply = description || null;
  if (isTransient(description)) return { result: 'failed', error, recipients: everyone(message, 'failed', reply) };
  const named = new Set(data.invalidRecipients ?? []);
  const isBad = (email: string): boolean => named.size === 0 || named.has(email);
  const recipients = message.envelope.to.map(
    (email): RecipientResult =>
      isBad(email) ? { email, state: 'refused', reply } : { email, state: 'failed', reply: null },
  );
  return { result: 'refused', error, recipients };
};

const uncertain = (why: string): SendResult => ({
  result: 'unknown',
  error: new TernError('server', `the mail server may have sent it: ${why}`),
});

/** What a method-level error of EmailSubmission/set means (RFC 8620 section 3.6.2); `stale`: nothing was done. */
export const resultOfMethod = (error: MethodError, message: Outgoing): SendResult | 'stale' => {
  const told = methodError(error, 'sending');
  switch (error.type) {
    case 'stateMismatch':
    // What it hangs on was not done: RFC 8620 section 3.7, and what Cyrus says.
    case 'invalidResultReference':
    case 'resultReference':
      return 'stale';
    case 'serverUnavailable':
    case 'rateLimit':
    case 'unknownMethod':
      return notNow(message, told);
    case 'forbidden':
    case 'accountReadOnly':
    case 'invalidArguments':
    case 'requestTooLarge':
    case 'fromAccountNotSupportedByMethod':
      return { result: 'refused', error: told, recipients: everyone(message, 'refused', null) };
    default:
      return uncertain(`it says ${inert(error.type)}`);
  }
};
