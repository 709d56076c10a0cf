import { asTernError, TernError } from '../../../src-shared/errors.ts';
import { sleep } from '../../lib/async.ts';
import type { Clock } from '../../lib/clock.ts';
import { createPatience } from '../patience.ts';
import type { Dial, ImapConnection } from './connection.ts';
import { commandError, lostError } from './errors.ts';

/** Listens on INBOX by IDLE (RFC 2177), over a connection of its own. */
export type Watcher = {
  /**
   * Resolves with the moment (monotonic) of the first hint since the last pull began, or when `signal` is aborted; throws where
   * the server refuses.
   */
  watch(signal: AbortSignal): Promise<number>;
  /** A pull begins: hints that came before are answered by it. True where one of them told of flags. */
  pulling(): boolean;
  /** A pull found something new in INBOX: twice without a hint, and the connection is deaf: another one takes its place. */
  foundNews(): void;
  isOpen(): boolean;
  /** The connection may be dead: another one takes its place at once. */
  probe(): void;
  /** Gives the connection back, for a while at least: another one needs its place. */
  close(): void;
};

/** A server that refuses a second connection is not asked again for so long, in ms. */
const REFUSED_MS = 5 * 60_000;
/** A hint may come later than the pull that was on its way already. */
const MOST_UNHEARD = 2;
/** Between two IDLE commands, in ms: a server that ends each at once is not asked in a loop. */
const REST_MS = 1_000;

/** A watcher that connects when it is first asked to watch. */
export const createWatcher = (dial: Dial, clock: Clock): Watcher => {
  const ears = createEars(dial, clock, (event) => hint(event === 'flags'));
  let hintedAt: number | null = null;
  let flagsHinted = false;
  let unheard = 0;
  let counted = false;
  let wake = new AbortController();
  const hint = (ofFlags = false): void => {
    hintedAt ??= clock.monotonic();
    flagsHinted ||= ofFlags;
    unheard = 0;
    wake.abort();
  };
  return {
    watch: async (signal) => {
      if (hintedAt !== null) return hintedAt;
      wake = new AbortController();
      const over = AbortSignal.any([signal, wake.signal]);
      while (!over.aborted) {
        try {
          // What happened while nobody listened was not heard.
          if (await ears.listen(signal)) hint();
          await Promise.race([sleep(clock, ears.pause(), over), ...ears.ended()]);
        } catch (error) {
          if (signal.aborted) {
            ears.leave();
            break;
          }
          // Without it the cycles' poll goes on.
          if (!isLoss(error)) throw error;
        }
      }
      return hintedAt ?? clock.monotonic();
    },
    pulling: () => {
      const ofFlags = flagsHinted;
      unheard = hintedAt === null ? unheard : 0;
      hintedAt = null;
      flagsHinted = counted = false;
      return ofFlags;
    },
    foundNews: () => {
      // A pull that looks several times counts once.
      if (!ears.isOpen() || hintedAt !== null || counted) return;
      counted = true;
      unheard += 1;
      if (unheard >= MOST_UNHEARD) ears.leave();
    },
    isOpen: () => ears.isOpen(),
    probe: () => ears.again(),
    close: () => ears.giveBack(),
  };
};

/** The one connection that listens, and when it may be made. */
type Ears = {
  /** Makes the connection if it is time to. True where one before was lost. */
  listen(signal: AbortSignal): Promise<boolean>;
  isOpen(): boolean;
  /** Until the connection may be made, in ms; null for ever, or while there is one. */
  pause(): number | null;
  ended(): Promise<never>[];
  leave(): void;
  /** What there is counts as lost, and may be made anew at once. */
  again(): void;
  giveBack(): void;
};

const isLoss = (error: unknown): boolean => asTernError(error).kind === 'network';

const createEars = (dial: Dial, clock: Clock, heard: (event: HintEvent) => void): Ears => {
  const patience = createPatience(clock);
  let ear: Ear | null = null;
  let wasLost = false;
  let timesGiven = 0;
  const leave = (): void => {
    ear?.close();
    ear = null;
  };
  const failed = (error: unknown): void => {
    leave();
    wasLost ||= isLoss(error);
    if (isLoss(error)) patience.lost();
    else patience.wait(REFUSED_MS);
  };
  const open = async (signal: AbortSignal): Promise<void> => {
    const before = timesGiven;
    const connection = await dial(signal);
    if (!connection.has('IDLE')) {
      connection.close();
      return patience.wait(Number.POSITIVE_INFINITY);
    }
    const opened = await openEar(connection, clock, heard);
    if (timesGiven !== before) throw givenBack(opened);
    ear = opened;
    patience.opened();
    // Also while nobody watches; not where it was left.
    opened.ended.catch((error: unknown) => {
      if (ear === opened) failed(error);
    });
  };
  return {
    isOpen: () => ear !== null,
    leave,
    listen: async (signal) => {
      if (ear?.isOpen() || patience.left() > 0) return false;
      try {
        await open(signal);
      } catch (error) {
        if (!signal.aborted) failed(error);
        throw error;
      }
      const isAnother = wasLost;
      wasLost = false;
      return isAnother;
    },
    pause: () => (ear || patience.left() === Number.POSITIVE_INFINITY ? null : patience.left()),
    ended: () => (ear ? [ear.ended] : []),
    again: () => {
      wasLost ||= ear !== null;
      leave();
      patience.forget();
    },
    giveBack: () => {
      timesGiven += 1;
      patience.wait(REFUSED_MS);
      leave();
    },
  };
};

/** Closes what somebody else got the place of, before it was there. */
const givenBack = (ear: Ear): TernError => {
  ear.close();
  return new TernError('cancelled', 'the connection was given back before it was there');
};

const HINTS = ['exists', 'expunge', 'flags'] as const;
type HintEvent = (typeof HINTS)[number];

/** A connection that is in IDLE. `ended` never resolves; it rejects when the connection is lost, or IDLE refused. */
type Ear = { ended: Promise<never>; isOpen(): boolean; close(): void };

const openEar = async (connection: ImapConnection, clock: Clock, heard: (event: HintEvent) => void): Promise<Ear> => {
  const { client } = connection;
  const closing = new AbortController();
  for (const event of HINTS) client.on(event, () => heard(event));
  try {
    await client.mailboxOpen('INBOX', { readOnly: true });
  } catch (error) {
    connection.close();
    throw commandError('the mail server', 'EXAMINE', error);
  }
  const idle = async (): Promise<never> => {
    // Ended by the server, or by the library to see whether it is still there.
    while (!connection.closed && (await client.idle()) !== false) await sleep(clock, REST_MS, closing.signal);
    if (connection.closed) throw lostError('the mail server');
    connection.close();
    throw new TernError('unsupported', 'the mail server refused IDLE');
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
