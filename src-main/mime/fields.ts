import { decodeCharset, decodeUnlabelled, looksLikeIso2022Jp } from './charset.ts';

/** More of a header is not read: 10,000 recipients fit, and nobody needs more to list an email. */
const LARGEST_HEADER = 1024 * 1024;

const isBlank = (code: number): boolean => code === 0x20 || code === 0x09;

/** Whether a line holds nothing: it ends the header. */
const isEmpty = (text: string, at: number, end: number): boolean => {
  let mark = at;
  while (mark < end && text.charCodeAt(mark) === 0x0d) mark++;
  return mark === end;
};

/** A field's name at this place, lower-case, and where its value begins; null for a line that is no field. */
const nameAt = (text: string, at: number, end: number): { name: string; valueAt: number } | null => {
  let colon = at;
  while (colon < end && text.charCodeAt(colon) !== 0x3a) colon++;
  if (colon === end || colon === at) return null;
  return { name: text.slice(at, colon).trimEnd().toLowerCase(), valueAt: colon + 1 };
};

/** A value without its folding (RFC 5322 section 2.2.3) and the white space around it, as text whatever its bytes are. */
const valueOf = (raw: string): string => {
  const line = (raw.includes('\n') ? raw.replaceAll(/\r?\n/g, '') : raw).trim();
  if (/[\x80-\xff]/.test(line)) return decodeUnlabelled(Buffer.from(line, 'latin1'));
  return looksLikeIso2022Jp(line) ? decodeCharset(Buffer.from(line, 'latin1'), 'iso-2022-jp') : line;
};

/**
 * The wanted fields of a header block (RFC 5322 section 2.2), by lower-case name. Of a field that comes more than once it
 * is the last, as in RFC 8621 section 4.1.3, or else the first. Takes any bytes: lines that are no fields are skipped, lines may end in LF
 * or CR alone, and eight-bit text is UTF-8 (RFC 6532) or else windows-1252. Reads the first megabyte.
 */
export const readFields = (
  block: Buffer,
  wanted: ReadonlySet<string>,
  which: 'first' | 'last' = 'last',
): Map<string, string> => {
  const bytes = block.toString('latin1', 0, LARGEST_HEADER);
  const text = bytes.includes('\n') ? bytes : bytes.replaceAll('\r', '\n');
  const places = new Map<string, [from: number, to: number]>();
  const lineEnd = (from: number): number => {
    const end = text.indexOf('\n', from);
    return end === -1 ? text.length : end;
  };
  for (let at = 0; at < text.length; ) {
    let end = lineEnd(at);
    if (isEmpty(text, at, end)) break;
    while (isBlank(text.charCodeAt(end + 1))) end = lineEnd(end + 1);
    const field = nameAt(text, at, end);
    if (field && wanted.has(field.name) && (which === 'last' || !places.has(field.name)))
      places.set(field.name, [field.valueAt, end]);
    at = end + 1;
  }
  return new Map(Array.from(places, ([name, [from, to]]) => [name, valueOf(text.slice(from, to))]));
};
