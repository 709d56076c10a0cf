import { FORWARDED, isAttribution } from '../../../src-shared/reply/quote.ts';
import { htmlSignature } from '../../../src-shared/reply/signature.ts';
import { escape } from './markup.ts';

const words = (text: string): string[] => text.trim().split(/\s+/);

/** The elements that stay what they are. Of any other only what it holds is kept. */
const ELEMENTS: ReadonlySet<string> = new Set(
  words(`a abbr address article aside b bdi bdo big blockquote br caption center cite code col colgroup dd del dfn div dl
    dt em figcaption figure font footer h1 h2 h3 h4 h5 h6 header hr i img ins kbd li main mark nav ol p pre q rp rt
    ruby s samp section small span strike strong sub sup table tbody td tfoot th thead time tr tt u ul var wbr`),
);
const VOID: ReadonlySet<string> = new Set(words('br col hr img wbr'));

/** Elements that say nothing to a reader: they go with what they hold. */
const DROPPED = words('head style title template noscript select textarea math svg');

/** Attributes that the editor obeys, so that what is edited looks as it is laid out. */
const OBEYED: ReadonlySet<string> = new Set(words('href colspan rowspan dir lang alt start reversed type'));
/** Attributes that go out as they came, and that the editor does not obey: neither looks nor addresses of the original reach the window. */
const CARRIED: ReadonlySet<string> = new Set(
  words(`style src width height align valign bgcolor bordercolor color face size border cellpadding cellspacing nowrap
    cite clear noshade compact span scope rules frame abbr datetime value title role`),
);
const CARRIES = 'data-as-';

const isAddress = (name: string, value: string): boolean => {
  if (name === 'href') return /^(?:https?:|mailto:|tel:)/i.test(value);
  return name !== 'src' || /^(?:cid:|data:image\/(?:png|gif|jpeg|webp);)/i.test(value);
};

const attributesOf = (element: Element): string =>
  [...element.attributes]
    .map(({ name, value }) => {
      const written = name.startsWith(CARRIES) ? name.slice(CARRIES.length) : name;
      const isKept = written === name ? OBEYED.has(name) : CARRIED.has(written);
      return isKept && isAddress(written, value) ? ` ${written}="${escape(value)}"` : '';
    })
    .join('');

const BLOCKS: ReadonlySet<string> = new Set(words('div p li h1 h2 h3 h4 h5 h6'));
const RIGHT_TO_LEFT = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u;

/** The direction of what was written, by its first letter, as the editor shows it; what is quoted goes out as it came. */
const directionOf = (element: Element): string => {
  if (!BLOCKS.has(element.localName) || element.hasAttribute('dir') || element.closest('blockquote')) return '';
  const [first = ''] = /\p{L}/u.exec(element.textContent ?? '') ?? [];
  return RIGHT_TO_LEFT.test(first) ? ' dir="rtl"' : '';
};

/** The HTML of what was written, and of what was put in as it came. */
const htmlOf = (node: Node): string => {
  if (node.nodeType === Node.TEXT_NODE) return escape(node.textContent ?? '');
  if (!(node instanceof HTMLElement)) return '';
  const inner = [...node.childNodes].map(htmlOf).join('');
  const name = node.tagName.toLowerCase();
  if (!ELEMENTS.has(name)) return inner;
  const begun = `<${name}${directionOf(node)}${attributesOf(node)}>`;
  return VOID.has(name) ? begun : `${begun}${inner}</${name}>`;
};

/** The same of all that is within an element. */
export const htmlWithin = (element: Node): string => [...element.childNodes].map(htmlOf).join('');

const elementFor = (from: Element): HTMLElement => {
  const element = document.createElement(from.localName);
  for (const { name, value } of from.attributes) {
    if (!isAddress(name, value)) continue;
    if (OBEYED.has(name) || name.startsWith(CARRIES)) element.setAttribute(name, value);
    else if (CARRIED.has(name)) element.setAttribute(CARRIES + name, value);
  }
  // A picture without words is decoration.
  if (element instanceof HTMLImageElement && !element.hasAttribute('alt')) element.alt = '';
  return element;
};

/** A picture whose address is none that can go along is the words that stand for it. */
const isLostPicture = (node: Node): node is HTMLImageElement =>
  node instanceof HTMLImageElement &&
  !isAddress('src', node.getAttribute(`${CARRIES}src`) ?? node.getAttribute('src') ?? '');

/** Appends what `from` holds, with all its text and in its order. */
const take = (from: Node, into: Node): void => {
  for (const node of from.childNodes) {
    if (node instanceof Text) into.appendChild(document.createTextNode(node.data));
    else if (isLostPicture(node)) into.appendChild(document.createTextNode(node.alt));
    else if (node instanceof Element) {
      const taken = ELEMENTS.has(node.localName) ? into.appendChild(elementFor(node)) : into;
      take(node, taken);
    }
  }
};

/**
 * The page's policy would refuse styles and handlers, and say so, even in a document apart: styles are carried from the start,
 * handlers get a name that is not kept. It is for that word alone: the sanitiser takes handlers out, whatever is understood here.
 */
const withoutStyles = (html: string): string =>
  html.replaceAll(/<[a-z](?:"[^"]*"|'[^']*'|[^>"'])*>/gi, (tag) =>
    tag.replaceAll(/"[^"]*"|'[^']*'|\s(style|on[a-z]+)\s*=/gi, (found, name: string | undefined) => {
      if (name === undefined) return found;
      return name.toLowerCase() === 'style' ? ` ${CARRIES}style=` : ' data-off=';
    }),
  );

/**
 * Puts HTML into the editor: what the browser's own sanitiser leaves of it, made anew of the elements that are known. No text
 * is lost; what looks the original has goes out again with it (`htmlOf`), whether they are shown or not.
 */
export const putHtml = (element: HTMLElement, html: string): void => {
  element.replaceChildren();
  // In a document apart nothing is loaded.
  const { body } = document.implementation.createHTMLDocument();
  body.setHTML(withoutStyles(html), { sanitizer: { removeElements: DROPPED } });
  take(body, element);
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

const holderOf = (html: string): HTMLElement => {
  const holder = document.createElement('div');
  putHtml(holder, html);
  return holder;
};

/** HTML of anybody's as it goes out from the editor; nothing where the browser cannot take it in safely. */
const cleanHtml = (html: string): string => (canTakeHtml() ? htmlWithin(holderOf(html)) : '');

/** An identity's signature as the editor has it, below what is written; nothing where there is none. */
export const signatureHtml = (identity: Parameters<typeof htmlSignature>[0]): string =>
  cleanHtml(htmlSignature(identity));

const saidBy = (node: Node): string => (node.textContent ?? '').replaceAll(/\s+/g, ' ').trim();
/** Without what parts words, as lines of their own do as well as spaces. */
const lettersOf = (node: Node): string => saidBy(node).replaceAll(' ', '');

/** What the quote begins with, or what is passed on. */
const quoteWithin = (element: HTMLElement): Element | undefined =>
  [...element.children].find((each) => {
    const said = saidBy(each);
    const next = each.nextElementSibling;
    const isQuote = next !== null && (next.localName === 'blockquote' || saidBy(next).startsWith('>'));
    return said.startsWith(FORWARDED) || (isAttribution(said) && isQuote);
  });

const emptyLine = (): HTMLElement => holderOf('<div><br></div>').firstElementChild as HTMLElement;

/** Puts it below what is written and above the quote, as `drafts.begin` does. */
const addPart = (element: HTMLElement, html: string): void => {
  const quote = quoteWithin(element);
  const { childNodes } = holderOf(html);
  if (quote) quote.before(...childNodes, emptyLine());
  else element.append(emptyLine(), ...childNodes);
};

/** The elements that say this together, outside of quotes: one, or line by line, as text has it that got formatting; none where there are none. */
const saying = (element: HTMLElement, letters: string): Element[] => {
  const whole = [...element.querySelectorAll('div')].find(
    (each) => lettersOf(each) === letters && !each.closest('blockquote'),
  );
  if (whole) return [whole];
  const lines = [...element.children];
  for (let from = 0; from < lines.length; from++) {
    let said = '';
    for (const [at, line] of lines.slice(from).entries()) {
      said += lettersOf(line);
      if (said === '' || line.localName === 'blockquote' || !letters.startsWith(said)) break;
      if (said === letters) return lines.slice(from, from + at + 1);
    }
  }
  return [];
};

/**
 * Puts other HTML in the place of what says the same as `before`, outside of quotes; where there was none, in its own. Whether
 * anything changed: what the person took out stays out.
 */
export const replacePart = (element: HTMLElement, before: string, after: string): boolean => {
  const letters = before === '' ? '' : lettersOf(holderOf(before));
  if (letters === '') {
    if (after !== '') addPart(element, after);
    return after !== '';
  }
  const part = saying(element, letters);
  const below = part.at(-1)?.nextElementSibling;
  if (below?.innerHTML === '<br>' && after === '') below.remove();
  part[0]?.before(...holderOf(after).childNodes);
  for (const each of part) each.remove();
  return part.length > 0;
};

let policy: { createHTML(html: string): string } | undefined;

/** Puts HTML where the caret is, as one step that the editor can undo. The one policy of the page takes it in as `putHtml` does. */
export const insertHtml = (html: string): void => {
  policy ??= globalThis.trustedTypes?.createPolicy('tern', { createHTML: (given) => holderOf(given).innerHTML });
  if (policy) document.execCommand('insertHTML', false, policy.createHTML(html));
};
