import { cleanText, cutText } from '../lib/text.ts';

/**
 * Decoded text of a header as it is shown (RFC 8621 section 4.1.2.2): one line, no control characters, in Unicode's
 * normal form C, at most `limit` UTF-16 units.
 */
export const tidyText = (text: string, limit: number): string => {
  const cut = cutText(text.trimStart(), limit);
  const line = /\p{Cc}/u.test(cut) ? cut.replaceAll(/\p{Cc}/gu, ' ') : cut;
  const plain = line.trim();
  return /[\u0300-\uffff]/.test(plain) ? cutText(cleanText(plain).normalize('NFC'), limit) : plain;
};

/** What a hexadecimal digit stands for; -1 for anything else. */
export const hexValue = (code: number): number => {
  if (code >= 0x30 && code <= 0x39) return code - 0x30;
  const letter = code | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : -1;
};

/** The bytes of a text in which `marker` and two hexadecimal digits stand for one; anything else stands for itself. */
export const unescapeBytes = (text: string, marker: '=' | '%'): Buffer => {
  const bytes = Buffer.from(text);
  const escape = marker.charCodeAt(0);
  let length = 0;
  for (let at = 0; at < bytes.length; at++) {
    const value = bytes[at] === escape ? (hexValue(bytes[at + 1] ?? 0) << 4) | hexValue(bytes[at + 2] ?? 0) : -1;
    bytes[length++] = value < 0 ? (bytes[at] ?? 0) : value;
    if (value >= 0) at += 2;
  }
  return bytes.subarray(0, length);
};
