import { readFields } from './fields.ts';
import { decodeParameters } from './parameters.ts';
import {
  contentIdOf,
  LONGEST_TOKEN,
  mediaTypeOf,
  multipartTypeOf,
  NO_FACTS,
  type Part,
  parameterFacts,
} from './part.ts';
import { readStructuredField } from './structuredField.ts';

/** A part, and where in the message its body is: from byte `from` on, up to `to`. */
export type PlacedPart = Omit<Part, 'parts'> & { from: number; to: number; parts: PlacedPart[] };

/** More of a part's header is not read. */
export const LARGEST_PART_HEADER = 256 * 1024;

/** A longer boundary is none: RFC 2046 section 5.1.1 allows 70 bytes. */
export const LONGEST_BOUNDARY = 1000;

const WANTED = new Set(['content-type', 'content-disposition', 'content-transfer-encoding', 'content-id']);

/** Mail from before MIME says 'text' and means plain text; what is no type at all is data. */
const typeOf = (value: string, given: string): string => {
  if (value === '') return given;
  if (value.startsWith('multipart/')) return multipartTypeOf(value.slice('multipart/'.length));
  return value === 'text' ? 'text/plain' : mediaTypeOf(value);
};

/** Of a multipart that has a boundary. Encoded words have no meaning in it, but RFC 2231 has. */
const boundaryOf = (pairs: [name: string, value: string][], parameters: ReadonlyMap<string, string>): string | null => {
  const [, raw] = pairs.find(([name]) => name === 'boundary') ?? [];
  const boundary = (raw ?? parameters.get('boundary') ?? '').trimEnd();
  return boundary === '' || boundary.length > LONGEST_BOUNDARY ? null : boundary;
};

/**
 * What a part's header block says of it, and the boundary between its parts where it is a multipart. `given` is its type
 * where it names none (RFC 2046 sections 5.1 and 5.1.5). Its place is still to be found.
 */
export const readPart = (
  header: Buffer,
  number: string,
  given: 'text/plain' | 'message/rfc822',
): { part: PlacedPart; boundary: string | null } => {
  const fields = readFields(header.subarray(0, LARGEST_PART_HEADER), WANTED, 'first');
  const { value, pairs } = readStructuredField(fields.get('content-type') ?? '');
  const disposition = readStructuredField(fields.get('content-disposition') ?? '');
  const type = typeOf(value, given);
  const parameters = decodeParameters(pairs);
  const common = {
    type,
    disposition: disposition.value.slice(0, LONGEST_TOKEN) || null,
    from: 0,
    to: 0,
    parts: [],
  };
  if (type.startsWith('multipart/'))
    return { part: { ...NO_FACTS, ...common, number }, boundary: boundaryOf(pairs, parameters) };
  const encoding = readStructuredField(fields.get('content-transfer-encoding') ?? '').value;
  const part = {
    ...common,
    ...parameterFacts(parameters, decodeParameters(disposition.pairs)),
    number: number || '1',
    encoding: encoding.slice(0, LONGEST_TOKEN),
    size: 0,
    cid: contentIdOf(fields.get('content-id') ?? ''),
  };
  return { part, boundary: null };
};
