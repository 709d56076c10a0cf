import { asTernError } from '../../../src-shared/errors.ts';
import type { Credential, ImapConfig } from '../../../src-shared/model.ts';
import { createQueue } from '../../lib/async.ts';
import type { Clock } from '../../lib/clock.ts';
import type { ImapConnection } from './connection.ts';
import { createLine } from './line.ts';

/** The connection that a person reads over while the account syncs: made when it is needed, and left when it is not. */
export type Reading = {
  /** Does something over it, one after the other; should the connection turn out to be lost, once more over a new one. */
  turn<T>(signal: AbortSignal, work: (connection: ImapConnection) => Promise<T>): Promise<T>;
  /** For good. */
  close(): void;
};

/** Unused for so long, in ms, it is given back to the server, of which some allow few. */
const IDLE_MS = 60_000;

type Parts = {
  server: ImapConfig['imap'];
  credential: Credential;
  clock: Clock;
  /** Gives up another connection of the account's, where the server allows no more. */
  makeRoom: () => void;
};

/** A reading connection that is not made yet. */
export const createReading = ({ server, credential, clock, makeRoom }: Parts): Reading => {
  const queue = createQueue();
  let line = createLine(server, credential);
  let closed = false;
  let disarm: () => void = () => undefined;
  const leave = (): void => {
    line.close();
    if (!closed) line = createLine(server, credential);
  };
  const connected = async (signal: AbortSignal): Promise<ImapConnection> => {
    try {
      return await line.connected(signal);
    } catch (error) {
      if (asTernError(error).kind !== 'rateLimited') throw error;
      makeRoom();
      return line.connected(signal);
    }
  };
  return {
    turn: (signal, work) =>
      queue(async () => {
        disarm();
        try {
          return await line.begin(signal, async () => work(await connected(signal)));
        } finally {
          if (!closed) disarm = clock.after(IDLE_MS, leave);
        }
      }),
    close: () => {
      closed = true;
      disarm();
      line.close();
    },
  };
};
