import { type Element, isElement } from './tree.ts';

/** Where an element stands among its siblings: counted from 1, all of them or those of its name. */
export type Standing = { index: number; total: number; ofType: number; totalOfType: number; previous: Element | null };

type Counted = { standing: Standing; names: Map<string, number> };

const ALONE: Standing = { index: 1, total: 1, ofType: 1, totalOfType: 1, previous: null };

/** Answers where elements stand; the children of one parent are counted once, all together. */
export const standings = (): ((element: Element) => Standing) => {
  const known = new WeakMap<Element, Standing>();
  const count = (siblings: Element[]): void => {
    const names = new Map<string, number>();
    const counted: Counted[] = [];
    let previous: Element | null = null;
    for (const [at, element] of siblings.entries()) {
      const ofType = (names.get(element.tagName) ?? 0) + 1;
      names.set(element.tagName, ofType);
      const standing = { index: at + 1, total: siblings.length, ofType, totalOfType: 0, previous };
      known.set(element, standing);
      counted.push({ standing, names });
      previous = element;
    }
    for (const [at, { standing }] of counted.entries())
      standing.totalOfType = names.get(siblings[at]?.tagName ?? '') ?? 1;
  };
  return (element) => {
    if (!known.has(element)) count((element.parentNode?.childNodes ?? []).filter(isElement));
    return known.get(element) ?? ALONE;
  };
};

/** Whether a place, counted from 1, is one of `An+B` (CSS Syntax 3, section 6), written without spaces in lower case. */
export const isCounted = (step: string, place: number): boolean => {
  if (step === 'even' || step === 'odd') return place % 2 === (step === 'odd' ? 1 : 0);
  const [, each, offset] = /^([+-]?\d*)n([+-]\d+)?$/.exec(step) ?? [];
  if (each === undefined) return place === Number(step);
  const a = each === '' || each === '+' ? 1 : each === '-' ? -1 : Number(each);
  const rest = place - Number(offset ?? 0);
  return a === 0 ? rest === 0 : rest % a === 0 && rest / a >= 0;
};
