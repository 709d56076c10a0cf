import { TernError } from '../../../src-shared/errors.ts';
import type { ImapConfig } from '../../../src-shared/model.ts';
import type { Clock } from '../../lib/clock.ts';
import { accessOf, type SignIn } from '../access.ts';
import { type Connections, unlimited } from '../connections.ts';
import { trackCursors } from '../cursors.ts';
import type { Cursors, Delta, Driver, Known, Outcome, PullOptions, Push, PushOptions } from '../driver.ts';
import { nothingDone } from '../nothingDone.ts';
import { createSmtpSender } from '../smtp/sender.ts';
import { connect, dialer } from './connection.ts';
import type { CursorKey, Memory, PullContext } from './context.ts';
import { createLine, type Line } from './line.ts';
import { createImapMailer } from './mailer.ts';
import { listAndMatch, pullAll } from './pull.ts';
import { push } from './push.ts';
import { quirksOf } from './quirks.ts';
import { readBlob } from './readBlob.ts';
import { readBodies } from './readBodies.ts';
import { createReading, type Reading } from './reading.ts';
import { searchEmails } from './searchText.ts';
import { createWatcher, type Watcher } from './watch.ts';

/** `quirks`: what is known of servers; tests say it of one of theirs. `connections`: as many as wanted where there are none. */
type Options = {
  config: ImapConfig;
  credential: SignIn;
  clock: Clock;
  quirks?: typeof quirksOf;
  connections?: Connections;
};

/** What a driver is made of. `account`: the user and the server, as a UID means something there alone. */
type Parts = {
  host: string;
  account: string;
  line: Line;
  watcher: Watcher;
  reading: Reading;
  memory: Memory;
  clock: Clock;
  quirks: typeof quirksOf;
};

/** More emails in a push are hardly faster, and more of them is lost at once. */
const LARGEST_PUSH = 500;

/** A driver for an IMAP account (RFC 9051 and, for most servers, RFC 3501). */
export const createImapDriver = ({
  config: { imap, smtp },
  credential,
  clock,
  quirks = quirksOf,
  connections = unlimited,
}: Options): Driver => {
  const host = imap.host.toLowerCase();
  const { connectionsPerHost: most } = quirks(host, '');
  const dial = dialer(connections, { server: `${host}:${imap.port}`, most }, (signal) =>
    connect(imap, credential, signal),
  );
  const line = createLine(dial('sync'), clock);
  const watcher = createWatcher(dial('listen'), clock);
  const account = `${host} ${accessOf(credential).username}`;
  const reading = createReading({ dial: dial('read'), clock, makeRoom: () => watcher.close() });
  const memory = nothingYet();
  const sender = createSmtpSender({ server: smtp, credential, clock });
  const parts: Parts = { host, account, line, watcher, reading, memory, clock, quirks };
  return {
    open: async (_saved, signal) => {
      await line.connected(signal);
      return JSON.stringify({ host: imap.host });
    },
    pull: (cursors, known, signal, options) => pull(parts, cursors, known, signal, options),
    watch: (signal) => watcher.watch(signal),
    // IDLE hears INBOX alone, and one listing looks at all mailboxes.
    hears: () => false,
    probe: () => [line, watcher, reading].forEach((each) => each.probe()),
    makeRoom: () => {
      if (watcher.isOpen()) watcher.close();
      else for (const each of [line, reading]) each.giveBack();
    },
    push: (what, options, signal) => send(parts, what, options, signal),
    pushLimit: () => LARGEST_PUSH,
    readBodies: async (remoteIds, options, signal) =>
      options.cursors['account'] === account ? readBodies(reading, remoteIds, options, signal) : new Map(),
    async *readBlob(blob, { cursors }, signal) {
      if (cursors['account'] !== account) throw new TernError('notFound', 'it belongs to another account');
      yield* readBlob(reading, blob, cursors, signal);
    },
    async *search(search, { cursors }, signal) {
      return cursors['account'] === account ? yield* searchEmails(reading, search, cursors, signal) : false;
    },
    traffic: () => line.traffic(),
    mailer: createImapMailer({ account, reading, memory, sender }),
    close: async () => {
      watcher.close();
      reading.close();
      line.close();
    },
  };
};

const nothingYet = (): Memory => ({
  told: new Map(),
  sweptAt: new Map(),
  renumbered: new Set(),
  flagsTold: false,
  mailboxes: new Map(),
  made: new Map(),
  deleted: new Set(),
  missed: new Set(),
});

async function* pull(
  parts: Parts,
  cursors: Cursors,
  known: Known,
  signal: AbortSignal,
  options: PullOptions,
): AsyncGenerator<Delta, void, void> {
  const { line, watcher, memory } = parts;
  if (watcher.pulling()) memory.flagsTold = true;
  let deltas: AsyncGenerator<Delta, void, void> | undefined;
  const release = line.hold();
  /** Before its first delta a pull has only listed: cut off there, it begins anew. */
  const first = (): Promise<IteratorResult<Delta, void>> => {
    deltas = pullAll(contextOf(parts, cursors, known, signal, options));
    return deltas.next();
  };
  try {
    let step = await line.begin(signal, first);
    while (!step.done) {
      yield step.value;
      step = await line.use(signal, () => deltas?.next() ?? first());
    }
  } catch (error) {
    // What was handed over may not have been taken.
    memory.told.clear();
    throw error;
  } finally {
    await deltas?.return();
    release();
  }
}

const contextOf = (
  { host, account, line, watcher, memory, clock, quirks }: Parts,
  cursors: Cursors,
  known: Known,
  signal: AbortSignal,
  { thorough }: PullOptions,
): PullContext => ({
  ...trackCursors<CursorKey>(cursors),
  connection: () => line.connected(signal),
  account,
  known,
  clock,
  signal,
  quirks: quirks(host, line.product()),
  thorough,
  memory,
  foundNews: () => watcher.foundNews(),
});

const send = async (
  { account, line, memory }: Parts,
  what: Push,
  options: PushOptions,
  signal: AbortSignal,
): Promise<Outcome[]> => {
  // Ids mean something within one account of one server: what is held of another one is put away by a pull first.
  if (options.cursors['account'] !== account) return nothingDone(what);
  // It throws only where nothing went out.
  return line.begin(signal, async () => {
    const connection = await line.connected(signal);
    if (memory.mailboxes.size === 0) {
      const { matched } = await listAndMatch(connection, trackCursors<CursorKey>(options.cursors), memory);
      // Nothing is written by a guess: a pull looks closer first.
      if (matched.some(({ guessed }) => guessed)) return nothingDone(what);
      memory.mailboxes = new Map(matched.map((each) => [each.key, each]));
    }
    return push({ connection, memory, note: options.note, cursors: options.cursors, signal }, what);
  });
};
