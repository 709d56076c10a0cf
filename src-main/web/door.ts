import type { WebSocket } from 'ws';
import type { Clock } from '../lib/clock.ts';
import { newSecret, sameSecret } from '../lib/secret.ts';

/** How long a page that was let go of may take to come back, in ms: a reload loses its secret and cannot. */
const GRACE_MS = 3_000;
/** How long nothing may be heard from the page, in ms. */
const IDLE_MS = 10 * 60_000;
/** How long a socket may take to say its secret, in ms. */
const SECRET_MS = 5_000;
const LONGEST_SECRET = 200;

/** Lets one page in, and no other. */
export type Door = {
  /** What the address that a person opens carries in its fragment; good once. */
  token: string;
  /** The secret for the token; null where it was taken already, or is another. */
  trade(token: string): string | null;
  /** Waits for a socket's first message, and admits it or closes it. */
  knock(socket: WebSocket): void;
  /** Sends to the page that is in, if any. */
  tell(message: unknown): void;
  /** Why it is over: the page is gone, or nothing was heard of it. */
  ended: Promise<'gone' | 'idle'>;
  close(): void;
};

/** A door that `admit` is called behind, with each socket that proved to be the page. */
export const createDoor = (clock: Clock, admit: (socket: WebSocket) => void): Door => {
  const token = newSecret();
  let secret: string | null = null;
  let page: WebSocket | null = null;
  let stopIdle = (): void => undefined;
  let stopGrace = (): void => undefined;
  const { promise: ended, resolve: end } = Promise.withResolvers<'gone' | 'idle'>();
  const heard = (): void => {
    stopIdle();
    stopIdle = clock.after(IDLE_MS, () => end('idle'));
  };
  const enter = (socket: WebSocket): void => {
    page = socket;
    stopGrace();
    heard();
    socket.on('message', heard);
    socket.once('close', () => {
      page = null;
      stopGrace = clock.after(GRACE_MS, () => end('gone'));
    });
    admit(socket);
    socket.send(JSON.stringify({ welcome: true }));
  };
  heard();
  return {
    token,
    trade: (given) => {
      if (secret !== null || !sameSecret(given, token)) return null;
      heard();
      secret = newSecret();
      return secret;
    },
    knock: (socket) => {
      const late = clock.after(SECRET_MS, () => socket.close(1008, 'no secret'));
      socket.on('error', () => socket.terminate());
      socket.once('close', late);
      socket.once('message', (data) => {
        late();
        const given = (data as Buffer).toString('utf8');
        if (secret === null || given.length > LONGEST_SECRET || !sameSecret(given, secret))
          socket.close(1008, 'refused');
        else if (page !== null) socket.close(1008, 'one page at a time');
        else enter(socket);
      });
    },
    tell: (message) => {
      if (page?.readyState === page?.OPEN) page?.send(JSON.stringify(message));
    },
    ended,
    close: () => {
      stopIdle();
      stopGrace();
      page?.close(1001, 'Tern is ending');
    },
  };
};
