// Shows Tern at work on made-up mail: `npm run demo`, `npm run demo -- --keep` to go on playing with it, or
// `npm run demo -- --open` to see it in a browser (`--no-browser`: only the address of the page).
import { constants } from 'node:os';
import { performance } from 'node:perf_hooks';
import { parseArgs } from 'node:util';
import { openDemo } from './open.ts';
import { createScreen } from './screen.ts';
import { runDemo } from './stage.ts';
import { span } from './views.ts';

const began = performance.now();
const screen = createScreen(process.stdout);
const stop = new AbortController();
let signalled: NodeJS.Signals | undefined;

/** A signal, and a reader that went away, end the demo in order: nothing may stay behind. */
const listen = (): void => {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      signalled ??= signal;
      stop.abort(new Error(`stopped by ${signal}`));
    });
  }
  process.stdout.on('error', (error) => stop.abort(error));
};

const main = async (): Promise<number> => {
  const no = { type: 'boolean', default: false } as const;
  const { values } = parseArgs({ options: { keep: no, open: no, 'no-browser': no } });
  listen();
  if (values.open) {
    await openDemo(screen, stop.signal, !values['no-browser']);
    return 0;
  }
  await runDemo(screen, { keep: values.keep, signal: stop.signal });
  screen.line();
  screen.line(`Done in ${span(performance.now() - began)}. Server and host have ended, and their folder is deleted.`);
  return 0;
};

main().then(
  (status) => {
    process.exitCode = status;
  },
  (error: unknown) => {
    screen.end();
    const why = error instanceof Error ? error.message : String(error);
    console.error(signalled ? 'The demo was stopped. Nothing of it is left.' : `The demo failed: ${why}`);
    process.exitCode = signalled ? 128 + constants.signals[signalled] : 1;
  },
);
