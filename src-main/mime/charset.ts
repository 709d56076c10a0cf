import { isUtf8 } from 'node:buffer';
import iconv from 'iconv-lite';

/** Names that mail uses and iconv-lite does not know, or means otherwise than mail does (WHATWG Encoding, section 4.2). */
const ALIASES = new Map([
  ['ascii', 'windows1252'],
  ['usascii', 'windows1252'],
  ['ansix341968', 'windows1252'],
  ['iso88591', 'windows1252'],
  ['latin1', 'windows1252'],
  ['iso88599', 'windows1254'],
  ['latin5', 'windows1254'],
  ['iso885911', 'windows874'],
  ['tis620', 'windows874'],
  ['iso88598i', 'iso88598'],
  ['iso88598e', 'iso88598'],
  ['gb2312', 'gb18030'],
  ['gbk', 'gb18030'],
  ['xgbk', 'gb18030'],
  ['xsjis', 'shiftjis'],
  ['xeucjp', 'eucjp'],
  ['xmaccyrillic', 'maccyrillic'],
  ['xmacroman', 'macintosh'],
  ['xutf8', 'utf8'],
  ['uhc', 'cp949'],
]);

/** Codecs of iconv-lite that are no charsets. */
const NO_CHARSETS = new Set(['base64', 'hex', 'binary']);

/** A text that names no charset, or one that nobody knows: UTF-8 when it is that, else windows-1252. */
export const decodeUnlabelled = (bytes: Buffer): string =>
  isUtf8(bytes) ? bytes.toString('utf8') : iconv.decode(bytes, 'windows1252');

/** Whether a header says something in ISO-2022-JP without naming it: an escape to a set of two bytes. */
export const looksLikeIso2022Jp = (text: string): boolean => text.includes('\x1b$B') || text.includes('\x1b$@');

/**
 * Bytes in the charset of that name (RFC 2978) as text. Names are read as browsers do, so that iso-8859-1 means
 * windows-1252. What the charset does not have becomes U+FFFD. Never throws.
 */
export const decodeCharset = (bytes: Buffer, label: string): string => {
  const plain = label
    .slice(0, 64)
    .toLowerCase()
    .replaceAll(/[^a-z0-9]/g, '');
  const name = ALIASES.get(plain) ?? plain;
  if (name === 'utf8') return bytes.toString('utf8');
  if (/^(?:cs)?iso2022jp/.test(name)) return iconv.decode(eucOf(bytes, JAPANESE), 'eucjp');
  if (/^(?:cs)?iso2022kr/.test(name)) return iconv.decode(eucOf(bytes, KOREAN), 'euckr');
  if (name === 'windows1252' && isUtf8(bytes)) return bytes.toString('utf8');
  if (NO_CHARSETS.has(name) || !iconv.encodingExists(name)) return decodeUnlabelled(bytes);
  return iconv.decode(bytes, name);
};

/** What EUC puts before a character of a set: nothing, or a single shift; null for ASCII, whose bytes stay as they are. */
type Set7 = { bytes: 1 | 2; shift: number | null } | null;

const TWO_BYTES: Set7 = { bytes: 2, shift: null };

/** Escapes of ISO-2022-JP and its extensions (RFC 1468, RFC 2237): what they switch to. */
const JAPANESE: [escape: string, set: Set7][] = [
  ['\x1b(B', null],
  ['\x1b(J', null],
  ['\x1b$@', TWO_BYTES],
  ['\x1b$B', TWO_BYTES],
  ['\x1b$(D', { bytes: 2, shift: 0x8f }],
  ['\x1b(I', { bytes: 1, shift: 0x8e }],
];

/** Those of ISO-2022-KR (RFC 1557): the first one only names the set that the others switch to and from. */
const KOREAN: [escape: string, set: Set7][] = [
  ['\x1b$)C', null],
  ['\x0e', TWO_BYTES],
  ['\x0f', null],
];

/** The same characters in EUC, of which iconv-lite has the tables: the seven-bit sets differ in escapes and the high bit. */
const eucOf = (bytes: Buffer, escapes: [escape: string, set: Set7][]): Buffer => {
  const text = bytes.toString('latin1');
  const euc = Buffer.alloc(bytes.length * 2);
  let length = 0;
  let set: Set7 = null;
  for (let at = 0; at < bytes.length; ) {
    const byte = bytes[at] ?? 0;
    const escape =
      byte === 0x1b || byte === 0x0e || byte === 0x0f ? escapes.find(([e]) => text.startsWith(e, at)) : null;
    if (escape) {
      [, set] = escape;
      at += escape[0].length;
    } else if (set === null || byte < 0x21 || byte > 0x7e) {
      // A line's end goes back to ASCII.
      if (byte === 0x0a) set = null;
      euc[length++] = byte;
      at += 1;
    } else {
      if (set.shift !== null) euc[length++] = set.shift;
      for (const end = Math.min(at + set.bytes, bytes.length); at < end; at++) euc[length++] = (bytes[at] ?? 0) | 0x80;
    }
  }
  return euc.subarray(0, length);
};
