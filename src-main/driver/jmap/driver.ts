import { TernError } from '../../../src-shared/errors.ts';
import type { Credential, JmapConfig } from '../../../src-shared/model.ts';
import type { Clock } from '../../lib/clock.ts';
import type { Cursors, Driver } from '../driver.ts';
import { nothingDone } from '../nothingDone.ts';
import { createClient, type JmapClient } from './client.ts';
import { findSession, savedText } from './connect.ts';
import { pullContext } from './context.ts';
import { openEventSource } from './eventSource.ts';
import { sessionUrlOf, trustedHosts } from './hosts.ts';
import { createHttp, type Http } from './http.ts';
import { pullAll } from './pull.ts';
import { type Guards, push, pushSize } from './push.ts';
import { readBlob, readBodies } from './read.ts';
import { searchEmails } from './search.ts';
import { createWatcher } from './watch.ts';

type Options = { config: JmapConfig; credential: Credential; clock: Clock };

/** A client for pulls and pushes, and one for what a person reads meanwhile: neither waits for the other. */
type Clients = { sync: JmapClient; reading: JmapClient };

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
export const createJmapDriver = ({ config, credential, clock }: Options): Driver => {
  const http = createHttp(credential, clock);
  const readingHttp = createHttp(credential, clock);
  const eventsHttp = createHttp(credential, clock);
  const closing = new AbortController();
  const until = (signal: AbortSignal): AbortSignal => AbortSignal.any([signal, closing.signal]);
  let clients: Clients | undefined;
  let guards: Guards = { email: null, mailbox: null };
  const connected = (): Clients => {
    if (!clients) throw new TernError('bug', 'used before the driver was open');
    return clients;
  };
  const connect = async (saved: string | null, signal: AbortSignal): Promise<Clients> => {
    const session = await findSession({ config, http, clock }, saved, signal);
    const trusted = trustedHosts(sessionUrlOf(config.sessionUrl), config.confirmed ?? []);
    return {
      sync: createClient({ http, trusted, clock, session }),
      reading: createClient({ http: readingHttp, trusted, clock, session, atOnce: 1 }),
    };
  };
  /** The server and its account that every id belongs to: what is held of another one is put away by a pull first. */
  const accountName = (): string => `${sessionUrlOf(config.sessionUrl).host} ${connected().sync.session.accountId}`;
  const isOurs = ({ account }: Cursors): boolean => account === accountName();
  const watcher = createWatcher(clock, (last, signal) =>
    openEventSource({ http: eventsHttp, session: connected().sync.session, clock }, last, signal),
  );
  return {
    open: async (saved, signal) => {
      clients ??= await connect(saved, signal);
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
    ...readingVerbs({ isOurs, until, reader: () => ({ client: connected().reading, http: readingHttp }) }),
    watch: (signal) => watcher.watch(until(signal)),
    hears: () => watcher.hears(),
    probe: () => [http, readingHttp, watcher].forEach((each) => each.probe()),
    // A server's limit on requests at once is for each account (RFC 8620 section 2).
    makeRoom: () => undefined,
    pushLimit: () => pushSize(connected().sync),
    traffic: () => ({ ...http.traffic }),
    close: async () => {
      clients = undefined;
      watcher.close();
      // A pull that failed may have left other requests under way.
      closing.abort(new TernError('cancelled', 'the connection was closed'));
    },
  };
};
