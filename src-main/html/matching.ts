import type { AttributeTest, Compound, Selector } from './css/selectors.ts';
import { isCounted, type Standing, standings } from './siblings.ts';
import { attribute, type Element } from './tree.ts';

/** Tells which elements selectors mean. */
export type Matcher = {
  /** Whether the selector means this element. Answers false to everything once the email has cost too much. */
  matches(element: Element, selector: Selector): boolean;
  /** Counts other work on rules, in steps of one comparison each. */
  spend(cost: number): void;
  /** Whether it has cost too much. */
  isSpent(): boolean;
  classes(element: Element): ReadonlySet<string>;
  /** The marks, as of `markOf`, of all classes of the elements around one. */
  around(element: Element): number;
};

/** A class as one of 32 bits: where a bit is missing, so is the class. */
const markOf = (name: string): number => {
  let hash = 0;
  for (let at = 0; at < name.length && at < 64; at++) hash = (hash * 31 + name.charCodeAt(at)) | 0;
  return 1 << (hash & 31);
};

/** The marks of the classes that must be around an element for a selector to mean it. */
export const marksAround = ({ compounds, combinators }: Selector): number =>
  combinators.includes('+') || combinators.includes('~')
    ? 0
    : compounds
        .slice(0, -1)
        .flatMap(({ classes }) => classes)
        .reduce((marks, name) => marks | markOf(name), 0);

/** Comparisons of an element with a compound, for a whole email; what takes longer counts as several. */
const MOST_STEPS = 3_000_000;
/** What it costs to ask where an element stands, and how many characters or attributes may be looked at for one step. */
const STANDING_STEPS = 4;
const PER_STEP = 8;
/** Of a value, so much is looked at; of elements with more attributes than that, none. */
const LONGEST_VALUE = 1000;
const MOST_ATTRIBUTES = 100;

/** The value that a test is about, as far as it is looked at; null where there is none. */
const testedValue = (element: Element, name: string): string | null =>
  element.attrs.length > MOST_ATTRIBUTES ? null : (attribute(element, name)?.slice(0, LONGEST_VALUE) ?? null);

const passes = (value: string | null, { match }: AttributeTest): boolean => {
  if (value === null || match === null) return value !== null;
  const wanted = match.value;
  switch (match.operator) {
    case '=':
      return value === wanted;
    case '~=':
      return value.split(/\s+/).includes(wanted);
    case '|=':
      return value === wanted || value.startsWith(`${wanted}-`);
    case '^=':
      return wanted !== '' && value.startsWith(wanted);
    case '$=':
      return wanted !== '' && value.endsWith(wanted);
    default:
      return wanted !== '' && value.includes(wanted);
  }
};

const parentOf = (element: Element): Element | null => {
  const parent = element.parentNode;
  return parent && 'tagName' in parent ? parent : null;
};

/** Whether a pseudo-class that `readSelector` knows holds of an element that stands so. */
const holds = (element: Element, pseudo: string, { index, total, ofType, totalOfType }: Standing): boolean => {
  const [name = '', step = ''] = pseudo.slice(0, pseudo.endsWith(')') ? -1 : undefined).split('(');
  if (name.startsWith('nth-last'))
    return isCounted(step, (name.endsWith('type') ? totalOfType - ofType : total - index) + 1);
  if (name.startsWith('nth')) return isCounted(step, name.endsWith('type') ? ofType : index);
  if (name === 'any-link') return element.tagName === 'a' && attribute(element, 'href') !== null;
  if (name === 'empty') return element.childNodes.length === 0;
  const [at, all] = name.endsWith('type') ? [ofType, totalOfType] : [index, total];
  if (name.startsWith('only')) return all === 1;
  if (name.startsWith('first')) return at === 1;
  // The others are about the pointer, which is elsewhere.
  return name.startsWith('last') && at === all;
};

/** The classes of elements and of what is around them, each read once. */
const classesOfElements = (): Pick<Matcher, 'classes' | 'around'> => {
  const known = new WeakMap<Element, ReadonlySet<string>>();
  const classes = (element: Element): ReadonlySet<string> => {
    const found =
      known.get(element) ?? new Set((attribute(element, 'class') ?? '').split(/[\t\n\f\r ]+/).filter(Boolean));
    known.set(element, found);
    return found;
  };
  const knownAround = new WeakMap<Element, number>();
  const around = (element: Element): number => {
    const parent = parentOf(element);
    if (!parent) return 0;
    const found =
      knownAround.get(parent) ?? [...classes(parent)].reduce((marks, name) => marks | markOf(name), around(parent));
    knownAround.set(parent, found);
    return found;
  };
  return { classes, around };
};

/** A matcher for the elements of one email. */
export const selectorMatcher = (): Matcher => {
  let steps = 0;
  const standing = standings();
  const { classes, around } = classesOfElements();
  const fits = (element: Element, compound: Compound): boolean => {
    steps++;
    const { tag, ids, tests, pseudos } = compound;
    if (tag !== null && tag !== element.tagName) return false;
    // A compound may have any number of parts, and an element of attributes.
    const lookups = ids.length + tests.length + pseudos.length;
    steps += compound.classes.length + lookups * (1 + element.attrs.length / PER_STEP);
    if (compound.classes.length > 0 && !compound.classes.every((name) => classes(element).has(name))) return false;
    if (ids.some((id) => id !== attribute(element, 'id'))) return false;
    return (
      tests.every((test) => {
        const value = testedValue(element, test.name);
        steps += (value?.length ?? 0) / PER_STEP;
        return passes(value, test);
      }) &&
      pseudos.every((pseudo) => {
        steps += STANDING_STEPS;
        return holds(element, pseudo, standing(element));
      })
    );
  };
  /** Whether `element` is the compound at `at` of a selector, and what stands to its left is there, too. */
  const matchesFrom = (element: Element, selector: Selector, at: number): boolean => {
    const compound = selector.compounds[at];
    if (steps > MOST_STEPS || !compound || !fits(element, compound)) return false;
    if (at === 0) return true;
    const combinator = selector.combinators[at - 1];
    const step = combinator === '+' || combinator === '~' ? (from: Element) => standing(from).previous : parentOf;
    for (let other = step(element); other; other = step(other)) {
      if (matchesFrom(other, selector, at - 1)) return true;
      if (combinator === '>' || combinator === '+' || steps > MOST_STEPS) return false;
    }
    return false;
  };
  return {
    classes,
    around,
    spend: (cost) => {
      steps += cost;
    },
    isSpent: () => steps > MOST_STEPS,
    matches: (element, selector) => matchesFrom(element, selector, selector.compounds.length - 1),
  };
};
