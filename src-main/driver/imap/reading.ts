import { asTernError, TernError } from '../../../src-shared/errors.ts';
import { createQueue, sleep } from '../../lib/async.ts';
import type { Clock } from '../../lib/clock.ts';
import { READING_SILENCE_MS, whileHeard } from '../silence.ts';
import type { Dial, ImapConnection } from './connection.ts';
import { createLine } from './line.ts';

/** The connection that a person reads over while the account syncs: made when it is needed, and left when it is not. */
export type Reading = {
  /**
   * Does something over it, one after the other; should the connection turn out to be lost, once more over a new one. Throws
   * `network` where nothing comes for `silence` ms.
   */
  turn<T>(signal: AbortSignal, work: (connection: ImapConnection) => Promise<T>, silence?: number): Promise<T>;
  /** As those of a `Line`. */
  probe(): void;
  giveBack(): void;
  /** For good. */
  close(): void;
};

/** In ms: between tries to connect where the server has no room. */
const ROOM_WAITS = [100, 400, 1_500];

/** Unused for so long, in ms, it is given back to the server, of which some allow few. */
const IDLE_MS = 60_000;

type Parts = {
  dial: Dial;
  clock: Clock;
  /** Gives up another connection of the account's, where the server allows no more. */
  makeRoom: () => void;
};

/** A reading connection that is not made yet. */
export const createReading = ({ dial, clock, makeRoom }: Parts): Reading => {
  const queue = createQueue();
  let line = createLine(dial, clock);
  let closed = false;
  let disarm: () => void = () => undefined;
  const leave = (): void => {
    line.close();
    if (!closed) line = createLine(dial, clock);
  };
  const connected = async (signal: AbortSignal): Promise<ImapConnection> => {
    for (const wait of [...ROOM_WAITS, null]) {
      try {
        return await line.connected(signal);
      } catch (error) {
        if (wait === null || asTernError(error).kind !== 'rateLimited') throw error;
        makeRoom();
        // A server takes its time to notice that another connection ended.
        await sleep(clock, wait, signal);
      }
    }
    throw new TernError('bug', 'the last wait throws');
  };
  return {
    turn: (signal, work, silence = READING_SILENCE_MS) =>
      queue(async () => {
        disarm();
        try {
          const over = (until: AbortSignal) => line.begin(until, async () => work(await connected(until)));
          return await whileHeard({ clock, ms: silence, bytes: () => line.traffic().bytes }, signal, over);
        } finally {
          if (!closed) disarm = clock.after(IDLE_MS, leave);
        }
      }),
    probe: () => line.probe(),
    giveBack: () => line.giveBack(),
    close: () => {
      closed = true;
      disarm();
      line.close();
    },
  };
};
