import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { readShell } from '../../src-main/web/webHost.ts';
import { chromiumAvailable, launchChromium } from '../e2e/chromium.ts';
import { startHost } from '../support/host.ts';
import { childrenOf } from '../support/processes.ts';
import { type Built, buildHosts } from './built.ts';
import { percentile, report } from './figure.ts';
import { memoryAlone } from './memory.ts';
import { startServerProcess } from './serverProcess.ts';
import { typedFigure } from './typed.ts';
import { listFigures } from './windowList.ts';

const MESSAGES = 100_000;
const ROUNDS = 15;
/** Until everything is compiled and kept. */
const WARM = 3;
const IDLE_MS = 20_000;

/** What a person waits for in the window, and what it costs, on the hosts as they are bundled. */
export const windowFigures = async (): Promise<boolean | null> => {
  const missing = chromiumAvailable();
  if (missing !== null) {
    console.error(`SKIPPED window: ${missing}`);
    return null;
  }
  const built = await buildHosts();
  const browser = await launchChromium({ scrollbars: true });
  const server = await startServerProcess(MESSAGES, { alone: true });
  const dataDir = mkdtempSync(join(tmpdir(), 'tern-bench-'));
  try {
    const figures = [pageFigure(built), await typedFigure(await buildHosts('test/bench/worker.ts'), browser)];
    const { config, credential } = server;
    await fill(built, dataDir, { email: 'alice@example.test', config, credential });
    figures.push(await firstListFigure(built, dataDir), await memoryFigure(built, dataDir));
    figures.push(...(await listFigures(built, browser, dataDir)));
    return figures.every(Boolean);
  } finally {
    await browser.close();
    await server.stop();
    rmSync(dataDir, { recursive: true, force: true });
  }
};

const pageFigure = ({ page }: Built): boolean => {
  const files = [...readShell(page).values()];
  const bytes = files.reduce((sum, file) => sum + gzipSync(file.bytes).length, 0);
  return report({ name: 'window.page', value: bytes / 1000, unit: 'kB, compressed by gzip', limit: 400 });
};

const open = ({ headless, env }: Built, dataDir: string) => startHost({ program: headless, env, dataDir });

type Account = Parameters<ReturnType<typeof open>['call']>[2];

/** Reads the mail from the server, without the bodies: lists need none. */
const fill = async (built: Built, dataDir: string, account: Account): Promise<void> => {
  const host = open(built, dataDir);
  const added = await host.call('accounts.add', null, account as never);
  await host.call('settings.set', added.account.id, { bodies: { prefetch: false } });
  await host.event(({ event, data }) => event === 'phase' && data.phase === 'live');
  await host.call('sync.now', added.account.id, {});
  await host.end();
};

/** The list that a window asks for first. */
const FIRST = { role: 'inbox', collapseThreads: true, limit: 100 } as const;

/** From the start of the host's process to the first list: the host, its worker, the database. */
const firstListFigure = async (built: Built, dataDir: string): Promise<boolean> => {
  const lists: number[] = [];
  const floors: number[] = [];
  for (let round = 0; round < WARM + ROUNDS; round++) {
    const before = performance.now();
    const host = open(built, dataDir);
    const since = (): number => performance.now() - before;
    const floor = host.call('app.info', null, {}).then(since);
    const { emails } = await host.call('emails.list', null, FIRST);
    const ms = since();
    if (emails.length !== FIRST.limit) throw new Error(`${emails.length} of ${FIRST.limit} emails are listed`);
    const alone = await floor;
    if (round >= WARM) {
      lists.push(ms);
      floors.push(alone);
    }
    await host.end();
  }
  return report({
    name: 'window.firstList',
    value: percentile(lists, 50),
    unit: `ms from the start of the process to the first list, of ${MESSAGES} messages (median)`,
    limit: 300,
    detail: {
      p90: Math.round(percentile(lists, 90)),
      hostAlone: Math.round(percentile(floors, 50)),
      rounds: ROUNDS,
    },
  });
};

/** Of the host and the worker, some time after the first list, of an account that has nothing left to do from its first sync. */
const memoryFigure = async (built: Built, dataDir: string): Promise<boolean> => {
  await idly(built, dataDir, async () => undefined);
  const { alone, own, pss } = await idly(built, dataDir, async (pids) => memoryAlone(pids));
  return report({
    name: 'window.idleMemory',
    value: alone,
    unit: `MB of host and worker as if alone on the machine, idle, with ${MESSAGES} messages`,
    limit: 150,
    detail: { hostAndWorkerWithoutFiles: own.map(Math.round), pss: Math.round(pss) },
  });
};

/** Does something with a host and its worker once they are idle. */
const idly = async <T>(built: Built, dataDir: string, deed: (pids: number[]) => Promise<T>): Promise<T> => {
  const host = open(built, dataDir);
  try {
    await host.call('emails.list', null, FIRST);
    await host.event(({ event, data }) => event === 'phase' && data.phase === 'live');
    await pause(IDLE_MS);
    const [worker, ...others] = childrenOf(host.pid);
    if (worker === undefined || others.length > 0) throw new Error('there is not just one worker');
    return await deed([host.pid, worker]);
  } finally {
    await host.end();
  }
};
