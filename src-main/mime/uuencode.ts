import type { Decoder } from './transferEncoding.ts';

const LF = 0x0a;

/** A line has 63 bytes at most, in 84 characters behind their number. */
const LONGEST_LINE = 1024;

/** A character for six bits: a space or a backquote for none. */
const sextet = (line: string, at: number): number => (at < line.length ? (line.charCodeAt(at) - 0x20) & 0x3f : 0);

/**
 * The bytes of a line: its first character says how many, so that blanks that were cut off are known. A line never stands
 * for more bytes than it has characters.
 */
const lineBytes = (line: string): Buffer => {
  const bytes = Buffer.alloc(Math.min(sextet(line, 0), line.length));
  for (let index = 0; index < bytes.length; index++) {
    const bit = index * 8;
    const at = 1 + Math.floor(bit / 6);
    bytes[index] = ((sextet(line, at) << (2 + (bit % 6))) | (sextet(line, at + 1) >> (4 - (bit % 6)))) & 0xff;
  }
  return bytes;
};

/** What uuencode wrote (POSIX, uuencode), between its lines `begin` and `end`, as x-uuencode has it. The rest is skipped. */
export const createUuDecoder = (): Decoder => {
  const line = Buffer.alloc(LONGEST_LINE);
  let length = 0;
  let inside = false;
  const readLine = (): Buffer | null => {
    const text = line.toString('latin1', 0, length).replace(/\r+$/, '');
    length = 0;
    if (!inside) {
      inside = /^begin(?:-base64)? [0-7]{3,4} /.test(text);
      return null;
    }
    if (text === 'end') inside = false;
    return text === 'end' || text === '' ? null : lineBytes(text);
  };
  return {
    push: (bytes) => {
      const pieces: Buffer[] = [];
      for (let at = 0; at < bytes.length; at++) {
        const byte = bytes[at] ?? 0;
        if (byte === LF) pieces.push(readLine() ?? Buffer.alloc(0));
        else if (length < LONGEST_LINE) line[length++] = byte;
      }
      return Buffer.concat(pieces);
    },
    end: () => (length > 0 ? readLine() : null) ?? Buffer.alloc(0),
  };
};
