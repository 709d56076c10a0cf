import { type Candidate, discoverySources } from '../../../src-shared/setup.ts';
import { foreignDomains } from './hosts.ts';
import type { Endpoint, Finding, Wanted } from './ports.ts';
import { providerAt } from './providers.ts';

const MOST_CANDIDATES = 20;

/** What all candidates have in common; `hosts`: where it was learned, as far as a person has to agree to that. */
type Learned = { source: Candidate['source']; wanted: Wanted; auth: Candidate['auth']; hosts?: readonly string[] };
type Named = { username?: string; issuer?: string | null };

/** A candidate of IMAP and SMTP. */
export const mailCandidate = (
  { source, wanted, auth, hosts = [] }: Learned,
  { imap, smtp }: { imap: Endpoint; smtp: Endpoint },
  { username = wanted.email, issuer = null }: Named = {},
): Candidate => ({
  config: { protocol: 'imap', imap, smtp },
  username,
  source,
  auth,
  ...confirmation([...hosts, imap.host, smtp.host], wanted),
  ...(issuer === null ? {} : { issuer }),
});

/** A candidate of JMAP. */
export const jmapCandidate = ({ source, wanted, auth, hosts = [] }: Learned, url: URL): Candidate => ({
  config: { protocol: 'jmap', sessionUrl: url.href },
  username: wanted.email,
  source,
  auth,
  ...confirmation([...hosts, url.hostname], wanted),
});

const confirmation = (hosts: readonly string[], { domain }: Wanted): { confirm?: string } => {
  const foreign = foreignDomains(hosts, [domain]);
  return foreign === null ? {} : { confirm: foreign };
};

/** JMAP first; then those whose servers are not in doubt; then by how far their source is to be trusted. */
export const ranked = (findings: readonly Finding[]): Candidate[] => {
  const rank = ({ candidate, isDoubtful }: Finding): number =>
    (candidate.config.protocol === 'jmap' ? 0 : 100) +
    (isDoubtful ? 50 : 0) +
    discoverySources.indexOf(candidate.source);
  const kept = new Map<string, Candidate>();
  for (const { candidate } of findings.toSorted((a, b) => rank(a) - rank(b))) {
    const key = JSON.stringify(candidate.config);
    const better = kept.get(key);
    kept.set(key, better ? merged(better, candidate) : candidate);
  }
  return [...kept.values()].slice(0, MOST_CANDIDATES).map(completed);
};

/** Sources that say by which name to sign in; elsewhere the address is taken for it. */
const namesUser = new Set<Candidate['source']>(['autoconfig', 'ispdb', 'mx', 'table']);

/** The same servers from two sources: what the better one cannot know comes from the other. */
const merged = (better: Candidate, other: Candidate): Candidate => ({
  ...better,
  ...(!namesUser.has(better.source) && namesUser.has(other.source) ? { username: other.username } : {}),
});

/** With what is known of the provider whose servers they are. Who signs people in must be known, before that is the better way. */
const completed = (candidate: Candidate): Candidate => {
  const known = providerAt(candidate.config);
  const { name: provider, auth = candidate.auth, hint, issuer = candidate.issuer } = known ?? {};
  return {
    ...candidate,
    auth: issuer === undefined ? auth.toSorted((a, b) => Number(a === 'oauth') - Number(b === 'oauth')) : auth,
    ...(provider === undefined ? {} : { provider }),
    ...(hint === undefined ? {} : { hint }),
    ...(issuer === undefined ? {} : { issuer }),
  };
};
