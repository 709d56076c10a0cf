import { cyrusAvailable, startCyrus } from '../../../servers/cyrus.ts';
import { dovecotAvailable, startDovecot } from '../../../servers/dovecot.ts';
import { withEventSource } from '../../../servers/eventProxy.ts';
import { deliverSample, sampleMail } from '../../../servers/jmap/sampleMail.ts';
import { startJmapServer } from '../../../servers/jmapServer.ts';
import type { MailServer } from '../../../servers/mailServer.ts';
import { startSmtpServer } from '../../../servers/smtpServer.ts';
import { startSmtpSink } from '../../../servers/smtpSink.ts';
import type { Services } from './provider.ts';

/** Whose account it is, everywhere; the password is `secret`. */
export const ME = 'alice@example.test';

/** A server as the window's tests use it. */
export type Backend = {
  /** The account as another client has it. */
  server: MailServer;
  services: Services;
  /** Messages that were handed on to others, as they went over the wire. */
  sent(): string[];
  stop(): Promise<void>;
};

/** A kind of server; `missing`: why there is none here, null where there is one. */
export type BackendKind = { name: string; missing: string | null; start(): Promise<Backend> };

const portOf = (server: MailServer): number => {
  const { config } = server;
  return config.protocol === 'jmap' ? Number(new URL(config.sessionUrl).port) : config.imap.port;
};

const startDemo = async (): Promise<Backend> => {
  const server = await startJmapServer({ username: ME, push: true });
  await deliverSample(server, sampleMail(300, { now: new Date(Date.UTC(2025, 11, 24)) }));
  return {
    server,
    services: { jmap: portOf(server) },
    sent: () => server.sent.map(({ data }) => data),
    stop: () => server.stop(),
  };
};

const startRealImap = async (): Promise<Backend> => {
  const [server, smtp] = await Promise.all([startDovecot({ user: ME }), startSmtpServer()]);
  return {
    server,
    services: { imaps: portOf(server), submissions: smtp.config.port },
    sent: () => smtp.ledger.accepted.map(({ bytes }) => bytes.toString('latin1')),
    stop: async () => void (await Promise.all([server.stop(), smtp.stop()])),
  };
};

/** Cyrus 3.6 has no event source of its own: what a server with one says is said by the proxy before it. */
const startRealJmap = async (): Promise<Backend> => {
  const sink = await startSmtpSink();
  const server = await withEventSource(await startCyrus({ smtpPort: sink.port }));
  return {
    server,
    services: { jmap: portOf(server) },
    sent: () => sink.messages.map(({ data }) => data),
    stop: async () => {
      await server.stop();
      await sink.stop();
    },
  };
};

/** All servers that the window is driven on. */
export const backends: BackendKind[] = [
  { name: 'the demo server', missing: null, start: startDemo },
  { name: 'Dovecot', missing: dovecotAvailable(), start: startRealImap },
  { name: 'Cyrus', missing: cyrusAvailable(), start: startRealJmap },
];
