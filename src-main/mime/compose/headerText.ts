import { encodeWord } from 'nodemailer/lib/mime-funcs';

/** With its encoding an encoded word has so much, so that a field's name fits before the first (RFC 2047 section 2). */
const WORD = 52;

/** Words of visible ASCII with one space between, none longer than a line, none that looks like an encoded one. */
const PLAIN = /^[!-~]{1,70}(?: [!-~]{1,70})*$/;

const isPlain = (text: string): boolean => PLAIN.test(text) && !text.includes('=?');

const mostlyAscii = (text: string): boolean => text.replaceAll(/[^\0-\x7f]/g, '').length * 2 > text.length;

/** Text of a header for readers to have as it is: itself where that can be, else encoded words (RFC 2047). */
export const unstructured = (text: string): string =>
  text === '' || isPlain(text) ? text : encodeWord(text, mostlyAscii(text) ? 'Q' : 'B', WORD);

/** What makes the text around it, another's address, run the other way. */
const BIDI = /[\u202A-\u202E\u2066-\u2069]/g;

/**
 * A name as it stands before an address: on one line, its blanks one space. One that looks like an encoded word gets a
 * blank at its end that is beyond ASCII, so that nodemailer encodes it and no reader decodes what nobody encoded.
 */
export const displayName = (name: string | null): string => {
  const plain = (name ?? '').replaceAll(BIDI, '').replaceAll(/\s+/gu, ' ').trim();
  return plain.includes('=?') ? `${plain}\u00A0` : plain;
};
