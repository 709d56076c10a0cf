/** A link of a message: what it says, and where it leads. */
export type Link = { text: string; url: string };

const MOST_LINKS = 200;
const LONGEST_TEXT = 200;

const entities: Record<string, string> = { '&amp;': '&', '&lt;': '<', '&gt;': '>', '&quot;': '"', '&nbsp;': ' ' };
/** The text that HTML stands for, as Tern writes it. */
export const decoded = (html: string): string =>
  html.replaceAll(/&(?:amp|lt|gt|quot|nbsp);/g, (entity) => entities[entity] ?? entity);

/** The links of HTML that Tern made safe, each address once, in their order. */
export const linksOf = (html: string): Link[] => {
  const links = new Map<string, Link>();
  for (const [, href = '', inner = ''] of html.matchAll(/<a [^>]*?href="([^"]*)"[^>]*>([^]*?)<\/a>/g)) {
    const url = decoded(href);
    const text = decoded(inner.replaceAll(/<[^>]*>/g, ' '))
      .replaceAll(/\s+/g, ' ')
      .trim();
    if (!links.has(url)) links.set(url, { text: text.slice(0, LONGEST_TEXT), url });
    if (links.size === MOST_LINKS) break;
  }
  return [...links.values()];
};
