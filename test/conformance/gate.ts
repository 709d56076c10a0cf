import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Config } from '../../src-shared/model.ts';

/** A TCP relay in front of a server on loopback: the network between it and Tern, which can be slow, stand still or be cut. */
export type Gate = {
  /** The server's configuration, by way of the gate. */
  config: Config;
  /** Everything the server says takes so much longer, in ms. */
  delay(ms: number): void;
  /** Nothing the server says gets through until `release`. */
  hold(): void;
  release(): void;
  /** Cuts every connection, and new ones at once, until `open`. */
  close(): Promise<void>;
  open(): Promise<void>;
  /** For good. */
  end(): Promise<void>;
};

const portOf = (config: Config): number =>
  config.protocol === 'imap' ? config.imap.port : Number(new URL(config.sessionUrl).port);

const withPort = (config: Config, port: number): Config => {
  if (config.protocol === 'imap') return { ...config, imap: { ...config.imap, port } };
  const url = new URL(config.sessionUrl);
  url.port = String(port);
  return { ...config, sessionUrl: url.href };
};

type Weather = { delay: number; held: { promise: Promise<void>; resolve: () => void } | null };

const relay = (client: Socket, port: number, weather: Weather): Socket => {
  const server = connect(port, '127.0.0.1');
  const end = (): void => {
    client.destroy();
    server.destroy();
  };
  let said: Promise<unknown> = Promise.resolve();
  const say = (act: () => void): void => {
    const due = sleep(weather.delay);
    said = said
      .then(() => due)
      .then(() => weather.held?.promise)
      .then(act);
  };
  client.setNoDelay(true).on('error', end).on('close', end);
  server.setNoDelay(true).on('error', end);
  client.on('data', (bytes) => server.write(bytes));
  server.on('data', (bytes: Buffer) => say(() => client.write(bytes)));
  server.on('close', () => say(end));
  return server;
};

const listen = async (server: Server, port: number): Promise<number> => {
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
};

/** An open gate before the server that `config` names. */
export const openGate = async (config: Config): Promise<Gate> => {
  const weather: Weather = { delay: 0, held: null };
  const sockets = new Set<Socket>();
  let isOpen = true;
  const server = createServer((client) => {
    // Shut, it keeps its port all the same: another server in this machine's tests would get it, and answer in its place.
    if (!isOpen) return void client.on('error', () => undefined).destroy();
    for (const socket of [client, relay(client, portOf(config), weather)]) {
      sockets.add(socket);
      socket.on('close', () => sockets.delete(socket));
    }
  });
  const port = await listen(server, 0);
  return {
    config: withPort(config, port),
    delay: (ms) => {
      weather.delay = ms;
    },
    hold: () => {
      weather.held ??= Promise.withResolvers();
    },
    release: () => {
      weather.held?.resolve();
      weather.held = null;
    },
    close: async () => {
      isOpen = false;
      for (const socket of sockets) socket.destroy();
    },
    open: async () => {
      isOpen = true;
    },
    end: async () => {
      isOpen = false;
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
};
