import * as Kind from 'css-tree/tokenizer';
import { remoteUrl } from '../urls.ts';
import { type Declaration, readDeclarations } from './declarations.ts';
import { readMedia } from './media.ts';
import { DYNAMIC, readSelector, type Selector } from './selectors.ts';
import { kindOf, readTokens, skipOne, skipSpace, type Tokens, textOf } from './tokens.ts';
import { noteAddresses, type ValueContext } from './values.ts';

/** A rule of a style sheet that may stay, and the media queries it stands in; '' where it always holds. */
export type Rule = { selectors: Selector[]; declarations: Declaration[]; media: string };

type Reader = { tokens: Tokens; context: ValueContext; media: string; depth: number; rules: Rule[] };

/** Media queries in each other, as nobody writes them. */
const DEEPEST_MEDIA = 8;

/** Where the prelude that begins at `at` ends: at a block, or, of an at-rule, at a semicolon. */
const preludeEnd = (tokens: Tokens, at: number, to: number, isAtRule: boolean): number => {
  let end = at;
  while (end < to) {
    const kind = kindOf(tokens, end);
    if (kind === Kind.LeftCurlyBracket || (isAtRule && kind === Kind.Semicolon)) return end;
    end = skipOne(tokens, end);
  }
  return to;
};

const readSelectors = (tokens: Tokens, from: number, to: number): Selector[] => {
  const found: Selector[] = [];
  for (let at = from; at < to; at++) {
    let end = at;
    while (end < to && kindOf(tokens, end) !== Kind.Comma) end = skipOne(tokens, end);
    end = Math.min(end, to);
    const selector = readSelector(tokens, at, end);
    if (selector) found.push(selector);
    at = end;
  }
  return found;
};

const isDynamic = ({ compounds }: Selector): boolean =>
  compounds.some(({ pseudos }) => pseudos.some((pseudo) => DYNAMIC.has(pseudo)));

const readRule = (reader: Reader, from: number, open: number, close: number): void => {
  const { tokens, context, media } = reader;
  const selectors = readSelectors(tokens, from, open);
  // What loads only on some screens, or when the pointer comes by, would tell the sender about the reader.
  const mayLoad = context.mayLoad && media === '' && !selectors.some(isDynamic);
  const declarations = readDeclarations(tokens, open + 1, close, { ...context, mayLoad });
  if (selectors.length > 0 && declarations.length > 0) reader.rules.push({ selectors, declarations, media });
};

/** Reads an at-rule: only `@media` around plain rules is kept. Of all others, the addresses are remembered. */
const readAtRule = (reader: Reader, at: number, open: number, close: number): void => {
  const { tokens, media, context } = reader;
  const name = textOf(tokens, at).toLowerCase();
  const inner =
    name === 'media' && media === '' && reader.depth < DEEPEST_MEDIA ? readMedia(tokens, at + 1, open) : null;
  if (inner !== null) {
    readRules({ ...reader, media: inner, depth: reader.depth + 1 }, open + 1, close);
    return;
  }
  const first = skipSpace(tokens, at + 1);
  const imported = name === 'import' && kindOf(tokens, first) === Kind.String ? remoteUrl(textOf(tokens, first)) : null;
  if (imported !== null) context.remote.note(imported);
  noteAddresses(tokens, at, close, context.remote);
};

const readRules = (reader: Reader, from: number, to: number): void => {
  const { tokens } = reader;
  for (let at = from; at < to; ) {
    const kind = kindOf(tokens, at);
    if ([Kind.WhiteSpace, Kind.Comment, Kind.CDO, Kind.CDC, Kind.Semicolon].some((each) => each === kind)) {
      at++;
      continue;
    }
    const isAtRule = kind === Kind.AtKeyword;
    const open = preludeEnd(tokens, at, to, isAtRule);
    const close = Math.min(to, kindOf(tokens, open) === Kind.LeftCurlyBracket ? (tokens.closes[open] ?? to) : open);
    if (isAtRule) readAtRule(reader, at, open, close);
    else if (open < to) readRule(reader, at, open, close);
    at = close + 1;
  }
};

/** Reads a style sheet (CSS Syntax 3, section 5); what may not stay is left out. */
export const readSheet = (css: string, context: ValueContext, media: string): Rule[] => {
  const tokens = readTokens(css);
  const rules: Rule[] = [];
  readRules({ tokens, context, media, depth: 0, rules }, 0, tokens.count);
  return rules;
};
