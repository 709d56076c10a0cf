import type { Config } from '../../src-shared/model.ts';
import { cyrusAvailable, startCyrus } from '../servers/cyrus.ts';
import { dovecotAvailable, startDovecot } from '../servers/dovecot.ts';
import { startImapServer } from '../servers/imapServer.ts';
import { startJmapServer } from '../servers/jmapServer.ts';
import type { MailServer } from '../servers/mailServer.ts';
import { skipWithout } from '../servers/skipWithout.ts';
import { startSmtpServer } from '../servers/smtpServer.ts';
import { startSmtpSink } from '../servers/smtpSink.ts';
import { sendingSuite } from './behavioursSending.ts';
import type { Post } from './desk.ts';
import { everyOther, inTurn, theOthers } from './turns.ts';

const cyrus = skipWithout(cyrusAvailable(), 'sending on Cyrus');
const dovecot = skipWithout(dovecotAvailable(), 'sending on Dovecot');

/** A JMAP server in process, which sends by itself. */
const inProcess = async (): Promise<Post> => {
  const server = await startJmapServer();
  return {
    server,
    config: server.config,
    left: () => server.sent.map(({ recipient, data }) => ({ to: recipient, source: data })),
    refuse: (recipient) =>
      server.trouble.refuseItems((method) =>
        method === 'EmailSubmission/set' ? { type: 'invalidRecipients', invalidRecipients: [recipient] } : null,
      ),
  };
};

/** Cyrus, which hands over what it sends to a sink. */
const cyrusJmap = async (): Promise<Post> => {
  const sink = await startSmtpSink();
  const server = await startCyrus({ smtpPort: sink.port });
  return {
    server: { ...server, stop: async () => void (await Promise.all([server.stop(), sink.stop()])) },
    config: server.config,
    left: () => sink.messages.flatMap(({ to, data }) => to.map((each) => ({ to: each, source: data }))),
    refuse: (recipient) => {
      sink.trouble.reply = (line) => (line.includes(recipient) ? '550 5.1.1 no such user' : null);
    },
  };
};

/** An IMAP server, and an SMTP server beside it. */
const overSmtp = (start: () => Promise<MailServer>) => async (): Promise<Post> => {
  const server = await start();
  const credential = server.credential;
  const user = credential.type === 'password' ? { [credential.username]: credential.password } : {};
  const smtp = await startSmtpServer({ accounts: user });
  return {
    server: { ...server, stop: async () => void (await Promise.all([server.stop(), smtp.stop()])) },
    config: { ...server.config, smtp: smtp.config } as Config,
    left: () =>
      smtp.ledger.accepted.map(({ recipient, bytes }) => ({ to: recipient, source: bytes.toString('latin1') })),
    refuse: (recipient) => smtp.faults.fail('RCPT', { kind: 'say', lines: ['550 5.1.1 no such user'] }, 1, recipient),
  };
};

sendingSuite('JMAP in process', inProcess, { takes: everyOther });
sendingSuite(
  'IMAP in process and SMTP',
  overSmtp(() => startImapServer()),
  { takes: theOthers },
);
sendingSuite('JMAP of Cyrus', cyrusJmap, { skip: cyrus, takes: inTurn('cyrusJmap') });
sendingSuite(
  'IMAP of Dovecot and SMTP',
  overSmtp(() => startDovecot()),
  { skip: dovecot, takes: inTurn('dovecot') },
);
sendingSuite(
  'IMAP of a bare Dovecot and SMTP',
  overSmtp(() => startDovecot({ capabilities: 'bare' })),
  {
    skip: dovecot,
    takes: inTurn('bare'),
  },
);
sendingSuite(
  'IMAP of Cyrus and SMTP',
  overSmtp(() => startCyrus({ protocol: 'imap' })),
  { skip: cyrus, takes: inTurn('cyrus') },
);
