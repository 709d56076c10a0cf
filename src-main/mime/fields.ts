import { decodeCharset, decodeUnlabelled, looksLikeIso2022Jp } from './charset.ts';

/** More of a header is not read: 10,000 recipients fit, and nobody needs more to list an email. */
const LARGEST_HEADER = 1024 * 1024;

/** Nobody signs or delivers a message more often. */
const MOST_OF_A_NAME = 50;

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
  const text = textOf(block);
  const places = new Map<string, [from: number, to: number]>();
  for (const { name, from, to } of fieldsIn(text))
    if (wanted.has(name) && (which === 'last' || !places.has(name))) places.set(name, [from, to]);
  return new Map(Array.from(places, ([name, [from, to]]) => [name, valueOf(text.slice(from, to))]));
};

/** The same of every field of those names, the topmost first: so many of each at most. */
export const readEveryField = (block: Buffer, wanted: ReadonlySet<string>): Map<string, string[]> => {
  const text = textOf(block);
  const found = new Map<string, string[]>();
  for (const { name, from, to } of fieldsIn(text)) {
    const values = found.get(name) ?? [];
    if (wanted.has(name) && values.length < MOST_OF_A_NAME) found.set(name, [...values, valueOf(text.slice(from, to))]);
  }
  return found;
};

const textOf = (block: Buffer): string => {
  const bytes = block.toString('latin1', 0, LARGEST_HEADER);
  return bytes.includes('\n') ? bytes : bytes.replaceAll('\r', '\n');
};

/** Where the value of each field begins and ends. */
function* fieldsIn(text: string): Generator<{ name: string; from: number; to: number }, void, void> {
  const lineEnd = (from: number): number => {
    const end = text.indexOf('\n', from);
    return end === -1 ? text.length : end;
  };
  for (let at = 0; at < text.length; ) {
    let end = lineEnd(at);
    if (isEmpty(text, at, end)) break;
    while (isBlank(text.charCodeAt(end + 1))) end = lineEnd(end + 1);
    const field = nameAt(text, at, end);
    if (field) yield { name: field.name, from: field.valueAt, to: end };
    at = end + 1;
  }
}
