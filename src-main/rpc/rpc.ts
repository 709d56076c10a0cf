import { fromWire, TernError, toWire, type WireError } from '../../src-shared/errors.ts';
import { abortReason } from '../lib/async.ts';
import type { Port } from './port.ts';

type Message =
  | { type: 'call'; id: number; name: string; input: unknown }
  | { type: 'cancel'; id: number }
  | { type: 'reply'; id: number; ok: unknown }
  | { type: 'failure'; id: number; error: WireError }
  | { type: 'event'; name: string; data: unknown };

/** Answers the other side's calls. The signal is aborted when the caller gives up or the line closes. */
export type Answer = (name: string, input: unknown, signal: AbortSignal) => Promise<unknown>;

/** Calls both ways and events over one port. A call that the line cannot finish fails; none hangs. */
export type Rpc = {
  call(name: string, input: unknown, signal?: AbortSignal): Promise<unknown>;
  emit(name: string, data: unknown): void;
  onEvent(handler: (name: string, data: unknown) => void): void;
  /** Fires once, after the calls under way were failed. */
  onClose(handler: () => void): void;
  close(): void;
};

type Waiting = { resolve(value: unknown): void; reject(error: TernError): void };

/** Speaks Tern's small RPC over a port: call, reply, failure, cancel, event. Errors cross as `WireError`. */
export const createRpc = (port: Port, answer: Answer): Rpc => {
  const waiting = new Map<number, Waiting>();
  const answering = new Map<number, AbortController>();
  const eventHandlers: ((name: string, data: unknown) => void)[] = [];
  const closeHandlers: (() => void)[] = [];
  let lastId = 0;
  let open = true;

  const serve = async (id: number, name: string, input: unknown): Promise<void> => {
    const control = new AbortController();
    answering.set(id, control);
    try {
      port.post({ type: 'reply', id, ok: await answer(name, input, control.signal) } satisfies Message);
    } catch (error) {
      port.post({ type: 'failure', id, error: toWire(error) } satisfies Message);
    } finally {
      answering.delete(id);
    }
  };
  const settle = (id: number): Waiting | undefined => {
    const entry = waiting.get(id);
    waiting.delete(id);
    return entry;
  };
  port.onMessage((raw) => {
    const message = raw as Message;
    switch (message.type) {
      case 'call':
        return void serve(message.id, message.name, message.input);
      case 'cancel':
        return answering.get(message.id)?.abort(new TernError('cancelled', 'the caller gave up'));
      case 'reply':
        return settle(message.id)?.resolve(message.ok);
      case 'failure':
        return settle(message.id)?.reject(fromWire(message.error));
      case 'event':
        return eventHandlers.forEach((handler) => handler(message.name, message.data));
    }
  });
  port.onClose(() => {
    open = false;
    for (const entry of waiting.values()) entry.reject(lineClosed());
    waiting.clear();
    for (const control of answering.values()) control.abort(lineClosed());
    closeHandlers.forEach((handler) => handler());
  });

  const call = (name: string, input: unknown, signal?: AbortSignal): Promise<unknown> =>
    new Promise((resolve, reject) => {
      if (!open) return reject(lineClosed());
      if (signal?.aborted) return reject(abortReason(signal));
      const id = ++lastId;
      const giveUp = (): void => {
        if (!waiting.delete(id)) return;
        port.post({ type: 'cancel', id } satisfies Message);
        reject(signal ? abortReason(signal) : lineClosed());
      };
      const done = (): void => signal?.removeEventListener('abort', giveUp);
      waiting.set(id, {
        resolve: (value) => (done(), resolve(value)),
        reject: (error) => (done(), reject(error)),
      });
      signal?.addEventListener('abort', giveUp);
      port.post({ type: 'call', id, name, input } satisfies Message);
    });

  return {
    call,
    emit: (name, data) => port.post({ type: 'event', name, data } satisfies Message),
    onEvent: (handler) => void eventHandlers.push(handler),
    onClose: (handler) => void closeHandlers.push(handler),
    close: () => port.close(),
  };
};

const lineClosed = (): TernError => new TernError('cancelled', 'the other process is gone');
