import { TernError } from '../../../src-shared/errors.ts';
import type { JmapConfig } from '../../../src-shared/model.ts';
import type { Clock } from '../../lib/clock.ts';
import { createSlots, type Slots } from '../../lib/slots.ts';
import type { SignIn } from '../access.ts';
import type { Cursors, Driver } from '../driver.ts';
import { nothingDone } from '../nothingDone.ts';
import { READING_SILENCE_MS, SILENCE_MS } from '../silence.ts';
import { createClient, type JmapClient } from './client.ts';
import { findSession, savedText } from './connect.ts';
import { pullContext } from './context.ts';
import { openEventSource } from './eventSource.ts';
import { sessionUrlOf, trustedHosts } from './hosts.ts';
import { createHttp, type Http } from './http.ts';
import { type BytesSender, createMailer } from './mailer.ts';
import { pullAll } from './pull.ts';
import { type Guards, push, pushSize } from './push.ts';
import { readBlob, readBodies } from './read.ts';
import { searchEmails } from './search.ts';
import { createWatcher } from './watch.ts';

/** `bytes`: how mail leaves where the server sends none itself; left out, it does not. */
type Options = { config: JmapConfig; credential: SignIn; clock: Clock; bytes?: BytesSender };

/** A client for pulls and pushes, one for what a person reads meanwhile, and one for mail that leaves: none waits for another. */
type Clients = { sync: JmapClient; reading: JmapClient; sending: JmapClient };

type Https = Record<keyof Clients | 'events', Http>;

const createHttps = (credential: SignIn, clock: Clock): Https => ({
  sync: createHttp(credential, clock, SILENCE_MS),
  reading: createHttp(credential, clock, READING_SILENCE_MS),
  sending: createHttp(credential, clock, SILENCE_MS),
  events: createHttp(credential, clock, SILENCE_MS),
});

/** Finds the session, and opens a client for each purpose on it. */
const connect = async (
  { config, clock, https }: Pick<Options, 'config' | 'clock'> & { https: Https },
  saved: string | null,
  signal: AbortSignal,
): Promise<Clients> => {
  const session = await findSession({ config, http: https.sync, clock }, saved, signal);
  const trusted = trustedHosts(sessionUrlOf(config.sessionUrl), config.confirmed ?? []);
  return createClients({ trusted, clock, session }, https);
};

/**
 * Reading and sending go one request at a time each, and among those that the server takes at once from all (RFC 8620
 * section 2).
 */
const createClients = (parts: Omit<Parameters<typeof createClient>[0], 'slots' | 'http'>, https: Https): Clients => {
  const slots = createSlots(() => sync.limits.maxConcurrentRequests);
  const sync: JmapClient = createClient({ ...parts, http: https.sync, slots });
  const oneOfThem = (): Slots => {
    const one = createSlots(() => 1);
    return { run: (task, signal) => one.run(() => slots.run(task, signal), signal) };
  };
  return {
    sync,
    reading: createClient({ ...parts, http: https.reading, slots: oneOfThem() }),
    sending: createClient({ ...parts, http: https.sending, slots: oneOfThem() }),
  };
};

type ReadingParts = {
  isOurs(cursors: Cursors): boolean;
  until(signal: AbortSignal): AbortSignal;
  reader(): { client: JmapClient; http: Http };
};

/** What a person reads of an account while it is synced. */
const readingVerbs = (parts: ReadingParts): Pick<Driver, 'readBodies' | 'readBlob' | 'search'> => ({
  readBodies: async (ids, { cursors, maxBytes }, signal) =>
    parts.isOurs(cursors) ? readBodies(parts.reader(), ids, maxBytes, parts.until(signal)) : new Map(),
  async *readBlob(blob, { cursors }, signal) {
    if (!parts.isOurs(cursors)) throw new TernError('notFound', 'it belongs to another account of the server');
    yield* readBlob(parts.reader(), blob, parts.until(signal));
  },
  async *search(search, { cursors }, signal) {
    if (!parts.isOurs(cursors)) return false;
    return yield* searchEmails(parts.reader().client, search, parts.until(signal));
  },
});

/** A driver for a JMAP account (RFC 8620, RFC 8621). */
export const createJmapDriver = ({ config, credential, clock, bytes }: Options): Driver => {
  const https = createHttps(credential, clock);
  const closing = new AbortController();
  const until = (signal: AbortSignal): AbortSignal => AbortSignal.any([signal, closing.signal]);
  let clients: Clients | undefined;
  let guards: Guards = { email: null, mailbox: null };
  const connected = (): Clients => {
    if (!clients) throw new TernError('bug', 'used before the driver was open');
    return clients;
  };
  /** The server and its account that every id belongs to: what is held of another one is put away by a pull first. */
  const accountName = (): string => `${sessionUrlOf(config.sessionUrl).host} ${connected().sync.session.accountId}`;
  const isOurs = ({ account }: Cursors): boolean => account === accountName();
  const watcher = createWatcher(clock, (last, signal) =>
    openEventSource({ http: https.events, session: connected().sync.session, clock }, last, signal),
  );
  return {
    open: async (saved, signal) => {
      clients ??= await connect({ config, clock, https }, saved, signal);
      return savedText(config, clients.sync.session);
    },
    pull: (cursors, known, signal) => {
      guards = { email: null, mailbox: null };
      const account = accountName();
      const client = connected().sync;
      const context = pullContext({ client, account, known, clock, signal: until(signal), cursors });
      return watcher.follow(context, pullAll(context));
    },
    push: async (what, options, signal) => {
      const { email, mailbox } = options.cursors;
      if (!isOurs(options.cursors) || email === undefined || mailbox === undefined) return nothingDone(what);
      watcher.pushed();
      return push({ client: connected().sync, guards, options, signal: until(signal) }, what);
    },
    ...readingVerbs({ isOurs, until, reader: () => ({ client: connected().reading, http: https.reading }) }),
    watch: (signal) => watcher.watch(until(signal)),
    hears: () => watcher.hears(),
    probe: () => [https.sync, https.reading, https.sending, watcher].forEach((each) => each.probe()),
    // A server's limit on requests at once is for each account (RFC 8620 section 2).
    makeRoom: () => undefined,
    pushLimit: () => pushSize(connected().sync),
    mailer: createMailer({
      connection: () => ({ client: connected().sending, http: https.sending }),
      clock,
      isOurs,
      until,
      bytes: bytes ?? null,
    }),
    traffic: () => ({ ...https.sync.traffic }),
    close: async () => {
      clients = undefined;
      watcher.close();
      // A pull that failed may have left other requests under way.
      closing.abort(new TernError('cancelled', 'the connection was closed'));
    },
  };
};
