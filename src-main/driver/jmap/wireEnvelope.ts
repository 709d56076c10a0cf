import { wireEmail } from '../../../src-shared/address.ts';
import { TernError } from '../../../src-shared/errors.ts';
import type { Envelope, Outgoing, RecipientResult, SendResult } from '../outgoing.ts';
import { inert } from '../serverText.ts';
import { everyone } from './submissionErrors.ts';

/**
 * The envelope as servers are given it, nobody twice, domains in A-labels (RFC 5891); or what it means that an address is none: servers
 * hand on whatever they are given (Cyrus), so it never gets there.
 */
export const wireEnvelope = (message: Outgoing): Envelope | (SendResult & { result: 'refused' }) => {
  const { envelope } = message;
  const from = wireEmail(envelope.from);
  if (from === null)
    return { result: 'refused', error: noAddress([envelope.from]), recipients: everyone(message, 'failed', null) };
  const to = envelope.to.map(wireEmail);
  const bad = envelope.to.filter((_email, at) => to[at] === null);
  if (bad.length === 0) return { from, to: [...new Set(to.filter((email) => email !== null))] };
  const error = noAddress(bad);
  const recipients = envelope.to.map(
    (email, at): RecipientResult =>
      to[at] === null
        ? { email, state: 'refused', reply: noAddress([email]).message }
        : { email, state: 'failed', reply: null },
  );
  return { result: 'refused', error, recipients };
};

const noAddress = (emails: readonly string[]): TernError =>
  new TernError('invalid', `no mail address: ${inert(emails.join(', '))}`);

/** A result by the recipients that the message itself names, in their order. */
export const byOwnNames = (result: SendResult, { envelope }: Outgoing): SendResult => {
  if (!('recipients' in result)) return result;
  const told = new Map(result.recipients.map((each) => [each.email, each]));
  const recipients = envelope.to.map((email): RecipientResult => {
    const { state, reply } = told.get(wireEmail(email) ?? '') ?? { state: 'failed', reply: null };
    return { email, state, reply };
  });
  return { ...result, recipients };
};
