// Runs every check that needs no server and tells how each went; shows the output of those that failed.
import { spawn } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { performance } from 'node:perf_hooks';

/** A check: its name, and what Node 24 is given to run. */
type Check = { name: string; run: string[] };

// The slowest first, so that the last one to end is a short one.
const checks: Check[] = [
  { name: 'lint', run: ['node_modules/oxlint/bin/oxlint', '--type-aware'] },
  { name: 'types', run: ['node_modules/typescript/bin/tsc', '-p', '.', '--noEmit', '--pretty', 'false'] },
  {
    name: 'types of the window',
    run: ['node_modules/typescript/bin/tsc', '-p', 'electron/renderer', '--noEmit', '--pretty', 'false'],
  },
  {
    name: 'types of what tests of the window ask of its state',
    run: ['node_modules/typescript/bin/tsc', '-p', 'test/window/state', '--noEmit', '--pretty', 'false'],
  },
  { name: 'unused code', run: ['node_modules/knip/bin/knip.js', '--no-progress'] },
  { name: 'generated files', run: ['build/generate.ts', '--check'] },
  { name: 'format', run: ['node_modules/@biomejs/biome/bin/biome', 'ci', '--colors=off', '.'] },
  { name: 'layers', run: ['build/check-layers.ts'] },
];

/** Runs one check to its end and prints its line; true if it passed. */
const runCheck = ({ name, run }: Check): Promise<boolean> =>
  new Promise((resolve) => {
    const began = performance.now();
    const child = spawn(process.execPath, run, { stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    child.stdout.on('data', (data: Buffer) => (output += data.toString()));
    child.stderr.on('data', (data: Buffer) => (output += data.toString()));
    const end = (passed: boolean): void => {
      const seconds = ((performance.now() - began) / 1000).toFixed(1);
      console.log(`${passed ? 'ok    ' : 'FAILED'} ${name} (${seconds} s)`);
      if (!passed) console.log(`${output.trim()}\n`);
      resolve(passed);
    };
    child.on('error', (error) => {
      output += error.message;
      end(false);
    });
    child.on('close', (code) => end(code === 0));
  });

const waiting = [...checks];
const failed: string[] = [];
const lane = async (): Promise<void> => {
  for (let check = waiting.shift(); check; check = waiting.shift()) {
    if (!(await runCheck(check))) failed.push(check.name);
  }
};
await Promise.all(Array.from({ length: Math.min(availableParallelism(), checks.length) }, lane));
console.log(failed.length === 0 ? `All ${checks.length} checks passed.` : `Failed: ${failed.join(', ')}.`);
process.exitCode = failed.length === 0 ? 0 : 1;
