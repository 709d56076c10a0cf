import { type Element, isHtml } from './tree.ts';

const words = (text: string): string[] => text.trim().split(/\s+/);

/** The elements that are written, and nothing else. */
export const ELEMENTS: ReadonlySet<string> = new Set(
  words(`a abbr acronym address area article aside b bdi big blockquote br caption center cite code col colgroup dd del
    dfn div dl dt em figcaption figure font footer h1 h2 h3 h4 h5 h6 header hr i img ins kbd li main map mark nav ol p
    pre q rp rt ruby s samp section small span strike strong sub sup table tbody td tfoot th thead time tr tt u ul var
    wbr`),
);

/** Elements that are written as another: what they hold is shown as it would be, what they do is gone. */
const RENAMED: ReadonlyMap<string, string> = new Map([
  ...words('form fieldset legend details summary marquee hgroup search').map((name) => [name, 'div'] as const),
  ...words('button label output').map((name) => [name, 'span'] as const),
  ...words('listing xmp plaintext').map((name) => [name, 'pre'] as const),
  ...words('dir menu').map((name) => [name, 'ul'] as const),
]);

/** Elements that are left out with everything in them. Any element that is not named here leaves its content. */
const DROPPED: ReadonlySet<string> = new Set(
  words(`applet audio base basefont bgsound canvas datalist dialog embed frame frameset head iframe input isindex keygen
    link math meta noembed noframes noscript object option optgroup param progress meter script select
    selectedcontent slot source style svg template textarea title track video portal fencedframe model`),
);

/** By which name an element is written; '' if only its content is, null if nothing is. */
export const writtenName = (element: Element): string | null => {
  const { tagName } = element;
  if (!isHtml(element) || DROPPED.has(tagName)) return null;
  return ELEMENTS.has(tagName) ? tagName : (RENAMED.get(tagName) ?? '');
};

/** Elements without content or end tag. */
export const VOID: ReadonlySet<string> = new Set(['area', 'br', 'col', 'hr', 'img', 'wbr']);

const PREFIX = 'tern-';

/** Classes of Tern's own. An email's `body` becomes `tern-body`, so that none of its names is one of these by chance. */
const own = (name: string): string => `${PREFIX}-${name}`;
/** What stands for an email's `<body>`. */
export const BODY_CLASS = own('body');
/** A plain text, a quote in it, its signature. */
export const PLAIN_CLASS = own('plain');
export const QUOTE_CLASS = own('quote');
export const SIGNATURE_CLASS = own('signature');

/** An id, name or class of an email as it is written: it can be taken for none of the program's own, nor changed twice. */
export const prefixed = (name: string): string => (name.startsWith(PREFIX) ? name : PREFIX + name);
