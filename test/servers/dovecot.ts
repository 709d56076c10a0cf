import { join } from 'node:path';
import type { CertificateKind } from './certificates.ts';
import { launch } from './daemon.ts';
import { addAccount, type DovecotAccount, makeAccount } from './dovecot/accounts.ts';
import { type CapabilitySet, takenBy } from './dovecot/capabilities.ts';
import { dovecotPaths } from './dovecot/install.ts';
import { type Introspection, type LayoutOptions, layOut } from './dovecot/layout.ts';
import { startPoorer } from './dovecot/poorer.ts';

export { type CapabilitySet, capabilitySets } from './dovecot/capabilities.ts';
export { dovecotAvailable, dovecotPackages } from './dovecot/install.ts';

/** How the server is to be, and who its first user is: alice, with the password secret, unless told. */
export type DovecotOptions = {
  /** What it announces, and obeys to (see docs/servers.md); default all that it can. Behind TLS it is only not announced. */
  capabilities?: CapabilitySet;
  security?: 'plain' | 'starttls' | 'tls';
  certificate?: CertificateKind;
  /** Between the names of a path; default '/'. */
  separator?: string;
  user?: string;
  password?: string;
  /** More lines of dovecot.conf, as `{ mail_max_userip_connections: '2' }`. */
  settings?: Record<string, string>;
  /** Lets in who comes with a token, too, as this server says whose it is. */
  introspection?: Introspection;
};

/** A real Dovecot 2.3 on loopback, and its first account. */
export type DovecotServer = DovecotAccount & {
  /** The temp folder that holds all of it; gone after `stop`. */
  folder: string;
  /** PEM of who vouches for its certificate, made for this server; null without TLS. */
  ca: string | null;
  /** Another account on it, made here; it ends with the server. */
  addUser(user: string, password?: string): Promise<DovecotAccount>;
  /** Process group of all of its processes; a new one after `restart`. */
  group(): number;
  /** Stops every process where it stands: what is asked meanwhile waits for `resume`. */
  suspend(): void;
  resume(): void;
  /** Kills the server and starts it again on the same ports with the same mail. */
  restart(): Promise<void>;
};

const defaults: LayoutOptions = {
  capabilities: 'full',
  security: 'plain',
  certificate: 'valid',
  separator: '/',
  settings: {},
  introspection: null,
};

/** Starts a Dovecot of its own in a temp folder; it ends with `stop`, or with this process however that ends. */
export const startDovecot = async ({
  user = 'alice',
  password = 'secret',
  ...wanted
}: DovecotOptions = {}): Promise<DovecotServer> => {
  const options = { ...defaults, ...wanted };
  const installation = await layOut(options);
  const { folder, port, ca } = installation;
  const command = [dovecotPaths.master, '-F', '-c', join(folder, 'dovecot.conf')];
  const start = () => launch({ name: 'Dovecot', folder, command, ports: [port] });
  let running = await start();
  const isPoorer = options.capabilities !== 'full' && options.security === 'plain';
  const poorer = isPoorer ? await startPoorer(port, takenBy(options.capabilities)) : null;
  const ternPort = poorer?.port ?? port;
  return {
    ...makeAccount(installation, options, ternPort, user, password),
    folder,
    ca,
    addUser: (name, itsPassword = 'secret') => addAccount(installation, options, ternPort, name, itsPassword),
    group: () => running.group,
    suspend: () => running.suspend(),
    resume: () => running.resume(),
    restart: async () => {
      await running.kill('keep');
      running = await start();
    },
    stop: async () => {
      await poorer?.stop();
      await running.kill();
    },
  };
};
