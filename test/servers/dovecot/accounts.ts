import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type ImapAccess, imapActions, withImap } from '../imap/rawImapActions.ts';
import { wireName } from '../imap/rawImapMailboxes.ts';
import type { MailServer } from '../mailServer.ts';
import { type FillOptions, fillMaildir } from './fill.ts';
import { dovecotPaths } from './install.ts';
import { type Installation, type LayoutOptions, ownByMail, setPassword } from './layout.ts';

/** One account of a Dovecot, as another client uses it. */
export type DovecotAccount = Required<Omit<MailServer, 'restart' | 'threads'>> & {
  /** Straight to the server and all that it can, whatever is taken from Tern. */
  imap: ImapAccess;
  /** Puts `count` made-up mails, the same ones each time, straight into its mail folders. */
  fill(count: number, options?: FillOptions): Promise<void>;
  /** Ends every session of the account, as an administrator would. */
  kick(): void;
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

/** Makes a user whom Tern reaches at `ternPort`; a Dovecot that runs knows him within a second. */
export const makeAccount = (
  installation: Installation,
  { security, capabilities }: LayoutOptions,
  ternPort: number,
  user: string,
  password: string,
): DovecotAccount => {
  const { folder, port, ca } = installation;
  const credential = { type: 'password' as const, username: user, password };
  const here = { host: '127.0.0.1', security: security === 'plain' ? ('none' as const) : security };
  const imap: ImapAccess = { dial: { ...here, port, ...(ca === null ? {} : { ca }) }, credential, mailboxId: 'X-GUID' };
  const home = join(folder, 'mail', user);
  setPassword(installation, user, password);
  mkdirSync(home);
  ownByMail(home);
  let filled = 0;
  const kick = (): void =>
    void execFileSync(dovecotPaths.admin, ['-c', `${folder}/dovecot.conf`, 'kick', user], { stdio: 'ignore' });
  // Dovecot's threads are asked for, not told: a client makes its own.
  const { threads: _threads, ...actions } = imapActions(imap);
  return {
    name: `Dovecot 2.3${capabilities === 'full' ? '' : ` (${capabilities})`}`,
    config: { protocol: 'imap', imap: { ...here, port: ternPort }, smtp: { ...here, port: 1 } },
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
    fill: async (count, options) => {
      const mailboxes = fillMaildir(home, filled, count, options);
      filled += count;
      await withImap(imap, async (client) => {
        for (const mailbox of mailboxes) await client.run(`EXAMINE ${wireName(mailbox)}`);
      });
    },
    stop: async () => undefined,
  };
};

/** Makes a user on a Dovecot that runs, and waits until he can sign in. */
export const addAccount = async (...made: Parameters<typeof makeAccount>): Promise<DovecotAccount> => {
  const account = makeAccount(...made);
  await untilKnown(account.imap);
  return account;
};
