import { mayHave } from './attributes.ts';
import { writeDeclarations } from './css/declarations.ts';
import { type AttributeTest, type Compound, type Selector, writeSelector } from './css/selectors.ts';
import { type Rule, readSheet } from './css/sheet.ts';
import type { ValueContext } from './css/values.ts';
import { BODY_CLASS, ELEMENTS, prefixed } from './names.ts';
import type { StyleText } from './styles.ts';

/** Attributes whose values are rewritten, so that a test of them must be, too. */
const PREFIXED = new Set(['id', 'class', 'name']);

const prefixedTest = ({ name, match }: AttributeTest): AttributeTest | null => {
  // What stands in a style attribute is ours, and says nothing to a selector of the email's.
  if (!mayHave(name) || name === 'style') return null;
  if (match === null || !PREFIXED.has(name) || match.operator === '*=' || match.operator === '$=')
    return { name, match };
  const value = match.value.split(/\s+/).filter(Boolean).map(prefixed).join(' ');
  return { name, match: { ...match, value } };
};

const isRoot = ({ tag }: { tag: string | null }): boolean => tag === 'body' || tag === 'html';

/** A compound about what is written; null if it cannot hold of anything there. `<html>` and `<body>` become one element. */
const prefixedCompound = ({ tag, ids, classes, tests, pseudos }: Compound, isFirst: boolean): Compound | null => {
  const isBody = isRoot({ tag });
  if (isBody ? !isFirst : tag !== null && !ELEMENTS.has(tag)) return null;
  const kept = tests.map(prefixedTest);
  if (kept.includes(null)) return null;
  const own = classes.map(prefixed);
  return {
    tag: isBody ? null : tag,
    ids: ids.map(prefixed),
    classes: isBody && !own.includes(BODY_CLASS) ? [BODY_CLASS, ...own] : own,
    tests: kept.filter((test) => test !== null),
    pseudos,
  };
};

const prefixedSelector = (selector: Selector): Selector | null => {
  const [first, second] = selector.compounds;
  const [combinator = ''] = selector.combinators;
  const startsAtRoot = first?.tag === 'html' && second !== undefined && ' >'.includes(combinator);
  const from = startsAtRoot ? 1 : 0;
  const compounds = selector.compounds.slice(from).map((compound, index) => prefixedCompound(compound, index === 0));
  if (compounds.includes(null)) return null;
  return {
    compounds: compounds.filter((compound) => compound !== null),
    combinators: selector.combinators.slice(from),
  };
};

const writeRule = ({ selectors, declarations }: Rule): string => {
  const written = selectors.map(prefixedSelector).filter((selector) => selector !== null);
  if (written.length === 0) return '';
  return `${[...new Set(written.map(writeSelector))].join(',')}{${writeDeclarations(declarations)}}`;
};

/**
 * The text of one style element that says what all of an email's say, at most `room` UTF-16 units of it. `isOfBody`:
 * rules speak of `<body>`, so that an element must stand for it.
 */
export const writeSheets = (
  styles: StyleText[],
  room: number,
  context: ValueContext,
): { css: string; isOfBody: boolean } => {
  let written = '';
  let media = '';
  let read = 0;
  let isOfBody = false;
  const close = (): string => (media === '' ? '' : '}');
  for (const style of styles) {
    const css = style.css.slice(0, room - read);
    read += css.length;
    for (const rule of readSheet(css, context, style.media)) {
      const text = writeRule(rule);
      const start = rule.media === media ? '' : `${close()}${rule.media === '' ? '' : `@media ${rule.media}{`}`;
      if (text === '' || written.length + start.length + text.length + 1 > room) continue;
      written += start + text;
      media = rule.media;
      isOfBody ||= rule.selectors.some(({ compounds }) => compounds.some(isRoot));
    }
  }
  return { css: written + close(), isOfBody };
};
