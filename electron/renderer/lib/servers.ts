import type { Config } from '../../../src-shared/model.ts';

type Endpoint = { host: string; port: number; security: string };
const endpoint = ({ host, port, security }: Endpoint): string => `${host}:${port} (${security.toUpperCase()})`;

/** The servers of a configuration, one line each. */
export const serversOf = (config: Config): string[] => {
  if (config.protocol === 'jmap')
    return [`JMAP ${config.sessionUrl}`, ...(config.smtp ? [`SMTP ${endpoint(config.smtp)}`] : [])];
  return [`IMAP ${endpoint(config.imap)}`, `SMTP ${endpoint(config.smtp)}`];
};
