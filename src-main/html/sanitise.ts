import { type AttributeContext, linkAttributes, writeAttributes } from './attributes.ts';
import { writeString } from './css/tokens.ts';
import { linkText } from './linkText.ts';
import { BODY_CLASS, VOID, writtenName } from './names.ts';
import { noteLeftOut, noteRemote } from './noteRemote.ts';
import { type RemoteList, remoteList } from './remote.ts';
import { writeSheets } from './sheets.ts';
import { collectStyles } from './styles.ts';
import {
  attribute,
  type ChildNode,
  type Element,
  isElement,
  isHtml,
  isText,
  readHtml,
  type Template,
  TREE_DEPTH,
} from './tree.ts';
import type { View } from './urls.ts';
import { htmlWriter, type Writer } from './writer.ts';

/** An email's HTML made safe, and the addresses it would have loaded from the web, each once, in order. */
export type SanitisedHtml = { html: string; blockedRemote: number; remote: string[] };

type Walk = { writer: Writer; context: AttributeContext };

const attributesOf = (element: Element, tag: string, { context }: Walk): string => {
  const kept = writeAttributes(element, tag, context);
  const address = tag === 'a' || tag === 'area' ? attribute(element, 'href') : null;
  if (address === null) return kept;
  return kept + linkAttributes(address, tag === 'area' ? (attribute(element, 'alt') ?? '') : linkText(element));
};

/** What a dropped element would have loaded counts, too: the reader learns what the email tried. */
const noteDropped = (element: Element, remote: RemoteList, depth: number): void => {
  noteRemote(element, remote);
  if (depth >= TREE_DEPTH) return;
  const children = 'content' in element ? (element as Template).content.childNodes : element.childNodes;
  for (const child of children) if (isElement(child)) noteDropped(child, remote, depth + 1);
};

const writeElement = (element: Element, walk: Walk, depth: number): void => {
  const tag = writtenName(element);
  if (tag === null) {
    // A style sheet was read before, and written at the beginning.
    if (element.tagName !== 'style' || !isHtml(element)) noteDropped(element, walk.context.remote, depth);
    return;
  }
  const opened = tag !== '' && walk.writer.open(tag, attributesOf(element, tag, walk));
  if (tag === '') noteRemote(element, walk.context.remote);
  else noteLeftOut(element, walk.context.remote);
  writeNodes(element.childNodes, walk, depth);
  if (opened && !VOID.has(tag)) walk.writer.close();
};

const writeNodes = (nodes: ChildNode[], walk: Walk, depth: number): void => {
  for (const node of nodes) {
    if (isText(node)) walk.writer.text(node.value);
    else if (isElement(node) && depth < TREE_DEPTH) writeElement(node, walk, depth + 1);
  }
};

const hexColor = (value: string | null): string => (value ?? '').trim().replace(/^(?=[\da-f]{6}$)/i, '#');

const BODY_STYLES: [attribute: string, css: (value: string) => string][] = [
  ['bgcolor', (value) => `background-color:${hexColor(value)};`],
  ['text', (value) => `color:${hexColor(value)};`],
  ['background', (value) => `background-image:url(${writeString(value)});`],
];

/** What stands for `<body>`: its old attributes become style, before its own style. Null where it says nothing. */
const bodyAttributes = (body: Element, isStyled: boolean, context: AttributeContext): string | null => {
  const old = BODY_STYLES.map(([name, css]) => {
    const value = attribute(body, name);
    return value === null ? '' : css(value);
  }).join('');
  const style = old + (attribute(body, 'style') ?? '');
  const attrs = body.attrs.filter(({ name }) => name !== 'style' && name !== 'class');
  const own = attribute(body, 'class') ?? '';
  const styled = [...attrs, { name: 'class', value: own }, { name: 'style', value: style }];
  if (!isStyled && writeAttributes({ ...body, attrs: styled }, 'div', context) === '') return null;
  const named = [{ name: 'class', value: `${BODY_CLASS} ${own}` }, ...attrs, { name: 'style', value: style }];
  return writeAttributes({ ...body, attrs: named }, 'div', context);
};

const writeBody = (body: Element, isStyled: boolean, walk: Walk): void => {
  const attributes = bodyAttributes(body, isStyled, walk.context);
  if (attributes !== null) walk.writer.open('div', attributes);
  writeNodes(body.childNodes, walk, 0);
  if (attributes !== null) walk.writer.close();
};

const MOST_CSS = 2 * 1024 * 1024;

/**
 * An email's HTML made safe to show: an allow-list rewriter over the tree that a browser would make of it, by the rules
 * H1.. of docs/html.md. The result is a fragment, at most one `<style>` and then what stands in the body, for the
 * document of `documentFor`. It takes time linear in its input, never throws, and made safe again it stays as it is.
 */
export const sanitiseHtml = (html: string, options: View): SanitisedHtml => {
  const remote = remoteList();
  const elements = readHtml(html);
  const value = { view: options, remote, mayLoad: true };
  const { css, isOfBody } = writeSheets(collectStyles(elements), MOST_CSS, value);
  const context = { ...value, styles: new Map<string, string>(), styleRoom: MOST_CSS - css.length };
  const writer = htmlWriter();
  for (const element of elements) {
    if (element.tagName === 'body') writeBody(element, isOfBody, { writer, context });
    else noteDropped(element, remote, 0);
  }
  return {
    html: (css === '' ? '' : `<style>${css}</style>`) + writer.html(),
    blockedRemote: remote.urls.length,
    remote: remote.urls,
  };
};
