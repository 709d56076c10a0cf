import type { Outgoing } from '../outgoing.ts';
import { type JmapClient, must } from './client.ts';
import { lookAt, looked } from './emailLook.ts';
import { lookAndPatch } from './guardedSet.ts';
import { draftPatch, isDraft } from './sentEmail.ts';
import { setSchema } from './setSchema.ts';

/**
 * Takes back a submission that the server still holds (RFC 8621 section 7.5), and makes its email a draft again. Of one that
 * is gone, as Cyrus's are once they are sent or taken back, the email tells: it was filed as sent before, so a draft was taken back.
 */
export const cancelSubmission = async (
  client: JmapClient,
  submission: string,
  message: Outgoing & { email: string },
  signal: AbortSignal,
): Promise<boolean> => {
  const { email } = message;
  const back = draftPatch(message);
  const [set, after] = await client.call(
    [
      [
        'EmailSubmission/set',
        { update: { [submission]: { undoStatus: 'canceled' } }, onSuccessUpdateEmail: { [submission]: back } },
      ],
      lookAt(email),
    ],
    signal,
  );
  const { updated } = must(set, setSchema, 'EmailSubmission/set');
  const seen = looked(after);
  if (!Object.hasOwn(updated, submission)) return seen !== null && isDraft(seen, message);
  await lookAndPatch(client, email, (now) => (isDraft(now, message) ? null : back), signal);
  return true;
};
