import { z } from 'zod';
import type { Fate, Outgoing } from '../outgoing.ts';
import type { JmapClient, MethodAnswer } from './client.ts';
import { findByMessageId, lookAt, looked } from './emailLook.ts';
import { getSchema } from './get.ts';
import { TRIES } from './guardedSet.ts';
import { isSent } from './sentEmail.ts';
import { hangsOnTicket, isTicketed, isWithdrawn, withdrawTicket } from './ticket.ts';

/**
 * What became of an email that was submitted without an answer (docs/sending.md, H6): sent, where it is no draft any more or a
 * submission of it is there; certainly not, where its ticket was still on it and is withdrawn now, so that a request which is
 * still on its way finds none. An email that is still a draft proves nothing, nor does a submission that is not there.
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
            properties: ['emailId', 'undoStatus'],
          },
        ],
      ],
      signal,
    );
    const seen = looked(answer);
    if (isSubmitted(submissions, email)) return 'accepted';
    if (!seen) return (await liesInSent(client, message, signal)) ? 'accepted' : 'unknown';
    if (isSent(seen, message)) return 'accepted';
    if (!hangsOnTicket(journal)) return 'unknown';
    if (isWithdrawn(seen)) return 'refused';
    if (!isTicketed(seen)) return 'unknown';
    const withdrawn = await withdrawTicket(client, email, seen, signal);
    if (withdrawn !== 'stale') return withdrawn ? 'refused' : 'unknown';
  }
  return 'unknown';
};

const submissionSchema = z.object({ emailId: z.string(), undoStatus: z.string().nullish() });

/** Whether a submission of the email is there that was not taken back; servers that cannot tell prove nothing. */
const isSubmitted = (answer: MethodAnswer | undefined, email: string): boolean => {
  const { list } = getSchema.safeParse(answer && 'args' in answer ? answer.args : null).data ?? {};
  return (list ?? []).some((value) => {
    const { data } = submissionSchema.safeParse(value);
    return data?.emailId === email && data.undoStatus !== 'canceled';
  });
};

/** Whether a message with this Message-ID lies in Sent. */
export const liesInSent = async (
  client: JmapClient,
  { messageId, sent }: Outgoing,
  signal: AbortSignal,
): Promise<boolean> => sent !== null && (await findByMessageId(client, messageId, sent, signal)) !== null;
