// Runs the tests with Node's own runner. `npm test -- store layers` runs only files whose path holds one of the words;
// `npm test -- long` those that take long, which are left out otherwise; words that begin with '-' go to the runner, e.g.
// `npm test -- --test-name-pattern=draft`.
import { spawn } from 'node:child_process';
import { globSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

const words = process.argv.slice(2);
const options = words.filter((word) => word.startsWith('-'));
const filters = words.filter((word) => !word.startsWith('-'));

/** A third of all time for the last hundredth of all tests: real servers one after the other, browsers, dying hosts, bombs. */
const LONG = [
  'test/app/oauth/',
  'test/app/secretScan',
  'test/app/storage',
  'test/conformance/cyrus',
  'test/conformance/dovecot',
  'test/conformance/sending',
  'test/driver/imapManyMailboxes',
  'test/e2e/payloads',
  'test/engine/sendingWalk',
  'test/headless/ending',
  'test/html/bombs',
  'test/html/quotable',
  'test/mime/bombs',
  'test/servers/compare',
  'test/window/browser/',
  'test/window/state/',
];
const isLong = (path: string): boolean => LONG.some((beginning) => path.startsWith(beginning));
const isWanted = (path: string): boolean => {
  if (filters.length === 0) return !isLong(path);
  return filters.some((word) => (word === 'long' ? isLong(path) : path.includes(word)));
};
const all = globSync('test/**/*.test.ts').map((path) => path.replaceAll('\\', '/'));
const files = all.filter(isWanted).toSorted();
if (filters.length === 0)
  console.log(`${all.length - files.length} files that take long are left out: npm test -- long`);

if (files.length === 0) {
  console.error(`no test file has one of these in its path: ${filters.join(', ')}`);
  process.exit(1);
}

/** What was loaded for one file serves the next: a process for each of them would take a third longer (measured). */
const FILES_A_PROCESS = 10;

/** There is one window to a process, and so one state of it. */
const ALONE = 'test/window';

/** Modules that load some files of one folder each. */
const groupsOf = (folder: string, paths: readonly string[]): string[] => {
  const most = folder.startsWith(ALONE) ? 1 : FILES_A_PROCESS;
  const groups = Array.from({ length: Math.ceil(paths.length / most) }, (_, index) =>
    paths.slice(index * most, (index + 1) * most),
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
