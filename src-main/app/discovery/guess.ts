import { TernError } from '../../../src-shared/errors.ts';
import type { Clock } from '../../lib/clock.ts';
import { mailCandidate } from './candidates.ts';
import { greetImap, greetSmtp } from './greet.ts';
import { wellKnownProbe } from './jmap.ts';
import { firstToSucceed, GREETING_MS, inTime } from './limits.ts';
import type { Dial, Endpoint, Kind, Look, Ports, Probe, Wanted } from './ports.ts';
import { publicAddresses } from './reach.ts';

type Parts = {
  ports: Ports;
  clock: Clock;
  wanted: Wanted;
  half: NonNullable<Look['half']>;
  denied: ReadonlySet<Kind>;
};
type Greet<T> = (dial: Dial, to: Endpoint, addresses: readonly string[], signal: AbortSignal) => Promise<T>;

/** Names that many servers have. Only one that greets in TLS, with a certificate for that name, counts. */
export const guessProbes = (parts: Parts): Probe[] => {
  const { ports, wanted, denied } = parts;
  const mail: Probe = { source: 'guess', target: wanted.domain, look: (signal) => guessMail(parts, signal) };
  const jmap = wellKnownProbe(ports, { source: 'guess', wanted }, `jmap.${wanted.domain}`);
  return [...(denied.has('imap') || denied.has('smtp') ? [] : [mail]), ...(denied.has('jmap') ? [] : [jmap])];
};

const guessMail = async (parts: Parts, signal: AbortSignal): Promise<Look> => {
  const { wanted, half } = parts;
  const { domain } = wanted;
  const [incoming, outgoing] = await Promise.all([
    greeted(parts, [half.imap ?? [], places(['imap', 'mail'], domain, 993, 143)].flat(), greetImap, signal),
    greeted(parts, [half.smtp ?? [], places(['smtp', 'mail'], domain, 465, 587)].flat(), greetSmtp, signal),
  ]);
  if (!incoming) throw new TernError('notFound', `no IMAP server answers under the usual names of ${domain}`);
  if (!outgoing)
    throw new TernError('notFound', `no server for outgoing mail answers under the usual names of ${domain}`);
  const learned = { source: 'guess', wanted, auth: incoming.greeting } as const;
  return { findings: [{ candidate: mailCandidate(learned, { imap: incoming.to, smtp: outgoing.to }) }] };
};

/** All with TLS from the start before any with STARTTLS. */
const places = (names: readonly string[], domain: string, tls: number, starttls: number): Endpoint[] => {
  const hosts = [...names.map((name) => `${name}.${domain}`), domain];
  return [
    ...hosts.map((host) => ({ host, port: tls, security: 'tls' as const })),
    ...hosts.map((host) => ({ host, port: starttls, security: 'starttls' as const })),
  ];
};

const greeted = async <T>(
  { ports, clock }: Parts,
  endpoints: readonly Endpoint[],
  greet: Greet<T>,
  signal: AbortSignal,
): Promise<{ to: Endpoint; greeting: T } | null> => {
  const first = await firstToSucceed(
    endpoints.map((to) =>
      inTime(clock, GREETING_MS, signal, async (until) => {
        const addresses = await publicAddresses(ports.resolver, to.host, until);
        return { to, greeting: await greet(ports.dial, to, addresses, until) };
      }),
    ),
  );
  return 'value' in first ? first.value : null;
};
