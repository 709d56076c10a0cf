import { TernError } from '../../src-shared/errors.ts';

/** As many characters of a secret in a row are taken for it: a server's words may be cut off anywhere. */
const TELLING = 6;

/**
 * The error of a sign-in without the server's words, where they repeat the password or token: some answer what they do not understand
 * with what they were sent. What comes before the first colon is ours.
 */
export const unrepeated = (error: TernError, secret: string): TernError => {
  const { kind, message, retryAfter, detail } = error;
  if (!repeats(message, secret)) return error;
  return new TernError(kind, message.replace(/: .*/s, ''), { retryAfter, detail });
};

const repeats = (text: string, secret: string): boolean =>
  [secret, encodeURIComponent(secret), ...insideBase64(secret)].some((written) => {
    const size = Math.min(TELLING, written.length);
    for (let at = 0; at + size <= written.length; at++) if (text.includes(written.slice(at, at + size))) return true;
    return false;
  });

/** Base64 of a secret at each of the three places where it may stand in what is encoded with it. */
const insideBase64 = (secret: string): string[] =>
  [0, 1, 2].map((before) => {
    const bytes = Buffer.concat([Buffer.alloc(before), Buffer.from(secret)]);
    return bytes.toString('base64').slice(Math.ceil((before * 4) / 3), Math.floor((bytes.length * 4) / 3));
  });
