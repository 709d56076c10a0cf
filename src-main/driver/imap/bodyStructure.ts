import { decodeParameters } from '../../mime/parameters.ts';
import {
  childNumber,
  contentIdOf,
  DEEPEST,
  LONGEST_TOKEN,
  MOST_PARTS,
  mediaTypeOf,
  multipartTypeOf,
  NO_FACTS,
  type Part,
  parameterFacts,
} from '../../mime/part.ts';
import { listOf, numberOf, type Token, textOf } from './tokens.ts';

const lower = (token: Token | undefined): string => (textOf(token) ?? '').trim().toLowerCase();

const NO_PARAMETERS: ReadonlyMap<string, string> = new Map();

/** Names and values in turns: the parameters of a type or a disposition. */
const parametersOf = (token: Token | undefined): ReadonlyMap<string, string> => {
  if (!Array.isArray(token)) return NO_PARAMETERS;
  const pairs: [string, string][] = [];
  for (let at = 0; at + 1 < token.length; at += 2) pairs.push([textOf(token[at]) ?? '', textOf(token[at + 1]) ?? '']);
  return decodeParameters(pairs);
};

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
  return { disposition: lower(kind).slice(0, LONGEST_TOKEN) || null, parameters: parametersOf(parameters) };
};

const singlePart = (list: Token[], number: string): Part | null => {
  if (textOf(list[0]) === null || list.length < 7) return null;
  const type = mediaTypeOf(`${lower(list[0])}/${lower(list[1])}`);
  const parameters = parametersOf(list[2]);
  const { disposition, parameters: more } = dispositionOf(list[extensionAt(list, type) + 1]);
  return {
    number: number || '1',
    type,
    disposition,
    ...parameterFacts(parameters, more),
    encoding: lower(list[5]).slice(0, LONGEST_TOKEN),
    size: numberOf(list[6]) ?? 0,
    cid: contentIdOf(textOf(list[3]) ?? ''),
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
      .map((part, at) => partOf(part, childNumber(number, at + 1), depth + 1));
    return {
      number,
      type: multipartTypeOf(lower(list[end])),
      disposition: dispositionOf(list[end + 2]).disposition,
      ...NO_FACTS,
      parts,
    };
  };
  return partOf(tokens, '', 0);
};
