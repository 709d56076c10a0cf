import { asTernError, TernError } from '../../../src-shared/errors.ts';
import type { Credential, ImapConfig } from '../../../src-shared/model.ts';
import type { Clock } from '../../lib/clock.ts';
import { trackCursors } from '../cursors.ts';
import type { Cursors, Delta, Driver, Known, Outcome, PullOptions, Push, PushOptions } from '../driver.ts';
import { nothingDone } from '../nothingDone.ts';
import { connect, type ImapConnection } from './connection.ts';
import type { CursorKey, Memory, PullContext } from './context.ts';
import { listAndMatch, pullAll } from './pull.ts';
import { push } from './push.ts';
import { quirksOf } from './quirks.ts';
import { createWatcher } from './watch.ts';

type Options = { config: ImapConfig; credential: Credential; clock: Clock };

/** More emails in a push are hardly faster, and more of them is lost at once. */
const LARGEST_PUSH = 500;

/** A driver for an IMAP account (RFC 9051 and, for most servers, RFC 3501). */
export const createImapDriver = ({ config, credential, clock }: Options): Driver => {
  const traffic = { roundTrips: 0, bytes: 0 };
  const memory: Memory = {
    told: new Map(),
    sweptAt: new Map(),
    mailboxes: new Map(),
    made: new Map(),
    missed: new Set(),
  };
  const watcher = createWatcher(config.imap, credential, clock);
  let connection: ImapConnection | null = null;
  let closed = false;

  const leave = (): void => {
    if (!connection) return;
    traffic.roundTrips += connection.traffic.roundTrips;
    traffic.bytes += connection.traffic.bytes;
    connection.close();
    connection = null;
  };
  const connected = async (signal: AbortSignal): Promise<ImapConnection> => {
    if (closed) throw new TernError('cancelled', 'the connection was closed');
    if (connection && !connection.closed) return connection;
    leave();
    connection = await connect(config.imap, credential, signal);
    return connection;
  };
  /** The user and the server: a UID means something there alone. */
  const account = (): string => {
    const user = credential.type === 'password' ? credential.username : '';
    return `${config.imap.host.toLowerCase()} ${user}`;
  };
  const context = (cursors: Cursors, known: Known, signal: AbortSignal, { thorough }: PullOptions): PullContext => ({
    ...trackCursors<CursorKey>(cursors),
    connection: () => connected(signal),
    account: account(),
    known,
    clock,
    signal,
    quirks: quirksOf(config.imap.host, connection?.product ?? ''),
    thorough,
    memory,
    foundNews: watcher.foundNews,
  });
  /** Waiting for an answer ends with the signal: what the server still has to say is nobody's any more. */
  const until = async <T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> => {
    signal.addEventListener('abort', leave);
    try {
      return await work();
    } finally {
      signal.removeEventListener('abort', leave);
    }
  };

  /** Servers end connections that were quiet for a while: where the first thing asked shows that, a new one is asked. */
  const wasReused = (): boolean => connection !== null;
  const isLoss = (error: unknown, signal: AbortSignal): boolean =>
    !signal.aborted && asTernError(error).kind === 'network';

  async function* pull(
    cursors: Cursors,
    known: Known,
    signal: AbortSignal,
    options: PullOptions,
  ): AsyncGenerator<Delta, void, void> {
    watcher.pulling();
    const begin = (): AsyncGenerator<Delta, void, void> => pullAll(context(cursors, known, signal, options));
    const next = (): Promise<IteratorResult<Delta, void>> => until(signal, () => deltas.next());
    const reused = wasReused();
    let deltas = begin();
    try {
      let step = await next().catch((error: unknown) => {
        if (!reused || !isLoss(error, signal)) throw error;
        deltas = begin();
        return next();
      });
      for (; !step.done; step = await next()) yield step.value;
    } catch (error) {
      // What was handed over may not have been taken.
      memory.told.clear();
      throw error;
    } finally {
      await deltas.return();
    }
  }

  const send = async (what: Push, options: PushOptions, signal: AbortSignal): Promise<Outcome[]> => {
    const open = await connected(signal);
    if (memory.mailboxes.size === 0) {
      const { matched } = await listAndMatch(open, trackCursors<CursorKey>(options.cursors), memory);
      // Nothing is written by a guess: a pull looks closer first.
      if (matched.some(({ guessed }) => guessed)) return nothingDone(what);
      memory.mailboxes = new Map(matched.map((each) => [each.key, each]));
    }
    return push({ connection: open, memory, note: options.note, signal }, what);
  };

  return {
    open: async (_saved, signal) => {
      await connected(signal);
      return JSON.stringify({ host: config.imap.host });
    },
    pull,
    watch: (signal) => watcher.watch(signal),
    push: async (what, options, signal) => {
      // Ids mean something within one account of one server: what is held of another one is put away by a pull first.
      if (options.cursors['account'] !== account()) return nothingDone(what);
      const reused = wasReused();
      return until(signal, () =>
        send(what, options, signal).catch((error: unknown) => {
          // It is thrown only where nothing went out.
          if (!reused || !isLoss(error, signal)) throw error;
          return send(what, options, signal);
        }),
      );
    },
    pushLimit: () => LARGEST_PUSH,
    traffic: () => ({
      roundTrips: traffic.roundTrips + (connection?.traffic.roundTrips ?? 0),
      bytes: traffic.bytes + (connection?.traffic.bytes ?? 0),
    }),
    close: async () => {
      closed = true;
      watcher.close();
      leave();
    },
  };
};
