import { fork, type StdioOptions } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { TernError } from '../src-shared/errors.ts';
import { systemClock } from './lib/clock.ts';
import { createKeyFile } from './lib/keyFile.ts';
import { networkAddresses } from './lib/networkAddresses.ts';
import { watchForWake } from './lib/wakeWatch.ts';
import { giveWay, thriftyFlags, workerEnv } from './lib/workerSettings.ts';
import type { Platform, WorkerEnd, WorkerProcess } from './platform.ts';
import { testNetworkOf } from './platformTestNetwork.ts';
import { portOfChild } from './rpc/port.ts';

const workerEntry = fileURLToPath(new URL('./worker.ts', import.meta.url));

/** Plain Node: workers by `child_process.fork`, secrets sealed with AES-256-GCM under a key file of mode 0600. */
export const createNodePlatform = (dataDir: string): Platform => {
  try {
    mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw new TernError('storage', `the data folder ${dataDir} cannot be made`, { cause: error });
  }
  const key = createKeyFile(join(dataDir, 'key'));
  return {
    dataDir,
    electron: null,
    takesPaths: true,
    clock: systemClock,
    testNetwork: testNetworkOf(process.env),
    onWake: (woke) => watchForWake({ clock: systemClock, addresses: networkAddresses, woke }),
    spawnWorker,
    seal: async (secret, context) => key.seal(secret, context),
    unseal: async (sealed, context) => key.unseal(sealed, context),
    secrets: { kind: async () => 'keyFile', retire: () => key.remove() },
  };
};

const spawnWorker = (): WorkerProcess => {
  // 'advanced' clones as a MessagePort does: dates, maps, bytes and undefined survive.
  const stdio: StdioOptions = ['ignore', 'ignore', 'inherit', 'ipc'];
  const env = workerEnv(process.env);
  const child = fork(workerEntry, [], { env, stdio, serialization: 'advanced', execArgv: thriftyFlags });
  giveWay(child.pid);
  const ended = new Promise<WorkerEnd>((resolve) => {
    child.once('error', (error) => resolve({ clean: false, reason: error.message }));
    child.once('exit', (code, signal) => resolve({ clean: code === 0, reason: signal ?? `exit code ${code}` }));
  });
  return { port: portOfChild(child), ended, kill: () => void child.kill('SIGKILL') };
};
