// `npm start`: the desktop program from the sources, where Electron's binary is there.
import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { APP, bundleApp } from './bundle.ts';
import { electronBinary } from './electronBinary.ts';
import { buildRenderer } from './renderer.ts';

const binary = electronBinary();
if (binary === undefined) {
  console.error(`The desktop program needs Electron's binary, which npm does not bring along. Fetch it once with

  npx install-electron

It is about 110 MB from github.com. Where that cannot be reached, the same window runs in your browser:

  npm run web`);
  process.exit(1);
}
await buildRenderer();
await bundleApp();
const child = spawn(binary, [APP, ...process.argv.slice(2)], { stdio: 'inherit' });
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => child.kill(signal));
child.on('exit', (code, signal) => process.exit(code ?? 128 + (signal ? constants.signals[signal] : 0)));
