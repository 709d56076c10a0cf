import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Secrets } from '../src-main/desktop/secrets.ts';
import { t } from '../src-main/desktop/strings.ts';
import { systemClock } from '../src-main/lib/clock.ts';
import type { FileHandles } from '../src-main/lib/fileHandles.ts';
import { networkAddresses } from '../src-main/lib/networkAddresses.ts';
import { watchForWake } from '../src-main/lib/wakeWatch.ts';
import { giveWay, workerEnv } from '../src-main/lib/workerSettings.ts';
import type { Platform, WorkerEnd, WorkerProcess } from '../src-main/platform.ts';
import type { ElectronApi } from './electronApi.ts';
import { browse } from './links.ts';

const workerEntry = fileURLToPath(new URL('./worker.ts', import.meta.url));

type Parts = { electron: ElectronApi; dataDir: string; files: FileHandles; secrets: Secrets };

/** Electron: workers are utility processes, secrets are in the system's password store, a window names no paths. */
export const createElectronPlatform = ({ electron, dataDir, files, secrets }: Parts): Platform => ({
  dataDir,
  electron: process.versions['electron'] ?? null,
  takesPaths: false,
  takeFile: files.take,
  clock: systemClock,
  onWake: (woke) => {
    const { powerMonitor } = electron;
    const stop = watchForWake({ clock: systemClock, addresses: networkAddresses, woke });
    powerMonitor.on('resume', woke);
    return () => {
      powerMonitor.off('resume', woke);
      stop();
    };
  },
  openExternal: (url) => browse(electron, url),
  spawnWorker: (account) => spawnWorker(electron, join(dataDir, 'compiled'), account),
  seal: secrets.seal,
  unseal: secrets.unseal,
  secrets: secrets.secrets,
});

/** `compiled`: a folder for what Node compiles of the worker's code, so that the next one starts sooner. */
const spawnWorker = ({ utilityProcess }: ElectronApi, compiled: string, account = 'set-up'): WorkerProcess => {
  const child = utilityProcess.fork(workerEntry, [], {
    env: { ...workerEnv(process.env), NODE_COMPILE_CACHE: compiled },
    serviceName: t.worker(account),
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  let over = false;
  let unwanted = false;
  // A worker may ignore SIGTERM, which is what Electron's own `kill` sends.
  const end = (): void => {
    unwanted = true;
    if (!over && child.pid !== undefined) process.kill(child.pid, 'SIGKILL');
  };
  child.once('spawn', () => (unwanted ? end() : giveWay(child.pid)));
  const ended = new Promise<WorkerEnd>((resolve) => {
    child.once('exit', (code) => {
      over = true;
      resolve({ clean: code === 0, reason: `exit code ${code}` });
    });
  });
  return {
    port: {
      post: (message) => {
        if (!over) child.postMessage(message);
      },
      onMessage: (handler) => void child.on('message', handler),
      onClose: (handler) => void child.once('exit', handler),
      close: () => undefined,
    },
    ended,
    kill: end,
  };
};
