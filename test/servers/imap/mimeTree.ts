import { type Field, fieldsOf, type Parameterised, parseParameters, valueOf } from './header.ts';

/** A part of a message; offsets count octets of the whole message, which is text in latin1. */
export type MimePart = {
  fields: Field[];
  /** In lower case, as `text/plain`. */
  type: string;
  contentType: Parameterised;
  headerAt: number;
  bodyAt: number;
  end: number;
  /** Parts of a multipart. */
  parts: MimePart[];
  /** What a message/rfc822 holds. */
  message: MimePart | null;
};

const defaultType = (inDigest: boolean): string => (inDigest ? 'message/rfc822' : 'text/plain; charset=us-ascii');

/** Where the body begins: after the first empty line. */
const bodyAt = (text: string, from: number, end: number): number => {
  if (text.startsWith('\r\n', from)) return from + 2;
  const gap = text.indexOf('\r\n\r\n', from);
  return gap < 0 || gap + 4 > end ? end : gap + 4;
};

/** The ranges between the delimiters of a multipart (RFC 2046 section 5.1.1). */
const ranges = (text: string, from: number, end: number, boundary: string): [number, number][] => {
  const found: [number, number][] = [];
  let start = -1;
  for (let at = text.indexOf(`--${boundary}`, from); at >= 0 && at < end; ) {
    const atLineStart = at === from || text[at - 1] === '\n';
    const after = at + boundary.length + 2;
    if (atLineStart) {
      if (start >= 0) found.push([start, Math.max(start, at - 2)]);
      if (text.startsWith('--', after)) return found;
      const line = text.indexOf('\n', after);
      start = line < 0 ? end : line + 1;
    }
    at = text.indexOf(`--${boundary}`, after);
  }
  if (start >= 0) found.push([start, end]);
  return found;
};

/** The tree of a message, or of one of its parts (RFC 2045). */
export const parseMime = (text: string, headerAt = 0, end = text.length, inDigest = false): MimePart => {
  const body = bodyAt(text, headerAt, end);
  const fields = fieldsOf(text.slice(headerAt, body));
  const contentType = parseParameters(valueOf(fields, 'Content-Type') ?? defaultType(inDigest));
  const type = contentType.value.toLowerCase();
  const part: MimePart = { fields, type, contentType, headerAt, bodyAt: body, end, parts: [], message: null };
  const boundary = contentType.params.find(([name]) => name.toLowerCase() === 'boundary')?.[1];
  if (type.startsWith('multipart/') && boundary !== undefined) {
    const digest = type === 'multipart/digest';
    part.parts = ranges(text, body, end, boundary).map(([from, to]) => parseMime(text, from, to, digest));
  } else if (type === 'message/rfc822') part.message = parseMime(text, body, end);
  return part;
};

/** The part that numbers such as `2.1` name (RFC 3501 section 6.4.5); undefined where there is none. */
export const partAt = (root: MimePart, numbers: readonly number[]): MimePart | undefined => {
  let part: MimePart | undefined = root;
  let whole = true;
  for (const number of numbers) {
    // A message that is no multipart has itself as part 1.
    const holder: MimePart | undefined = whole ? part : (part?.message ?? part);
    if (holder && holder.parts.length > 0) part = holder.parts[number - 1];
    else part = number === 1 && (whole || part?.message) ? holder : undefined;
    whole = false;
  }
  return part;
};
