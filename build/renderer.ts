// Builds the window's page into build/out/renderer, where that is older than its sources. `--force` builds it anyway.
import { globSync, mkdirSync, rmSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';

const root = fileURLToPath(new URL('..', import.meta.url));
const source = join(root, 'electron/renderer');

/** Where the built page is. */
export const rendererFolder = join(root, 'build/out/renderer');

const builtAt = (): number => statSync(join(rendererFolder, 'index.html'), { throwIfNoEntry: false })?.mtimeMs ?? 0;

const changedAt = (): number =>
  Math.max(
    ...globSync(['electron/renderer/**/*', 'src-shared/**/*.ts', 'build/renderer.ts', 'package-lock.json'], {
      cwd: root,
    }).map((path) => statSync(join(root, path)).mtimeMs),
  );

const lock = `${rendererFolder}.lock`;
/** Whoever holds the lock for so long, in ms, has died over it. */
const LONGEST_BUILD = 60_000;

const take = (): boolean => {
  try {
    mkdirSync(lock);
    return true;
  } catch {
    return false;
  }
};

/** Runs a task while no other process does: several tests may want the page at once. */
const alone = async (task: () => Promise<void>): Promise<void> => {
  mkdirSync(dirname(lock), { recursive: true });
  while (!take()) {
    const since = statSync(lock, { throwIfNoEntry: false })?.mtimeMs ?? Date.now();
    if (Date.now() - since > LONGEST_BUILD) rmSync(lock, { recursive: true, force: true });
    await pause(50);
  }
  try {
    await task();
  } finally {
    rmSync(lock, { recursive: true, force: true });
  }
};

/** Builds the page unless it is up to date; answers its folder. */
export const buildRenderer = async ({ force = false } = {}): Promise<string> => {
  await alone(async () => {
    if (force || builtAt() <= changedAt()) await buildPage();
  });
  return rendererFolder;
};

const buildPage = (): Promise<unknown> =>
  build({
    configFile: false,
    root: source,
    base: './',
    logLevel: 'warn',
    oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
    build: {
      outDir: rendererFolder,
      emptyOutDir: true,
      target: 'es2024',
      // All of it is read from this machine: nothing is fetched ahead, and nothing stands inline, as the policy wants.
      modulePreload: false,
      assetsInlineLimit: 0,
      reportCompressedSize: false,
    },
  });

if (import.meta.main) await buildRenderer({ force: process.argv.includes('--force') });
