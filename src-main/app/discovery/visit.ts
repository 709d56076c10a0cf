import { TernError } from '../../../src-shared/errors.ts';
import type { Page, Ports } from './ports.ts';
import { publicAddresses } from './reach.ts';

const MOST_REDIRECTS = 3;

/** Where a visit ended, what was there, and every host on the way, the first one included. */
export type Visit = { url: URL; page: Page; hosts: string[] };

/**
 * Reads a page and follows where it leads: https alone, at most 3 redirects, no host that is not of the internet, each looked
 * up before it is asked. Throws `forbidden`, `notFound`, `network`, `tls`, `server`, `tooLarge`.
 */
export const visit = async ({ resolver, web }: Ports, address: URL, signal: AbortSignal): Promise<Visit> => {
  const hosts: string[] = [];
  let url = address;
  for (let hops = 0; hops <= MOST_REDIRECTS; hops++) {
    hosts.push(url.hostname);
    const page = await web(url, await publicAddresses(resolver, url.hostname, signal), signal);
    const { location } = page.headers;
    if (page.status < 300 || page.status >= 400 || location === undefined) return { url, page, hosts };
    url = next(location, url);
  }
  throw new TernError('server', `${address.host} leads elsewhere again and again`);
};

const next = (location: string, from: URL): URL => {
  const url = URL.parse(location, from.href);
  if (!url || url.username || url.password)
    throw new TernError('server', `${from.host} leads to what is no web address`);
  if (url.protocol !== 'https:') throw new TernError('tls', `${from.host} leads to ${url.host} without encryption`);
  url.hash = '';
  return url;
};
