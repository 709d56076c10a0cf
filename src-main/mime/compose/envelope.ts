import { emailKey, needsUtf8, wireEmail } from '../../../src-shared/address.ts';
import type { Composition } from '../../../src-shared/composition.ts';
import { assert } from '../../lib/assert.ts';

type Addressed = Pick<Composition, 'from' | 'sender' | 'replyTo' | 'to' | 'cc' | 'bcc'>;

/** An address that was checked, as it goes over the wire. */
export const onWire = (email: string): string => {
  const wire = wireEmail(email);
  assert(wire !== null, 'an address was not checked');
  return wire;
};

/** Whom SMTP is told (RFC 5321 section 3.3): who sends, and everybody who gets it, each once, those of Bcc last. */
export const envelopeOf = ({ from, sender, to, cc, bcc }: Addressed): { from: string; to: string[] } => {
  const everybody = new Map<string, string>();
  for (const { email } of [...to, ...cc, ...bcc])
    if (!everybody.has(emailKey(email))) everybody.set(emailKey(email), onWire(email));
  return { from: onWire((sender ?? from).email), to: [...everybody.values()] };
};

/** Whether a message can only travel by servers that know SMTPUTF8 (RFC 6531): an address of it cannot be written in ASCII. */
export const needsSmtpUtf8 = ({ from, sender, replyTo, to, cc, bcc }: Addressed): boolean =>
  [from, ...(sender ? [sender] : []), ...replyTo, ...to, ...cc, ...bcc].some(({ email }) => needsUtf8(email));
