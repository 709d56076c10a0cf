import * as Kind from 'css-tree/tokenizer';
import { kindOf, rawText, readTokens, skipSpace, type Tokens, textOf } from './tokens.ts';

const FEATURES = new Set(['min-width', 'max-width', 'width', 'min-device-width', 'max-device-width', 'device-width']);
const LENGTH = /^\d{1,6}(?:\.\d{1,4})?(?:px|em|rem)$|^0$/;

/**
 * A feature in brackets as it is written; '' where it always holds, null where it never does or is unknown. Mail is
 * always shown as in light colours, and the dark mode is made of the whole picture: see docs/html.md.
 */
const feature = (tokens: Tokens, open: number, close: number): string | null => {
  const at = skipSpace(tokens, open + 1);
  const name = textOf(tokens, at).toLowerCase();
  const colon = skipSpace(tokens, at + 1);
  const value = skipSpace(tokens, colon + 1);
  if (kindOf(tokens, at) !== Kind.Ident || kindOf(tokens, colon) !== Kind.Colon) return null;
  if (skipSpace(tokens, value + 1) !== close) return null;
  const text = rawText(tokens, value).toLowerCase();
  if (name === 'prefers-color-scheme') return text === 'light' ? '' : null;
  return FEATURES.has(name) && LENGTH.test(text) ? `(${name}:${text})` : null;
};

const query = (tokens: Tokens, from: number, to: number): string | null => {
  const features: string[] = [];
  let typed = false;
  let wantsAnd = false;
  for (let at = skipSpace(tokens, from); at < to; at = skipSpace(tokens, at)) {
    const kind = kindOf(tokens, at);
    const word = kind === Kind.Ident ? textOf(tokens, at).toLowerCase() : '';
    if (wantsAnd) {
      if (word !== 'and') return null;
      at++;
    } else if (kind === Kind.LeftParenthesis) {
      const close = tokens.closes[at] ?? to;
      const written = feature(tokens, at, close);
      if (written === null) return null;
      if (written !== '') features.push(written);
      at = close + 1;
    } else if (!typed && features.length === 0 && (word === 'screen' || word === 'all')) {
      typed = true;
      at++;
    } else if (!typed && features.length === 0 && word === 'only') {
      at++;
      continue;
    } else return null;
    wantsAnd = !wantsAnd;
  }
  if (!wantsAnd && skipSpace(tokens, from) < to) return null;
  return features.join(' and ');
};

/** The media queries in these tokens as far as they set limits to the width: '' if they always hold, null if never. */
export const readMedia = (tokens: Tokens, from: number, to: number): string | null => {
  const queries: string[] = [];
  for (let at = from; at <= to; at++) {
    let end = at;
    while (end < to && kindOf(tokens, end) !== Kind.Comma) end = Math.max(end, tokens.closes[end] ?? end) + 1;
    end = Math.min(end, to);
    const written = query(tokens, at, end);
    if (written !== null) queries.push(written);
    at = end;
  }
  if (queries.length === 0) return null;
  return queries.includes('') ? '' : [...new Set(queries)].join(',');
};

/** The same of the attribute `media` of a style element. */
export const rewriteMedia = (media: string): string | null => {
  const tokens = readTokens(media);
  return readMedia(tokens, 0, tokens.count);
};

/** Whether queries that `readMedia` answered hold in a window of a width in CSS pixels. */
export const holdsAt = (media: string, width: number): boolean =>
  media.split(',').some((each) =>
    [...each.matchAll(/\((?:(min|max)-)?(?:device-)?width:([\d.]+)(px|em|rem)?\)/g)].every(
      ([, bound, number, unit]) => {
        const limit = Number(number) * (unit === 'px' || unit === undefined ? 1 : 16);
        if (bound === undefined) return width === limit;
        return bound === 'min' ? width >= limit : width <= limit;
      },
    ),
  );
