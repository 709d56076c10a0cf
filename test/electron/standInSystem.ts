import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type * as E from 'electron';
import type { ElectronApi, WorkerChild } from '../../electron/electronApi.ts';
import { listening } from './standInPages.ts';

/** What Electron has of the system: processes, which are real ones of Node, and its store of passwords. */

/** A utility process: Node itself, with what Electron gives one. Its ends are seen as Electron tells them. */
export const startChild = (entry: string, args: string[], options: E.ForkOptions): WorkerChild => {
  const shim = fileURLToPath(new URL('./parentPort.ts', import.meta.url));
  const child = fork(entry, args, {
    env: { ...options.env },
    execArgv: ['--import', shim],
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const { emitter, on, once } = listening<E.UtilityProcess>();
  child.on('spawn', () => emitter.emit('spawn'));
  child.on('message', (message) => emitter.emit('message', message));
  child.on('exit', (code) => emitter.emit('exit', code ?? 9));
  return {
    on,
    once,
    pid: child.pid,
    postMessage: (message: unknown) => {
      if (child.connected) child.send(message as object, () => undefined);
    },
  } satisfies WorkerChild;
};

export const createSafeStorage = () => {
  const facts = {
    backend: 'gnome_libsecret' as const as string,
    isAvailable: true,
    failure: undefined as string | undefined,
    /** What it seals by today: seals by any other it opens, and says that they are old. */
    key: 'first',
  };
  const safeStorage = {
    getSelectedStorageBackend: () => facts.backend as ReturnType<E.SafeStorage['getSelectedStorageBackend']>,
    isAsyncEncryptionAvailable: async () => facts.isAvailable,
    encryptStringAsync: async (text) =>
      Buffer.from(`sealed by the system ${facts.key} ${Buffer.from(text).toString('hex')}`),
    decryptStringAsync: async (sealed) => {
      if (facts.failure) throw new Error(facts.failure);
      const [key, text = ''] = sealed.toString().split(' ').slice(-2);
      return { result: Buffer.from(text, 'hex').toString(), shouldReEncrypt: key !== facts.key };
    },
  } satisfies ElectronApi['safeStorage'];
  return Object.assign(facts, { safeStorage });
};
