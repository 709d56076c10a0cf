import type { Style } from './cascade.ts';
import { attribute, type Element } from './tree.ts';

/**
 * How an element looks, as far as it decides whether its text is seen. `gone`: nothing in it can be. `color` and
 * `background` are `#rrggbb`, `transparent`, or other words that are only compared.
 */
export type Look = {
  gone: boolean;
  invisible: boolean;
  tiny: boolean;
  color: string;
  background: string;
  keepsSpace: boolean;
};

/** The look of a page. */
export const PLAIN: Look = {
  gone: false,
  invisible: false,
  tiny: false,
  color: '#000000',
  background: '#ffffff',
  keepsSpace: false,
};

/** The properties that decide about it. */
export const LOOKS: ReadonlySet<string> = new Set(
  `display visibility opacity font font-size color background background-color height max-height width max-width
  overflow overflow-x overflow-y text-indent margin margin-left margin-top white-space`.split(/\s+/),
);

const NAMED: Record<string, string> = { white: '#ffffff', black: '#000000' };

const hex = (parts: number[]): string =>
  `#${parts.map((part) => Math.min(255, Math.round(part)).toString(16).padStart(2, '0')).join('')}`;

/** A colour as `#rrggbb` where it is easily told, `transparent` where nothing of it is seen, else as it is. */
const plainColor = (text: string): string => {
  const value = text.toLowerCase();
  if (Object.hasOwn(NAMED, value)) return NAMED[value] ?? value;
  const short = /^#([\da-f])([\da-f])([\da-f])$/.exec(value);
  if (short)
    return `#${short
      .slice(1)
      .map((digit) => digit + digit)
      .join('')}`;
  if (/^[\da-f]{6}$/.test(value)) return `#${value}`;
  if (/^#[\da-f]{6}00$|^#[\da-f]{3}0$/.test(value)) return 'transparent';
  const parts =
    /^rgba?\((.*)\)$/
      .exec(value)?.[1]
      ?.split(/[\s,/]+/)
      .filter(Boolean)
      .map(Number.parseFloat) ?? [];
  if (parts.length === 4 && parts[3] === 0) return 'transparent';
  return parts.length >= 3 && parts.every(Number.isFinite) ? hex(parts.slice(0, 3)) : value;
};

const channels = (color: string): number[] =>
  /^#[\da-f]{6}$/.test(color) ? [1, 3, 5].map((at) => Number.parseInt(color.slice(at, at + 2), 16)) : [];

/** Whether nobody could tell one colour from the other. */
const isSame = (a: string, b: string): boolean => {
  if (a === b) return true;
  const [one, other] = [channels(a), channels(b)];
  return one.length === 3 && other.length === 3 && one.every((part, at) => Math.abs(part - (other[at] ?? 0)) <= 8);
};

const pixels = (value: string | undefined): number | null => {
  const found = /^(-?[\d.]+)(px|pt|em|rem|%)?$/.exec(value ?? '');
  if (!found) return null;
  const number = Number(found[1]);
  return found[2] === 'px' || found[2] === 'pt' || number === 0 ? number : number * 16;
};

const isFlat = (value: string | undefined): boolean => {
  const size = pixels(value);
  return size !== null && size <= 1 && !(value ?? '').endsWith('%');
};

const isClipped = (style: Style): boolean =>
  ['overflow', 'overflow-x', 'overflow-y'].some((name) => /hidden|clip/.test(style.get(name) ?? '')) &&
  ['height', 'max-height', 'width', 'max-width'].some((name) => isFlat(style.get(name)));

/** Pushed out of the window, to the left or above. */
const isAway = (style: Style): boolean =>
  ['text-indent', 'margin-left', 'margin-top'].some((name) => (pixels(style.get(name)) ?? 0) <= -500);

const fontSize = (style: Style): number | null => {
  const size =
    style.get('font-size') ?? /(?:^|\s)([\d.]+(?:px|pt|em|rem|%)?)(?=\s|\/)/.exec(style.get('font') ?? '')?.[1];
  return pixels(size?.endsWith('%') && size !== '0%' ? undefined : size);
};

/** The words of a value that stand in no brackets, and functions with what stands in theirs. */
const partsOf = (value: string): string[] => {
  const parts: string[] = [];
  let depth = 0;
  let from = 0;
  for (let at = 0; at <= value.length; at++) {
    const char = value[at] ?? ' ';
    if (char === '(') depth++;
    else if (char === ')') depth--;
    else if (char === ' ' && (depth <= 0 || at === value.length)) {
      if (at > from) parts.push(value.slice(from, at));
      from = at + 1;
    }
  }
  return parts;
};

const backgroundOf = (element: Element, style: Style): string | null => {
  const value = style.get('background-color') ?? style.get('background');
  if (value === undefined) {
    const old = attribute(element, 'bgcolor');
    return old === null || old === '' ? null : plainColor(old);
  }
  // What a picture or a gradient shows, nobody can tell here.
  if (/url\(|gradient\(/.test(value)) return 'picture';
  const color = partsOf(value)
    .map(plainColor)
    .find((word) => /^#|^[a-z]+$/.test(word) && word !== 'none');
  return color === undefined || color === 'transparent' ? null : color;
};

const colorOf = (element: Element, style: Style): string | null => {
  const value = style.get('color') ?? (element.tagName === 'font' ? attribute(element, 'color') : null);
  if (value !== null) return plainColor(value);
  return element.tagName === 'a' && attribute(element, 'href') !== null ? '#0000ee' : null;
};

/** The look of an element within another of a given look. */
export const lookOf = (element: Element, style: Style, around: Look): Look => {
  const visibility = style.get('visibility');
  const size = fontSize(style);
  const space = style.get('white-space');
  const isGone = style.get('display') === 'none' || style.get('opacity') === '0' || isClipped(style) || isAway(style);
  return {
    gone: around.gone || isGone || attribute(element, 'hidden') !== null,
    invisible: visibility === undefined ? around.invisible : visibility !== 'visible',
    tiny: size === null ? around.tiny : size <= 1,
    color: colorOf(element, style) ?? around.color,
    background: backgroundOf(element, style) ?? around.background,
    keepsSpace: space === undefined ? element.tagName === 'pre' || around.keepsSpace : space.startsWith('pre'),
  };
};

/** Whether a reader sees the text that stands directly in such an element. */
export const isSeen = ({ gone, invisible, tiny, color, background }: Look): boolean =>
  !gone && !invisible && !tiny && color !== 'transparent' && !isSame(color, background);
