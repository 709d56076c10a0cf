import { systemClock } from './lib/clock.ts';
import { createLog } from './lib/log.ts';
import { portOfParent } from './rpc/port.ts';
import { runWorker } from './worker/run.ts';

/** The entry of an account's worker process under plain Node, forked by platformNode.ts. */
runWorker({
  port: portOfParent(process),
  clock: systemClock,
  log: createLog('worker'),
  exit: () => process.exit(0),
});
