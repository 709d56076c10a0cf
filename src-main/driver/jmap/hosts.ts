import { parse } from 'tldts';
import { TernError } from '../../../src-shared/errors.ts';
import { isSecure, parseSessionUrl } from '../../../src-shared/hosts.ts';

/** The URL, if a credential may travel to it: https, or http to this very machine. Else `server`: nobody typed it. */
export const secureUrl = (text: string, base: URL): URL => {
  const url = URL.parse(text, base.href);
  if (!url) throw new TernError('server', `${base.host} names something that is not a web address`);
  if (isSecure(url)) return url;
  throw new TernError('tls', `${base.host} wants to go on without encryption, at ${url.host}`);
};

/** A template of the session's with its names in braces filled in (RFC 6570 level 1). */
export const expandUrl = (template: string, values: Record<string, string>): string =>
  template.replaceAll(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(values[name] ?? ''));

/** A session URL as typed: a bare host or an address without a path stands for its /.well-known/jmap (RFC 8620 2.2). */
export const sessionUrlOf = (typed: string): URL => {
  const url = parseSessionUrl(typed);
  if (!url || !isSecure(url))
    throw new TernError('invalid', `not an address to sign in at: ${typed}`, { field: 'config.sessionUrl' });
  if (url.pathname === '/' && !url.search) url.pathname = '/.well-known/jmap';
  return url;
};

/** Which servers an account's credential may go to: those of its own domain, and those the person confirmed. */
export type TrustedHosts = (url: URL) => boolean;

/** The rule of docs/sync.md J5 for a session URL and the hosts its owner agreed to. */
export const trustedHosts = (sessionUrl: URL, confirmed: readonly string[]): TrustedHosts => {
  const home = homeOf(sessionUrl);
  const agreed = new Set(confirmed.map((host) => host.toLowerCase()));
  return (url) => homeOf(url) === home || agreed.has(url.hostname);
};

/** The registrable domain; an address or a name without one stands for itself and its port alone. */
const homeOf = (url: URL): string => parse(url.hostname, { allowPrivateDomains: true }).domain ?? url.host;

/** Throws `forbidden` with `detail.confirm`, the hosts to ask about, unless every server is trusted. */
export const requireTrusted = (urls: readonly URL[], trusted: TrustedHosts): void => {
  const foreign = [...new Set(urls.filter((url) => !trusted(url)).map((url) => url.hostname))];
  if (foreign.length > 0)
    throw new TernError('forbidden', `the mail server wants to use other hosts: ${foreign.join(', ')}`, {
      detail: { confirm: foreign },
    });
};
