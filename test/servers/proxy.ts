import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** How the next request is cut: not passed on at all, after half of it, or when its answer begins. */
type Cut = 'before' | 'during' | 'after';

export type Stall = { readonly begun: Promise<void>; release(): void };

/** A TCP proxy before a server on loopback that can break what goes through it. */
export type Proxy = {
  readonly port: number;
  /** Cuts the next request that changes something (`sets`), or the next of any kind. */
  cutNext(how: Cut, sets: boolean): void;
  /** Takes nothing more from a client once it has begun what changes something: `begun` tells, `release` goes on. */
  stallNext(): Stall;
  /** Everything the server says takes so much longer, in ms. */
  delay(ms: number): void;
  /** Refuses connections and ends those that are open, until told otherwise. */
  refuse(on: boolean): Promise<void>;
  /** Forgets what was still to be broken. */
  calm(): Promise<void>;
  /** Requests that change something, so far. */
  sets(): number;
  /** Which cuts took effect, and how often. */
  readonly done: Map<string, number>;
  stop(): Promise<void>;
};

/** What of a protocol a proxy has to understand: which bytes of a client's ask for something, and which change something. */
export type Dialect = { asks(bytes: string): boolean; changes(bytes: string): boolean };

export const jmapDialect: Dialect = {
  asks: (bytes) => bytes.startsWith('POST'),
  changes: (bytes) => /"(Email|Mailbox)\/set"/.test(bytes),
};

export const imapDialect: Dialect = {
  asks: (bytes) => /^[^\s*+]+ \w/.test(bytes),
  changes: (bytes) => /^\S+ (UID (STORE|COPY|MOVE|EXPUNGE)|CREATE|RENAME|DELETE) /.test(bytes),
};

type Weather = {
  dialect: Dialect;
  cut: { how: Cut; sets: boolean } | null;
  /** Takes the client that is to be stalled. */
  stall: ((client: Socket) => void) | null;
  delay: number;
  sets: number;
  done: Map<string, number>;
};

/** Takes the cut that waits for these bytes. */
const takeCut = (weather: Weather, bytes: Buffer): Cut | null => {
  const text = bytes.toString('latin1');
  const sets = weather.dialect.changes(text);
  if (sets) weather.sets += 1;
  const { cut } = weather;
  const isRequest = sets || weather.dialect.asks(text);
  if (!cut || (cut.sets ? !sets : !isRequest)) return null;
  weather.cut = null;
  const name = `cut ${cut.how} ${sets ? 'a set' : 'a request'}`;
  weather.done.set(name, (weather.done.get(name) ?? 0) + 1);
  return cut.how;
};

const relay = (client: Socket, port: number, weather: Weather): Socket => {
  const server = connect(port, '127.0.0.1');
  let cutAnswer = false;
  const end = (): void => {
    client.destroy();
    server.destroy();
  };
  client.setNoDelay(true).on('error', end).on('close', end);
  server.setNoDelay(true).on('error', end);
  client.on('data', (bytes: Buffer) => {
    const cut = takeCut(weather, bytes);
    if (cut === 'before') return end();
    if (cut === 'during') return void server.write(bytes.subarray(0, bytes.length >> 1), end);
    cutAnswer ||= cut === 'after';
    if (weather.stall && weather.dialect.changes(bytes.toString('latin1'))) weather.stall(client);
    server.write(bytes);
  });
  let said: Promise<unknown> = Promise.resolve();
  server.on('data', (bytes: Buffer) => {
    if (cutAnswer) return end();
    const due = weather.delay > 0 ? sleep(weather.delay) : undefined;
    said = said.then(() => due).then(() => client.write(bytes));
  });
  server.on('close', () => void said.then(end));
  return server;
};

/** Starts a proxy before a port of this machine. */
export const startProxy = async (target: number, dialect: Dialect): Promise<Proxy> => {
  const weather: Weather = { dialect, cut: null, stall: null, delay: 0, sets: 0, done: new Map() };
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    for (const socket of [client, relay(client, target, weather)]) {
      sockets.add(socket);
      socket.on('close', () => sockets.delete(socket));
    }
  });
  const listen = async (port: number): Promise<number> => {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    return (server.address() as AddressInfo).port;
  };
  const close = async (): Promise<void> => {
    if (!server.listening) return;
    const closed = once(server, 'close');
    server.close();
    for (const socket of sockets) socket.destroy();
    await closed;
  };
  const port = await listen(0);
  const refuse = async (on: boolean): Promise<void> => {
    if (on) await close();
    else if (!server.listening) await listen(port);
  };
  return {
    port,
    cutNext: (how, sets) => {
      weather.cut = { how, sets };
    },
    stallNext: () => {
      const begun = Promise.withResolvers<Socket>();
      weather.stall = (client) => {
        weather.stall = null;
        begun.resolve(client.pause());
      };
      return {
        begun: begun.promise.then(() => undefined),
        release: () => void begun.promise.then((client) => client.resume()),
      };
    },
    delay: (ms) => {
      weather.delay = ms;
    },
    refuse,
    calm: () => {
      Object.assign(weather, { cut: null, stall: null, delay: 0 });
      return refuse(false);
    },
    sets: () => weather.sets,
    done: weather.done,
    stop: close,
  };
};
