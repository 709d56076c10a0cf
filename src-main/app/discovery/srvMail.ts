import { asTernError, TernError } from '../../../src-shared/errors.ts';
import type { Candidate } from '../../../src-shared/setup.ts';
import type { Clock } from '../../lib/clock.ts';
import { mailCandidate } from './candidates.ts';
import { greetImap, greetSmtp } from './greet.ts';
import { hostName } from './hosts.ts';
import { firstToSucceed, GREETING_MS, inTime, PROBE_MS } from './limits.ts';
import type { Dial, Endpoint, Kind, Look, Ports, Probe, SrvRecord, Wanted } from './ports.ts';
import { publicAddresses } from './reach.ts';
import { srvOrder } from './srvOrder.ts';

/** The services of RFC 6186 and RFC 8314, those with TLS from the start first. */
const services = {
  imap: [
    ['_imaps._tcp', 'tls'],
    ['_imap._tcp', 'starttls'],
  ],
  smtp: [
    ['_submissions._tcp', 'tls'],
    ['_submission._tcp', 'starttls'],
  ],
} as const;

/** A name server that knows of one service may be silent on the other; in ms. The rest of the source's time is for greetings. */
const RECORDS_MS = PROBE_MS - GREETING_MS - 100;

type Greet<T> = (dial: Dial, to: Endpoint, addresses: readonly string[], signal: AbortSignal) => Promise<T>;
type Parts = { ports: Ports; clock: Clock; wanted: Wanted };

/** Asks for the mail servers that a domain names in SRV records, and hears what they say of themselves. */
export const srvMailProbe = (parts: Parts): Probe => ({
  source: 'srv',
  target: `_imaps._tcp.${parts.wanted.domain}`,
  look: async (signal) => {
    const [incoming, outgoing] = await Promise.all([
      serverFor(parts, 'imap', greetImap, signal),
      serverFor(parts, 'smtp', greetSmtp, signal),
    ]);
    return joined(parts.wanted, incoming, outgoing);
  },
});

/** What came of one service; `endpoint` is null where there is no server. `unheard`: nobody said whether there is one. */
type Outcome<T> = {
  endpoint: Endpoint | null;
  greeting?: T;
  reason?: string;
  isDenied?: boolean;
  unheard?: TernError;
};

const joined = (wanted: Wanted, incoming: Outcome<Candidate['auth']>, outgoing: Outcome<void>): Look => {
  const reasons = [incoming.reason, outgoing.reason].filter((each) => each !== undefined);
  const reason = reasons.length === 0 ? {} : { reason: [...new Set(reasons)].join('; ') };
  const { endpoint: imap, greeting: auth = ['password'] } = incoming;
  const { endpoint: smtp } = outgoing;
  if (!imap && !smtp && incoming.unheard) throw incoming.unheard;
  const denied: Kind[] = [
    ...(incoming.isDenied ? ['imap' as const] : []),
    ...(outgoing.isDenied ? ['smtp' as const] : []),
  ];
  if (!imap || !smtp) return { ...reason, denied, half: { ...(imap ? { imap } : {}), ...(smtp ? { smtp } : {}) } };
  const candidate = mailCandidate({ source: 'srv', wanted, auth }, { imap, smtp });
  return { ...reason, findings: [{ candidate, isDoubtful: reasons.length > 0 }] };
};

/** The first server of a service that greets; else the first that might have. */
const serverFor = async <T>(
  { ports, clock, wanted }: Parts,
  service: 'imap' | 'smtp',
  greet: Greet<T>,
  signal: AbortSignal,
): Promise<Outcome<T>> => {
  const asked = await Promise.allSettled(
    services[service].map(async ([name, security]): Promise<[SrvRecord[], Endpoint['security']]> => {
      const records = await inTime(clock, RECORDS_MS, signal, () => ports.resolver.srv(`${name}.${wanted.domain}`));
      return [records, security];
    }),
  );
  const lists = asked.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
  const named = lists.flatMap(([records, security]) =>
    srvOrder(records, clock).map(({ name, port }) => ({ host: hostName(name), port, security })),
  );
  const endpoints = named.flatMap(({ host, ...rest }) => (host === null ? [] : { host, ...rest }));
  const unheard = asked.flatMap((each) => (each.status === 'rejected' ? [asTernError(each.reason)] : []))[0];
  if (endpoints.length === 0 && unheard) return { endpoint: null, reason: unheard.message, unheard };
  if (endpoints.length === 0) {
    const isDenied = lists.some(([records]) => records.length > 0) && named.length === 0;
    const kind = service === 'imap' ? 'IMAP' : 'outgoing mail';
    const reason = isDenied ? `says that it has no ${kind}` : `names no server for ${kind}`;
    return { endpoint: null, reason, isDenied };
  }
  const tried = endpoints.map((to) =>
    inTime(clock, GREETING_MS, signal, async (until) => {
      const addresses = await publicAddresses(ports.resolver, to.host, until);
      return { to, greeting: await greet(ports.dial, to, addresses, until) };
    }),
  );
  const first = await firstToSucceed(tried);
  if ('value' in first) return { endpoint: first.value.to, greeting: first.value.greeting };
  return doubtful(endpoints, first.errors.map(asTernError));
};

/** A server that is only down is told all the same; one that cannot be the right one is not. */
const doubtful = (endpoints: readonly Endpoint[], errors: readonly TernError[]): Outcome<never> => {
  const index = errors.findIndex(({ kind }) => kind !== 'forbidden' && kind !== 'notFound');
  const { message } = errors[Math.max(index, 0)] ?? new TernError('bug', 'nobody was asked');
  return { endpoint: endpoints[index] ?? null, reason: message };
};
