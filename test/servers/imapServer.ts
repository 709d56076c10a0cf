import { once } from 'node:events';
import { createServer } from 'node:net';
import { createSecureContext, TLSSocket } from 'node:tls';
import { type Capability, capabilitySets } from './imap/capabilities.ts';
import { type Control, createControl } from './imap/control.ts';
import { createFaults } from './imap/faults.ts';
import { createAccount, createMailbox, type NewMailbox } from './imap/mailboxes.ts';
import { createMaker } from './imap/messages.ts';
import { serve } from './imap/session.ts';
import type { Site } from './imap/site.ts';
import { createTraffic, type LoggedCommand } from './imap/traffic.ts';
import { createTrouble, type Trouble } from './imap/trouble.ts';
import type { MailServer } from './mailServer.ts';
import type { TokenCheck } from './oauth/tokenCheck.ts';

/** What an IMAP test server is started with; everything has a default. */
export type ImapServerOptions = {
  name?: string;
  username?: string;
  password?: string;
  /** A token to accept as bearer, besides the password. */
  token?: string;
  /** Asks whose a bearer token is, besides. */
  tokens?: TokenCheck;
  /** By which bearers are let in; default: OAUTHBEARER and XOAUTH2. */
  tokenMechanisms?: string[];
  /** What it announces and can do; default: what Dovecot can. */
  capabilities?: readonly Capability[];
  delimiter?: string;
  /** Mailboxes to begin with, besides INBOX; default: archive, drafts, sent, junk, trash, or those of Gmail. */
  mailboxes?: NewMailbox[];
  /** The only keywords that can be stored; default: any. */
  keywords?: string[];
  /** Encryption, with a certificate and its key in PEM; default: none. */
  tls?: { security: 'tls' | 'starttls'; cert: string; key: string };
};

/** An IMAP server in this process, its account as another client sees it, and knobs for what can go wrong. */
export type ImapServer = MailServer &
  Control & {
    readonly port: number;
    readonly trouble: Trouble;
    /** What clients sent, in order, since the start or `forgetCommands`. */
    readonly commands: readonly LoggedCommand[];
    /** Commands so far; with a name (`UID FETCH`), those of that name. */
    countCommands(verb?: string): number;
    /** How often a client spoke after the server had: commands sent together count once, as does a greeting or a DONE. */
    countRoundTrips(): number;
    /** Connections that are open now, and how many there were at most at once. */
    readonly connections: { readonly open: number; readonly most: number };
    /** Forgets commands and round trips, and the highest number of connections. */
    forgetCommands(): void;
    /** Ends all connections at once, as a server that is killed and started again with the same mail. */
    restart(): Promise<void>;
  };

const defaultMailboxes: NewMailbox[] = [
  { path: 'Archive', specialUse: '\\Archive' },
  { path: 'Drafts', specialUse: '\\Drafts' },
  { path: 'Sent', specialUse: '\\Sent' },
  { path: 'Junk', specialUse: '\\Junk' },
  { path: 'Trash', specialUse: '\\Trash' },
];

const gmailMailboxes: NewMailbox[] = [
  { path: '[Gmail]/All Mail', specialUse: '\\All' },
  { path: '[Gmail]/Drafts', specialUse: '\\Drafts' },
  { path: '[Gmail]/Important', specialUse: '\\Important' },
  { path: '[Gmail]/Sent Mail', specialUse: '\\Sent' },
  { path: '[Gmail]/Spam', specialUse: '\\Junk' },
  { path: '[Gmail]/Starred', specialUse: '\\Flagged' },
  { path: '[Gmail]/Trash', specialUse: '\\Trash' },
];

const createSite = (options: ImapServerOptions): Site => {
  const {
    username = 'alice@example.test',
    password = 'secret',
    token = null,
    tokens = null,
    delimiter = '/',
    tls,
  } = options;
  const capabilities = new Set<Capability>(options.capabilities ?? capabilitySets.full);
  const gmail = capabilities.has('X-GM-EXT-1');
  const keywords = options.keywords ? new Set(options.keywords.map((keyword) => keyword.toLowerCase())) : null;
  const account = createAccount({ gmail, delimiter, keywords });
  for (const mailbox of options.mailboxes ?? (gmail ? gmailMailboxes : defaultMailboxes)) {
    createMailbox(account, mailbox);
  }
  return {
    account,
    make: createMaker(account),
    capabilities,
    security: tls?.security ?? 'none',
    secure: tls ? createSecureContext({ cert: tls.cert, key: tls.key }) : null,
    signIn: { username, password, token, tokens },
    tokenMechanisms: options.tokenMechanisms ?? ['OAUTHBEARER', 'XOAUTH2'],
    faults: createFaults(),
    traffic: createTraffic(),
    sessions: new Set(),
  };
};

/** Starts an IMAP server on a free port of 127.0.0.1 (RFC 3501 and what `capabilities` names). */
export const startImapServer = async (options: ImapServerOptions = {}): Promise<ImapServer> => {
  const site = createSite(options);
  const { traffic, signIn, faults, sessions } = site;
  const { secure, security } = site;
  const server = createServer((socket) => {
    const encrypted = security === 'tls' && secure;
    void serve(site, encrypted ? new TLSSocket(socket, { isServer: true, secureContext: secure }) : socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The IMAP test server has no port');
  const { port } = address;
  const trouble = createTrouble(site);
  return {
    name: options.name ?? 'in-process IMAP',
    port,
    config: {
      protocol: 'imap',
      imap: { host: '127.0.0.1', port, security: site.security },
      smtp: { host: '127.0.0.1', port: 1, security: 'none' },
    },
    credential: { type: 'password', username: signIn.username, password: signIn.password },
    ...createControl(site),
    trouble,
    commands: traffic.commands,
    countCommands: (verb) => traffic.commands.filter((command) => verb === undefined || command.verb === verb).length,
    countRoundTrips: () => traffic.roundTrips,
    connections: traffic.connections,
    forgetCommands: () => {
      traffic.commands.length = 0;
      traffic.roundTrips = 0;
      traffic.connections.most = traffic.connections.open;
    },
    restart: async () => {
      const closed = [...sessions].map((session) => session.closed);
      trouble.drop();
      await Promise.all(closed);
    },
    stop: async () => {
      if (!server.listening) return;
      const closed = once(server, 'close');
      server.close();
      faults.hung?.release();
      trouble.drop();
      await closed;
    },
  };
};
