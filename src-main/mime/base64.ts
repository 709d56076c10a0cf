import type { Decoder } from './transferEncoding.ts';

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const JUNK = 64;
const PAD = 65;

const VALUES = new Uint8Array(256).fill(JUNK);
for (let value = 0; value < ALPHABET.length; value++) VALUES[ALPHABET.charCodeAt(value)] = value;
VALUES['='.charCodeAt(0)] = PAD;

/**
 * Base64 (RFC 2045 section 6.8). What is not of its alphabet is skipped. Padding ends a group and no more: pieces that were
 * encoded one by one and put together all count.
 */
export const createBase64Decoder = (): Decoder => {
  let bits = 0;
  let held = 0;
  /** A group that is not full: two characters hold a byte, three hold two. Returns how many bytes it wrote. */
  const finish = (into: Buffer, at: number): number => {
    const bytes = Math.max(0, held - 1);
    const whole = bits << (6 * (4 - held));
    for (let index = 0; index < bytes; index++) into[at + index] = (whole >> (16 - 8 * index)) & 0xff;
    bits = 0;
    held = 0;
    return bytes;
  };
  return {
    push: (bytes) => {
      const decoded = Buffer.allocUnsafe(Math.ceil(((held + bytes.length) * 3) / 4));
      let length = 0;
      for (let at = 0; at < bytes.length; at++) {
        const value = VALUES[bytes[at] ?? 0] ?? JUNK;
        if (value < JUNK) {
          bits = (bits << 6) | value;
          if (++held === 4) {
            decoded[length++] = bits >> 16;
            decoded[length++] = (bits >> 8) & 0xff;
            decoded[length++] = bits & 0xff;
            bits = 0;
            held = 0;
          }
        } else if (value === PAD && held > 0) length += finish(decoded, length);
      }
      return decoded.subarray(0, length);
    },
    end: () => {
      const last = Buffer.alloc(2);
      return last.subarray(0, finish(last, 0));
    },
  };
};

/** As much of a text as shows whether it is base64. */
const SAMPLE = 1024;
const LONGEST_WORD = 20;

/**
 * Whether a text can be base64, as it says it is. Some say so of plain text: that has words, short ones, of lengths that
 * no base64 has. Junk within words is no sign: it comes with base64, too.
 */
export const looksLikeBase64 = (bytes: Uint8Array): boolean => {
  const sample = Buffer.from(bytes.subarray(0, SAMPLE)).toString('latin1');
  if (/[\x80-\xff]/.test(sample)) return false;
  const words = sample
    .replaceAll(/[^\w+/=\s]|_/g, '')
    .split(/\s+/)
    .filter((word) => /\w/.test(word));
  const short = words.filter((word) => word.length < LONGEST_WORD && word.length % 4 !== 0);
  return words.length < 2 || short.length * 2 < words.length;
};
