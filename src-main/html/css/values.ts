import * as Kind from 'css-tree/tokenizer';
import { ident } from 'css-tree/utils';
import type { RemoteList } from '../remote.ts';
import { linkedUrl, pictureOf, remoteUrl, type View } from '../urls.ts';
import { FUNCTIONS, LOADING_FUNCTIONS, PICTURE_PROPERTIES, STRING_PROPERTIES, UNITS } from './properties.ts';
import { kindOf, rawText, skipSpace, type Tokens, textOf, writeName, writeString } from './tokens.ts';

/** What the value of a declaration is rewritten for. `mayLoad`: a picture may be loaded here, always or never. */
export type ValueContext = { view: View; remote: RemoteList; mayLoad: boolean };

const NUMBER = /^[+-]?(?:\d*\.)?\d+(?:e[+-]?\d+)?/i;

/** A dimension with its unit in lower case; null where the unit is none that may be used. */
const dimension = (raw: string): string | null => {
  const number = NUMBER.exec(raw)?.[0];
  if (number === undefined) return null;
  const unit = ident.decode(raw.slice(number.length)).toLowerCase();
  return UNITS.has(unit) ? number + unit : null;
};

const color = (hash: string): string | null =>
  /^(?:[\da-f]{3,4}|[\da-f]{6}|[\da-f]{8})$/i.test(hash) ? `#${hash}` : null;

/** The picture at an address as CSS; `none` where nothing is to be loaded. */
const picture = (address: string, { view, remote, mayLoad }: ValueContext): string => {
  const found = pictureOf(view, address, false);
  if (found === null) return 'none';
  if (found.kind === 'local') return mayLoad ? `url(${writeString(found.url)})` : 'none';
  const place = remote.note(found.url);
  return mayLoad && view.remote === 'linked' ? `url(${writeString(linkedUrl(view, place))})` : 'none';
};

/** The string that a quoted `url("...")` at `at` holds, and nothing else; null if it holds anything else. */
const quotedUrl = (tokens: Tokens, at: number): string | null => {
  const inner = skipSpace(tokens, at + 1);
  const end = skipSpace(tokens, inner + 1);
  return kindOf(tokens, inner) === Kind.String && end === tokens.closes[at] ? textOf(tokens, inner) : null;
};

/**
 * The address that stands without quotes in a `url(` that is spelled with escapes; null where a bracket stands in it, as
 * in no such address (CSS Syntax 3, section 4.3.6). Ends at the first bracket, so that of functions in each other every
 * token is looked at for the innermost one alone.
 */
const bareAddress = (tokens: Tokens, at: number): string | null => {
  const close = tokens.closes[at] ?? at;
  for (let inner = at + 1; inner < close; inner++) if (tokens.closes[inner] !== inner) return null;
  return tokens.css.slice(tokens.ends[at], tokens.starts[close]);
};

/** Remembers every address of the web that stands in these tokens: they are left out, but the reader is told of them. */
export const noteAddresses = (tokens: Tokens, from: number, to: number, remote: RemoteList): void => {
  let loadsUntil = -1;
  for (let at = from; at < to; at++) {
    const kind = kindOf(tokens, at);
    const name = kind === Kind.Function ? textOf(tokens, at).toLowerCase() : '';
    if (LOADING_FUNCTIONS.has(name)) {
      loadsUntil = Math.max(loadsUntil, tokens.closes[at] ?? at);
      // With escapes in its name it is still `url(`, and then what stands in it needs no quotes.
      const address = name === 'url' && rawText(tokens, at).includes('\\') ? bareAddress(tokens, at) : null;
      const url = address === null ? null : remoteUrl(address);
      if (url !== null) remote.note(url);
    } else if (kind === Kind.Url || (kind === Kind.String && at < loadsUntil)) {
      const url = remoteUrl(textOf(tokens, at));
      if (url !== null) remote.note(url);
    }
  }
};

/** One token of a value as it is written; null where it may not stand there. `depth`: how many functions are open. */
const writeToken = (tokens: Tokens, at: number, property: string, depth: number): string | null => {
  const raw = rawText(tokens, at);
  switch (kindOf(tokens, at)) {
    case Kind.Ident:
      return raw.includes('\\') ? writeName(textOf(tokens, at)) : raw;
    case Kind.Hash:
      return color(textOf(tokens, at));
    case Kind.String:
      return STRING_PROPERTIES.has(property) ? writeString(textOf(tokens, at)) : null;
    case Kind.Number:
    case Kind.Percentage:
    case Kind.Comma:
      return raw;
    case Kind.Dimension:
      return dimension(raw);
    case Kind.Delim:
      return raw === '/' || (depth > 0 && (raw === '+' || raw === '-' || raw === '*')) ? raw : null;
    case Kind.LeftParenthesis:
      return depth > 0 ? '(' : null;
    case Kind.RightParenthesis:
      return depth > 0 ? ')' : null;
    case Kind.Function: {
      const name = textOf(tokens, at).toLowerCase();
      return FUNCTIONS.has(name) ? `${name}(` : null;
    }
    default:
      return null;
  }
};

/** The address that begins at this token, and the token it ends at; null where none begins. */
const addressAt = (tokens: Tokens, at: number): { address: string; end: number } | null => {
  const kind = kindOf(tokens, at);
  if (kind === Kind.Url) return { address: textOf(tokens, at), end: at };
  if (kind !== Kind.Function || textOf(tokens, at).toLowerCase() !== 'url') return null;
  const address = quotedUrl(tokens, at);
  return address === null ? null : { address, end: tokens.closes[at] ?? at };
};

/**
 * A value written anew from its tokens, those from `from` up to `to`: escapes decoded, only what is known. Null where
 * anything in it is not.
 */
export const writeValue = (
  tokens: Tokens,
  [from, to]: [from: number, to: number],
  property: string,
  context: ValueContext,
): string | null => {
  let written = '';
  let spaced = false;
  let depth = 0;
  for (let at = from; at < to; at++) {
    const kind = kindOf(tokens, at);
    if (kind === Kind.WhiteSpace || kind === Kind.Comment) {
      spaced = true;
      continue;
    }
    const address = PICTURE_PROPERTIES.has(property) && depth === 0 ? addressAt(tokens, at) : null;
    const text = address ? picture(address.address, context) : writeToken(tokens, at, property, depth);
    if (text === null) return null;
    if (kind === Kind.LeftParenthesis || (kind === Kind.Function && !address)) depth++;
    if (kind === Kind.RightParenthesis) depth--;
    written += (spaced && written !== '' ? ' ' : '') + text;
    // `none` in place of an address must not run into a word that follows.
    spaced = address !== null;
    if (address) at = address.end;
  }
  return written === '' ? null : written + ')'.repeat(depth);
};
