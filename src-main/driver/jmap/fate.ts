import * as z from 'zod';
import type { Fate, Outgoing } from '../outgoing.ts';
import type { JmapClient, MethodAnswer } from './client.ts';
import { findByMessageId, lookAt, looked } from './emailLook.ts';
import { getSchema } from './get.ts';
import { TRIES } from './guardedSet.ts';
import { isSent } from './sentEmail.ts';
import { accepted } from './submit.ts';
import { hangsOnTicket, isTicketed, isWithdrawn, withdrawTicket } from './ticket.ts';
import { byOwnNames, wireEnvelope } from './wireEnvelope.ts';

/**
 * What became of an email that was submitted without an answer (docs/sending.md, H6): sent, where it is no draft any more or a
 * submission of it to those who were asked for is there; certainly not, where its ticket was still on it and is withdrawn now, so
 * that a request which is still on its way finds none. An email that is still a draft proves nothing, nor does a submission that is not there.
 */
export const fateOf = async (
  client: JmapClient,
  message: Outgoing & { email: string },
  journal: string,
  signal: AbortSignal,
): Promise<Fate> => {
  const { email } = message;
  for (let tries = 0; tries < TRIES; tries++) {
    const [answer, , submissions] = await client.call(
      [
        lookAt(email),
        ['EmailSubmission/query', { filter: { emailIds: [email] } }],
        [
          'EmailSubmission/get',
          {
            '#ids': { resultOf: '1', name: 'EmailSubmission/query', path: '/ids' },
            properties: ['emailId', 'undoStatus', 'envelope', 'deliveryStatus'],
          },
        ],
      ],
      signal,
    );
    const seen = looked(answer);
    const isBegun = !seen || !hangsOnTicket(journal) || !(isTicketed(seen) || isWithdrawn(seen));
    const submitted = isBegun ? submissionsOf(submissions, message) : [];
    if (submitted.length > 0) return fateBySubmissions(message, submitted);
    if (!seen) return (await liesInSent(client, message, signal)) ? 'accepted' : 'unknown';
    if (isSent(seen, message)) return 'accepted';
    if (isBegun) return 'unknown';
    if (isWithdrawn(seen)) return 'refused';
    const withdrawn = await withdrawTicket(client, email, seen, signal);
    if (withdrawn !== 'stale') return withdrawn ? 'refused' : 'unknown';
  }
  return 'unknown';
};

const submissionSchema = z.object({
  emailId: z.string(),
  undoStatus: z.string().nullish(),
  envelope: z.object({ rcptTo: z.array(z.object({ email: z.string() })) }).nullish(),
  deliveryStatus: z.record(z.string(), z.unknown()).nullish().catch(null),
});
type Submission = z.infer<typeof submissionSchema>;

/**
 * The submissions of the email to these very recipients that were not taken back: one to others, or to more, is from when those
 * got it. Servers that cannot tell prove nothing.
 */
const submissionsOf = (answer: MethodAnswer | undefined, message: Outgoing & { email: string }): Submission[] => {
  const { list } = getSchema.safeParse(answer && 'args' in answer ? answer.args : null).data ?? {};
  const wired = wireEnvelope(message);
  const asked = 'result' in wired ? '' : sameWhole(wired.to);
  return (list ?? [])
    .flatMap((value) => submissionSchema.safeParse(value).data ?? [])
    .filter(({ emailId, undoStatus, envelope }) => {
      if (emailId !== message.email || undoStatus === 'canceled') return false;
      return asked === '' || !envelope || sameWhole(envelope.rcptTo.map(({ email }) => email)) === asked;
    });
};

/** What they tell of each recipient, as their own answers would have: refused is who was refused each time. */
const fateBySubmissions = (message: Outgoing & { email: string }, submitted: readonly Submission[]): Fate => {
  const wired = wireEnvelope(message);
  if ('result' in wired) return 'accepted';
  const told = submitted.map(({ deliveryStatus }) => {
    const result = accepted({ ...message, envelope: wired }, deliveryStatus ?? null, false, null);
    return byOwnNames(result, message);
  });
  const recipients = message.envelope.to.flatMap((_email, at) => {
    const said = told.flatMap((result) => ('recipients' in result ? (result.recipients[at] ?? []) : []));
    return said.find(({ state }) => state === 'accepted') ?? said[0] ?? [];
  });
  return recipients.every(({ state }) => state === 'accepted') ? 'accepted' : recipients;
};

const sameWhole = (emails: readonly string[]): string =>
  emails
    .map((email) => email.toLowerCase())
    .toSorted()
    .join(' ');

/** Whether a message with this Message-ID lies in Sent. */
export const liesInSent = async (
  client: JmapClient,
  { messageId, sent }: Outgoing,
  signal: AbortSignal,
): Promise<boolean> => sent !== null && (await findByMessageId(client, messageId, sent, signal)) !== null;
