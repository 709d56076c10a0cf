import { decodeUnlabelled } from './charset.ts';
import { childNumber, DEEPEST, MOST_PARTS } from './part.ts';
import { LARGEST_PART_HEADER, LONGEST_BOUNDARY, type PlacedPart, readPart } from './placedPart.ts';

/** What a message had too much of: the rest of it was not read. */
export type Limit = 'parts' | 'depth' | 'header' | 'text';

/** A message taken apart, and where its header ends. */
export type SplitMessage = { root: PlacedPart; headerEnd: number; limits: Set<Limit> };

/** A multipart that is not over, and the lines that part it and that end it, without the dashes before them. */
type Open = { part: PlacedPart; boundary: string; last: string };

/** Where in the message we are. Lines end in `newline`: CR where there is no LF anywhere. */
type Reader = {
  bytes: Buffer;
  at: number;
  newline: number;
  open: Open[];
  /** The part whose body we are in, unless it is the text before, between or behind parts. */
  leaf: PlacedPart | null;
  parts: number;
  limits: Set<Limit>;
};

/** A boundary found: which of the open multiparts it is of, and whether it is the last one (RFC 2046 section 5.1.1). */
type Boundary = { level: number; isLast: boolean };

const [LF, CR, DASH] = [0x0a, 0x0d, 0x2d];
const BLANKS_BEHIND = 100;

const lineEnd = ({ bytes, newline }: Reader, from: number): number => {
  const end = bytes.indexOf(newline, from);
  return end === -1 ? bytes.length : end;
};

/** The boundary that the line at this place is, of the innermost multipart that has it; null for any other line. */
const boundaryAt = (reader: Reader, at: number): Boundary | null => {
  const { bytes, open } = reader;
  if (open.length === 0 || bytes[at] !== DASH || bytes[at + 1] !== DASH) return null;
  const end = lineEnd(reader, at);
  if (end - at > LONGEST_BOUNDARY + BLANKS_BEHIND) return null;
  const line = bytes.toString('latin1', at + 2, end).trimEnd();
  const text = /[\x80-\xff]/.test(line) ? decodeUnlabelled(Buffer.from(line, 'latin1')) : line;
  const level = open.findLastIndex(({ boundary, last }) => text === boundary || text === last);
  return level === -1 ? null : { level, isLast: text !== open[level]?.boundary };
};

/** Whether a line can begin a header: a field, or none at all. A part may lack its header and the empty line behind it. */
const beginsHeader = (reader: Reader, at: number): boolean => {
  const line = reader.bytes.toString('latin1', at, Math.min(lineEnd(reader, at), at + 200)).trimEnd();
  return line === '' || /^[!-9;-~]+[ \t]*:/.test(line);
};

const isEmpty = (bytes: Buffer, from: number, end: number): boolean => {
  let at = from;
  while (at < end && bytes[at] === CR) at++;
  return at === end;
};

/** Where the header that begins here ends, and the body begins: behind an empty line, or at a boundary. */
const headerEnd = (reader: Reader, from: number): number => {
  const { bytes } = reader;
  for (let at = from; at < bytes.length; ) {
    const end = lineEnd(reader, at);
    if (isEmpty(bytes, at, end)) return Math.min(end + 1, bytes.length);
    if (boundaryAt(reader, at)) return at;
    at = end + 1;
  }
  return bytes.length;
};

/** Where a body ends that ends here: the line's end before a boundary belongs to that. */
const bodyEnd = ({ bytes, newline }: Reader, from: number, at: number): number => {
  let end = at;
  if (end === bytes.length) return end;
  if (end > from && bytes[end - 1] === newline) end--;
  if (newline === LF && end > from && bytes[end - 1] === CR) end--;
  return end;
};

/** Ends a part here. A multipart in which no boundary was found is text: that is all there is to show. */
const finish = (reader: Reader, part: PlacedPart, at: number, isClosed = false): void => {
  part.to = bodyEnd(reader, part.from, at);
  if (part.type.startsWith('multipart/')) {
    if (part.parts.length > 0 || isClosed) return;
    part.type = 'text/plain';
    part.number ||= '1';
  }
  part.size = part.to - part.from;
};

/** Reads the header at this place, and goes on with the body behind it. */
const begin = (reader: Reader, number: string, given: 'text/plain' | 'message/rfc822'): PlacedPart => {
  const { bytes, open, limits } = reader;
  const from = reader.at;
  const end = number === '' || beginsHeader(reader, from) ? headerEnd(reader, from) : from;
  if (end - from > LARGEST_PART_HEADER) limits.add('header');
  const { part, boundary } = readPart(bytes.subarray(from, end), number, given);
  part.from = end;
  reader.at = end;
  reader.leaf = null;
  if (boundary !== null && open.length < DEEPEST) open.push({ part, boundary, last: `${boundary}--` });
  else {
    reader.leaf = part;
    if (boundary !== null) {
      limits.add('depth');
      part.type = 'application/octet-stream';
    }
  }
  return part;
};

/** Ends what ends at a boundary. */
const close = (reader: Reader, { level, isLast }: Boundary, at: number): void => {
  const { open } = reader;
  if (reader.leaf) finish(reader, reader.leaf, at);
  reader.leaf = null;
  while (open.length > level + (isLast ? 0 : 1)) {
    const ended = open.pop();
    if (ended) finish(reader, ended.part, at, isLast && open.length === level);
  }
};

/** Where the next line begins that may be a boundary; -1 where there is none. */
const nextCandidate = ({ bytes, at, newline }: Reader): number => {
  if (at === 0 || bytes[at - 1] === newline) if (bytes[at] === DASH && bytes[at + 1] === DASH) return at;
  const found = bytes.indexOf(newline === LF ? '\n--' : '\r--', Math.max(0, at - 1), 'latin1');
  return found === -1 ? -1 : found + 1;
};

/** Goes on to the next part; false where there is none, or one too many. */
const nextPart = (reader: Reader): boolean => {
  while (reader.open.length > 0) {
    const at = nextCandidate(reader);
    if (at === -1) return false;
    const boundary = boundaryAt(reader, at);
    reader.at = Math.min(lineEnd(reader, at) + 1, reader.bytes.length);
    if (!boundary) continue;
    close(reader, boundary, at);
    if (boundary.isLast) continue;
    if (reader.parts >= MOST_PARTS) {
      reader.limits.add('parts');
      return false;
    }
    const parent = reader.open[boundary.level]?.part;
    if (!parent) return false;
    reader.parts++;
    const given = parent.type === 'multipart/digest' ? 'message/rfc822' : 'text/plain';
    parent.parts.push(begin(reader, childNumber(parent.number, parent.parts.length + 1), given));
    return true;
  }
  return false;
};

/**
 * A message (RFC 5322, RFC 2046) as a tree of parts, numbered as IMAP does, each with its place. One look at each byte, and
 * nothing is copied. Reads what is broken as far as it goes: lines may end in CR, LF or both, boundaries may be missing.
 * At most 1,000 parts and 50 levels; 256 kB of a header count. Never throws.
 */
export const splitMessage = (message: Uint8Array): SplitMessage => {
  const bytes = Buffer.from(message.buffer, message.byteOffset, message.length);
  const reader: Reader = {
    bytes,
    at: 0,
    newline: bytes.includes(LF) ? LF : CR,
    open: [],
    leaf: null,
    parts: 1,
    limits: new Set(),
  };
  const root = begin(reader, '', 'text/plain');
  const split = { root, headerEnd: reader.at, limits: reader.limits };
  while (nextPart(reader));
  close(reader, { level: -1, isLast: false }, bytes.length);
  return split;
};
