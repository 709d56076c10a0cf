import * as Kind from 'css-tree/tokenizer';
import { kindOf, rawText, skipSpace, type Tokens, textOf, writeName, writeString } from './tokens.ts';

/** A test of an attribute's value, e.g. `[class~="x"]`; `match` is null where the attribute need only be there. */
export type AttributeTest = { name: string; match: { operator: string; value: string } | null };

/** What must hold of one element. `tag` is in lower case, null for any. Of pseudo-classes, only harmless ones. */
export type Compound = {
  tag: string | null;
  ids: string[];
  classes: string[];
  tests: AttributeTest[];
  pseudos: string[];
};

/** A selector: compounds from left to right, and between each two of them ' ', '>', '+' or '~'. */
export type Selector = { compounds: Compound[]; combinators: string[] };

const PSEUDOS = new Set(
  'first-child last-child only-child first-of-type last-of-type only-of-type empty any-link hover active focus'.split(
    ' ',
  ),
);
const COUNTING = new Set(['nth-child', 'nth-last-child', 'nth-of-type', 'nth-last-of-type']);
const STEP = /^(?:even|odd|[+-]?\d{1,6}|[+-]?\d{0,6}n(?:[+-]\d{1,6})?)$/;
const OPERATORS = new Set(['=', '~=', '|=', '^=', '$=', '*=']);

/** The pseudo-classes that depend on what the reader does. */
export const DYNAMIC: ReadonlySet<string> = new Set(['hover', 'active', 'focus']);

type Reader = { tokens: Tokens; at: number; end: number };

const emptyCompound = (): Compound => ({ tag: null, ids: [], classes: [], tests: [], pseudos: [] });

const isDelim = ({ tokens, at }: Reader, text: string): boolean =>
  kindOf(tokens, at) === Kind.Delim && rawText(tokens, at) === text;

const readTest = (reader: Reader): AttributeTest | null => {
  const { tokens } = reader;
  const close = tokens.closes[reader.at] ?? reader.end;
  let at = skipSpace(tokens, reader.at + 1);
  reader.at = close + 1;
  const name = textOf(tokens, at).toLowerCase();
  if (kindOf(tokens, at) !== Kind.Ident) return null;
  at = skipSpace(tokens, at + 1);
  if (at === close) return { name, match: null };
  let operator = '';
  while (at < close && kindOf(tokens, at) === Kind.Delim) operator += rawText(tokens, at++);
  at = skipSpace(tokens, at);
  const kind = kindOf(tokens, at);
  const isValue = kind === Kind.String || kind === Kind.Ident;
  if (!OPERATORS.has(operator) || !isValue || skipSpace(tokens, at + 1) !== close) return null;
  return { name, match: { operator, value: textOf(tokens, at) } };
};

const readPseudo = (reader: Reader): string | null => {
  const { tokens } = reader;
  const at = reader.at + 1;
  const kind = kindOf(tokens, at);
  const name = textOf(tokens, at).toLowerCase();
  if (kind === Kind.Ident) {
    reader.at = at + 1;
    // `:link` would tell which links were never visited.
    const plain = name === 'link' ? 'any-link' : name;
    return PSEUDOS.has(plain) ? plain : null;
  }
  if (kind !== Kind.Function || !COUNTING.has(name)) return null;
  const close = tokens.closes[at] ?? reader.end;
  let step = '';
  for (let inner = at + 1; inner < close; inner++) step += rawText(tokens, inner);
  reader.at = close + 1;
  step = step.replaceAll(/\s/g, '').toLowerCase();
  return STEP.test(step) ? `${name}(${step})` : null;
};

/** Reads one part of a compound; false where it is none that is known. */
const readPart = (reader: Reader, compound: Compound): boolean => {
  const { tokens, at } = reader;
  switch (kindOf(tokens, at)) {
    case Kind.Ident:
      compound.tag = textOf(tokens, at).toLowerCase();
      reader.at++;
      return true;
    case Kind.Hash:
      compound.ids.push(textOf(tokens, at));
      reader.at++;
      return true;
    case Kind.LeftSquareBracket: {
      const test = readTest(reader);
      if (test) compound.tests.push(test);
      return test !== null;
    }
    case Kind.Colon: {
      const pseudo = readPseudo(reader);
      if (pseudo !== null) compound.pseudos.push(pseudo);
      return pseudo !== null;
    }
    default:
      if (isDelim(reader, '.') && kindOf(tokens, at + 1) === Kind.Ident) {
        compound.classes.push(textOf(tokens, at + 1));
        reader.at += 2;
        return true;
      }
      if (!isDelim(reader, '*')) return false;
      reader.at++;
      return true;
  }
};

const isPart = (reader: Reader): boolean => {
  const kind = kindOf(reader.tokens, reader.at);
  const isNamed = kind === Kind.Hash || kind === Kind.LeftSquareBracket || kind === Kind.Colon;
  return isNamed || kind === Kind.Ident || isDelim(reader, '.') || isDelim(reader, '*');
};

const readCompound = (reader: Reader): Compound | null => {
  const compound = emptyCompound();
  const from = reader.at;
  while (reader.at < reader.end && isPart(reader)) {
    const { kinds } = reader.tokens;
    const isType = kinds[reader.at] === Kind.Ident || isDelim(reader, '*');
    // A type stands first: elsewhere it is a mistake that makes browsers drop the rule.
    if ((isType && reader.at > from) || !readPart(reader, compound)) return null;
  }
  return reader.at > from ? compound : null;
};

const readCombinator = (reader: Reader): string => {
  const from = reader.at;
  reader.at = skipSpace(reader.tokens, from);
  if (reader.at >= reader.end) return '';
  for (const sign of ['>', '+', '~']) {
    if (!isDelim(reader, sign)) continue;
    reader.at = skipSpace(reader.tokens, reader.at + 1);
    return sign;
  }
  return reader.at > from ? ' ' : '';
};

const LONGEST = 32;

/** Reads the selector in these tokens; null where anything in it is not known (Selectors 4, a small part of it). */
export const readSelector = (tokens: Tokens, from: number, to: number): Selector | null => {
  const reader: Reader = { tokens, at: skipSpace(tokens, from), end: to };
  const selector: Selector = { compounds: [], combinators: [] };
  while (selector.compounds.length < LONGEST) {
    const compound = readCompound(reader);
    if (!compound) return null;
    selector.compounds.push(compound);
    if (reader.at >= to) return selector;
    const combinator = readCombinator(reader);
    if (reader.at >= to) return selector;
    if (combinator === '') return null;
    selector.combinators.push(combinator);
  }
  return null;
};

const writeTest = ({ name, match }: AttributeTest): string =>
  match === null ? `[${writeName(name)}]` : `[${writeName(name)}${match.operator}${writeString(match.value)}]`;

/** A selector as CSS. */
export const writeSelector = ({ compounds, combinators }: Selector): string =>
  compounds
    .map(({ tag, ids, classes, tests, pseudos }, index) => {
      const named =
        ids.map((id) => `#${writeName(id)}`).join('') + classes.map((name) => `.${writeName(name)}`).join('');
      const rest = named + tests.map(writeTest).join('') + pseudos.map((pseudo) => `:${pseudo}`).join('');
      return (tag === null ? rest || '*' : writeName(tag) + rest) + (combinators[index] ?? '');
    })
    .join('');
