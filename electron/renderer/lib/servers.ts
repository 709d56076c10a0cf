import type { CallOutput } from '../../../src-shared/contract.ts';
import type { Config, Credential } from '../../../src-shared/model.ts';

type Endpoint = { host: string; port: number; security: string };
const endpoint = ({ host, port, security }: Endpoint): string => `${host}:${port} (${security.toUpperCase()})`;

/** The servers of a configuration, one line each. */
export const serversOf = (config: Config): string[] => {
  if (config.protocol === 'jmap')
    return [`JMAP ${config.sessionUrl}`, ...(config.smtp ? [`SMTP ${endpoint(config.smtp)}`] : [])];
  return [`IMAP ${endpoint(config.imap)}`, `SMTP ${endpoint(config.smtp)}`];
};

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
