import * as Kind from 'css-tree/tokenizer';
import { ident, string, url } from 'css-tree/utils';

/**
 * A style sheet or style attribute, cut into tokens (CSS Syntax 3, section 4). `closes` tells of a token that opens a
 * block or function where it closes: the number of the closing token, or of tokens where it never does.
 */
export type Tokens = {
  css: string;
  count: number;
  kinds: number[];
  starts: number[];
  ends: number[];
  closes: number[];
};

const CLOSERS: Record<number, number> = {
  [Kind.Function]: Kind.RightParenthesis,
  [Kind.LeftParenthesis]: Kind.RightParenthesis,
  [Kind.LeftSquareBracket]: Kind.RightSquareBracket,
  [Kind.LeftCurlyBracket]: Kind.RightCurlyBracket,
};

/** Cuts CSS into tokens. A closing bracket that does not fit the innermost open one closes nothing, as in section 5.4.8. */
export const readTokens = (css: string): Tokens => {
  const kinds: number[] = [];
  const starts: number[] = [];
  const ends: number[] = [];
  const closes: number[] = [];
  const open: number[] = [];
  Kind.tokenize(css, (kind, start, end) => {
    const at = kinds.length;
    kinds.push(kind);
    starts.push(start);
    ends.push(end);
    closes.push(at);
    const innermost = open.at(-1);
    if (kind in CLOSERS) open.push(at);
    else if (innermost !== undefined && CLOSERS[kinds[innermost] ?? 0] === kind) closes[open.pop() ?? 0] = at;
  });
  for (const at of open) closes[at] = kinds.length;
  return { css, count: kinds.length, kinds, starts, ends, closes };
};

/** The kind of a token; 0 (of the end) beyond the last. */
export const kindOf = (tokens: Tokens, at: number): number => tokens.kinds[at] ?? Kind.EOF;

/** A token as it stands there. */
export const rawText = (tokens: Tokens, at: number): string => tokens.css.slice(tokens.starts[at], tokens.ends[at]);

/** What a token says: names, strings and URLs without their quotes, brackets, '#' or '@', escapes decoded. */
export const textOf = (tokens: Tokens, at: number): string => {
  const raw = rawText(tokens, at);
  switch (kindOf(tokens, at)) {
    case Kind.String:
      return string.decode(raw);
    case Kind.Url:
      return url.decode(raw);
    case Kind.Function:
      return ident.decode(raw.slice(0, -1));
    case Kind.Hash:
    case Kind.AtKeyword:
      return ident.decode(raw.slice(1));
    default:
      return raw.includes('\\') ? ident.decode(raw) : raw;
  }
};

/** The first token from `at` on that is neither white space nor a comment. */
export const skipSpace = (tokens: Tokens, at: number): number => {
  let next = at;
  while (kindOf(tokens, next) === Kind.WhiteSpace || kindOf(tokens, next) === Kind.Comment) next++;
  return next;
};

/** The token after this one, and after its block if it opens one. */
export const skipOne = (tokens: Tokens, at: number): number => Math.max(at, tokens.closes[at] ?? at) + 1;

/** A name as it may stand in CSS, e.g. in a selector. Never holds '<'. */
export const writeName = (name: string): string => ident.encode(name).replaceAll('\\<', '\\3c ');

/** A string in double quotes. Never holds '<', so that no text can end its style element. */
export const writeString = (text: string): string => string.encode(text).replaceAll('<', '\\3c ');
