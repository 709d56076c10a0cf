import { TernError } from '../../src-shared/errors.ts';
import { type ImapServer, type ImapServerOptions, startImapServer } from '../servers/imapServer.ts';
import { type JmapServer, type JmapServerOptions, startJmapServer } from '../servers/jmapServer.ts';
import type { MailServer } from '../servers/mailServer.ts';
import { type SmtpServer, startSmtpServer } from '../servers/smtpServer.ts';
import type { Site } from './site.ts';
import { realSite } from './siteReal.ts';

/** A server that a desk sends by. `ledger`: who was handed which message, in order: `<Message-ID> recipient`. */
export type SendingSite<S> = { site: Site; server: S; mail: MailServer; ledger: () => string[] };

const line = ({ messageId, recipient }: { messageId: string; recipient: string }): string =>
  `${messageId} ${recipient}`;

/** A JMAP server in process, which sends by itself. */
export const jmapSite = async (options: JmapServerOptions = {}): Promise<SendingSite<JmapServer>> => {
  const server = await startJmapServer(options);
  return {
    site: realSite(server, () => server.stop()),
    server,
    mail: server,
    ledger: () => server.sent.map(line),
  };
};

/** An IMAP server in process, with an SMTP server beside it. */
export const smtpSite = async (
  options: ImapServerOptions = {},
): Promise<SendingSite<{ imap: ImapServer; smtp: SmtpServer }>> => {
  const [imap, smtp] = await Promise.all([startImapServer(options), startSmtpServer()]);
  const { config, credential } = imap;
  if (config.protocol !== 'imap') throw new TernError('bug', 'the IMAP server has no IMAP account');
  const stop = async (): Promise<void> => void (await Promise.all([imap.stop(), smtp.stop()]));
  return {
    site: realSite({ config: { ...config, smtp: smtp.config }, credential }, stop),
    server: { imap, smtp },
    mail: imap,
    ledger: () => smtp.ledger.accepted.map(line),
  };
};
