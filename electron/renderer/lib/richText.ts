/** What the editor keeps of a document: words, lines, and the few marks that its buttons make. */
const KEPT: Record<string, string> = {
  B: 'b',
  STRONG: 'b',
  I: 'i',
  EM: 'i',
  U: 'u',
  P: 'p',
  DIV: 'div',
  BR: 'br',
  UL: 'ul',
  OL: 'ol',
  LI: 'li',
  BLOCKQUOTE: 'blockquote',
  A: 'a',
};

const escape = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

const hrefOf = (element: HTMLElement): string => {
  const href = element.getAttribute('href') ?? '';
  return /^(?:https?:|mailto:)/i.test(href) ? ` href="${escape(href)}"` : '';
};

/** The HTML of what was written: of each element its kind alone, and of links where they lead. */
export const htmlOf = (node: Node): string => {
  if (node.nodeType === Node.TEXT_NODE) return escape(node.textContent ?? '');
  if (!(node instanceof HTMLElement)) return '';
  const inner = [...node.childNodes].map(htmlOf).join('');
  const name = KEPT[node.tagName];
  if (name === undefined) return inner;
  if (name === 'br') return '<br>';
  return `<${name}${name === 'a' ? hrefOf(node) : ''}>${inner}</${name}>`;
};

/** The same as plain text. */
export const textOf = (element: HTMLElement): string => element.innerText.replaceAll('\u00a0', ' ');

/** The page's policy would refuse styles, and say so: they are taken out before. */
const withoutStyles = (html: string): string =>
  html.replaceAll(/<[a-z][^>]*>/gi, (tag) => tag.replaceAll(/\sstyle\s*=\s*(?:"[^"]*"|'[^']*')/gi, ''));

/** Puts HTML into the editor: what the browser's own sanitiser leaves of it, and of that only what the editor keeps. */
export const putHtml = (element: HTMLElement, html: string): void => {
  element.setHTML(withoutStyles(html), {
    sanitizer: { elements: Object.keys(KEPT).map((name) => name.toLowerCase()), attributes: ['href'] },
  });
};

/** Puts plain text into the editor, line by line. */
export const putText = (element: HTMLElement, text: string): void => {
  const lines = text.split('\n').map((line) => {
    const div = document.createElement('div');
    div.append(line === '' ? document.createElement('br') : line);
    return div;
  });
  element.replaceChildren(...lines);
};

/** Whether this browser can take HTML in safely (HTML Sanitizer API). */
export const canTakeHtml = (): boolean => 'setHTML' in Element.prototype;
