import { rewriteStyle } from './css/declarations.ts';
import type { ValueContext } from './css/values.ts';
import { linkWarnings } from './links.ts';
import { prefixed } from './names.ts';
import type { Element } from './tree.ts';
import { linkedUrl, linkUrl, pictureOf } from './urls.ts';
import { writeAttribute } from './writer.ts';

/** What the attributes of an email are rewritten for. `styles` remembers style attributes: mail repeats them endlessly. */
export type AttributeContext = ValueContext & { styles: Map<string, string>; styleRoom: number };

/** An attribute's value as it is written; null where the attribute is left out. */
type Rule = (value: string, context: AttributeContext) => string | null;

const matching =
  (pattern: RegExp): Rule =>
  (value) => {
    const tidy = value.trim();
    return pattern.test(tidy) ? tidy : null;
  };
const anyText: Rule = (value) => value;
const flag: Rule = () => '';
const size = matching(/^\d{1,5}(?:\.\d{1,4})?(?:%|px)?$/i);
const length = matching(/^[+-]?\d{1,5}$/);
const color = matching(/^#?[a-z\d]{1,32}$/i);
const word = matching(/^[a-z][a-z-]{0,30}$/i);

const span: Rule = (value) => (/^\d{1,9}$/.test(value.trim()) ? String(Math.min(Number(value), 1000)) : null);
const names: Rule = (value) =>
  value
    .split(/[\t\n\f\r ]+/)
    .filter(Boolean)
    .map(prefixed)
    .join(' ') || null;
const name: Rule = (value) => (value === '' || /[\t\n\f\r ]/.test(value) ? null : prefixed(value));
const mapName: Rule = (value) => (value.startsWith('#') && value.length > 1 ? `#${prefixed(value.slice(1))}` : null);

const source =
  (mayCid: boolean): Rule =>
  (value, { view, remote }) => {
    const found = pictureOf(view, value, mayCid);
    if (found === null) return null;
    if (found.kind === 'local') return found.url;
    const place = remote.note(found.url);
    return view.remote === 'linked' ? linkedUrl(view, place) : null;
  };

const style: Rule = (value, context) => {
  const known = context.styles.get(value);
  const written = known ?? rewriteStyle(value, context);
  if (known === undefined) context.styles.set(value, written);
  if (written === '' || context.styleRoom < Math.max(value.length, written.length)) return null;
  context.styleRoom -= Math.max(value.length, written.length);
  return written;
};

const EVERYWHERE: Record<string, Rule> = {
  class: names,
  id: name,
  style,
  title: anyText,
  dir: matching(/^(?:ltr|rtl|auto)$/i),
  lang: matching(/^[a-z\d-]{1,35}$/i),
  align: word,
  hidden: flag,
  role: matching(/^(?:presentation|none)$/i),
  'aria-hidden': matching(/^(?:true|false)$/i),
};

const box = { width: size, height: size, bgcolor: color, background: source(false), valign: word };
const cell = { ...box, colspan: span, rowspan: span, nowrap: flag, scope: word, abbr: anyText, bordercolor: color };
const list = { type: matching(/^(?:[1aAiI]|disc|circle|square)$/), start: length, reversed: flag, compact: flag };
const row = { bgcolor: color, valign: word, height: size, background: source(false) };
const column = { span, width: size, valign: word };

/** What each element may have besides. A link's own attributes, `href` among them, are written by `linkAttributes`. */
const ELSEWHERE: Record<string, Record<string, Rule>> = {
  a: { name },
  area: { shape: word, coords: matching(/^[\d\s.,%+-]{1,2000}$/), alt: anyText },
  br: { clear: word },
  col: column,
  colgroup: column,
  font: { color, face: anyText, size: length },
  hr: { width: size, size, color, noshade: flag },
  img: {
    src: source(true),
    alt: anyText,
    width: size,
    height: size,
    border: size,
    hspace: size,
    vspace: size,
    usemap: mapName,
  },
  li: { value: length, type: list.type },
  map: { name },
  ol: list,
  table: {
    ...box,
    border: size,
    cellpadding: size,
    cellspacing: size,
    summary: anyText,
    bordercolor: color,
    frame: word,
    rules: word,
  },
  td: cell,
  th: cell,
  tr: row,
  thead: row,
  tbody: row,
  tfoot: row,
  ul: list,
};

/** The attribute's rule for an element; none for a name that only objects have, like `constructor`. */
const ruleFor = (tag: string, attribute: string): Rule | undefined => {
  const own = Object.hasOwn(ELSEWHERE, tag) ? ELSEWHERE[tag] : undefined;
  if (own && Object.hasOwn(own, attribute)) return own[attribute];
  return Object.hasOwn(EVERYWHERE, attribute) ? EVERYWHERE[attribute] : undefined;
};

/** Whether an element may have an attribute, so that a selector may ask for it. */
export const mayHave = (attribute: string): boolean =>
  attribute === 'href' ||
  Object.hasOwn(EVERYWHERE, attribute) ||
  Object.values(ELSEWHERE).some((own) => Object.hasOwn(own, attribute));

/**
 * What a link is written with: where it leads, which is also its title, and what is suspicious about it, in
 * `data-tern-warning`. Nothing it does changes the document it stands in, and who follows it tells nobody from where.
 */
export const linkAttributes = (address: string, text: string): string => {
  if (address.startsWith('#') && address.length > 1) return writeAttribute('href', `#${prefixed(address.slice(1))}`);
  const href = linkUrl(address);
  if (href === null) return '';
  const warnings = linkWarnings(href, text);
  return [
    writeAttribute('href', href),
    writeAttribute('target', '_blank'),
    writeAttribute('rel', 'noopener noreferrer nofollow'),
    writeAttribute('title', href),
    warnings.length === 0 ? '' : writeAttribute('data-tern-warning', warnings.join(' ')),
  ].join('');
};

/** The attributes that an element keeps, rewritten. Those of a link that `linkAttributes` writes are not among them. */
export const writeAttributes = (element: Element, tag: string, context: AttributeContext): string => {
  const isLink = tag === 'a' || tag === 'area';
  let written = '';
  for (const { name: attribute, value } of element.attrs) {
    if (isLink && attribute === 'title') continue;
    const rule = ruleFor(tag, attribute);
    const kept = rule ? rule(value, context) : null;
    if (kept !== null) written += writeAttribute(attribute, kept);
  }
  return written;
};
