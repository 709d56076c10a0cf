import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import { createServer as createHttpsServer, type ServerOptions } from 'node:https';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer as createTlsServer, getCACertificates, setDefaultCACertificates } from 'node:tls';
import type { TestNetwork } from '../../src-main/platform.ts';
import { makeCertificate } from '../servers/certificates.ts';
import { type DnsServer, startDnsServer } from '../servers/dns/dnsServer.ts';
import { startImapServer } from '../servers/imapServer.ts';
import type { Bait } from '../servers/lure.ts';
import { startSmtpServer } from '../servers/smtpServer.ts';

/** What a page is: its status, where it leads, its text; or who answers in whatever way. */
export type Answer =
  | { status: number; headers?: Record<string, string>; body?: string }
  | ((request: IncomingMessage, response: ServerResponse) => void);

/** Mail servers that stand ready, by what they speak; those with `oauth` also take tokens. */
export type Ready = 'imaps' | 'imap' | 'imapsOauth' | 'smtps' | 'smtp';

/** What listens at a port of a host: pages by path, a server that stands ready, or one that says what a test wants. */
export type Service = { port: number } & (
  | { pages: Record<string, Answer> }
  | { ready: Ready }
  | { greeting: string; bait: Bait; tls: boolean }
  /** Its certificate is nobody's. */
  | { distrusted: 'imaps' | 'pages' }
);

/** The internet as discovery sees it: a name server, hosts, and what was asked of whom. */
export type SmallInternet = {
  readonly dns: DnsServer;
  readonly network: TestNetwork;
  /** Folder with `ca.pem`, whom all trusted hosts are vouched for by. */
  readonly folder: string;
  /** Adds a host with addresses of the internet; default: one that no other host has. */
  host(name: string, services: readonly Service[], addresses?: readonly string[]): Promise<void>;
  /** Where connections were to go, as `address:port`. */
  readonly dialled: readonly string[];
  readonly requests: readonly { host: string; path: string; headers: IncomingHttpHeaders }[];
  /** Every line that mail servers heard. */
  heard(): string[];
  /** The port of this machine behind a server that stands ready, or behind pages. */
  portOf(what: Ready | 'pages'): number;
  stop(): Promise<void>;
};

/** Nobody listens there. */
const CLOSED = 9;

/** Starts a small internet whose certificate is good for the hosts named. */
export const startSmallInternet = async (trusted: readonly string[]): Promise<SmallInternet> => {
  const folder = mkdtempSync(join(tmpdir(), 'tern-internet-'));
  const ca = makeCertificate(folder, 'valid', trusted);
  setDefaultCACertificates([...getCACertificates('default'), ca]);
  const [cert = '', key = ''] = ['cert.pem', 'key.pem'].map((name) => readFileSync(join(folder, name), 'utf8'));
  const nobody = mkdtempSync(join(tmpdir(), 'tern-nobody-'));
  makeCertificate(nobody, 'valid', trusted);
  const [falseCert, falseKey] = ['cert.pem', 'key.pem'].map((name) => readFileSync(join(nobody, name), 'utf8'));

  const dns = await startDnsServer();
  const closers: (() => unknown)[] = [() => dns.stop()];
  const pages = new Map<string, Record<string, Answer>>();
  const requests: SmallInternet['requests'][number][] = [];
  const answer = (request: IncomingMessage, response: ServerResponse): void => {
    const host = request.headers.host ?? '';
    const path = request.url ?? '';
    requests.push({ host, path, headers: request.headers });
    const page = pages.get(host)?.[path.replace(/\?.*/, '')] ?? { status: 404 };
    if (typeof page === 'function') return page(request, response);
    response.writeHead(page.status, page.headers).end(page.body);
  };
  const listening = async (server: Server): Promise<number> => {
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
  };
  const webPort = (options: ServerOptions): Promise<number> => listening(createHttpsServer(options, answer));
  const ready = await startReady(cert, key);
  closers.push(ready.stop);
  const ports = { ...ready.ports, pages: await webPort({ cert, key }) };
  const distrusted = {
    pages: await webPort({ cert: falseCert, key: falseKey }),
    imaps: await listening(createTlsServer({ cert: falseCert, key: falseKey }, (socket) => socket.write('* OK\r\n'))),
  };
  const odd: string[] = [];
  const oddPort = ({ greeting, bait, tls }: Extract<Service, { greeting: string }>): Promise<number> => {
    const talk = (socket: Socket): void =>
      converse(
        socket.on('error', () => undefined),
        greeting,
        bait,
        odd,
      );
    return listening(tls ? createTlsServer({ cert, key }, talk) : createServer(talk));
  };
  const portBehind = async (service: Service): Promise<number> => {
    if ('ready' in service) return ports[service.ready];
    if ('pages' in service) return ports.pages;
    return 'distrusted' in service ? distrusted[service.distrusted] : oddPort(service);
  };

  const routes = new Map<string, number>();
  const dialled: string[] = [];
  let hosts = 0;
  return {
    dns,
    folder,
    dialled,
    requests,
    network: {
      nameServer: `127.0.0.1:${dns.port}`,
      route: (address, port) => {
        dialled.push(`${address}:${port}`);
        return { address: '127.0.0.1', port: routes.get(`${address}:${port}`) ?? CLOSED };
      },
    },
    host: async (name, services, addresses = [`11.0.${++hosts >> 8}.${hosts & 0xff}`]) => {
      for (const address of addresses) dns.add({ type: address.includes(':') ? 'AAAA' : 'A', name, address });
      for (const service of services) {
        const behind = await portBehind(service);
        for (const address of addresses) routes.set(`${address}:${service.port}`, behind);
        if ('pages' in service) pages.set(service.port === 443 ? name : `${name}:${service.port}`, service.pages);
      }
    },
    heard: () => [...ready.heard(), ...odd],
    portOf: (what) => ports[what],
    stop: async () => {
      await Promise.all(closers.map((close) => close()));
      for (const each of [folder, nobody]) rmSync(each, { recursive: true });
    },
  };
};

const converse = (socket: Socket, greeting: string, bait: Bait, heard: string[]): void => {
  if (greeting !== '') socket.write(greeting);
  let rest = '';
  socket.on('data', (bytes) => {
    const lines = (rest + bytes.toString('latin1')).split('\r\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      heard.push(line);
      const said = bait(line);
      if (said === null) socket.destroy();
      else if (socket.writable) socket.write(Buffer.from(said, 'latin1'));
    }
  });
};

/** The mail servers that most hosts share. */
const startReady = async (cert: string, key: string) => {
  const tls = { security: 'tls', cert, key } as const;
  const starttls = { security: 'starttls', cert, key } as const;
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
    heard: () => [
      ...[imaps, imap, imapsOauth].flatMap(({ commands }) => commands.map((command) => JSON.stringify(command))),
      ...[smtps, smtp].flatMap(({ commands }) => commands),
    ],
    stop: () => Promise.all([imaps, imap, imapsOauth, smtps, smtp].map((server) => server.stop())),
  };
};
