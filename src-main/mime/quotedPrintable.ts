import { hexValue } from './text.ts';
import type { Decoder } from './transferEncoding.ts';

const [LF, CR, EQUALS] = [0x0a, 0x0d, 0x3d];

/** More white space than this at the end of a line is no padding. */
const LONGEST_PADDING = 1000;

const isBlank = (byte: number | undefined): boolean => byte === 0x20 || byte === 0x09;

/** Where the white space ends that begins here, or would begin. */
const blanksEnd = (bytes: Uint8Array, from: number): number => {
  const most = Math.min(bytes.length, from + LONGEST_PADDING);
  let at = from;
  while (at < most && isBlank(bytes[at])) at++;
  return at;
};

/** How many bytes end a line here: 0 where none does, null where more bytes have to come to tell. */
const lineEnd = (bytes: Uint8Array, at: number): 0 | 1 | 2 | null => {
  if (at >= bytes.length) return null;
  if (bytes[at] === LF) return 1;
  if (bytes[at] !== CR) return 0;
  if (at + 1 >= bytes.length) return null;
  return bytes[at + 1] === LF ? 2 : 1;
};

/** Decodes up to what more bytes have to decide, and tells where that begins. */
const decodePiece = (bytes: Uint8Array): { decoded: Buffer; used: number } => {
  const decoded = Buffer.allocUnsafe(bytes.length);
  let length = 0;
  let at = 0;
  while (at < bytes.length) {
    const byte = bytes[at] ?? 0;
    if (byte === EQUALS) {
      const value = (hexValue(bytes[at + 1] ?? 0) << 4) | hexValue(bytes[at + 2] ?? 0);
      const blanks = blanksEnd(bytes, at + 1);
      const end = lineEnd(bytes, blanks);
      if (value < 0 && (end === null || at + 2 === bytes.length)) break;
      if (value >= 0 || end === 0 || end === null) decoded[length++] = value >= 0 ? value : byte;
      at = value >= 0 ? at + 3 : end ? blanks + end : at + 1;
    } else if (isBlank(byte)) {
      const blanks = blanksEnd(bytes, at);
      const end = lineEnd(bytes, blanks);
      if (end === null) break;
      if (end === 0) for (let blank = at; blank < blanks; blank++) decoded[length++] = bytes[blank] ?? 0;
      at = blanks;
    } else {
      decoded[length++] = byte;
      at++;
    }
  }
  return { decoded: decoded.subarray(0, length), used: at };
};

/**
 * Quoted-printable (RFC 2045 section 6.7): white space at a line's end goes, and an '=' there joins it to the next one,
 * blanks behind it or not. An '=' that means nothing stands for itself.
 */
export const createQuotedPrintableDecoder = (): Decoder => {
  let held: Uint8Array = Buffer.alloc(0);
  const push = (given: Uint8Array): Buffer => {
    const bytes = held.length === 0 ? given : Buffer.concat([held, given]);
    const { decoded, used } = decodePiece(bytes);
    held = Buffer.from(bytes.subarray(used));
    return decoded;
  };
  return {
    push,
    end: () => {
      // The last line ends here, too: a line's end that is taken away again decides what is held.
      const last = held.length === 0 ? held : push(Buffer.from('\n'));
      return Buffer.from(last[last.length - 1] === LF ? last.subarray(0, -1) : last);
    },
  };
};
