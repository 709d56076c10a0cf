import { decodeCharset } from './charset.ts';
import { unescapeBytes } from './text.ts';

/** Words side by side in one charset, whose bytes belong together: a character may be split over two. */
type Run = { charset: string; pieces: Buffer[] };

const OPENING = /=\?([^?\s]{1,100})\?([bq])\?/iy;

const bytesOf = (payload: string, encoding: string): Buffer =>
  encoding === 'b' || encoding === 'B'
    ? Buffer.from(payload, 'base64')
    : unescapeBytes(payload.replaceAll('_', ' '), '=');

const textOf = ({ charset, pieces }: Run): string =>
  pieces.length === 0 ? '' : decodeCharset(Buffer.concat(pieces), charset);

/**
 * A header's text with its encoded words decoded (RFC 2047; RFC 2231 section 5 for languages). Tolerant: words within
 * other text, of any length, with spaces and unknown charsets; white space between two words goes, as it must. What is
 * no encoded word stays as it is. Takes time linear in the text.
 */
export const decodeWords = (text: string): string => {
  if (!text.includes('=?')) return text;
  let decoded = '';
  let taken = 0;
  let run: Run = { charset: '', pieces: [] };
  let end = -1;
  for (let at = text.indexOf('=?'), next = 0; at !== -1; at = text.indexOf('=?', next)) {
    next = at + 2;
    OPENING.lastIndex = at;
    const [opening, label = '', encoding = ''] = OPENING.exec(text) ?? [];
    if (opening === undefined) continue;
    const start = at + opening.length;
    if (end < start) end = text.indexOf('?=', start);
    if (end === -1) break;
    // A word that never ends must not take the next one's end. The last '=' of base64 is no beginning.
    const inner = text.indexOf('=?', start);
    if (inner !== -1 && inner < end - 1) continue;
    const charset = label.replace(/\*.*/, '').toLowerCase();
    const between = text.slice(taken, at);
    const beside = run.pieces.length > 0 && between.trim() === '';
    if (!beside || run.charset !== charset) {
      decoded += textOf(run) + (beside ? '' : between);
      run = { charset, pieces: [] };
    }
    run.pieces.push(bytesOf(text.slice(start, end), encoding));
    next = end + 2;
    taken = next;
  }
  return decoded + textOf(run) + text.slice(taken);
};
