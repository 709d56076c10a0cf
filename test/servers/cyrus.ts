import type { Config } from '../../src-shared/model.ts';
import { accountOn, type CyrusAccount } from './cyrus/accounts.ts';
import { type FillOptions, fillMails } from './cyrus/fill.ts';
import { cyrusPaths } from './cyrus/install.ts';
import { layOut } from './cyrus/layout.ts';
import { launch } from './daemon.ts';
import { withImap } from './imap/rawImapActions.ts';

export type { CyrusAccount } from './cyrus/accounts.ts';
export { cyrusAvailable, cyrusPackages } from './cyrus/install.ts';

/**
 * What its accounts speak, JMAP unless told; who the first one is, where the server hands over mail to send (nowhere unless
 * `smtpPort` is given), and more lines of imapd.conf, as `{ jmap_max_objects_in_get: '100' }` for lower limits.
 */
export type CyrusOptions = {
  protocol?: Config['protocol'];
  user?: string;
  password?: string;
  smtpPort?: number;
  settings?: Record<string, string>;
  /** The user can sign in but has no mailbox, so no account yet: the first mail that is delivered makes it. */
  noMailbox?: boolean;
};

/** A real Cyrus 3.6 on loopback, and its first account. */
export type CyrusServer = CyrusAccount & {
  imapPort: number;
  /** The temp folder that holds all of it; gone after `stop`. */
  folder: string;
  /** Another account on it, made here; it ends with the server. */
  addUser(user: string): Promise<CyrusAccount>;
  /** Process group of all of its processes; a new one after `restart`. */
  group(): number;
  /** Appends `count` made-up mails, the same ones each time, spread over the mailboxes with a role. */
  fill(count: number, options?: FillOptions): Promise<void>;
  /** Stops every process where it stands: what is asked meanwhile waits for `resume`. */
  suspend(): void;
  resume(): void;
  /** Kills the server and starts it again on the same ports with the same mail. */
  restart(): Promise<void>;
};

// The first login over IMAP makes an account; JMAP alone would answer accountNotFound.
const makeAccount = ({ imap }: CyrusAccount): Promise<void> => withImap(imap, async () => undefined);

/** Starts a Cyrus of its own in a temp folder; it ends with `stop`, or with this process however that ends. */
export const startCyrus = async (options: CyrusOptions = {}): Promise<CyrusServer> => {
  const { protocol = 'jmap', user = 'alice', password = 'secret', smtpPort = 1, settings } = options;
  const installation = await layOut({ smtp_host: `127.0.0.1:${smtpPort}`, ...settings });
  const { folder, httpPort, imapPort } = installation;
  const account = accountOn(installation, protocol, user, password);
  const start = () =>
    launch({
      name: 'Cyrus',
      folder,
      command: [cyrusPaths.master, '-C', `${folder}/imapd.conf`, '-M', `${folder}/cyrus.conf`, '-p', `${folder}/pid`],
      ports: [httpPort, imapPort],
    });
  let running = await start();
  let filled = 0;
  if (!options.noMailbox) {
    await makeAccount(account).catch(async (error: unknown) => {
      await running.kill();
      throw error;
    });
  }
  return {
    ...account,
    imapPort,
    folder,
    fill: async (count, fillOptions) => {
      const from = filled;
      filled += count;
      await withImap(account.imap, (imap) => fillMails(imap, from, count, fillOptions));
    },
    addUser: async (name) => {
      const added = accountOn(installation, protocol, name, 'secret');
      await makeAccount(added);
      return added;
    },
    group: () => running.group,
    suspend: () => running.suspend(),
    resume: () => running.resume(),
    restart: async () => {
      await running.kill('keep');
      running = await start();
    },
    stop: () => running.kill(),
  };
};
