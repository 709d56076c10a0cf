import { newSecret } from '../lib/secret.ts';
import { decoded } from './links.ts';

/** Addresses of this host that stand for the links of messages, so that the page hears which one was followed. */
export type LinkBook = {
  /** HTML that Tern made safe, its links leading here. A link still says in its title where it truly leads. */
  bind(html: string): string;
  /** Where the link at a path truly leads; undefined for one that was never given out, or long ago. */
  find(path: string): string | undefined;
};

/** The links of so many messages are known. */
const MOST_MESSAGES = 50;

/** As `linkAttributes` writes links; those to a place of the same message lead there. */
const LINK = /(<(?:a|area) (?:[^>]*? )?)href="([^"#][^"]*)" target="_blank"/g;

/** An empty book of links. */
export const createLinkBook = (): LinkBook => {
  const messages = new Map<string, string[]>();
  return {
    bind: (html) => {
      const name = newSecret();
      const urls: string[] = [];
      const bound = html.replaceAll(LINK, (_, before: string, href: string) => {
        urls.push(decoded(href));
        return `${before}href="/link/${name}/${urls.length - 1}"`;
      });
      messages.set(name, urls);
      const [oldest] = messages.keys();
      if (messages.size > MOST_MESSAGES && oldest !== undefined) messages.delete(oldest);
      return bound;
    },
    find: (path) => {
      const [, name = '', place = ''] = /^\/link\/([\w-]+)\/(\d{1,6})$/.exec(path) ?? [];
      return messages.get(name)?.[Number(place)];
    },
  };
};
