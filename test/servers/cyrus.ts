import type { Credential, JmapConfig } from '../../src-shared/model.ts';
import { type JmapActions, jmapActions } from './cyrus/actions.ts';
import { type Appender, type Message, openAppender } from './cyrus/append.ts';
import { type FillOptions, fillMails } from './cyrus/fill.ts';
import { layOut, setPassword } from './cyrus/layout.ts';
import { toMessage } from './cyrus/message.ts';
import { launch } from './cyrus/process.ts';
import { rawJmap } from './cyrus/rawJmap.ts';
import type { MailServer, TestMail } from './mailServer.ts';

export { cyrusAvailable, cyrusPackages } from './cyrus/install.ts';

/**
 * Who the server's one account is, where it hands over mail to send (nowhere unless `smtpPort` is given), and more
 * lines of imapd.conf, as `{ jmap_max_objects_in_get: '100' }` for a server with lower limits.
 */
export type CyrusOptions = {
  user?: string;
  password?: string;
  smtpPort?: number;
  settings?: Record<string, string>;
  /** The user can sign in but has no mailbox, so no account yet: the first mail that is delivered makes it. */
  noMailbox?: boolean;
};

/** One account of a Cyrus, as another client uses it. */
export type CyrusAccount = Pick<MailServer, 'config' | 'credential' | 'deliver'> & JmapActions;

/** A real Cyrus 3.6 on loopback, spoken to by JMAP; it serves the same account over IMAP at `imapPort`. */
export type CyrusServer = MailServer & {
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

const batch = 50;

type Numbered = { index: number; message: Message };

/** Appends to one mailbox in batches; `ids[index]` becomes the JMAP id. */
const appendAll = async (imap: Appender, mailbox: string, numbered: Numbered[], ids: string[]): Promise<void> => {
  const uids: number[] = [];
  for (let at = 0; at < numbered.length; at += batch) {
    const messages = numbered.slice(at, at + batch).map(({ message }) => message);
    uids.push(...(await imap.append(mailbox, messages)));
  }
  const emails = await imap.emailIds(mailbox, uids);
  for (const [n, { index }] of numbered.entries()) ids[index] = emails[n] ?? '';
};

/** Appends each mail to all of its mailboxes: the same bytes in two of them are one email to Cyrus. */
const deliverAll = async (imap: Appender, mails: TestMail[]): Promise<string[]> => {
  const names = await imap.mailboxNames();
  const inbox = [...names].find(([, name]) => name === 'INBOX')?.[0] ?? '';
  const groups = new Map<string, Numbered[]>();
  for (const [index, mail] of mails.entries()) {
    const message = toMessage(mail);
    for (const id of mail.mailboxIds ?? [inbox]) {
      const group = groups.get(id) ?? [];
      groups.set(id, group);
      group.push({ index, message });
    }
  }
  const ids: string[] = mails.map(() => '');
  for (const [id, numbered] of groups) {
    const name = names.get(id);
    if (name === undefined) throw new Error(`Cyrus has no mailbox ${id}`);
    await appendAll(imap, name, numbered, ids);
  }
  return ids;
};

type WithImap = <T>(act: (imap: Appender) => Promise<T>) => Promise<T>;

/** An account by its verbs, and a way to its IMAP. `credential` is read at each use, so a new password counts at once. */
const accountOn = (
  imapPort: number,
  config: JmapConfig,
  credential: Extract<Credential, { type: 'password' }>,
): { account: CyrusAccount; withImap: WithImap } => {
  const withImap: WithImap = async (act) => {
    const imap = await openAppender(imapPort, credential.username, credential.password);
    try {
      return await act(imap);
    } finally {
      imap.close();
    }
  };
  const deliver: CyrusAccount['deliver'] = (mails) => withImap((imap) => deliverAll(imap, mails));
  return { account: { config, credential, ...jmapActions(rawJmap({ config, credential })), deliver }, withImap };
};

/** Starts a Cyrus of its own in a temp folder; it ends with `stop`, or with this process however that ends. */
export const startCyrus = async (options: CyrusOptions = {}): Promise<CyrusServer> => {
  const { user = 'alice', smtpPort = 1, settings } = options;
  const credential = {
    type: 'password' as const,
    username: `${user}@example.test`,
    password: options.password ?? 'secret',
  };
  const installation = await layOut(user, credential.password, {
    smtp_host: `127.0.0.1:${smtpPort}`,
    ...settings,
  });
  const { httpPort, imapPort } = installation;
  let running = await launch(installation);
  let filled = 0;

  const config = { protocol: 'jmap' as const, sessionUrl: `http://127.0.0.1:${httpPort}/.well-known/jmap` };
  const { account, withImap } = accountOn(imapPort, config, credential);

  // The first login over IMAP makes the account; JMAP alone would answer accountNotFound.
  const makeAccount = async (): Promise<void> => void (await withImap((imap) => imap.mailboxNames()));
  if (!options.noMailbox) {
    await makeAccount().catch(async (error: unknown) => {
      await running.kill();
      throw error;
    });
  }
  return {
    name: 'Cyrus 3.6',
    ...account,
    imapPort,
    folder: installation.folder,
    fill: async (count, fillOptions) => {
      const from = filled;
      filled += count;
      await withImap((imap) => fillMails(imap, from, count, fillOptions));
    },
    addUser: async (name) => {
      setPassword(installation, name, 'secret');
      const added = accountOn(imapPort, config, {
        ...credential,
        username: `${name}@example.test`,
        password: 'secret',
      });
      await added.withImap((imap) => imap.mailboxNames());
      return added.account;
    },
    changePassword: async (password) => {
      setPassword(installation, user, password);
      credential.password = password;
    },
    group: () => running.group,
    suspend: () => running.suspend(),
    resume: () => running.resume(),
    restart: async () => {
      await running.kill('keep');
      running = await launch(installation);
    },
    stop: () => running.kill(),
  };
};
