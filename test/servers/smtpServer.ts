import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { createSecureContext, TLSSocket } from 'node:tls';
import type { ImapConfig } from '../../src-shared/model.ts';
import type { TokenCheck } from './oauth/tokenCheck.ts';
import { createFaults, type Faults } from './smtp/faults.ts';
import { createLedger, type Ledger } from './smtp/ledger.ts';
import { type Site, serve } from './smtp/session.ts';

export type { Failure, Moment } from './smtp/faults.ts';

/** How a server for outgoing mail is to be; everything has a default. */
export type SmtpServerOptions = {
  /** Passwords by user name; null: nobody has to sign in. Default: alice@example.test, secret. */
  accounts?: Record<string, string> | null;
  /** Asks whose a bearer token is. */
  tokens?: TokenCheck;
  extensions?: string[];
  mechanisms?: string[];
  /** Encryption, with a certificate and its key in PEM; default: none. */
  tls?: { security: 'tls' | 'starttls'; cert: string; key: string };
  /** False: of messages only their size is kept. */
  keep?: boolean;
  /** Default: any that is free. */
  port?: number;
};

/** A server for outgoing mail in this process (RFC 5321, RFC 4954, RFC 3207), and knobs for what can go wrong. */
export type SmtpServer = {
  readonly config: ImapConfig['smtp'];
  readonly faults: Faults;
  readonly ledger: Ledger;
  /** Every line that clients sent, but for messages; and those of them that came without encryption. */
  readonly commands: readonly string[];
  readonly plain: readonly string[];
  /** Connections that are open now. */
  connections(): number;
  set(knobs: Partial<Pick<Site, 'extensions' | 'mechanisms' | 'stripped' | 'injected' | 'pause' | 'half'>>): void;
  stop(): Promise<void>;
};

/** What most servers can. */
const usual = ['PIPELINING', 'SIZE 52428800', '8BITMIME', 'SMTPUTF8', 'ENHANCEDSTATUSCODES'];

/** Starts a server on 127.0.0.1. */
export const startSmtpServer = async (options: SmtpServerOptions = {}): Promise<SmtpServer> => {
  const { accounts = { 'alice@example.test': 'secret' }, tls } = options;
  const site: Site = {
    security: tls?.security ?? 'none',
    secure: tls ? createSecureContext({ cert: tls.cert, key: tls.key }) : null,
    accounts: accounts && new Map(Object.entries(accounts)),
    tokens: options.tokens ?? null,
    extensions: options.extensions ?? usual,
    mechanisms: options.mechanisms ?? ['PLAIN', 'LOGIN'],
    stripped: false,
    injected: '',
    keep: options.keep ?? true,
    faults: createFaults(),
    ledger: createLedger(),
    commands: [],
    plain: [],
    sockets: new Set(),
    pause: null,
    half: 1,
  };
  const server = createServer((socket: Socket) => {
    site.sockets.add(socket);
    socket.on('close', () => site.sockets.delete(socket)).on('error', () => undefined);
    const wraps = site.security === 'tls' && site.secure;
    const secured = wraps ? new TLSSocket(socket, { isServer: true, secureContext: wraps }) : socket;
    void serve(
      site,
      secured.on('error', () => socket.destroy()),
    );
  });
  server.listen(options.port ?? 0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    config: { host: '127.0.0.1', port, security: site.security },
    faults: site.faults,
    ledger: site.ledger,
    commands: site.commands,
    plain: site.plain,
    connections: () => site.sockets.size,
    set: (knobs) => void Object.assign(site, knobs),
    stop: async () => {
      if (!server.listening) return;
      const closed = once(server, 'close');
      server.close();
      for (const socket of site.sockets) socket.destroy();
      await closed;
    },
  };
};
