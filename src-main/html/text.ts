import { type Cascade, cascadeOf } from './cascade.ts';
import { linkText } from './linkText.ts';
import { writtenName } from './names.ts';
import { collectStyles } from './styles.ts';
import { type Lines, textLines } from './textLines.ts';
import { attribute, type Element, isElement, isText, readHtml, TREE_DEPTH } from './tree.ts';
import { linkUrl } from './urls.ts';
import { isSeen, LOOKS, type Look, lookOf, PLAIN } from './visible.ts';

const words = (text: string): ReadonlySet<string> => new Set(text.split(' '));

const BLOCKS = words(
  'address article aside center div dl dt dd figcaption figure footer header li main nav section tr caption',
);
const APART = words('p h1 h2 h3 h4 h5 h6 pre ul ol table blockquote hr');
/** Deeper than this, quotes and lists are no longer set in. */
const DEEPEST_INDENT = 20;

/** Where we are: the look of what is around, how deep, and how far set in. `item`: answers what the next `<li>` begins with. */
type Place = { look: Look; depth: number; indents: number; inList: boolean; item: (() => string) | null };
type Walk = { cascade: Cascade; out: Lines };

const bare = (text: string): string =>
  text
    .trim()
    .toLowerCase()
    .replace(/^(?:https?:\/\/(?:www\.)?|mailto:|tel:|www\.)/, '')
    .replace(/\/$/, '');

/** Walks through what stands in an element into lines of its own. */
const linesIn = (element: Element, walk: Walk, place: Place): string[] => {
  const out = textLines();
  writeChildren(element, { ...walk, out }, place);
  return out.lines();
};

const writeLink = (element: Element, walk: Walk, place: Place): void => {
  const before = walk.out.count();
  writeChildren(element, walk, place);
  const address = linkUrl(attribute(element, 'href') ?? '');
  if (address === null || walk.out.count() === before) return;
  if (bare(linkText(element)) !== bare(address)) walk.out.text(` <${address}>`, false);
};

const writeRow = (row: Element, walk: Walk, place: Place): void => {
  const cells = row.childNodes
    .filter(isElement)
    .map((cell) => linesIn(cell, walk, inside(cell, walk, place)))
    .filter((lines) => lines.length > 0);
  if (cells.every((lines) => lines.length === 1)) walk.out.add(cells.length === 0 ? [] : [cells.join(' | ')], '', '');
  else for (const lines of cells) walk.out.add(lines, '', '');
};

const writeIndented = (element: Element, walk: Walk, place: Place, first: string, others: string): void => {
  if (place.indents >= DEEPEST_INDENT) writeChildren(element, walk, place);
  else walk.out.add(linesIn(element, walk, { ...place, indents: place.indents + 1 }), first, others);
};

const counter = (element: Element): (() => string) => {
  if (element.tagName !== 'ol') return () => '- ';
  const start = Number.parseInt(attribute(element, 'start') ?? '1', 10);
  let next = Number.isFinite(start) ? start : 1;
  return () => `${next++}. `;
};

const inside = (element: Element, { cascade }: Walk, place: Place): Place => ({
  ...place,
  look: lookOf(element, cascade(element), place.look),
  depth: place.depth + 1,
});

const writeKnown = (tag: string, element: Element, walk: Walk, place: Place): void => {
  const { out } = walk;
  switch (tag) {
    case 'br':
      if (isSeen(place.look)) out.end(true);
      return;
    case 'hr':
      if (isSeen(place.look)) out.add(['---'], '', '');
      return;
    case 'img':
      if (isSeen(place.look) && !/^[01](?:px)?$/.test(attribute(element, 'width') ?? ''))
        out.text(attribute(element, 'alt') ?? '', false);
      return;
    case 'a':
      writeLink(element, walk, place);
      return;
    case 'tr':
      writeRow(element, walk, place);
      return;
    case 'blockquote':
      writeIndented(element, walk, place, '> ', '> ');
      return;
    case 'ul':
    case 'ol':
      writeChildren(element, walk, { ...place, inList: true, item: counter(element) });
      return;
    case 'li': {
      const mark = place.item?.() ?? '- ';
      writeIndented(element, walk, { ...place, item: null }, mark, ' '.repeat(mark.length));
      return;
    }
    default:
      writeChildren(element, walk, place);
  }
};

const writeElement = (element: Element, walk: Walk, around: Place): void => {
  const tag = writtenName(element);
  if (tag === null) return;
  const place = inside(element, walk, around);
  if (place.look.gone) return;
  const { out } = walk;
  const isApart = APART.has(tag) && !(around.inList && (tag === 'ul' || tag === 'ol'));
  const isBlock = BLOCKS.has(tag);
  if (isApart) out.gap();
  else if (isBlock) out.end();
  writeKnown(tag, element, walk, place);
  if (isApart) out.gap();
  else if (isBlock) out.end();
};

const writeChildren = (element: Element, walk: Walk, place: Place): void => {
  if (place.depth >= TREE_DEPTH) return;
  for (const node of element.childNodes) {
    if (isElement(node)) writeElement(node, walk, place);
    else if (isText(node) && isSeen(place.look)) walk.out.text(node.value, place.look.keepsSpace);
  }
};

/**
 * What a reader sees of an email's HTML as plain text, lines ended by '\n': paragraphs apart, quotes behind '> ', list
 * items behind their marks, the cells of a row in one line where they fit, links followed by their address where the
 * text is another. What styles hide is left out: text of no size or of the colour of its ground, too. Rules for narrow
 * screens count for nothing. Takes time linear in the HTML.
 */
export const htmlToText = (html: string): string => {
  const elements = readHtml(html);
  const walk: Walk = { cascade: cascadeOf(collectStyles(elements), LOOKS), out: textLines() };
  for (const element of elements) {
    if (element.tagName !== 'body') continue;
    const place: Place = { look: PLAIN, depth: 0, indents: 0, inList: false, item: null };
    writeChildren(element, walk, inside(element, walk, place));
  }
  return walk.out.lines().join('\n');
};
