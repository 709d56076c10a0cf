import type { Candidate } from '../../../src-shared/setup.ts';
import type { DnsRecord } from '../../servers/dns/message.ts';
import type { Answer, Service } from '../../support/internetServers.ts';

/** How a domain is set up, and what discovery makes of it. */
export type Setup = {
  what: string;
  email: string;
  dns?: DnsRecord[];
  /** What listens where; a list of addresses first, for hosts that have others than one of the internet. */
  hosts?: Record<string, Service[] | { at: string[]; services: Service[] }>;
  ispdb?: boolean;
  /** The candidates, the best first, in the words of `worded`. */
  found: string[];
  /** What some of the sources said, by `source target`; the reason as far as it goes. */
  told?: Record<string, string>;
};

/** A candidate in one line. */
export const worded = ({ config, username, source, auth, confirm, provider }: Candidate): string => {
  const ends = (end: { host: string; port: number; security: string }): string =>
    `${end.host}:${end.port}${end.security === 'tls' ? '' : ` ${end.security}`}`;
  const where = config.protocol === 'jmap' ? config.sessionUrl : `${ends(config.imap)} + ${ends(config.smtp)}`;
  const known = `${provider === undefined ? '' : ` [${provider}]`}${confirm === undefined ? '' : ` (confirm ${confirm})`}`;
  return `${source} ${where} as ${username} by ${auth.join(', ')}${known}`;
};

export const imaps: Service = { port: 993, ready: 'imaps' };
export const imapsOauth: Service = { port: 993, ready: 'imapsOauth' };
export const imap: Service = { port: 143, ready: 'imap' };
export const smtps: Service = { port: 465, ready: 'smtps' };
export const smtp: Service = { port: 587, ready: 'smtp' };
export const web = (pages: Record<string, Answer>, port = 443): Service => ({ port, pages });

/** Refuses as a JMAP server does. */
export const refusal = (challenge = 'Basic realm="mail"'): Answer => ({
  status: 401,
  headers: { 'WWW-Authenticate': challenge },
});
export const to = (location: string, status = 301): Answer => ({ status, headers: { Location: location } });
/** A host with JMAP at its well-known place. */
export const jmap = (challenge?: string): Service => web({ '/.well-known/jmap': refusal(challenge) });

/** `srv('_imaps', 'a.test', 'imap.a.test', 993)`. */
export const srv = (
  service: string,
  domain: string,
  host: string,
  port: number,
  [priority, weight] = [0, 1],
): DnsRecord => ({
  type: 'SRV',
  name: `${service}._tcp.${domain}`,
  host,
  port,
  priority: priority ?? 0,
  weight: weight ?? 0,
});
export const mx = (domain: string, host: string, priority = 10): DnsRecord => ({
  type: 'MX',
  name: domain,
  host,
  priority,
});

/** A server in an autoconfig file; what is left out is the usual. */
type Entry = {
  type: string;
  host?: string;
  port?: number;
  socket?: string;
  user?: string;
  auth?: string[];
  url?: string;
};

const entryXml = ({ type, host, port, socket = 'SSL', user = '%EMAILADDRESS%', auth, url }: Entry): string => {
  const name = type === 'smtp' ? 'outgoingServer' : 'incomingServer';
  const ways = (auth ?? ['password-cleartext']).map((way) => `<authentication>${way}</authentication>`).join('');
  const where =
    url === undefined
      ? `<hostname>${host}</hostname><port>${port}</port><socketType>${socket}</socketType>`
      : `<url>${url}</url>`;
  return `<${name} type="${type}">${where}<username>${user}</username>${ways}</${name}>`;
};

/** An autoconfig file. */
export const fileText = (entries: readonly Entry[], more = ''): string =>
  `<?xml version="1.0" encoding="UTF-8"?>\n<clientConfig version="1.1"><emailProvider id="x"><domain>x</domain>${entries
    .map(entryXml)
    .join('\n')}${more}</emailProvider></clientConfig>`;

/** Its usual servers. */
export const entriesOf = (domain: string): Entry[] => [
  { type: 'imap', host: `imap.${domain}`, port: 993 },
  { type: 'smtp', host: `smtp.${domain}`, port: 465 },
];

export const FILE = '/mail/config-v1.1.xml';
export const OWN_FILE = '/.well-known/autoconfig/mail/config-v1.1.xml';
export const page = (body: string): Answer => ({ status: 200, headers: { 'Content-Type': 'text/xml' }, body });
/** Hosts that an autoconfig file names: they exist, and nobody connects to them. */
export const mailHosts = (domain: string): Record<string, Service[]> => ({
  [`imap.${domain}`]: [],
  [`smtp.${domain}`]: [],
});
