import { connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { TernError } from '../../../src-shared/errors.ts';
import { abortReason } from '../../lib/async.ts';
import type { Dial, Endpoint, Line } from './ports.ts';
import { failureOf, pinned, type Route } from './web.ts';

/** In bytes: more than any server says before somebody signs in. */
const MOST_HEARD = 16 * 1024;

/** Connections by Node's own sockets, to addresses that were looked at. */
export const createDial =
  (route: Route): Dial =>
  async (to, addresses, signal) => {
    const where = {
      host: to.host,
      port: route(addresses[0] ?? '', to.port).port,
      lookup: pinned(addresses.map((address) => route(address, to.port).address)),
    };
    if (to.security === 'starttls') return lineOver(await opened(connect(where), 'connect', to, signal), to, signal);
    const socket = connectTls({ ...where, servername: to.host });
    return lineOver(await opened(socket, 'secureConnect', to, signal), to, signal);
  };

/** The socket once it is connected, and in TLS for 'secureConnect'. */
const opened = <S extends Socket>(
  socket: S,
  ready: 'connect' | 'secureConnect',
  { host }: Endpoint,
  signal: AbortSignal,
): Promise<S> =>
  new Promise((resolve, reject) => {
    let isOpen = false;
    const end = (): void => {
      signal.removeEventListener('abort', abort);
      socket.off('error', fail).on('error', () => undefined);
    };
    const fail = (error: Error): void => {
      end();
      socket.destroy();
      reject(failureOf(error, host, isOpen));
    };
    const abort = (): void => {
      end();
      socket.destroy();
      reject(abortReason(signal));
    };
    socket.once('connect', () => (isOpen = true));
    socket.once(ready, () => {
      end();
      resolve(socket);
    });
    socket.on('error', fail);
    signal.addEventListener('abort', abort);
    if (signal.aborted) abort();
  });

type Ears = { hear: (bytes: Buffer) => void; lost: () => void };

const listen = (socket: Socket, { hear, lost }: Ears): (() => void) => {
  socket.on('data', hear).on('close', lost);
  return () => socket.off('data', hear).off('close', lost);
};

const lineOver = (first: Socket, to: Endpoint, signal: AbortSignal): Line => {
  let socket = first;
  let text = '';
  let heard = 0;
  let failure: TernError | null = null;
  let waiting: PromiseWithResolvers<string> | null = null;
  const fail = (error: TernError): void => {
    failure ??= error;
    socket.destroy();
    waiting?.reject(failure);
    waiting = null;
  };
  const answer = (): void => {
    const end = text.indexOf('\n');
    if (!waiting || end < 0) return;
    waiting.resolve(text.slice(0, end).replace(/\r$/, ''));
    text = text.slice(end + 1);
    waiting = null;
  };
  const ears: Ears = {
    hear: (bytes) => {
      heard += bytes.length;
      if (heard > MOST_HEARD) return fail(new TernError('server', `${to.host} does not stop talking`));
      text += bytes.toString('latin1');
      answer();
    },
    lost: () => fail(new TernError('network', `${to.host} hung up`)),
  };
  const abort = (): void => fail(abortReason(signal));
  signal.addEventListener('abort', abort);
  let deafen = listen(socket, ears);
  return {
    read: () => {
      if (failure) return Promise.reject(failure);
      waiting = Promise.withResolvers<string>();
      const { promise } = waiting;
      answer();
      return promise;
    },
    write: (line) => void socket.write(`${line}\r\n`),
    secure: async () => {
      deafen();
      // What came before would otherwise pass for what the server says in TLS.
      if (text !== '') throw new TernError('tls', `${to.host} said more than it was asked before encryption`);
      socket = await opened(connectTls({ socket, servername: to.host }), 'secureConnect', to, signal);
      deafen = listen(socket, ears);
    },
    close: () => {
      signal.removeEventListener('abort', abort);
      deafen();
      socket.destroy();
    },
  };
};
