import {
  type DefaultTreeAdapterMap,
  type DefaultTreeAdapterTypes as Dom,
  defaultTreeAdapter,
  html,
  Parser,
} from 'parse5';

export type Element = Dom.Element;
export type Template = Dom.Template;
export type ChildNode = Dom.ChildNode;

/** How much of an email's HTML is read: what lies beyond is left out. */
const DEEPEST = 512;
const MOST_NODES = 200_000;
const MOST_TEXT = 16 * 1024 * 1024;

/** As deep as a tree is looked at: tags that stand wrong make it a little deeper than tags may nest. */
export const TREE_DEPTH = 1000;

/** Whether an element is of HTML: `<svg><style>` is not, though its name says so. */
export const isHtml = (element: Element): boolean => element.namespaceURI === html.NS.HTML;

export const isElement = (node: ChildNode): node is Element => 'tagName' in node;
export const isText = (node: ChildNode): node is Dom.TextNode => node.nodeName === '#text';

/** The value of an attribute; null where there is none. */
export const attribute = (element: Element, name: string): string | null =>
  element.attrs.find((each) => each.name === name)?.value ?? null;

/**
 * The tree that a browser without scripts makes of an email's HTML (HTML standard, 13.2). It is always a document in
 * no-quirks mode, whatever doctype the email has: that is how it is shown. Deeper than 512 elements, tags count for
 * nothing and their text stays; after 200,000 nodes, or 16 M UTF-16 units, nothing is read any more. Answers what stands
 * in `<html>`: the head, and the body or a frameset.
 */
export const readHtml = (text: string): Element[] => {
  let nodes = 0;
  const counted = <T>(node: T): T => {
    nodes++;
    return node;
  };
  const treeAdapter = {
    ...defaultTreeAdapter,
    createElement: (...args: Parameters<typeof defaultTreeAdapter.createElement>): Element =>
      counted(defaultTreeAdapter.createElement(...args)),
    createTextNode: (value: string): Dom.TextNode => counted(defaultTreeAdapter.createTextNode(value)),
  };
  const parser = new Parser<DefaultTreeAdapterMap>({ scriptingEnabled: false, treeAdapter });
  const start = parser.onStartTag.bind(parser);
  parser.onStartTag = (token) => {
    if (nodes < MOST_NODES && parser.openElements.depth < DEEPEST) start(token);
  };
  for (const name of ['onCharacter', 'onWhitespaceCharacter'] as const) {
    const take = parser[name].bind(parser);
    parser[name] = (token) => {
      if (nodes < MOST_NODES) take(token);
    };
  }
  // Comments are never shown, and a tree without them has less to keep.
  parser.onComment = () => undefined;
  parser.tokenizer.write(`<!DOCTYPE html>${text.slice(0, MOST_TEXT).toWellFormed()}`, true);
  const root = parser.document.childNodes.find((node) => node.nodeName === 'html');
  return root && 'childNodes' in root ? root.childNodes.filter(isElement) : [];
};
