import { asTernError, TernError } from '../../../src-shared/errors.ts';
import type { Clock } from '../../lib/clock.ts';
import type { Traffic } from '../driver.ts';
import type { Dial, ImapConnection } from './connection.ts';

/** The connection that an account pulls and pushes over: made when it is needed, and anew when it was lost. */
export type Line = {
  /** Signed in; throws what keeps it from that. */
  connected(signal: AbortSignal): Promise<ImapConnection>;
  /** The name that the server gave itself; empty before it was asked. */
  product(): string;
  /** Does something over the line, and is cut off with `signal`: what the server still has to say is nobody's any more. */
  use<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T>;
  /**
   * The same for what may be done twice, as the first thing of a cycle. Servers end connections that were quiet for a while:
   * where that shows, it is done once more over a new one.
   */
  begin<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T>;
  traffic(): Traffic;
  /** It may lead nowhere: what is not in use is left, and what is, too, where nothing is heard for a while. */
  probe(): void;
  /** What a caller does in several steps counts as one use, until the answer is called. */
  hold(): () => void;
  /** Leaves the connection as soon as it is not in use: another one needs its place. */
  giveBack(): void;
  /** For good. */
  close(): void;
};

/** Does something; where it is cut off, `leave` first. */
const untilAborted = async <T>(signal: AbortSignal, leave: () => void, work: () => Promise<T>): Promise<T> => {
  signal.addEventListener('abort', leave);
  try {
    return await work();
  } finally {
    signal.removeEventListener('abort', leave);
  }
};

/** Who uses a connection, and what happens when nobody does any more. */
const createUses = (leave: () => void) => {
  let count = 0;
  let leaving = false;
  const leaveIfUnused = (): void => {
    if (leaving && count === 0) leave();
  };
  return {
    none: (): boolean => count === 0,
    hold: (): (() => void) => {
      count += 1;
      return () => {
        count -= 1;
        leaveIfUnused();
      };
    },
    leaveSoon: (): void => {
      leaving = true;
      leaveIfUnused();
    },
    /** It was left. */
    forget: (): void => {
      leaving = false;
    },
  };
};

const wasClosed = (): TernError => new TernError('cancelled', 'the connection was closed');

/** In ms. */
const PROBE_MS = 10_000;

/** A line that is not connected yet. */
export const createLine = (dial: Dial, clock: Clock): Line => {
  const before = { roundTrips: 0, bytes: 0 };
  let connection: ImapConnection | null = null;
  let closed = false;
  let disarm = (): void => undefined;
  const traffic = (): Traffic => ({
    roundTrips: before.roundTrips + (connection?.traffic.roundTrips ?? 0),
    bytes: before.bytes + (connection?.traffic.bytes ?? 0),
  });
  const leave = (): void => {
    disarm();
    uses.forget();
    Object.assign(before, traffic());
    connection?.close();
    connection = null;
  };
  const uses = createUses(leave);
  const use = <T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> =>
    untilAborted(signal, leave, work).finally(uses.hold());
  return {
    connected: async (signal) => {
      if (closed) throw wasClosed();
      if (connection && !connection.closed) return connection;
      leave();
      const made = await dial(signal);
      if (closed) {
        made.close();
        throw wasClosed();
      }
      connection = made;
      return made;
    },
    product: () => connection?.product ?? '',
    use,
    begin: async (signal, work) => {
      const isReused = connection !== null;
      try {
        return await use(signal, work);
      } catch (error) {
        if (!isReused || signal.aborted || asTernError(error).kind !== 'network') throw error;
        // It may have said BYE and not be closed yet.
        leave();
        return await use(signal, work);
      }
    },
    traffic,
    hold: () => uses.hold(),
    giveBack: () => uses.leaveSoon(),
    probe: () => {
      disarm();
      if (uses.none() || !connection) return leave();
      const { bytes } = connection.traffic;
      disarm = clock.after(PROBE_MS, () => (connection?.traffic.bytes === bytes ? leave() : undefined));
    },
    close: () => {
      closed = true;
      leave();
    },
  };
};
