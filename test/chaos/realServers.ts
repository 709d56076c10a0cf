import { setTimeout as sleep } from 'node:timers/promises';
import type { Config, Credential } from '../../src-shared/model.ts';
import { cyrusAvailable, startCyrus } from '../servers/cyrus.ts';
import { dovecotAvailable, startDovecot } from '../servers/dovecot.ts';
import { type ImapAccess, imapActions, withImap } from '../servers/imap/rawImapActions.ts';
import { listMailboxes, wireName } from '../servers/imap/rawImapMailboxes.ts';
import type { MailServer } from '../servers/mailServer.ts';
import { type Dialect, imapDialect, jmapDialect } from '../servers/proxy.ts';
import type { Server } from './actor.ts';
import { type Eyes, eyesById } from './eyes.ts';
import { type Box, imapEyes, type Sight } from './imapEyes.ts';
import { mbsyncDifferences } from './mbsyncOracle.ts';

/** An account of a real server, and how Tern reaches it through a proxy. */
export type RealAccount = { server: Server; eyes: Eyes; config: Config; credential: Credential };

/** A real server on loopback. */
export type Running = {
  port: number;
  dialect: Dialect;
  addUser(user: string, proxyPort: number): Promise<RealAccount>;
  stop(): Promise<void>;
};

/** A server that histories can be lived on; `unavailable` says why not here. */
export type RealServer = { name: string; unavailable(): string | null; start(): Promise<Running> };

/** Cyrus, over JMAP. */
export const cyrus: RealServer = {
  name: 'Cyrus',
  unavailable: cyrusAvailable,
  start: async () => {
    const running = await startCyrus();
    const { config } = running;
    if (config.protocol !== 'jmap') throw new Error('Cyrus speaks JMAP here');
    const url = new URL(config.sessionUrl);
    return {
      port: Number(url.port),
      dialect: jmapDialect,
      addUser: async (user, proxyPort) => {
        const server = await running.addUser(user);
        url.port = String(proxyPort);
        return {
          server,
          eyes: eyesById(server),
          config: { ...config, sessionUrl: url.href },
          credential: server.credential,
        };
      },
      stop: () => running.stop(),
    };
  },
};

const boxesOf = (access: ImapAccess): Promise<Box[]> =>
  withImap(access, async (imap) => {
    const boxes: Box[] = [];
    for (const { id, path, selectable } of await listMailboxes(imap, access.mailboxId)) {
      const lines = selectable ? (await imap.run(`STATUS ${wireName(path)} (UIDVALIDITY)`)).lines : [];
      boxes.push({ id, path, uidValidity: /UIDVALIDITY (\d+)/.exec(lines[0]?.text ?? '')?.[1] ?? '0' });
    }
    return boxes;
  });

/** A mailbox may go while it is read, by what Tern sent before its worker stood still. */
const patiently = async <T>(read: () => Promise<T>): Promise<T> => {
  for (let tries = 1; ; tries++) {
    try {
      return await read();
    } catch (error) {
      if (tries === 5) throw error;
      await sleep(50);
    }
  }
};

/** Reads an account anew each time: whoever acted before calls emails by where they were then. */
const dovecotEyes = (server: Pick<MailServer, 'config' | 'credential'> & { imap: ImapAccess }): Eyes => {
  const { imap: access } = server;
  let boxes: Box[] = [];
  const look = async (): Promise<Sight> => {
    boxes = await boxesOf(access);
    return { boxes, truth: await imapActions(access).truth(), uidOf: (id) => Number.parseInt(id, 10) };
  };
  const eyes = imapEyes(
    () => patiently(look),
    () => boxes,
  );
  return {
    ...eyes,
    differences: async (raw) => [...(await eyes.differences(raw)), ...(await mbsyncDifferences(server, raw))],
  };
};

/** Dovecot, over IMAP. */
export const dovecot: RealServer = {
  name: 'Dovecot',
  unavailable: dovecotAvailable,
  start: async () => {
    const running = await startDovecot();
    const { config } = running;
    if (config.protocol !== 'imap') throw new Error('Dovecot speaks IMAP');
    return {
      port: config.imap.port,
      dialect: imapDialect,
      addUser: async (user, proxyPort) => {
        const server = await running.addUser(user);
        return {
          server: { ...server, truth: () => patiently(server.truth) },
          eyes: dovecotEyes(server),
          config: { ...config, imap: { ...config.imap, port: proxyPort } },
          credential: server.credential,
        };
      },
      stop: () => running.stop(),
    };
  },
};
