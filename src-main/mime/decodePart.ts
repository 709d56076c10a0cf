import { cleanText } from '../lib/text.ts';
import { decodeTextBytes } from './textCharset.ts';
import { decodeTextTransfer } from './transferEncoding.ts';

/** What a text part says of itself; `type` matters for HTML, which may name its charset within. */
export type TextLabels = { encoding: string; charset: string | null; type?: string };

/**
 * The bytes of a text part as text: transfer encoding (RFC 2045 section 6), then charset (RFC 2046 section 4.1.2). Broken
 * ones are decoded as far as they can be, and what cannot be stays as it is. No NUL, no lone surrogate. Never throws.
 */
export const decodeText = (bytes: Buffer, { encoding, charset, type }: TextLabels): string =>
  cleanText(decodeTextBytes(decodeTextTransfer(bytes, encoding), charset, type));
