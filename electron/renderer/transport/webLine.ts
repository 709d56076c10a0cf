import { fromWire, TernError, type WireError } from '../../../src-shared/errors.ts';
import type { AppEvent, LineEnd, Transport } from './transport.ts';

type Answer = { id: number; ok?: unknown; error?: WireError };
type Waiting = { resolve: (value: unknown) => void; reject: (error: TernError) => void };

/** The token of the address that the person opened; it is taken out of sight, and is good once. */
const takeToken = (): string => {
  const token = location.hash.slice(1);
  history.replaceState(null, '', location.pathname);
  return token;
};

const trade = async (token: string): Promise<string | null> => {
  const response = await fetch('/trade', { method: 'POST', body: token });
  return response.ok ? response.text() : null;
};

const answersOf = (socket: WebSocket) => {
  const waiting = new Map<number, Waiting>();
  const listeners: ((event: AppEvent) => void)[] = [];
  let lastId = 0;
  const ask = (call: string, account: string | null, input: unknown): Promise<unknown> =>
    new Promise((resolve, reject) => {
      if (socket.readyState !== WebSocket.OPEN) return reject(new TernError('cancelled', 'Tern is not running'));
      const id = ++lastId;
      waiting.set(id, { resolve, reject });
      socket.send(JSON.stringify({ id, call, account, input }));
    });
  socket.addEventListener('message', ({ data }) => {
    const message = JSON.parse(String(data)) as Answer | AppEvent;
    if ('event' in message) return listeners.forEach((listener) => listener(message));
    const asked = waiting.get(message.id);
    waiting.delete(message.id);
    if (message.error) asked?.reject(fromWire(message.error));
    else asked?.resolve(message.ok);
  });
  socket.addEventListener('close', () => {
    for (const { reject } of waiting.values()) reject(new TernError('cancelled', 'Tern has ended'));
    waiting.clear();
  });
  return { ask, on: (listener: (event: AppEvent) => void) => void listeners.push(listener) };
};

/** Resolves once the host let this page in; rejects where it closes the line instead. */
const welcomed = (socket: WebSocket, secret: string): Promise<void> =>
  new Promise((resolve, reject) => {
    socket.addEventListener('open', () => socket.send(secret));
    socket.addEventListener('message', () => resolve(), { once: true });
    socket.addEventListener('close', () => reject(new TernError('forbidden', 'refused')), { once: true });
  });

/** The line of a page that `npm run web` serves. Null where the page may not have one: its token was used, or it has none. */
export const openWebLine = async (): Promise<Transport | null> => {
  const secret = await trade(takeToken());
  if (secret === null) return null;
  const socket = new WebSocket(`ws://${location.host}/line`);
  await welcomed(socket, secret);
  const { ask, on } = answersOf(socket);
  const ended = new Promise<LineEnd>((resolve) => {
    socket.addEventListener('close', ({ code }) => resolve(code === 1008 ? 'refused' : 'closed'));
  });
  return {
    call: (name, account, input) => ask(name, account, input) as Promise<never>,
    host: (name, input) => ask(name, null, input) as Promise<never>,
    shell: null,
    on,
    ended,
  };
};
