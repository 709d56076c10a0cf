import { fork, type StdioOptions } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { networkInterfaces, setPriority } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { TernError } from '../src-shared/errors.ts';
import { systemClock } from './lib/clock.ts';
import { createKeyFile } from './lib/keyFile.ts';
import { watchForWake } from './lib/wakeWatch.ts';
import type { Platform, WorkerEnd, WorkerProcess } from './platform.ts';
import { portOfChild } from './rpc/port.ts';

const workerEntry = fileURLToPath(new URL('./worker.ts', import.meta.url));

/** What a worker may see of the host's environment: nothing that could hold a secret of another program. */
const passedOn =
  /^(PATH|HOME|TZ|LANG|LC_.*|TMPDIR|TEMP|TMP|SYSTEMROOT|NODE_EXTRA_CA_CERTS|NODE_COMPILE_CACHE|SSL_CERT_(FILE|DIR)|TERN_.*)$/;

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
    onWake: (woke) => watchForWake({ clock: systemClock, addresses, woke }),
    spawnWorker,
    seal: async (secret, context) => key.seal(secret, context),
    unseal: async (sealed, context) => key.unseal(sealed, context),
    secrets: { kind: () => 'keyFile', retire: () => key.remove() },
  };
};

/** The addresses by which other machines are reached. */
const addresses = (): string =>
  Object.values(networkInterfaces())
    .flatMap((each) => each ?? [])
    .flatMap(({ internal, address }) => (internal ? [] : address))
    .toSorted()
    .join(' ');

/** V8 lets garbage pile up while memory is plenty; a first sync then takes twice what it needs (measured: 320, not 160 MB). */
const thrifty = ['--max-semi-space-size=8', '--heap-growing-percent=70'];

/** A first fill keeps a core busy: where cores are few, the host and the window go first (the middle of 'below normal'). */
const NICENESS = 5;

const giveWay = (pid: number | undefined): void => {
  try {
    if (pid !== undefined) setPriority(pid, NICENESS);
  } catch {
    // It ended already, or the system does not let us: it runs all the same.
  }
};

/** glibc keeps room for each thread by itself, and gives little of it back: 40 MB of 225 in a first sync (measured). */
const frugal = { MALLOC_ARENA_MAX: '2' };

const spawnWorker = (): WorkerProcess => {
  const passed = Object.entries(process.env).filter(([name]) => passedOn.test(name));
  const env = { ...Object.fromEntries(passed), ...frugal };
  // 'advanced' clones as a MessagePort does: dates, maps, bytes and undefined survive.
  const stdio: StdioOptions = ['ignore', 'ignore', 'inherit', 'ipc'];
  const child = fork(workerEntry, [], { env, stdio, serialization: 'advanced', execArgv: thrifty });
  giveWay(child.pid);
  const ended = new Promise<WorkerEnd>((resolve) => {
    child.once('error', (error) => resolve({ clean: false, reason: error.message }));
    child.once('exit', (code, signal) => resolve({ clean: code === 0, reason: signal ?? `exit code ${code}` }));
  });
  return { port: portOfChild(child), ended, kill: () => void child.kill('SIGKILL') };
};
