import * as Kind from 'css-tree/tokenizer';
import { PROPERTIES } from './properties.ts';
import { kindOf, rawText, readTokens, skipOne, skipSpace, type Tokens, textOf } from './tokens.ts';
import { noteAddresses, type ValueContext, writeValue } from './values.ts';

/** A declaration that may stay, its value written anew. */
export type Declaration = { property: string; value: string; important: boolean };

/** Where a declaration's value ends, and whether `!important` stood behind it. */
const valueEnd = (tokens: Tokens, from: number, to: number): { end: number; important: boolean } => {
  let end = to;
  const back = (at: number): number => {
    let last = at;
    while (last > from && [Kind.WhiteSpace, Kind.Comment].some((kind) => kind === kindOf(tokens, last - 1))) last--;
    return last;
  };
  end = back(end);
  const word = end - 1;
  const mark = back(word) - 1;
  const important =
    mark >= from &&
    kindOf(tokens, word) === Kind.Ident &&
    textOf(tokens, word).toLowerCase() === 'important' &&
    rawText(tokens, mark) === '!';
  return { end: important ? back(mark) : end, important };
};

/** Values that say more than their property may, though each of their words is known. */
const limited = (property: string, value: string): string | null => {
  // Half-transparent things could be laid over each other in an order of their own; what is all but gone is hidden.
  if (property === 'opacity') return Number.parseFloat(value) <= 0.1 ? '0' : null;
  // Letters must not stand in another order than a reader, a search and a reply take them for.
  if (property === 'unicode-bidi') return /^(?:normal|embed|isolate|plaintext)$/i.test(value) ? value : null;
  return value;
};

const declaration = (tokens: Tokens, from: number, to: number, context: ValueContext): Declaration | null => {
  const colon = skipSpace(tokens, from + 1);
  const property = kindOf(tokens, from) === Kind.Ident ? textOf(tokens, from).toLowerCase() : '';
  if (PROPERTIES.has(property) && kindOf(tokens, colon) === Kind.Colon && colon < to) {
    const { end, important } = valueEnd(tokens, colon + 1, to);
    const written = writeValue(tokens, [colon + 1, end], property, context);
    const value = written === null ? null : limited(property, written);
    if (value !== null) return { property, value, important };
  }
  noteAddresses(tokens, from, to, context.remote);
  return null;
};

/** Reads the declarations in these tokens, those from `from` up to `to`; what may not stay is left out. */
export const readDeclarations = (tokens: Tokens, from: number, to: number, context: ValueContext): Declaration[] => {
  const found: Declaration[] = [];
  for (let at = skipSpace(tokens, from); at < to; at = skipSpace(tokens, at)) {
    let end = at;
    while (end < to && kindOf(tokens, end) !== Kind.Semicolon) end = skipOne(tokens, end);
    end = Math.min(end, to);
    const read = declaration(tokens, at, end, context);
    if (read) found.push(read);
    at = end + 1;
  }
  return found;
};

/** Declarations as CSS. */
export const writeDeclarations = (declarations: Declaration[]): string =>
  declarations
    .map(({ property, value, important }) => `${property}:${value}${important ? '!important' : ''}`)
    .join(';');

/** A style attribute written anew: only what is allowed, empty where nothing is. */
export const rewriteStyle = (style: string, context: ValueContext): string => {
  const tokens = readTokens(style);
  return writeDeclarations(readDeclarations(tokens, 0, tokens.count, context));
};
