import { type Link, linkWarningSchema } from '../../src-shared/linkWarnings.ts';

/** So many links without suspicion are listed; of the others, all. */
const MOST_LINKS = 200;
const LONGEST_TEXT = 200;
/** So much HTML of a link is read for what it says. */
const LONGEST_INNER = 5_000;

const entities: Record<string, string> = { '&amp;': '&', '&lt;': '<', '&gt;': '>', '&quot;': '"', '&nbsp;': ' ' };
/** The text that HTML stands for, as Tern writes it. */
export const decoded = (html: string): string =>
  html.replaceAll(/&(?:amp|lt|gt|quot|nbsp);/g, (entity) => entities[entity] ?? entity);

// As `writeAttribute` writes them: no value has a quote or an angle bracket of its own.
const TAG = /<(?:(a|area)((?: [^>]*)?)>|\/a>)/g;
const ATTRIBUTE = / ([^\s="]+)="([^"]*)"/g;

const attributesOf = (tag: string): Map<string, string> =>
  new Map([...tag.matchAll(ATTRIBUTE)].map(([, name = '', value = '']) => [name, decoded(value)]));

const textOf = (inner: string): string =>
  decoded(inner.slice(0, LONGEST_INNER).replaceAll(/<[^>]*>/g, ' '))
    .replaceAll(/\s+/g, ' ')
    .trim();

/** The links of HTML that Tern made safe, each address once, as they end. */
export const linksOf = (html: string): Link[] => {
  const links = new Map<string, Link>();
  const put = (attributes: ReadonlyMap<string, string>, text: string): void => {
    const url = attributes.get('href') ?? '#';
    const given = (attributes.get('data-tern-warning') ?? '').split(' ');
    const warnings = given.flatMap((word) => linkWarningSchema.safeParse(word).data ?? []);
    const known = links.get(url) ?? { text: text.slice(0, LONGEST_TEXT), url, warnings: [] };
    // A place of the same message leads nowhere else.
    if (url.startsWith('#') || (links.size >= MOST_LINKS && warnings.length === 0)) return;
    links.set(url, { ...known, warnings: [...new Set([...known.warnings, ...warnings])] });
  };
  // In the cell of a table a link may stand within another.
  const open: { attributes: Map<string, string>; from: number }[] = [];
  for (const { 0: tag, 1: name, 2: written = '', index } of html.matchAll(TAG)) {
    if (name === undefined) {
      const { attributes, from } = open.pop() ?? { attributes: new Map<string, string>(), from: index };
      put(attributes, textOf(html.slice(from, index)));
      continue;
    }
    const attributes = attributesOf(written);
    if (name === 'area') put(attributes, attributes.get('alt') ?? '');
    else open.push({ attributes, from: index + tag.length });
  }
  return [...links.values()];
};
