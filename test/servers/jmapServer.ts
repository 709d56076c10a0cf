import { once } from 'node:events';
import { type Control, createControl } from './jmap/control.ts';
import { createEventSources, type EventSources } from './jmap/eventSource.ts';
import { createFaults } from './jmap/faults.ts';
import { createHttp } from './jmap/http.ts';
import type { NewMailbox } from './jmap/mailboxSteps.ts';
import { createOutgoing } from './jmap/outgoing.ts';
import { createSendingControl, type SendingControl } from './jmap/sendingControl.ts';
import { defaultLimits, type Limits, type LoggedRequest, type LoggedSet, type Site } from './jmap/site.ts';
import { createStore } from './jmap/store.ts';
import { createTrouble, type Trouble } from './jmap/trouble.ts';
import type { MailServer } from './mailServer.ts';
import type { TokenCheck } from './oauth/tokenCheck.ts';

/** What a JMAP test server is started with; everything has a default. */
export type JmapServerOptions = {
  name?: string;
  username?: string;
  password?: string;
  /** A token to accept as bearer, besides the password. */
  token?: string;
  /** Asks whose a bearer token is, besides. */
  tokens?: TokenCheck;
  /** Who signs people in, which it then says of itself (RFC 9728). */
  issuer?: string;
  accountId?: string;
  limits?: Partial<Limits>;
  /** Mailboxes to begin with; default: inbox, archive, drafts, sent, junk, trash. */
  mailboxes?: NewMailbox[];
  /** Makes Mailbox/get with `ids: null` obey maxObjectsInGet, as RFC 8620 section 5.1 allows. */
  strictMailboxGet?: boolean;
  /** What it can do for mail that leaves; null: nothing (RFC 8621 section 1.3.2). */
  submission?: { maxDelayedSend: number } | null;
  /** Tells of changes by event sources; default: they are offered, and answer 204. */
  push?: boolean;
};

/** A JMAP server in this process, its account as another client sees it, and knobs for what can go wrong. */
export type JmapServer = MailServer &
  Control &
  SendingControl & {
    /** Where it listens, without a slash at the end. */
    readonly url: string;
    /** The session itself; `config.sessionUrl` is the well-known place that redirects there. */
    readonly sessionUrl: string;
    readonly trouble: Trouble;
    /** Who is told of changes by push, and how they asked for it. */
    readonly events: Pick<EventSources, 'log' | 'tell' | 'ping' | 'drop'>;
    /** What was asked, event sources aside, in order, since the start or `forgetRequests`. */
    readonly requests: LoggedRequest[];
    /** Requests so far; with a method's name, those that call it. */
    countRequests(method?: string): number;
    /** Highest number of API requests that were under way at once. */
    readonly maxInFlight: number;
    /** The set calls of these requests, in order; with a method's name, those of that method. */
    setCalls(method?: string): LoggedSet[];
    forgetRequests(): void;
  };

const defaultMailboxes: NewMailbox[] = [
  { name: 'Inbox', role: 'inbox', sortOrder: 1 },
  { name: 'Archive', role: 'archive', sortOrder: 2 },
  { name: 'Drafts', role: 'drafts', sortOrder: 3 },
  { name: 'Sent', role: 'sent', sortOrder: 4 },
  { name: 'Junk', role: 'junk', sortOrder: 5 },
  { name: 'Trash', role: 'trash', sortOrder: 6 },
];

const createSite = (options: JmapServerOptions): Site => {
  const {
    username = 'alice@example.test',
    password = 'secret',
    token = null,
    tokens = null,
    accountId = 'alice',
  } = options;
  const store = createStore();
  for (const mailbox of options.mailboxes ?? defaultMailboxes) store.addMailbox(mailbox);
  return {
    store,
    outgoing: createOutgoing(),
    faults: createFaults(),
    limits: { ...defaultLimits, ...options.limits },
    signIn: { username, password, token, tokens },
    issuer: options.issuer ?? null,
    session: { version: 1, accountId, apiPath: '/jmap/api/', missing: false, override: {}, redirect: null },
    traffic: { requests: [], inFlight: 0, maxInFlight: 0 },
    strictMailboxGet: options.strictMailboxGet ?? false,
    submission: options.submission === undefined ? { maxDelayedSend: 86_400 } : options.submission,
    now: () => Date.UTC(2026, 0, 1, 8),
    push: options.push ?? false,
  };
};

/** Starts a JMAP server on a free port of 127.0.0.1 (RFC 8620, RFC 8621). */
export const startJmapServer = async (options: JmapServerOptions = {}): Promise<JmapServer> => {
  const site = createSite(options);
  const { faults, session, limits, traffic, signIn } = site;
  const events = createEventSources(site);
  site.store.onStep(() => events.tell());
  const http = createHttp(site, events);
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  const address = http.address();
  if (address === null || typeof address === 'string') throw new Error('The JMAP test server has no port');
  const url = `http://127.0.0.1:${address.port}`;
  return {
    name: options.name ?? 'in-process JMAP',
    url,
    sessionUrl: `${url}/jmap/session`,
    config: { protocol: 'jmap', sessionUrl: `${url}/.well-known/jmap` },
    credential: { type: 'password', username: signIn.username, password: signIn.password },
    ...createControl(site),
    ...createSendingControl(site),
    trouble: createTrouble(faults, session, limits),
    events,
    requests: traffic.requests,
    countRequests: (method) =>
      traffic.requests.filter(({ methods }) => method === undefined || methods.includes(method)).length,
    setCalls: (method) =>
      traffic.requests.flatMap(({ sets }) => sets).filter((set) => method === undefined || set.method === method),
    get maxInFlight() {
      return traffic.maxInFlight;
    },
    forgetRequests() {
      traffic.requests.length = 0;
      traffic.maxInFlight = 0;
    },
    async stop() {
      if (!http.listening) return;
      const closed = once(http, 'close');
      http.close();
      http.closeAllConnections();
      await closed;
    },
  };
};
