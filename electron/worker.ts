import { setFlagsFromString } from 'node:v8';
import { systemClock } from '../src-main/lib/clock.ts';
import { createLog } from '../src-main/lib/log.ts';
import { trustSystem } from '../src-main/lib/systemTrust.ts';
import { thriftyFlags } from '../src-main/lib/workerSettings.ts';
import { runWorker } from '../src-main/worker/run.ts';

/** The entry of an account's worker as a utility process of Electron. */

// A utility process takes no flags of V8 as arguments.
for (const flag of thriftyFlags) setFlagsFromString(flag);

// What a worker writes is its owner's alone.
process.umask(0o077);

const log = createLog('worker');

// The program's fuses close NODE_EXTRA_CA_CERTS, and Node by itself knows nothing of the system's certificates.
try {
  trustSystem(process.env['NODE_EXTRA_CA_CERTS']);
} catch (error) {
  log.warn({ err: error }, "the system's certificates cannot be read: only the well-known ones are trusted");
}

const { parentPort } = process;
runWorker({
  // It has no end to be heard: Chromium ends the process with its host.
  port: {
    post: (message) => parentPort.postMessage(message),
    onMessage: (handler) => void parentPort.on('message', ({ data }) => handler(data)),
    onClose: () => undefined,
    close: () => undefined,
  },
  clock: systemClock,
  log,
  exit: () => process.exit(0),
});
