import { type Link, linkWarningSchema } from '../../src-shared/linkWarnings.ts';

const MOST_LINKS = 200;
const LONGEST_TEXT = 200;

const entities: Record<string, string> = { '&amp;': '&', '&lt;': '<', '&gt;': '>', '&quot;': '"', '&nbsp;': ' ' };
/** The text that HTML stands for, as Tern writes it. */
export const decoded = (html: string): string =>
  html.replaceAll(/&(?:amp|lt|gt|quot|nbsp);/g, (entity) => entities[entity] ?? entity);

/** The links of HTML that Tern made safe, each address once, in their order. */
export const linksOf = (html: string): Link[] => {
  const links = new Map<string, Link>();
  for (const [, href = '', rest = '', inner = ''] of html.matchAll(/<a [^>]*?href="([^"]*)"([^>]*)>([^]*?)<\/a>/g)) {
    const url = decoded(href);
    const [, given = ''] = / data-tern-warning="([^"]*)"/.exec(rest) ?? [];
    const warnings = given.split(' ').flatMap((word) => linkWarningSchema.safeParse(word).data ?? []);
    const text = decoded(inner.replaceAll(/<[^>]*>/g, ' '))
      .replaceAll(/\s+/g, ' ')
      .trim();
    const known = links.get(url) ?? { text: text.slice(0, LONGEST_TEXT), url, warnings: [] };
    links.set(url, { ...known, warnings: [...new Set([...known.warnings, ...warnings])] });
    if (links.size === MOST_LINKS) break;
  }
  return [...links.values()];
};
