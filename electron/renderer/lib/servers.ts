import type { CallOutput } from '../../../src-shared/contract.ts';
import type { Config, Credential } from '../../../src-shared/model.ts';

type Security = 'tls' | 'starttls' | 'none';
type Endpoint = { host: string; port: number; security: Security };
const asLine = ({ host, port, security }: Endpoint): string => `${host}:${port} (${security.toUpperCase()})`;

/** The servers of a configuration, one line each. */
export const serversOf = (config: Config): string[] => {
  if (config.protocol === 'jmap')
    return [`JMAP ${config.sessionUrl}`, ...(config.smtp ? [`SMTP ${asLine(config.smtp)}`] : [])];
  return [`IMAP ${asLine(config.imap)}`, `SMTP ${asLine(config.smtp)}`];
};

/** Servers as a person types them. */
export type Typed = {
  protocol: 'jmap' | 'imap';
  sessionUrl: string;
  imapHost: string;
  imapPort: string;
  imapSecurity: Security;
  smtpHost: string;
  smtpPort: string;
  smtpSecurity: Security;
};

/** Where a domain's servers mostly are. */
export const usualServers = (domain: string): Typed => ({
  protocol: 'imap',
  sessionUrl: `https://${domain}/.well-known/jmap`,
  imapHost: `imap.${domain}`,
  imapPort: '993',
  imapSecurity: 'tls',
  smtpHost: `smtp.${domain}`,
  smtpPort: '465',
  smtpSecurity: 'tls',
});

const endpoint = (host: string, port: string, security: Security): Endpoint => ({
  host: host.trim(),
  port: Number(port),
  security,
});

/** The configuration that was typed. */
export const configOf = (typed: Typed): Config => {
  if (typed.protocol === 'jmap') return { protocol: 'jmap', sessionUrl: typed.sessionUrl.trim() };
  return {
    protocol: 'imap',
    imap: endpoint(typed.imapHost, typed.imapPort, typed.imapSecurity),
    smtp: endpoint(typed.smtpHost, typed.smtpPort, typed.smtpSecurity),
  };
};

/** A configuration as it would be typed. */
export const typedOf = (config: Config): Typed => {
  const usual = usualServers('');
  if (config.protocol === 'jmap') return { ...usual, protocol: 'jmap', sessionUrl: config.sessionUrl };
  const { imap, smtp } = config;
  return {
    ...usual,
    imapHost: imap.host,
    imapPort: String(imap.port),
    imapSecurity: imap.security,
    smtpHost: smtp.host,
    smtpPort: String(smtp.port),
    smtpSecurity: smtp.security,
  };
};

/** The configuration with hosts that the person agreed to. */
export const agreed = (config: Config, hosts: readonly string[]): Config =>
  config.protocol === 'jmap' && hosts.length > 0
    ? { ...config, confirmed: [...new Set([...(config.confirmed ?? []), ...hosts])] }
    : config;

type Legs = CallOutput<'accounts.test'>['legs'];

/** A credential with the user names as the servers took them: one may want the address, another only what is before its '@'. */
export const asTaken = (credential: Credential, legs: Legs): Credential => {
  if (credential.type !== 'password') return credential;
  const { username, password, smtp } = credential;
  const incoming = legs.find(({ leg }) => leg !== 'smtp')?.username ?? username;
  const outgoing = legs.find(({ leg }) => leg === 'smtp')?.username ?? (smtp ?? credential).username;
  const hasTwo = smtp !== undefined || (legs.some(({ leg }) => leg === 'smtp') && outgoing !== incoming);
  return {
    ...credential,
    username: incoming,
    ...(hasTwo ? { smtp: { username: outgoing, password: smtp?.password ?? password } } : {}),
  };
};
