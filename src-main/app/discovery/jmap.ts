import { TernError } from '../../../src-shared/errors.ts';
import type { Candidate } from '../../../src-shared/setup.ts';
import { raceSignal } from '../../lib/async.ts';
import type { Clock } from '../../lib/clock.ts';
import { safeJson } from '../../lib/json.ts';
import { jmapCandidate } from './candidates.ts';
import { hostName } from './hosts.ts';
import { firstToSucceed } from './limits.ts';
import type { Finding, Page, Ports, Probe, Wanted } from './ports.ts';
import { srvOrder } from './srvOrder.ts';
import { visit } from './visit.ts';

const LONGEST_URL = 2000;

type Learned = { source: Candidate['source']; wanted: Wanted; hosts?: readonly string[] };

/** RFC 8620 section 2.2: the SRV record `_jmap._tcp`, and the well-known place of a domain. */
export const jmapProbes = (ports: Ports, wanted: Wanted, clock: Clock): Probe[] => [
  {
    source: 'srv',
    target: `_jmap._tcp.${wanted.domain}`,
    look: async (signal) => {
      const records = await raceSignal(ports.resolver.srv(`_jmap._tcp.${wanted.domain}`), signal);
      const targets = srvOrder(records, clock);
      if (records.length === 0) throw new TernError('notFound', 'no such record');
      if (targets.length === 0) return { reason: 'says that it has no JMAP', denied: ['jmap'] };
      const first = await firstToSucceed(
        targets.map(async ({ name, port }) => {
          const host = hostName(name);
          if (host === null) throw new TernError('forbidden', 'names no server on the internet');
          return jmapAt(ports, { source: 'srv', wanted }, wellKnown(host, port), signal);
        }),
      );
      if ('errors' in first) throw first.errors[0];
      return { findings: [first.value] };
    },
  },
  wellKnownProbe(ports, { source: 'wellKnown', wanted }, wanted.domain),
];

/** Looks at the well-known place of a host. */
export const wellKnownProbe = (ports: Ports, learned: Learned, host: string): Probe => {
  const url = wellKnown(host, 443);
  return {
    source: learned.source,
    target: url.href,
    look: async (signal) => ({ findings: [await jmapAt(ports, learned, url, signal)] }),
  };
};

const wellKnown = (host: string, port: number): URL => new URL(`https://${host}:${port}/.well-known/jmap`);

/**
 * Asks for a JMAP session without a credential: a server of that kind refuses with 401, at the end of redirects, and that
 * last place is the session's URL (RFC 8620 section 2.2). Throws `notFound` where there is none.
 */
export const jmapAt = async (
  ports: Ports,
  { source, wanted, hosts = [] }: Learned,
  address: URL,
  signal: AbortSignal,
): Promise<Finding> => {
  const { url, page, hosts: way } = await visit(ports, address, signal);
  if (page.status !== 401 && !isSession(page))
    throw new TernError('notFound', `${url.host} answers ${page.status}: no JMAP there`);
  if (url.href.length > LONGEST_URL) throw new TernError('server', `${address.host} leads to an endless address`);
  if (page.status === 401 && url.href === address.href && (await wantsPasswordForAll(ports, url, signal)))
    throw new TernError('notFound', `${url.host} wants a password for everything: no JMAP there`);
  return { candidate: jmapCandidate({ source, wanted, auth: authOf(page), hosts: [...hosts, ...way] }, url) };
};

/** RFC 8620 section 2: some servers show a session to everybody. */
const isSession = ({ status, body }: Page): boolean => {
  const session = status === 200 ? safeJson(body) : null;
  return typeof session === 'object' && session !== null && 'capabilities' in session && 'apiUrl' in session;
};

/** A site that is not meant for the public refuses any path; it would pass for a JMAP server. */
const wantsPasswordForAll = async (ports: Ports, url: URL, signal: AbortSignal): Promise<boolean> => {
  const other = new URL('/', url);
  try {
    return (await visit(ports, other, signal)).page.status === 401;
  } catch {
    return false;
  }
};

/** What a refusal asks for (RFC 9110 section 11.6.1). */
const authOf = ({ headers }: Page): Candidate['auth'] => {
  const asked = headers['www-authenticate'] ?? '';
  const auth: Candidate['auth'] = /(?:^|,)\s*Bearer\b/i.test(asked) ? ['oauth'] : [];
  if (/(?:^|,)\s*(?:Basic|Digest)\b/i.test(asked) || auth.length === 0) auth.push('password');
  return auth;
};
