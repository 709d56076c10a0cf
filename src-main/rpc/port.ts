import type { ChildProcess } from 'node:child_process';
import type { MessagePort } from 'node:worker_threads';

/** A two-way line for structured-cloneable values. Messages arrive in order; `onClose` fires once. */
export type Port = {
  /** Sends; silently does nothing once the line is closed. */
  post(message: unknown): void;
  onMessage(handler: (message: unknown) => void): void;
  onClose(handler: () => void): void;
  close(): void;
};

/** The line over a MessagePort, of worker_threads or of Electron (whose messages are wrapped as `{data}`). */
export const portOfMessagePort = (raw: MessagePort, unwrap: (message: unknown) => unknown = (m) => m): Port => ({
  post: (message) => raw.postMessage(message),
  onMessage: (handler) => void raw.on('message', (message: unknown) => handler(unwrap(message))),
  onClose: (handler) => void raw.once('close', handler),
  close: () => raw.close(),
});

/** The parent's end of the line to a forked child. */
export const portOfChild = (child: ChildProcess): Port => ({
  post: (message) => {
    // A dying child makes send fail with EPIPE; its exit tells the same, so the error carries no news.
    if (child.connected) child.send(message as object, () => undefined);
  },
  onMessage: (handler) => void child.on('message', handler),
  onClose: (handler) => void child.once('disconnect', handler),
  close: () => {
    if (child.connected) child.disconnect();
  },
});

/** The child's end. It closes when the parent goes, however the parent went. */
export const portOfParent = (self: NodeJS.Process): Port => ({
  post: (message) => {
    if (self.connected) self.send?.(message, () => undefined);
  },
  onMessage: (handler) => void self.on('message', handler),
  onClose: (handler) => void self.once('disconnect', handler),
  close: () => {
    if (self.connected) self.disconnect();
  },
});

/** Two ends of a line inside one process. It clones what it carries, as a real one would. */
export const portPair = (): [Port, Port] => {
  const ends = [end(), end()] as const;
  let open = true;
  const shut = (): void => {
    if (!open) return;
    open = false;
    for (const each of ends) queueMicrotask(() => each.closed.forEach((handler) => handler()));
  };
  const port = (mine: End, theirs: End): Port => ({
    post: (message) => {
      const copy: unknown = structuredClone(message);
      queueMicrotask(() => {
        if (open) theirs.received.forEach((handler) => handler(copy));
      });
    },
    onMessage: (handler) => void mine.received.push(handler),
    onClose: (handler) => void mine.closed.push(handler),
    close: shut,
  });
  return [port(ends[0], ends[1]), port(ends[1], ends[0])];
};

type End = { received: ((message: unknown) => void)[]; closed: (() => void)[] };
const end = (): End => ({ received: [], closed: [] });
