import { t } from '../strings/en.ts';

type Written = { to: unknown[]; cc: unknown[]; bcc: unknown[]; text: string; html: string | null; files: unknown[] };

/** Nothing is kept for longer than a year. */
const LONGEST_HELD_MS = 365 * 86_400_000;

const INNERMOST_QUOTE = /<blockquote\b(?:(?!<blockquote\b)[^])*?<\/blockquote>/gi;

/** What is no quote, of text or of HTML. */
const unquoted = (text: string, html: string | null): string => {
  if (html === null) return text.replaceAll(/^>.*$/gm, '');
  const less = html.replaceAll(INNERMOST_QUOTE, ' ');
  return less === html ? html.replaceAll(/<[^>]*>/g, ' ') : unquoted(text, less);
};

/** Whether the person's own words speak of a file, and there is none. */
export const forgotFile = ({ text, html, files }: Pick<Written, 'text' | 'html' | 'files'>): boolean =>
  files.length === 0 && t.composer.speaksOfFile.test(unquoted(text, html));

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
