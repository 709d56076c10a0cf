import { parse } from 'tldts';
import { wireDomain } from '../../../src-shared/address.ts';

/**
 * A host as it is looked up: in lower case, in A-labels, without the dot at its end. Null for what is none, and for an
 * address in whatever notation: a server that is to be found has a name.
 */
export const hostName = (text: string): string | null => {
  const host = wireDomain(text.trim().replace(/\.$/, ''));
  if (host === null || host.startsWith('[')) return null;
  const labels = host.split('.');
  return labels.length > 1 && !/^(?:\d+|0x[\da-f]*)$/.test(labels.at(-1) ?? '') ? host : null;
};

/** What somebody had to register for a host to be theirs (publicsuffix.org); the host itself where there is no such thing. */
export const registrableDomain = (host: string): string =>
  parse(host, { allowPrivateDomains: true }).domain ?? host.toLowerCase();

/** The registrable domains of hosts that are not of one of the homes, joined by ', '; null where there is none. */
export const foreignDomains = (hosts: readonly string[], homes: readonly string[]): string | null => {
  const own = new Set(homes.map(registrableDomain));
  const foreign = new Set(hosts.map(registrableDomain).filter((domain) => !own.has(domain)));
  return foreign.size === 0 ? null : [...foreign].join(', ');
};
