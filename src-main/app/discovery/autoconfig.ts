import { asTernError, TernError } from '../../../src-shared/errors.ts';
import type { Candidate } from '../../../src-shared/setup.ts';
import { type AutoconfigFile, readAutoconfig } from './autoconfigFile.ts';
import { mailCandidate } from './candidates.ts';
import { foreignDomains } from './hosts.ts';
import { jmapAt } from './jmap.ts';
import type { Finding, Look, Ports, Probe, Wanted } from './ports.ts';
import { publicAddresses } from './reach.ts';
import { visit } from './visit.ts';

const FILE = 'mail/config-v1.1.xml';
/** The database that Thunderbird's people keep. What it says of a domain is taken as said by that domain. */
const ISPDB = 'v1.ispdb.net';

/** The places of a domain's own file (draft-ietf-mailmaint-autoconfig section 4.1). */
export const autoconfigProbes = (ports: Ports, wanted: Wanted): Probe[] => {
  const { domain, email } = wanted;
  return [
    fileProbe(
      ports,
      wanted,
      'autoconfig',
      `https://autoconfig.${domain}/${FILE}?emailaddress=${encodeURIComponent(email)}`,
    ),
    fileProbe(ports, wanted, 'autoconfig', `https://${domain}/.well-known/autoconfig/${FILE}`),
  ];
};

/** The file of whoever takes a domain's mail, which is not told whose mail that is. */
export const hosterProbe = (ports: Ports, wanted: Wanted, hoster: string): Probe =>
  fileProbe(ports, wanted, 'mx', `https://autoconfig.${hoster}/${FILE}`);

/** What the database says of a domain. */
export const ispdbProbe = (ports: Ports, wanted: Wanted, domain: string): Probe =>
  fileProbe(ports, wanted, domain === wanted.domain ? 'ispdb' : 'mx', `https://${ISPDB}/${domain}`);

const fileProbe = (ports: Ports, wanted: Wanted, source: Candidate['source'], address: string): Probe => ({
  source,
  target: address.replace(/\?.*$/, ''),
  look: async (signal) => {
    const { url, page, hosts } = await visit(ports, new URL(address), signal);
    if (page.status !== 200) throw new TernError('notFound', `${url.host} has no such file (${page.status})`);
    const learned = { source, wanted, hosts: hosts.filter((host) => host !== ISPDB) };
    return findingsIn(ports, readAutoconfig(page.body, wanted), learned, signal);
  },
});

type Learned = { source: Candidate['source']; wanted: Wanted; hosts: string[] };

const findingsIn = async (ports: Ports, file: AutoconfigFile, learned: Learned, signal: AbortSignal): Promise<Look> => {
  const settled = await Promise.allSettled([
    jmapIn(ports, file, learned, signal),
    mailIn(ports, file, learned, signal),
  ]);
  const findings = settled.flatMap((each) => (each.status === 'fulfilled' ? (each.value ?? []) : []));
  const failures = settled.flatMap((each) => (each.status === 'rejected' ? asTernError(each.reason) : []));
  const [failure] = failures;
  if (findings.length > 0) return { findings, ...(failure ? { reason: failure.message } : {}) };
  throw failure ?? new TernError('server', 'the file names no servers that Tern can use');
};

const jmapIn = async (
  ports: Ports,
  { jmap, issuer }: AutoconfigFile,
  { source, wanted, hosts }: Learned,
  signal: AbortSignal,
): Promise<Finding | null> => {
  if (!jmap) return null;
  const { auth, username, url } = jmap;
  const { candidate } = await jmapAt(ports, { wanted, source, hosts }, url, signal);
  const known = ownIssuer(issuer, [url.hostname, wanted.domain]);
  return { candidate: { ...candidate, auth, username, ...(known === null ? {} : { issuer: known }) } };
};

const mailIn = async (
  { resolver }: Ports,
  { imap, smtp, issuer }: AutoconfigFile,
  { source, wanted, hosts }: Learned,
  signal: AbortSignal,
): Promise<Finding | null> => {
  if (!imap || !smtp) return null;
  const servers = { imap: imap.endpoint, smtp: smtp.endpoint };
  await Promise.all([servers.imap.host, servers.smtp.host].map((host) => publicAddresses(resolver, host, signal)));
  const both = imap.auth.filter((way) => smtp.auth.includes(way));
  const auth = both.length > 0 ? both : imap.auth;
  const known = { username: imap.username, issuer: ownIssuer(issuer, [servers.imap.host, wanted.domain]) };
  return { candidate: mailCandidate({ source, wanted, auth, hosts }, servers, known) };
};

/** Where a person types a password is not for a stranger to say: whoever signs in is of the servers' or the address's domain. */
const ownIssuer = (issuer: string | null, homes: readonly string[]): string | null =>
  issuer !== null && foreignDomains([new URL(issuer).hostname], homes) === null ? issuer : null;
