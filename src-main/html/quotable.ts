import { type Cascade, cascadeOf, type Style } from './cascade.ts';
import { PROPERTIES } from './css/properties.ts';
import { VOID, writtenName } from './names.ts';
import { collectStyles } from './styles.ts';
import { attribute, type ChildNode, type Element, isElement, isText, readHtml, TREE_DEPTH } from './tree.ts';
import { isSeen, type Look, lookOf, PLAIN } from './visible.ts';
import { htmlWriter, type Writer, writeAttribute } from './writer.ts';

/** HTML to be quoted, and the parts whose pictures it shows, each once. */
export type QuotableHtml = { html: string; parts: string[] };

type Walk = { writer: Writer; cascade: Cascade; cids: ReadonlyMap<string, string>; parts: Set<string>; room: number };

/** Attributes that mean something only in a view of Tern, to a style sheet that is gone, or to another place in the email. */
const LEFT_OUT = new Set([
  'id',
  'class',
  'name',
  'style',
  'src',
  'background',
  'usemap',
  'target',
  'rel',
  'title',
  'hidden',
]);
const OWN_PICTURE = /^tern-mail:\/\/[^/]*\/part\/([^/]*)$/;
const MOST_CSS = 2 * 1024 * 1024;

const partOf = (src: string): string | null => {
  const [, part] = OWN_PICTURE.exec(src) ?? [];
  try {
    return part === undefined ? null : decodeURIComponent(part);
  } catch {
    return null;
  }
};

/** A picture's new address, of the message that quotes it, or what needs nobody to load it; '' where there is none. */
const sourceOf = (element: Element, { cids, parts }: Walk): string => {
  const src = attribute(element, 'src') ?? '';
  const part = partOf(src);
  const cid = part === null ? undefined : cids.get(part);
  if (part !== null && cid !== undefined) {
    parts.add(part);
    return writeAttribute('src', `cid:${cid}`);
  }
  return src.startsWith('data:') ? writeAttribute('src', src) : '';
};

/** What rules and the style attribute come to, as a style attribute alone. */
const styleOf = (style: Style, walk: Walk): string => {
  const written = [...style].map(([property, value]) => `${property}:${value}`).join(';');
  if (written === '' || written.length > walk.room) return '';
  walk.room -= written.length;
  return writeAttribute('style', written);
};

const attributesOf = (element: Element, style: Style, walk: Walk): string => {
  const kept = element.attrs.filter(
    ({ name, value }) =>
      !LEFT_OUT.has(name) && !name.startsWith('data-') && !(name === 'href' && value.startsWith('#')),
  );
  return kept.map(({ name, value }) => writeAttribute(name, value)).join('') + styleOf(style, walk);
};

/** A picture that has lost its address is the words that stand for it. */
const writePicture = (element: Element, style: Style, walk: Walk): void => {
  const source = sourceOf(element, walk);
  if (source !== '') walk.writer.open('img', source + attributesOf(element, style, walk));
  else if (!/^[01](?:px)?$/.test(attribute(element, 'width') ?? '')) walk.writer.text(attribute(element, 'alt') ?? '');
};

const writeElement = (element: Element, walk: Walk, around: Look, depth: number): void => {
  const tag = writtenName(element);
  if (tag === null) return;
  const style = walk.cascade(element);
  const look = lookOf(element, style, around);
  if (look.gone) return;
  if (tag === 'img') {
    if (isSeen(look)) writePicture(element, style, walk);
    return;
  }
  const opened = tag !== '' && walk.writer.open(tag, attributesOf(element, style, walk));
  writeNodes(element.childNodes, walk, look, depth);
  if (opened && !VOID.has(tag)) walk.writer.close();
};

const writeNodes = (nodes: ChildNode[], walk: Walk, look: Look, depth: number): void => {
  for (const node of nodes) {
    if (isText(node) && isSeen(look)) walk.writer.text(node.value);
    else if (isElement(node) && depth < TREE_DEPTH) writeElement(node, walk, look, depth + 1);
  }
};

/**
 * What `sanitiseHtml` made, to stand in a message that somebody else writes: what is seen and nothing else (H25), its
 * sheets resolved into style attributes, so that no rule of it reaches the words around it, and none of it shows only when
 * it is quoted. `cids`: the Content-ID that a part has in the new message, by part; other pictures lose their address, as
 * does all that would be loaded from elsewhere. Takes time linear in the HTML.
 */
export const quotableHtml = (safe: string, cids: ReadonlyMap<string, string>): QuotableHtml => {
  const elements = readHtml(safe);
  const cascade = cascadeOf(collectStyles(elements), PROPERTIES);
  const walk: Walk = { writer: htmlWriter(), cascade, cids, parts: new Set(), room: MOST_CSS };
  for (const element of elements) if (element.tagName === 'body') writeNodes(element.childNodes, walk, PLAIN, 0);
  return { html: walk.writer.html(), parts: [...walk.parts] };
};
