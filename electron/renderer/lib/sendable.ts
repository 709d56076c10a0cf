import { t } from '../strings/en.ts';

type Written = { to: unknown[]; cc: unknown[]; bcc: unknown[]; text: string; files: unknown[] };

/** Nothing is kept for longer than a year. */
const LONGEST_HELD_MS = 365 * 86_400_000;

/** Whether the person's own words speak of a file, and there is none. */
export const forgotFile = ({ text, files }: Pick<Written, 'text' | 'files'>): boolean => {
  const own = text
    .split('\n')
    .filter((line) => !line.startsWith('>'))
    .join('\n');
  return files.length === 0 && t.composer.speaksOfFile.test(own);
};

/**
 * Why a message cannot be sent as it is, in words; null where it can. `rest`: what was typed for addresses and is none, which is
 * never left out in silence. `sendAt`: when it is to be sent, where that is not now.
 */
export const notSendable = (
  { to, cc, bcc }: Pick<Written, 'to' | 'cc' | 'bcc'>,
  rest: readonly string[],
  sendAt: Date | undefined,
  now: Date,
): string | null => {
  if (rest.length > 0) return t.composer.notAddresses(rest);
  if (to.length + cc.length + bcc.length === 0) return t.composer.nobody;
  if (!sendAt) return null;
  if (sendAt.getTime() - now.getTime() > LONGEST_HELD_MS) return t.composer.tooFar;
  return sendAt > now ? null : t.composer.past;
};
