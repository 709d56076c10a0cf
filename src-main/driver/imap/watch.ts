import type { Credential, ImapConfig } from '../../../src-shared/model.ts';
import { sleep } from '../../lib/async.ts';
import type { Clock } from '../../lib/clock.ts';
import { connect, type ImapConnection } from './connection.ts';
import { commandError, lostError } from './errors.ts';

/** Listens on INBOX by IDLE (RFC 2177), over a connection of its own. */
export type Watcher = {
  /** Resolves with the first hint since the last pull began, or when `signal` is aborted; throws what ended the listening. */
  watch(signal: AbortSignal): Promise<void>;
  /** A pull begins: hints that came before are answered by it. */
  pulling(): void;
  /** A pull found something new in INBOX: twice without a hint, and the connection is deaf: another one takes its place. */
  foundNews(): void;
  close(): void;
};

/** A server that refuses a second connection is not asked again for so long, in ms. */
const REFUSED_MS = 5 * 60_000;

/** A hint may come later than the pull that was on its way already. */
const MOST_UNHEARD = 2;
/** Between two IDLE commands, in ms: a server that ends each at once is not asked in a loop. */
const REST_MS = 1_000;

/** A watcher that connects when it is first asked to watch. */
export const createWatcher = (server: ImapConfig['imap'], credential: Credential, clock: Clock): Watcher => {
  let ear: Ear | null = null;
  let hinted = false;
  let unheard = 0;
  let notBefore = 0;
  let wake = new AbortController();
  const hint = (): void => {
    hinted = true;
    unheard = 0;
    wake.abort();
  };
  const leave = (): void => {
    ear?.close();
    ear = null;
  };
  const listen = async (signal: AbortSignal): Promise<void> => {
    if (ear?.isOpen() || clock.monotonic() < notBefore) return;
    leave();
    const connection = await connect(server, credential, signal);
    if (connection.has('IDLE')) ear = await openEar(connection, clock, hint);
    else {
      connection.close();
      notBefore = Number.POSITIVE_INFINITY;
    }
  };
  return {
    watch: async (signal) => {
      if (hinted) return;
      wake = new AbortController();
      const over = AbortSignal.any([signal, wake.signal]);
      try {
        await listen(signal);
        await Promise.race([sleep(clock, null, over), ...(ear ? [ear.ended] : [])]);
      } catch (error) {
        leave();
        if (signal.aborted) return;
        notBefore = clock.monotonic() + REFUSED_MS;
        throw error;
      }
    },
    pulling: () => {
      unheard = hinted ? 0 : unheard;
      hinted = false;
    },
    foundNews: () => {
      if (!ear || hinted) return;
      unheard += 1;
      if (unheard >= MOST_UNHEARD) leave();
    },
    close: leave,
  };
};

/** A connection that is in IDLE. `ended` never resolves; it rejects when the connection is lost. */
type Ear = { ended: Promise<never>; isOpen(): boolean; close(): void };

const openEar = async (connection: ImapConnection, clock: Clock, hint: () => void): Promise<Ear> => {
  const { client } = connection;
  const closing = new AbortController();
  for (const event of ['exists', 'expunge', 'flags'] as const) client.on(event, hint);
  try {
    await client.mailboxOpen('INBOX', { readOnly: true });
  } catch (error) {
    connection.close();
    throw commandError('the mail server', 'EXAMINE', error);
  }
  const idle = async (): Promise<never> => {
    // Ended by the server, or by the library to see whether it is still there.
    while (!connection.closed && (await client.idle()) !== false) await sleep(clock, REST_MS, closing.signal);
    connection.close();
    throw lostError('the mail server');
  };
  const ended = idle();
  ended.catch(() => undefined);
  return {
    ended,
    isOpen: () => !connection.closed,
    close: () => {
      closing.abort();
      connection.close();
    },
  };
};
