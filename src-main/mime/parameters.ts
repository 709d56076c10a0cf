import { decodeCharset } from './charset.ts';
import { decodeWords } from './encodedWords.ts';
import { tidyText, unescapeBytes } from './text.ts';

const MOST_PARAMETERS = 200;
const LONGEST_VALUE = 1000;

/** A piece of a parameter that was cut in several (RFC 2231 section 3); `encoded`: with a star behind its name. */
type Piece = { index: number; encoded: boolean; value: string };

/** A hundred pieces at most: what is called `*100` is none. */
const PIECE_NAME = /^([^*]+)(?:\*(\d{1,2}))?(\*)?$/;

/** Pieces from 0 on as long as none is missing, in their charset, which the first one names: `charset'language'text`. */
const joinPieces = (pieces: Piece[]): string | null => {
  const firsts = new Map(pieces.toReversed().map((piece) => [piece.index, piece]));
  const sorted = [...firsts.values()].toSorted((a, b) => a.index - b.index).filter(({ index }, at) => index === at);
  const [first] = sorted;
  if (!first) return null;
  if (!sorted.some(({ encoded }) => encoded)) return decodeWords(sorted.map(({ value }) => value).join(''));
  const [, charset = '', start = first.value] =
    (first.encoded ? /^([^']{0,64})'[^']{0,64}'([^]*)$/.exec(first.value) : null) ?? [];
  const bytes = sorted.map(({ encoded, value }, place) => {
    const text = place === 0 ? start : value;
    return encoded ? unescapeBytes(text, '%') : Buffer.from(text);
  });
  return decodeCharset(Buffer.concat(bytes), charset);
};

/**
 * The parameters of a Content-Type or Content-Disposition, decoded, by lower-case name: of RFC 2231 (charset, language,
 * pieces), or with encoded words, as most mail has it against RFC 2047. Of both, RFC 2231 counts; of two, the first.
 */
export const decodeParameters = (pairs: [name: string, value: string][]): Map<string, string> => {
  const found = new Map<string, string>();
  const pieces = new Map<string, Piece[]>();
  for (const [given, value] of pairs.slice(0, MOST_PARAMETERS)) {
    const whole = given.trim().toLowerCase();
    if (whole.includes('*')) {
      const [, name = '', index = '0', star] = PIECE_NAME.exec(whole) ?? [];
      pieces.set(name, [...(pieces.get(name) ?? []), { index: Number(index), encoded: star !== undefined, value }]);
    } else if (!found.has(whole)) {
      found.set(whole, tidyText(decodeWords(value), LONGEST_VALUE));
    }
  }
  for (const [name, parts] of pieces) {
    const joined = joinPieces(parts);
    if (joined !== null) found.set(name, tidyText(joined, LONGEST_VALUE));
  }
  return found;
};
