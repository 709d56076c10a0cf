import { systemClock } from './lib/clock.ts';
import { createLog } from './lib/log.ts';
import { portOfParent } from './rpc/port.ts';
import { runWorker } from './worker/run.ts';

/** The entry of an account's worker process under plain Node, forked by platformNode.ts. */
// Ctrl-C in a terminal reaches the host's children, too; a worker ends when its host says so, or is gone.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => undefined);

// What a worker writes is its owner's alone.
process.umask(0o077);

runWorker({
  port: portOfParent(process),
  clock: systemClock,
  log: createLog('worker'),
  exit: () => process.exit(0),
});
