import { once } from 'node:events';
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { startImapServer } from '../servers/imapServer.ts';
import { type Bait, converse } from '../servers/lure.ts';
import { startSmtpServer } from '../servers/smtpServer.ts';

/** What a page is: its status, where it leads, its text; or who answers in whatever way. */
export type Answer =
  | { status: number; headers?: Record<string, string>; body?: string }
  | ((request: IncomingMessage, response: ServerResponse) => void);

/** Mail servers that stand ready, by what they speak; the one with `Oauth` also takes tokens. */
export type Ready = 'imaps' | 'imap' | 'imapsOauth' | 'smtps' | 'smtp';

/** What listens at a port of a host: pages by path, a server that stands ready, or one that says what a test wants. */
export type Service = { port: number } & (
  | { pages: Record<string, Answer> }
  | { ready: Ready }
  | { greeting: string; bait: Bait; tls: boolean }
  /** Its certificate is nobody's. */
  | { distrusted: 'imaps' | 'pages' }
);

/** A certificate and its key, in PEM. */
export type Identity = { cert: string; key: string };

type Request = { host: string; path: string; headers: IncomingHttpHeaders };

/** Pages of many hosts, by the host's name and port as a browser names it, and what was asked for. */
export const createPages = () => {
  const pages = new Map<string, Record<string, Answer>>();
  const requests: Request[] = [];
  return {
    pages,
    requests,
    answer: (request: IncomingMessage, response: ServerResponse): void => {
      const host = request.headers.host ?? '';
      const path = request.url ?? '';
      requests.push({ host, path, headers: request.headers });
      const page = pages.get(host)?.[path.replace(/\?.*/, '')] ?? { status: 404 };
      if (typeof page === 'function') return page(request, response);
      response.writeHead(page.status, page.headers).end(page.body);
    },
  };
};

/** Servers that listen on 127.0.0.1 until they are stopped together. */
const createListeners = () => {
  const closers: (() => void)[] = [];
  return {
    listen: async (server: Server): Promise<number> => {
      const sockets = new Set<Socket>();
      server.on('connection', (socket) => sockets.add(socket.on('error', () => undefined)));
      server.on('tlsClientError', () => undefined);
      server.listen(0, '127.0.0.1');
      await once(server, 'listening');
      closers.push(() => {
        server.close();
        for (const socket of sockets) socket.destroy();
      });
      return (server.address() as AddressInfo).port;
    },
    stop: (): void => closers.forEach((close) => close()),
  };
};

type Pages = ReturnType<typeof createPages>;

/** The servers behind all hosts: `portBehind` answers the port of this machine where a service is. */
export const startInternetServers = async ({ answer }: Pages, trusted: Identity, nobody: Identity) => {
  const { listen, stop } = createListeners();
  const ready = await startReady(trusted);
  const ports = { ...ready.ports, pages: await listen(createHttpsServer(trusted, answer)) };
  const distrusted = {
    pages: await listen(createHttpsServer(nobody, answer)),
    imaps: await listen(createTlsServer(nobody, (socket) => socket.write('* OK\r\n'))),
  };
  const heard: string[] = [];
  const startOdd = ({ greeting, bait, tls }: Extract<Service, { greeting: string }>): Promise<number> => {
    const talk = (socket: Socket): void => converse(socket, greeting, bait, heard);
    return listen(tls ? createTlsServer(trusted, talk) : createServer(talk));
  };
  return {
    ports,
    portBehind: async (service: Service): Promise<number> => {
      if ('ready' in service) return ports[service.ready];
      if ('pages' in service) return ports.pages;
      return 'distrusted' in service ? distrusted[service.distrusted] : startOdd(service);
    },
    heard: (): string[] => [...ready.heard(), ...heard],
    stop: async (): Promise<void> => {
      stop();
      await ready.stop();
    },
  };
};

/** The mail servers that most hosts share. */
const startReady = async (identity: Identity) => {
  const tls = { security: 'tls', ...identity } as const;
  const starttls = { security: 'starttls', ...identity } as const;
  const [imaps, imap, imapsOauth] = await Promise.all([
    startImapServer({ tls }),
    startImapServer({ tls: starttls }),
    startImapServer({ tls, token: 'token' }),
  ]);
  const [smtps, smtp] = await Promise.all([startSmtpServer({ tls }), startSmtpServer({ tls: starttls })]);
  return {
    ports: {
      imaps: imaps.port,
      imap: imap.port,
      imapsOauth: imapsOauth.port,
      smtps: smtps.config.port,
      smtp: smtp.config.port,
    },
    heard: (): string[] => [
      ...[imaps, imap, imapsOauth].flatMap(({ commands }) => commands.map(({ line }) => line)),
      ...[smtps, smtp].flatMap(({ commands }) => commands),
    ],
    stop: () => Promise.all([imaps, imap, imapsOauth, smtps, smtp].map((server) => server.stop())),
  };
};
