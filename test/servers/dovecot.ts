import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { CertificateKind } from './certificates.ts';
import { launch } from './daemon.ts';
import { type CapabilitySet, takenBy } from './dovecot/capabilities.ts';
import { type FillOptions, fillMaildir } from './dovecot/fill.ts';
import { dovecotPaths } from './dovecot/install.ts';
import { layOut, ownByMail, setPassword } from './dovecot/layout.ts';
import { type Poorer, startPoorer } from './dovecot/poorer.ts';
import type { Dial } from './imap/rawImap.ts';
import { type ImapAccess, imapActions, withImap } from './imap/rawImapActions.ts';
import { wireName } from './imap/rawImapMailboxes.ts';
import type { MailServer } from './mailServer.ts';

export { type CapabilitySet, capabilitySets } from './dovecot/capabilities.ts';
export { dovecotAvailable, dovecotPackages } from './dovecot/install.ts';

/** How the server is to be. */
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
};

/** One account of a Dovecot, as another client uses it. */
export type DovecotAccount = Required<Omit<MailServer, 'restart' | 'threads'>> & {
  /** Straight to the server and all that it can, whatever is taken from Tern. */
  imap: ImapAccess;
  /** Puts `count` made-up mails, the same ones each time, straight into its mail folders. */
  fill(count: number, options?: FillOptions): Promise<void>;
};

/** A real Dovecot 2.3 on loopback, and its first account. */
export type DovecotServer = DovecotAccount & {
  /** The temp folder that holds all of it; gone after `stop`. */
  folder: string;
  /** PEM of who vouches for its certificate, made for this server; null without TLS. */
  ca: string | null;
  /** Another account on it, made here; it ends with the server. */
  addUser(user: string, password?: string): Promise<DovecotAccount>;
  /** Ends every session of the account, as an administrator would. */
  kick(): void;
  /** Process group of all of its processes; a new one after `restart`. */
  group(): number;
  /** Stops every process where it stands: what is asked meanwhile waits for `resume`. */
  suspend(): void;
  resume(): void;
  /** Kills the server and starts it again on the same ports with the same mail. */
  restart(): Promise<void>;
};

/** Waits until a password counts: Dovecot looks for new ones once a second. */
const untilKnown = async (imap: ImapAccess): Promise<void> => {
  for (;;) {
    try {
      return await withImap(imap, async () => undefined);
    } catch (error) {
      if (!String(error).includes('AUTHENTICATIONFAILED')) throw error;
      await sleep(20);
    }
  }
};

/** Starts a Dovecot of its own in a temp folder; it ends with `stop`, or with this process however that ends. */
export const startDovecot = async (options: DovecotOptions = {}): Promise<DovecotServer> => {
  const { capabilities = 'full', security = 'plain', certificate = 'valid', separator = '/', settings = {} } = options;
  const installation = await layOut({ capabilities, security, certificate, separator, settings });
  const { folder, port, ca } = installation;
  const command = [dovecotPaths.master, '-F', '-c', join(folder, 'dovecot.conf')];
  const start = () => launch({ name: 'Dovecot', folder, command, ports: [port] });
  let running = await start();
  const poorer: Poorer | null =
    capabilities === 'full' || security !== 'plain' ? null : await startPoorer(port, takenBy(capabilities));

  const account = (user: string, password: string): DovecotAccount & { kick(): void } => {
    const credential = { type: 'password' as const, username: user, password };
    const home = join(folder, 'mail', user);
    const dial: Dial = { port, security: security === 'plain' ? 'none' : security, ...(ca === null ? {} : { ca }) };
    const imap: ImapAccess = { dial, credential, mailboxId: 'X-GUID' };
    const here = { host: '127.0.0.1', security: dial.security ?? 'none' };
    setPassword(installation, user, password);
    mkdirSync(home);
    ownByMail(home);
    let filled = 0;
    const kick = (): void => {
      const admin = ['-c', join(folder, 'dovecot.conf'), 'kick', user];
      execFileSync(dovecotPaths.admin, admin, { stdio: 'ignore' });
    };
    // Dovecot's threads are asked for, not told: a client makes its own.
    const { threads: _threads, ...actions } = imapActions(imap);
    return {
      name: `Dovecot 2.3${capabilities === 'full' ? '' : ` (${capabilities})`}`,
      config: { protocol: 'imap', imap: { ...here, port: poorer?.port ?? port }, smtp: { ...here, port: 1 } },
      credential,
      imap,
      ...actions,
      kick,
      changePassword: async (fresh) => {
        setPassword(installation, user, fresh);
        credential.password = fresh;
        await untilKnown(imap);
        kick();
      },
      fill: async (count, fillOptions) => {
        const mailboxes = fillMaildir(home, filled, count, fillOptions);
        filled += count;
        await withImap(imap, async (client) => {
          for (const mailbox of mailboxes) await client.run(`EXAMINE ${wireName(mailbox)}`);
        });
      },
      stop: async () => undefined,
    };
  };

  return {
    ...account(options.user ?? 'alice', options.password ?? 'secret'),
    folder,
    ca,
    addUser: async (user, password = 'secret') => {
      const added = account(user, password);
      await untilKnown(added.imap);
      return added;
    },
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
