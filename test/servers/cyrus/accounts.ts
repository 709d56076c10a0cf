import type { Config } from '../../../src-shared/model.ts';
import { type ImapAccess, imapActions, withImap } from '../imap/rawImapActions.ts';
import type { MailServer } from '../mailServer.ts';
import { jmapActions } from './actions.ts';
import { deliverByImap } from './deliver.ts';
import { type Installation, setPassword, signOut } from './layout.ts';
import { rawJmap } from './rawJmap.ts';

/** One account of a Cyrus, as another client uses it. */
export type CyrusAccount = Required<Omit<MailServer, 'restart'>> & {
  /** The same account over IMAP. */
  imap: ImapAccess;
};

const byJmap = (httpPort: number, access: ImapAccess) => {
  const config = { protocol: 'jmap' as const, sessionUrl: `http://127.0.0.1:${httpPort}/.well-known/jmap` };
  const credential = access.credential;
  const deliver: MailServer['deliver'] = (mails) => withImap(access, (imap) => deliverByImap(imap, mails));
  return { name: 'Cyrus 3.6', config, ...jmapActions(rawJmap({ config, credential })), deliver };
};

const byImap = (imapPort: number, access: ImapAccess) => {
  const here = { host: '127.0.0.1', security: 'none' as const };
  const config = { protocol: 'imap' as const, imap: { ...here, port: imapPort }, smtp: { ...here, port: 1 } };
  return { name: "Cyrus 3.6's imapd", config, ...imapActions(access) };
};

/** Lets a user sign in with a password; his account is made by the first login over IMAP. Ends with the server. */
export const accountOn = (
  installation: Installation,
  protocol: Config['protocol'],
  user: string,
  password: string,
): CyrusAccount => {
  const { httpPort, imapPort } = installation;
  const credential = { type: 'password' as const, username: `${user}@example.test`, password };
  const imap: ImapAccess = { dial: { port: imapPort }, credential, mailboxId: 'MAILBOXID' };
  setPassword(installation, user, password);
  return {
    ...(protocol === 'imap' ? byImap(imapPort, imap) : byJmap(httpPort, imap)),
    imap,
    credential,
    changePassword: async (fresh) => {
      setPassword(installation, user, fresh);
      credential.password = fresh;
      signOut(installation, user);
    },
    stop: async () => undefined,
  };
};
