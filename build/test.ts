// Runs the tests with Node's own runner. `npm test -- store layers` runs only files whose path holds one of the words;
// words that begin with '-' go to the runner, e.g. `npm test -- --test-name-pattern=draft`.
import { spawn } from 'node:child_process';
import { globSync } from 'node:fs';
import { constants } from 'node:os';

const words = process.argv.slice(2);
const options = words.filter((word) => word.startsWith('-'));
const filters = words.filter((word) => !word.startsWith('-'));
const files = globSync('test/**/*.test.ts')
  .map((path) => path.replaceAll('\\', '/'))
  .filter((path) => filters.length === 0 || filters.some((word) => path.includes(word)))
  .toSorted();

if (files.length === 0) {
  console.error(`no test file has one of these in its path: ${filters.join(', ')}`);
  process.exit(1);
}

// The runner writes straight to our stdout, so that its closing lines are the last that anyone reads. Hundreds of processes
// load the same modules: what Node makes of them is kept from one to the next.
const runner = spawn(
  process.execPath,
  ['--test', '--test-concurrency=3', '--test-reporter=spec', '--test-timeout=600000', ...options, ...files],
  { stdio: 'inherit', env: { NODE_COMPILE_CACHE: 'node_modules/.cache/compiled', ...process.env } },
);
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => runner.kill(signal));
runner.on('exit', (code, signal) => {
  process.exitCode = code ?? 128 + (signal ? constants.signals[signal] : 0);
});
