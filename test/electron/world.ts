import { once } from 'node:events';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import type * as E from 'electron';
import { bundlePreload } from '../../build/bundle.ts';
import { startShell } from '../../electron/shell.ts';
import { cleanUp, dataFolder } from '../support/host.ts';
import { createStandIn, type StandIn } from './standIn.ts';
import { frameOf, type WindowStandIn } from './standInPages.ts';

/** What the page of a window sees: what the preload exposes, and what it heard. */
export type Page = {
  call: (name: string, account?: string | null, input?: unknown) => Promise<{ ok?: unknown; error?: { kind: string } }>;
  on: (listener: (line: unknown) => void) => () => void;
  heard: { event: string; account: string | null; data: unknown }[];
  /** Its own view of the world, to see that nothing else is in it. */
  exposed: Record<string, unknown>;
  /** Whether it can keep what is being written when it has to go. */
  keeps: boolean;
};

// What is provoked here is told in answers; the log would only repeat it.
process.env['TERN_LOG'] ??= 'silent';

const preloadFile = join(tmpdir(), `tern-test-preload-${process.pid}.cjs`);
let preloadText: Promise<string> | undefined;

/** The preload as it is shipped: one CommonJS file. */
export const bundledPreload = (): Promise<string> =>
  (preloadText ??= bundlePreload(preloadFile).then(() => readFileSync(preloadFile, 'utf8')));

/** Runs the shipped preload for a window, as the sandbox does: with nothing but Electron's own few modules. */
export const pageOf = async (
  stand: StandIn,
  { contents }: WindowStandIn,
  frame?: E.WebFrameMain,
  preload?: string,
): Promise<Page> => {
  const listeners = new Map<string, Set<(event: unknown, ...args: unknown[]) => void>>();
  contents.heard = (channel, ...args) =>
    listeners.get(channel)?.forEach((listener) => listener({ secret: true }, ...args));
  const exposed: Record<string, unknown> = {};
  const ipcRenderer = {
    invoke: async (channel: string, ...args: unknown[]) => ask(stand, contents.contents, channel, args, frame),
    on: (channel: string, listener: (event: never, ...args: never[]) => void) => {
      listeners.set(channel, (listeners.get(channel) ?? new Set()).add(listener as never));
      return {} as E.IpcRenderer;
    },
    off: (channel: string, listener: (event: never, ...args: never[]) => void) => {
      listeners.get(channel)?.delete(listener as never);
      return {} as E.IpcRenderer;
    },
  } satisfies Pick<E.IpcRenderer, 'invoke' | 'on' | 'off'>;
  const electron = {
    ipcRenderer,
    contextBridge: { exposeInMainWorld: (key: string, api: unknown) => void (exposed[key] = api) },
    webUtils: { getPathForFile: (file: File) => (file as { path?: string }).path ?? '' },
  } satisfies { [N in 'contextBridge' | 'ipcRenderer' | 'webUtils']: Partial<(typeof E)[N]> };
  const require = (name: string): unknown => {
    if (name !== 'electron') throw new Error(`the sandbox has no module ${name}`);
    return electron;
  };
  // oxlint-disable-next-line typescript/no-implied-eval -- it is our own file, run as the sandbox runs it
  new Function('require', 'module', 'exports', preload ?? (await bundledPreload()))(require, { exports: {} }, {});
  type Bridge = { call: (request: object) => ReturnType<Page['call']>; on: Page['on'] };
  const tern = exposed['tern'] as Bridge;
  const heard: Page['heard'] = [];
  const page: Page = {
    call: (name, account = null, input = {}) => tern.call({ call: name, account, input }),
    on: tern.on,
    heard,
    exposed,
    keeps: true,
  };
  tern.on((line) => {
    const told = line as Page['heard'][number];
    heard.push(told);
    if (told.event === 'shell.leaving')
      void tern.call({ call: 'shell.left', account: null, input: { kept: page.keeps } }).catch(() => undefined);
  });
  return page;
};

/** Sends over a channel as a page does, from a frame: our page's own, where none is named. */
export const ask = async (
  stand: StandIn,
  sender: unknown,
  channel: string,
  args: unknown[],
  frame: E.WebFrameMain | null = frameOf(),
): Promise<unknown> => {
  const handler = stand.handlers.get(channel);
  if (!handler) throw new Error(`nothing hears ${channel}`);
  const event = { sender, senderFrame: frame, type: 'frame' } as E.IpcMainInvokeEvent;
  return structuredClone(await handler(event, ...structuredClone(args)));
};

/** The program as it runs, on a stand-in for Electron. */
export type Program = {
  stand: StandIn;
  dataDir: string;
  window: () => WindowStandIn;
  page: Page;
  quit: () => Promise<void>;
};

/** Starts a program, not yet ready: what the system may tell it before that can be told. */
export const startEarly = (
  t: TestContext,
  {
    argv = [],
    dataDir = dataFolder(t),
    isFirst = true,
    isPackaged = false,
  }: { argv?: string[]; dataDir?: string; isFirst?: boolean; isPackaged?: boolean } = {},
): StandIn => {
  const folder = dataFolder(t);
  const page = join(folder, 'renderer');
  mkdirSync(page);
  writeFileSync(join(page, 'index.html'), '<!doctype html><title>Tern</title>');
  writeFileSync(join(page, 'app.js'), 'document.title');
  writeFileSync(join(folder, 'secret.js'), 'not to be served');
  const stand = createStandIn(join(folder, 'user'));
  Object.assign(stand, { isFirst, isPackaged });
  const gone = once(stand.app, 'quit');
  startShell({
    electron: stand.electron,
    argv: [`--data=${dataDir}`, ...argv],
    preload: '/preload.cjs',
    page,
    icon: '/icon.png',
    smallIcon: '/small-icon.png',
  });
  cleanUp(t, async () => {
    stand.electron.app.quit();
    if (stand.windows.length > 0) await gone;
  });
  return stand;
};

/** Starts a program and opens its page, which is ready to hear unless `quiet`. */
export const startProgram = async (
  t: TestContext,
  { quiet = false, ...early }: Parameters<typeof startEarly>[1] & { quiet?: boolean } = {},
): Promise<Program> => {
  const dataDir = early.dataDir ?? dataFolder(t);
  const stand = startEarly(t, { ...early, dataDir });
  stand.ready();
  await setImmediate();
  const window = (): WindowStandIn => {
    const last = stand.windows.at(-1);
    if (!last) throw new Error(`there is no window: ${stand.errors.join()}`);
    return last;
  };
  window().emitter.emit('ready-to-show');
  const page = await pageOf(stand, window());
  if (!quiet) await page.call('shell.ready');
  const quit = async (): Promise<void> => {
    if (stand.exits > 0) return;
    const gone = once(stand.app, 'quit');
    stand.electron.app.quit();
    await gone;
  };
  return { stand, dataDir, window, page, quit };
};
