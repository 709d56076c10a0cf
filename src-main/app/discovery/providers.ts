import type { Config } from '../../../src-shared/model.ts';
import type { Candidate } from '../../../src-shared/setup.ts';
import type { Endpoint } from './ports.ts';
import { providers } from './providerTable.ts';
import { providersByCountry } from './providerTableByCountry.ts';

/** A provider of mail for many people, by what it tells everybody. */
export type Provider = {
  name: string;
  /** Domains of its own that people have addresses in. */
  domains: readonly string[];
  /** Domains above the hosts that take mail for the domains of its customers. */
  exchanges?: readonly string[];
  /** Its session, and what differs there. */
  jmap?: { url: string } & SignIn;
  imap: Endpoint;
  smtp: Endpoint;
  /** What people sign in with; default: the address. */
  username?: 'local';
} & SignIn;

/** How to sign in to a provider's servers. */
export type SignIn = {
  /** The better first; default: a password. */
  auth?: Candidate['auth'];
  /** What to do before a password works there. */
  hint?: string;
  /** Who signs people in with OAuth (RFC 8414 section 2). */
  issuer?: string;
};

const all: readonly Provider[] = [...providers, ...providersByCountry];
const byDomain = new Map(all.flatMap((each) => each.domains.map((domain) => [domain, each])));
/** The provider of a domain that people have addresses in; null for one that is not in the table. */
export const providerOf = (domain: string): Provider | null => byDomain.get(domain) ?? null;

/** Whose servers they are, and how to sign in there; null where that is not in the table. */
export const providerAt = (config: Config): ({ name: string } & SignIn) | null => {
  if (config.protocol === 'jmap') {
    const { origin } = new URL(config.sessionUrl);
    const provider = all.find(({ jmap }) => jmap && new URL(jmap.url).origin === origin);
    return provider ? { ...provider.jmap, name: provider.name } : null;
  }
  const same = all.filter(({ imap }) => imap.host === config.imap.host);
  // Some have one server to read from, and several to send by.
  return same.find(({ smtp }) => smtp.host === config.smtp.host) ?? same[0] ?? null;
};

/** The provider that takes mail at a host; null for one that is not in the table. */
export const providerByMx = (exchange: string): Provider | null =>
  all.find(({ exchanges = [] }) => exchanges.some((domain) => `.${exchange}`.endsWith(`.${domain}`))) ?? null;
