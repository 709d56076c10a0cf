// Runs the tests with Node's own runner. `npm test -- store layers` runs only files whose path holds one of the words;
// words that begin with '-' go to the runner, e.g. `npm test -- --test-name-pattern=draft`.
import { spawn } from 'node:child_process';
import { globSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

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

/** What was loaded for one file serves the next: a process for each of them would take a third longer (measured). */
const FILES_A_PROCESS = 10;

/** Modules that load some files of one folder each. */
const groupsOf = (folder: string, paths: readonly string[]): string[] => {
  const groups = Array.from({ length: Math.ceil(paths.length / FILES_A_PROCESS) }, (_, index) =>
    paths.slice(index * FILES_A_PROCESS, (index + 1) * FILES_A_PROCESS),
  );
  return groups.map((group, index) => {
    const path = join(cache, `${folder.replaceAll('/', '-')}-${index + 1}.mjs`);
    writeFileSync(path, group.map((file) => `import ${JSON.stringify(pathToFileURL(resolve(file)).href)};\n`).join(''));
    return path;
  });
};

const cache = `build/out/tests/${process.pid}`;
mkdirSync(cache, { recursive: true });
const groups = Object.entries(Object.groupBy(files, (file) => dirname(file))).flatMap(([folder, paths]) =>
  groupsOf(folder, paths ?? []),
);

// The runner writes straight to our stdout, so that its closing lines are the last that anyone reads. Many processes load
// the same modules: what Node makes of them is kept from one to the next.
const runner = spawn(
  process.execPath,
  ['--test', '--test-concurrency=3', '--test-reporter=spec', '--test-timeout=600000', ...options, ...groups],
  { stdio: 'inherit', env: { NODE_COMPILE_CACHE: 'node_modules/.cache/compiled', ...process.env } },
);
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => runner.kill(signal));
runner.on('exit', (code, signal) => {
  rmSync(cache, { recursive: true, force: true });
  process.exitCode = code ?? 128 + (signal ? constants.signals[signal] : 0);
});
