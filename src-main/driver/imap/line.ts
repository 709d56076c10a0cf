import { asTernError, TernError } from '../../../src-shared/errors.ts';
import type { Credential, ImapConfig } from '../../../src-shared/model.ts';
import type { Traffic } from '../driver.ts';
import { connect, type ImapConnection } from './connection.ts';

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
  /** For good. */
  close(): void;
};

/** A line that is not connected yet. */
export const createLine = (server: ImapConfig['imap'], credential: Credential): Line => {
  const before = { roundTrips: 0, bytes: 0 };
  let connection: ImapConnection | null = null;
  let closed = false;
  const traffic = (): Traffic => ({
    roundTrips: before.roundTrips + (connection?.traffic.roundTrips ?? 0),
    bytes: before.bytes + (connection?.traffic.bytes ?? 0),
  });
  const leave = (): void => {
    Object.assign(before, traffic());
    connection?.close();
    connection = null;
  };
  const use = async <T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> => {
    signal.addEventListener('abort', leave);
    try {
      return await work();
    } finally {
      signal.removeEventListener('abort', leave);
    }
  };
  return {
    connected: async (signal) => {
      if (closed) throw new TernError('cancelled', 'the connection was closed');
      if (connection && !connection.closed) return connection;
      leave();
      connection = await connect(server, credential, signal);
      return connection;
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
    close: () => {
      closed = true;
      leave();
    },
  };
};
