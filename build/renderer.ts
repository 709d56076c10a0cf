// Builds the window's page into build/out/renderer, where that is older than its sources. `--force` builds it anyway.
import { globSync, statSync } from 'node:fs';
import { join } from 'node:path';
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

/** Builds the page unless it is up to date; answers its folder. */
export const buildRenderer = async ({ force = false } = {}): Promise<string> => {
  if (!force && builtAt() > changedAt()) return rendererFolder;
  await build({
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
  return rendererFolder;
};

if (import.meta.main) await buildRenderer({ force: process.argv.includes('--force') });
