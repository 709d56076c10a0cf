import { fromWire, TernError, toWire, type WireError } from '../../src-shared/errors.ts';
import { abortReason, throwIfAborted } from '../lib/async.ts';
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

/** Speaks Tern's small RPC over a port: call, reply, failure, cancel, event. Errors cross as `WireError`. */
export const createRpc = (port: Port, answer: Answer): Rpc => {
  const asking = createAsking(port);
  const answering = createAnswering(port, answer);
  const eventHandlers: ((name: string, data: unknown) => void)[] = [];
  const closeHandlers: (() => void)[] = [];
  port.onMessage((raw) => {
    const message = raw as Message;
    switch (message.type) {
      case 'call':
        return void answering.serve(message.id, message.name, message.input);
      case 'cancel':
        return answering.cancel(message.id);
      case 'reply':
        return asking.settle(message.id)?.resolve(message.ok);
      case 'failure':
        return asking.settle(message.id)?.reject(fromWire(message.error));
      case 'event':
        return eventHandlers.forEach((handler) => handler(message.name, message.data));
    }
  });
  port.onClose(() => {
    asking.close();
    answering.close();
    closeHandlers.forEach((handler) => handler());
  });
  return {
    call: asking.call,
    emit: (name, data) => port.post({ type: 'event', name, data } satisfies Message),
    onEvent: (handler) => void eventHandlers.push(handler),
    onClose: (handler) => void closeHandlers.push(handler),
    close: () => port.close(),
  };
};

type Waiting = { resolve(value: unknown): void; reject(error: TernError): void };

/** Our calls: each waits for its reply, its caller's patience, or the end of the line. */
const createAsking = (port: Port) => {
  const waiting = new Map<number, Waiting>();
  let lastId = 0;
  let open = true;
  const settle = (id: number): Waiting | undefined => {
    const entry = waiting.get(id);
    waiting.delete(id);
    return entry;
  };
  const ask = (name: string, input: unknown, giveUp: AbortSignal | undefined): Promise<unknown> => {
    const id = ++lastId;
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    waiting.set(id, { resolve, reject });
    const cancel = (): void => {
      if (!settle(id) || !giveUp) return;
      port.post({ type: 'cancel', id } satisfies Message);
      reject(abortReason(giveUp));
    };
    giveUp?.addEventListener('abort', cancel);
    try {
      port.post({ type: 'call', id, name, input } satisfies Message);
    } catch (error) {
      settle(id)?.reject(new TernError('bug', `${name} cannot be sent`, { cause: error }));
    }
    return promise.finally(() => giveUp?.removeEventListener('abort', cancel));
  };
  return {
    settle,
    call: async (name: string, input: unknown, signal?: AbortSignal): Promise<unknown> => {
      if (!open) throw lineClosed();
      if (signal) throwIfAborted(signal);
      return ask(name, input, signal);
    },
    close: (): void => {
      open = false;
      for (const entry of waiting.values()) entry.reject(lineClosed());
      waiting.clear();
    },
  };
};

/** A failure always arrives, if need be without what cannot be copied. */
const postFailure = (port: Port, id: number, error: WireError): void => {
  try {
    port.post({ type: 'failure', id, error } satisfies Message);
  } catch {
    port.post({ type: 'failure', id, error: { kind: error.kind, message: error.message } } satisfies Message);
  }
};

/** The other side's calls: each is answered once, or abandoned when it is cancelled or the line ends. */
const createAnswering = (port: Port, answer: Answer) => {
  const underWay = new Map<number, AbortController>();
  return {
    serve: async (id: number, name: string, input: unknown): Promise<void> => {
      const control = new AbortController();
      underWay.set(id, control);
      try {
        port.post({ type: 'reply', id, ok: await answer(name, input, control.signal) } satisfies Message);
      } catch (error) {
        postFailure(port, id, toWire(error));
      } finally {
        underWay.delete(id);
      }
    },
    cancel: (id: number): void => underWay.get(id)?.abort(new TernError('cancelled', 'the caller gave up')),
    close: (): void => {
      for (const control of underWay.values()) control.abort(lineClosed());
    },
  };
};

const lineClosed = (): TernError =>
  new TernError('cancelled', 'the other process is gone', { detail: { why: 'gone' } });
