import { type Declaration, readDeclarations } from './css/declarations.ts';
import { holdsAt } from './css/media.ts';
import type { Selector } from './css/selectors.ts';
import { readSheet } from './css/sheet.ts';
import { readTokens } from './css/tokens.ts';
import type { ValueContext } from './css/values.ts';
import { type Matcher, marksAround, selectorMatcher } from './matching.ts';
import { remoteList } from './remote.ts';
import type { StyleText } from './styles.ts';
import { attribute, type Element } from './tree.ts';

/** The values that rules and the style attribute give an element, by property, the last one set last; not what it inherits. */
export type Style = ReadonlyMap<string, string>;

/** Answers an element's style. */
export type Cascade = (element: Element) => Style;

/**
 * A rule for one selector. `around`: the marks of what must be around an element, so that most are told at a glance.
 * `cost`: what it costs, in steps, to apply it to an element.
 */
type Entry = { selector: Selector; weight: number; around: number; declarations: Declaration[]; cost: number };
type Entries = Map<string, Entry[]>;

const NOTHING: Style = new Map();
/** The width, in CSS pixels, of the window that rules for a width are asked about: a message view on a desktop. */
const WIDTH = 700;
/** What a glance at a rule costs, in steps; and the length of a value beyond which each character costs one. */
const GLANCE = 1 / 4;
const SHORT = 64;

/** Specificity (Selectors 4, section 17) as one number. */
const weightOf = ({ compounds }: Selector): number =>
  compounds.reduce(
    (sum, { tag, ids, classes, tests, pseudos }) =>
      sum + ids.length * 10_000 + (classes.length + tests.length + pseudos.length) * 100 + (tag === null ? 0 : 1),
    0,
  );

/** What an element must have for a selector to mean it: rules are looked up by that. */
const keyOf = ({ compounds }: Selector): string => {
  const last = compounds.at(-1);
  const [id] = last?.ids ?? [];
  const [name] = last?.classes ?? [];
  if (id !== undefined) return `#${id}`;
  return name === undefined ? (last?.tag ?? '*') : `.${name}`;
};

/** Those declarations of one rule that nothing after them in it overrides. */
const lastOfEach = (declarations: Declaration[]): Declaration[] => [
  ...new Map(declarations.map((each) => [`${each.property} ${each.important}`, each])).values(),
];

/** Asks about the same media queries once, however many rules stand in them. */
const widthCheck = (): ((media: string) => boolean) => {
  const known = new Map<string, boolean>();
  return (media) => {
    const holds = known.get(media) ?? holdsAt(media, WIDTH);
    known.set(media, holds);
    return holds;
  };
};

const readEntries = (styles: StyleText[], properties: ReadonlySet<string>, context: ValueContext): Entries => {
  const entries: Entries = new Map();
  const holds = widthCheck();
  for (const { css, media } of styles) {
    for (const rule of readSheet(css, context, media)) {
      const declarations = lastOfEach(rule.declarations.filter(({ property }) => properties.has(property)));
      if (declarations.length === 0 || !holds(rule.media)) continue;
      const cost = declarations.reduce((sum, { value }) => sum + 1 + Math.max(0, value.length - SHORT), 0);
      for (const selector of rule.selectors) {
        const entry = { selector, weight: weightOf(selector), around: marksAround(selector), declarations, cost };
        const key = keyOf(selector);
        const others = entries.get(key);
        if (others) others.push(entry);
        else entries.set(key, [entry]);
      }
    }
  }
  return entries;
};

/**
 * The rules that mean an element, by weight and order; none from where the email has cost too much. All that is done for
 * each rule and element is counted: there may be as many of one as of the other.
 */
const rulesFor = (element: Element, entries: Entries, matcher: Matcher): Entry[] => {
  if (entries.size === 0 || matcher.isSpent()) return [];
  const id = attribute(element, 'id');
  const marks = matcher.around(element);
  const names = [...matcher.classes(element)].map((name) => `.${name}`);
  const found: Entry[] = [];
  for (const key of ['*', element.tagName, ...names, ...(id === null ? [] : [`#${id}`])]) {
    for (const entry of entries.get(key) ?? []) {
      if (matcher.isSpent()) return [];
      matcher.spend(GLANCE);
      if ((entry.around & ~marks) !== 0 || !matcher.matches(element, entry.selector)) continue;
      matcher.spend(entry.cost);
      found.push(entry);
    }
  }
  return matcher.isSpent() ? [] : found.toSorted((a, b) => a.weight - b.weight);
};

/** What is set last stands last: of `background` and `background-color`, that counts. */
const apply = (style: Map<string, string>, declarations: Declaration[], important: boolean): void => {
  for (const each of declarations) {
    if (each.important !== important) continue;
    style.delete(each.property);
    style.set(each.property, each.value);
  }
};

/**
 * The cascade of an email's style sheets (CSS Cascade 4), as far as the given properties go: rules that hold in a window
 * of 700 pixels, by weight and order, then the style attribute, then what is `!important`.
 */
export const cascadeOf = (styles: StyleText[], properties: ReadonlySet<string>): Cascade => {
  const view = { view: '', parts: new Map<string, string>(), remote: 'linked' } as const;
  const context: ValueContext = { view, remote: remoteList(), mayLoad: true };
  const entries = readEntries(styles, properties, context);
  const matcher = selectorMatcher();
  const inline = new Map<string, Declaration[]>();
  const inlineOf = (css: string): Declaration[] => {
    const known = inline.get(css);
    if (known) return known;
    const tokens = readTokens(css);
    const all = readDeclarations(tokens, 0, tokens.count, context);
    const read = all.filter(({ property }) => properties.has(property));
    inline.set(css, read);
    return read;
  };
  return (element) => {
    const css = attribute(element, 'style');
    const own = css === null ? [] : inlineOf(css);
    const rules = rulesFor(element, entries, matcher);
    if (own.length === 0 && rules.length === 0) return NOTHING;
    const style = new Map<string, string>();
    for (const important of [false, true]) {
      for (const { declarations } of rules) apply(style, declarations, important);
      apply(style, own, important);
    }
    return style;
  };
};
