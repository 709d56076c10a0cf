import { cutBytes } from '../lib/text.ts';

/** Endings by type, for parts that have no name. */
const ENDINGS: Record<string, string> = {
  'application/ms-tnef': '.dat',
  'application/msword': '.doc',
  'application/pdf': '.pdf',
  'application/pgp-signature': '.asc',
  'application/pkcs7-signature': '.p7s',
  'application/zip': '.zip',
  'audio/mpeg': '.mp3',
  'image/gif': '.gif',
  'image/jpeg': '.jpg',
  'image/png': '.png',
  'image/webp': '.webp',
  'message/delivery-status': '.txt',
  'message/rfc822': '.eml',
  'text/calendar': '.ics',
  'text/csv': '.csv',
  'text/html': '.html',
  'text/plain': '.txt',
  'text/vcard': '.vcf',
};

/** Names that Windows keeps for devices, whatever their ending. */
const DEVICE = /^(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$|clock\$)(?:\.|$)/i;

/** What hides or reorders a name's true ending, or means something to a file system: controls, formats, blanks that no one sees. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Co}\p{Cn}\u2800\u3164\uffa0\u115f\u1160\ufffd]/gu;
const FORBIDDEN = /[<>:"|?*]/g;

/** In bytes as UTF-8: some file systems end at 255, and a copy gets a number. */
const LONGEST = 180;
/** In UTF-16 units: a longer one is no ending. */
const LONGEST_ENDING = 20;

const bytes = (text: string): number => Buffer.byteLength(text);

/**
 * A name that is safe to give a file, from one that a stranger chose: its last component, in normal form C, without what
 * cannot be seen, what reorders text, and what file systems read; never a device of Windows, never hidden, at most 180
 * bytes with its ending kept. A part without a name is called by its type.
 */
export const fileName = (given: string | null, type: string): string => {
  const component = (given ?? '').split(/[/\\]/).at(-1) ?? '';
  const plain = component
    .slice(0, 4096)
    .normalize('NFC')
    .replaceAll(UNSEEN, '')
    .replaceAll(FORBIDDEN, '_')
    .replaceAll(/\s+/gu, ' ')
    .replace(/^[. ]+/, '')
    .replace(/[. ]+$/, '');
  if (plain === '') return `attachment${ENDINGS[type] ?? ''}`;
  const named = DEVICE.test(plain) ? `_${plain}` : plain;
  if (bytes(named) <= LONGEST) return named;
  const dot = named.lastIndexOf('.');
  const ending = dot > 0 && named.length - dot <= LONGEST_ENDING ? named.slice(dot) : '';
  return `${cutBytes(named.slice(0, named.length - ending.length), LONGEST - bytes(ending)).trimEnd()}${ending}`;
};
