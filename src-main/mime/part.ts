/** A part of a message (RFC 9051 section 7.5.2, RFC 8621 section 4.1.4). What is unknown is null or empty. */
export type Part = {
  /** Its section number, as BODY[...] takes it: '1.2'; a message that is one part is '1', one that has parts is ''. */
  number: string;
  /** In lower case: 'text/plain'. */
  type: string;
  /** In lower case: 'attachment', 'inline'. */
  disposition: string | null;
  name: string | null;
  charset: string | null;
  /** Content-Transfer-Encoding in lower case. */
  encoding: string;
  /** In bytes, as encoded. */
  size: number;
  /** Content-ID without its brackets. */
  cid: string | null;
  /** The parameters `format=flowed` and `delsp=yes` of plain text (RFC 3676). */
  isFlowed: boolean;
  delSp: boolean;
  /** Of a multipart, with null for those that make no sense; of a message in a message, none. */
  parts: (Part | null)[];
};

/** What a message may have at most: levels of multiparts, and parts in all, multiparts included. */
export const DEEPEST = 50;
export const MOST_PARTS = 1000;

/** In UTF-16 units: a type, a disposition, an encoding. */
export const LONGEST_TOKEN = 127;

/** RFC 2045 section 5.1 for 'type/subtype' in lower case; anything else is data that nobody knows. */
export const mediaTypeOf = (type: string): string =>
  type.length <= LONGEST_TOKEN && /^[!#-'*+.0-9^-~-]+\/[!#-'*+.0-9^-~-]+$/.test(type)
    ? type
    : 'application/octet-stream';

/** A multipart whose subtype is none is a mixed one, as one that nobody knows is (RFC 2046 section 5.1.3). */
export const multipartTypeOf = (subtype: string): string => {
  const type = mediaTypeOf(`multipart/${subtype}`);
  return type.startsWith('multipart/') ? type : 'multipart/mixed';
};

/** A Content-ID (RFC 2392) without its brackets; null where there is none. */
export const contentIdOf = (field: string): string | null =>
  field
    .slice(0, 2000)
    .replaceAll(/[\s\p{Cc}<>]+/gu, '')
    .slice(0, 998)
    .toWellFormed() || null;

/** What the parameters of a Content-Type and of a Content-Disposition tell of a part. */
export const parameterFacts = (
  type: ReadonlyMap<string, string>,
  disposition: ReadonlyMap<string, string>,
): Pick<Part, 'name' | 'charset' | 'isFlowed' | 'delSp'> => ({
  name: disposition.get('filename') || type.get('name') || null,
  charset: type.get('charset')?.toLowerCase() || null,
  isFlowed: type.get('format')?.toLowerCase() === 'flowed',
  delSp: type.get('delsp')?.toLowerCase() === 'yes',
});

/** What a multipart has none of. */
export const NO_FACTS = {
  name: null,
  charset: null,
  encoding: '',
  size: 0,
  cid: null,
  isFlowed: false,
  delSp: false,
} as const satisfies Partial<Part>;

/** The number of a part's child, from 1 on (RFC 9051 section 6.4.5.1). */
export const childNumber = (number: string, index: number): string =>
  number === '' ? String(index) : `${number}.${index}`;
