import type { MessageEvent, ParentPort } from 'electron';

/** Gives a forked Node process what a utility process of Electron has: `process.parentPort`, and an end with its host. */

const on = (_event: 'message', listener: (message: MessageEvent) => void): void =>
  void process.on('message', (data: unknown) => listener({ data, ports: [] }));

process.parentPort = {
  on,
  postMessage: (message: unknown) => void process.send?.(message, () => undefined),
} as unknown as ParentPort;

process.on('disconnect', () => process.exit(1));
