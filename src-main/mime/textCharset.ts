import { isUtf8 } from 'node:buffer';
import iconv from 'iconv-lite';
import { decodeCharset, decodeUnlabelled } from './charset.ts';

/** Byte order marks (WHATWG Encoding, section 6): they count for more than any label. */
const MARKS: [mark: Buffer, charset: string][] = [
  [Buffer.from([0xef, 0xbb, 0xbf]), 'utf-8'],
  [Buffer.from([0xfe, 0xff]), 'utf-16be'],
  [Buffer.from([0xff, 0xfe]), 'utf-16le'],
];

/** Where HTML says its charset (WHATWG HTML, section 13.2.3.2): in its first 1024 bytes, or nowhere. */
const META_WITHIN = 1024;

const META = /<meta\s[^<>]*?\bcharset\s*=\s*["']?\s*([\w.:-]{1,64})/i;

/** The charset that an HTML text names itself; one that says so in ASCII cannot be UTF-16. */
const metaCharset = (bytes: Buffer): string | null => {
  const [, label] = META.exec(bytes.toString('latin1', 0, META_WITHIN)) ?? [];
  return label === undefined ? null : /^utf-?16/i.test(label) ? 'utf-8' : label;
};

const UTF8_LABEL = /^(?:unicode-1-1-|x-)?utf-?8$/i;
const ASCII_LABEL = /^(?:us-?)?ascii$|^ansi_x3\.4-1968$/i;

const REPLACED = /\uFFFD/g;
const BEYOND_ASCII = /[^\0-\x7f]/gu;

const countOf = (text: string, pattern: RegExp): number => text.match(pattern)?.length ?? 0;

/**
 * Text that says it is UTF-8 and is not quite: a few broken characters, or the last one cut in half, leave it what it
 * is. Where none or few others are left, it is windows-1252.
 */
const decodeAlmostUtf8 = (bytes: Buffer): string => {
  const text = bytes.toString('utf8');
  const broken = countOf(text, REPLACED) - (text.endsWith('\uFFFD') ? 1 : 0);
  const good = countOf(text, BEYOND_ASCII) - countOf(text, REPLACED);
  return broken <= good ? text : decodeCharset(bytes, 'windows-1252');
};

/**
 * The bytes of a text, its transfer encoding undone, as text: by its byte order mark, by its label, by what HTML says of
 * itself, and as UTF-8 or windows-1252 otherwise. A label that the bytes belie does not count.
 */
export const decodeTextBytes = (bytes: Buffer, charset: string | null, type: string | undefined): string => {
  for (const [mark, name] of MARKS)
    if (bytes.subarray(0, mark.length).equals(mark)) return decodeCharset(bytes.subarray(mark.length), name);
  const vague = charset === null || charset.trim() === '' || (ASCII_LABEL.test(charset) && !isUtf8(bytes));
  const label = vague && type === 'text/html' ? (metaCharset(bytes) ?? charset) : charset;
  if (label === null) return decodeUnlabelled(bytes);
  return UTF8_LABEL.test(label) && !isUtf8(bytes) ? decodeAlmostUtf8(bytes) : decodeCharset(bytes, label);
};

const LATIN_LABEL = /^(?:iso-?8859-?1|latin-?1|windows-?1252|cp-?1252|(?:us-?)?ascii)$/i;
/** What the first byte of a character in UTF-8 and the second one are in windows-1252. */
const MANGLED = /[\u00c2-\u00f4][\u0080-\u00bf\u0152-\u0192\u02c6-\u2122]/;

/** A text that others decoded as Latin letters, as it was labelled, and that was UTF-8 all the same: as it was meant. */
export const unmangled = (text: string, charset: string | null): string => {
  if ((charset !== null && !LATIN_LABEL.test(charset)) || !MANGLED.test(text)) return text;
  const bytes = iconv.encode(text, 'windows1252');
  return isUtf8(bytes) && iconv.decode(bytes, 'windows1252') === text ? bytes.toString('utf8') : text;
};
