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
  ['xgb', 'gb18030'],
  ['euccn', 'gb18030'],
  ['macroman', 'macintosh'],
  ['uhc', 'cp949'],
  ['mscp949', 'cp949'],
  ['utf8mb4', 'utf8'],
  ['unicode20utf8', 'utf8'],
  ['unicode', 'utf16'],
  ['csunicode11', 'utf16'],
  ['csunicode11utf7', 'utf7'],
]);

/** Codecs of iconv-lite that are no charsets. */
const NO_CHARSETS = new Set(['base64', 'hex', 'binary']);

/** A text that names no charset, or one that nobody knows: UTF-8 when it is that, else windows-1252. */
export const decodeUnlabelled = (bytes: Buffer): string =>
  isUtf8(bytes) ? bytes.toString('utf8') : iconv.decode(bytes, 'windows1252');

/** Charsets of seven bits, and those of two bytes: text that is UTF-8 all the same is not in them, whatever it says. */
const SEVEN_BITS = /^(?:cs)?iso2022|^utf7/;
const TWO_BYTES_EACH = /^(?:utf16|ucs2)/;

/** The name that iconv-lite knows for a label, or that of ISO-2022 in Japan or Korea; null for what is no charset. */
const charsetOf = (label: string): string | null => {
  const plain = label
    .slice(0, 64)
    .toLowerCase()
    .replaceAll(/[^a-z0-9]/g, '');
  const known = (name: string): string | null => {
    const meant = ALIASES.get(name) ?? name;
    if (/^(?:cs)?iso2022(?:jp|kr)/.test(meant)) return meant;
    return NO_CHARSETS.has(meant) || !iconv.encodingExists(meant) ? null : meant;
  };
  return known(plain) ?? (plain.startsWith('x') ? known(plain.slice(1)) : null);
};

/** Shorter text of two bytes each may be UTF-8 by chance. */
const ENOUGH_TO_TELL = 16;

/** Whether the bytes say that they are UTF-8, against their label: as good as none is so by chance. */
const isUtf8Instead = (bytes: Buffer, name: string): boolean => {
  if (name === 'windows1252' || name === 'iso885915' || SEVEN_BITS.test(name))
    return isUtf8(bytes) && bytes.some((byte) => byte > 0x7f);
  return TWO_BYTES_EACH.test(name) && bytes.length >= ENOUGH_TO_TELL && isUtf8(bytes) && !bytes.includes(0);
};

/** Whether a header says something in ISO-2022-JP without naming it: an escape to a set of two bytes. */
export const looksLikeIso2022Jp = (text: string): boolean => text.includes('\x1b$B') || text.includes('\x1b$@');

/**
 * Bytes in the charset of that name (RFC 2978) as text. Names are read as browsers do, so that iso-8859-1 means
 * windows-1252. What the charset does not have becomes U+FFFD. Never throws.
 */
export const decodeCharset = (bytes: Buffer, label: string): string => {
  const name = charsetOf(label);
  if (name === null) return decodeUnlabelled(bytes);
  if (name === 'utf8' || isUtf8Instead(bytes, name)) return bytes.toString('utf8');
  if (name.includes('iso2022jp')) return iconv.decode(eucOf(bytes, JAPANESE), 'eucjp');
  if (name.includes('iso2022kr')) return iconv.decode(eucOf(bytes, KOREAN), 'euckr');
  return iconv.decode(bytes, name);
};

/** What EUC puts before a character of a set: nothing, or a single shift; null for ASCII, whose bytes stay as they are. */
type Set7 = { bytes: 1 | 2; shift: number | null } | null;

const TWO_BYTES: Set7 = { bytes: 2, shift: null };
const KATAKANA: Set7 = { bytes: 1, shift: 0x8e };

/**
 * Escapes of ISO-2022-JP and its extensions (RFC 1468, RFC 1554, RFC 2237): what they switch to. Shift out and in are
 * those of JIS X 0201; '&@' only announces a later edition of the set that follows.
 */
const JAPANESE: [escape: string, set: Set7][] = [
  ['\x1b(B', null],
  ['\x1b(J', null],
  ['\x1b(H', null],
  ['\x1b&@', null],
  ['\x1b$@', TWO_BYTES],
  ['\x1b$B', TWO_BYTES],
  ['\x1b$(D', { bytes: 2, shift: 0x8f }],
  ['\x1b$(@', TWO_BYTES],
  ['\x1b$(B', TWO_BYTES],
  ['\x1b(I', KATAKANA],
  ['\x0e', KATAKANA],
  ['\x0f', null],
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
