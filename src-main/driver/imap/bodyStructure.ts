import { decodeParameters } from '../../mime/parameters.ts';
import { listOf, numberOf, type Token, textOf } from './tokens.ts';

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
  /** Of a multipart, with null for those that make no sense; of a message in a message, none. */
  parts: (Part | null)[];
};

const DEEPEST = 50;
const MOST_PARTS = 1000;
const LONGEST_TYPE = 127;

const lower = (token: Token | undefined): string => (textOf(token) ?? '').trim().toLowerCase();

const NO_PARAMETERS: ReadonlyMap<string, string> = new Map();

/** Names and values in turns: the parameters of a type or a disposition. */
const parametersOf = (token: Token | undefined): ReadonlyMap<string, string> => {
  if (!Array.isArray(token)) return NO_PARAMETERS;
  const pairs: [string, string][] = [];
  for (let at = 0; at + 1 < token.length; at += 2) pairs.push([textOf(token[at]) ?? '', textOf(token[at + 1]) ?? '']);
  return decodeParameters(pairs);
};

/** RFC 2045 section 5.1 for a type and its subtype; anything else is data that nobody knows. */
const typeOf = (type: string, subtype: string): string => {
  const whole = `${type}/${subtype}`;
  return whole.length <= LONGEST_TYPE && /^[!#-'*+.0-9^-~-]+\/[!#-'*+.0-9^-~-]+$/.test(whole)
    ? whole
    : 'application/octet-stream';
};

const cidOf = (token: Token | undefined): string | null =>
  textOf(token)
    ?.replaceAll(/[\s\p{Cc}<>]+/gu, '')
    .slice(0, 998)
    .toWellFormed() || null;

/** Where the extension data of a single part begins, md5 first: text has its lines before, a message three things. */
const extensionAt = (list: Token[], type: string): number => {
  // Some servers leave these out.
  if (type === 'message/rfc822' || type === 'message/global')
    return Array.isArray(list[7]) || numberOf(list[9]) !== null ? 10 : 7;
  return type.startsWith('text/') && numberOf(list[7]) !== null ? 8 : 7;
};

const dispositionOf = (
  token: Token | undefined,
): { disposition: string | null; parameters: ReadonlyMap<string, string> } => {
  const [kind, parameters] = Array.isArray(token) ? token : [token];
  return { disposition: lower(kind).slice(0, LONGEST_TYPE) || null, parameters: parametersOf(parameters) };
};

const singlePart = (list: Token[], number: string): Part | null => {
  if (textOf(list[0]) === null || list.length < 7) return null;
  const type = typeOf(lower(list[0]), lower(list[1]));
  const parameters = parametersOf(list[2]);
  const { disposition, parameters: more } = dispositionOf(list[extensionAt(list, type) + 1]);
  return {
    number: number || '1',
    type,
    disposition,
    name: more.get('filename') || parameters.get('name') || null,
    charset: parameters.get('charset')?.toLowerCase() || null,
    encoding: lower(list[5]).slice(0, LONGEST_TYPE),
    size: numberOf(list[6]) ?? 0,
    cid: cidOf(list[3]),
    parts: [],
  };
};

/**
 * A message's parts, from the tokens of its BODYSTRUCTURE; null where they make no sense. At most 1,000 parts, and 50
 * levels. Never throws.
 */
export const parseBodyStructure = (tokens: Token): Part | null => {
  let left = MOST_PARTS;
  const partOf = (token: Token | undefined, number: string, depth: number): Part | null => {
    const list = listOf(token);
    if (list.length === 0 || depth > DEEPEST || left-- <= 0) return null;
    const isPart = (at: number): boolean =>
      Array.isArray(list[at]) || (list[at] === null && Array.isArray(list[at + 1]));
    if (!isPart(0)) return singlePart(list, number);
    let end = 0;
    while (isPart(end)) end++;
    const parts = list
      .slice(0, Math.min(end, left))
      .map((part, at) => partOf(part, number === '' ? String(at + 1) : `${number}.${at + 1}`, depth + 1));
    return {
      number,
      type: typeOf('multipart', lower(list[end]) || 'mixed'),
      disposition: dispositionOf(list[end + 2]).disposition,
      name: null,
      charset: null,
      encoding: '',
      size: 0,
      cid: null,
      parts,
    };
  };
  return partOf(tokens, '', 0);
};
