import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { bundleCode, OUT } from '../../build/bundle.ts';
import { buildRenderer } from '../../build/renderer.ts';

/** Hosts as the desktop program is built: its bundles, with plain Node's platform in place of Electron's. */
export type Built = { headless: string; windowHost: string; page: string; env: Record<string, string> };

const entries = (worker: string): string[] => [
  'src-main/headless.ts',
  'test/bench/windowHost.ts',
  worker,
  'src-main/render/thread.ts',
  'src-main/store/checkpointThread.ts',
];

/** Bundles them, and builds the page. What Node compiles of the bundles is kept beside them, from the first run on. */
export const buildHosts = async (worker = 'src-main/worker.ts'): Promise<Built> => {
  const folder = join(OUT, 'bench', worker.replaceAll('/', '-'));
  const page = await buildRenderer();
  rmSync(folder, { recursive: true, force: true });
  await bundleCode(entries(worker), folder);
  return {
    headless: join(folder, 'headless.js'),
    windowHost: join(folder, 'windowHost.js'),
    page,
    env: { NODE_COMPILE_CACHE: join(folder, 'compiled') },
  };
};

/** A host of the window that runs. */
export type WindowHost = { url: string; process: ChildProcess; end(): Promise<void> };

/** Starts the built host of the window on a data folder. */
export const startWindowHost = async (built: Built, dataDir: string, env = {}): Promise<WindowHost> => {
  const child = spawn(process.execPath, [built.windowHost, dataDir, built.page], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, ...built.env, ...env },
  });
  const [url] = (await once(createInterface(child.stdout), 'line')) as [string];
  const exited = once(child, 'exit');
  return {
    url,
    process: child,
    end: async () => {
      child.stdin.end();
      await exited;
    },
  };
};
