import type { EventEmitter } from 'node:events';
import type * as E from 'electron';
import type { ElectronApi, View } from '../../electron/electronApi.ts';
import {
  type ContentsStandIn,
  constructor,
  createContents,
  createSession,
  createWindow,
  listening,
  preventable,
  type SessionStandIn,
  type WindowStandIn,
} from './standInPages.ts';
import { createSafeStorage, startChild } from './standInSystem.ts';

/**
 * Electron without its binary, for the shell's tests: each part has the types that electron.d.ts gives it (`satisfies`), so
 * that none can drift from the real one.
 */

type Handler = Parameters<E.IpcMain['handle']>[1];
type NotificationStandIn = { options: E.NotificationConstructorOptions; emitter: EventEmitter; isShown: boolean };
type MenuTemplate = Parameters<(typeof E.Menu)['buildFromTemplate']>[0];
type ViewStandIn = {
  options: E.WebContentsViewConstructorOptions;
  contents: ContentsStandIn;
  bounds: unknown;
  isVisible: boolean;
};

/** What happened, and what a test decides. */
const createFacts = (userData: string) => {
  const defaultSession = createSession('');
  return {
    storage: createSafeStorage(),
    defaultSession,
    isFirst: true,
    isPackaged: false,
    isDark: false,
    isSandboxed: false,
    modelId: '',
    quits: 0,
    exits: 0,
    paths: { userData } as Record<string, string>,
    schemes: [] as E.CustomScheme[],
    windows: [] as WindowStandIn[],
    views: [] as ViewStandIn[],
    sessions: [defaultSession] as SessionStandIn[],
    notifications: [] as NotificationStandIn[],
    handlers: new Map<string, Handler>(),
    forks: [] as { entry: string; options: E.ForkOptions }[],
    opened: [] as string[],
    boxes: [] as E.MessageBoxOptions[],
    errors: [] as string[],
    /** Which button the person presses. */
    response: 0,
    chosen: [] as string[],
    badges: [] as (number | undefined)[],
    trays: 0,
    /** The latest of them. */
    tray: undefined as EventEmitter | undefined,
    defaults: [] as string[],
    menu: [] as MenuTemplate,
    built: [] as MenuTemplate[],
    /** Menus that were shown, where something was clicked. */
    popups: [] as MenuTemplate[],
    trayMenu: [] as MenuTemplate,
    workArea: { x: 0, y: 0, width: 1920, height: 1080 },
  };
};
type Facts = ReturnType<typeof createFacts>;

/** Ends as Electron does: a window that stays open keeps a program that quits, and none that exits. */
const createApp = (facts: Facts, whenReady: Promise<void>) => {
  const { emitter, on } = listening<E.App>();
  let isQuitting = false;
  const isEmpty = (): boolean => facts.windows.every(({ isDestroyed }) => isDestroyed);
  const end = (): void => void emitter.emit('quit', preventable(), 0);
  const windowGone = (): void => {
    if (isEmpty() && !isQuitting) emitter.emit('window-all-closed');
  };
  const app = {
    on,
    setAppUserModelId: (id) => void (facts.modelId = id),
    enableSandbox: () => void (facts.isSandboxed = true),
    getPath: (name) => facts.paths[name] ?? '',
    setPath: (name, path) => void (facts.paths[name] = path),
    get isPackaged() {
      return facts.isPackaged;
    },
    quit: () => {
      if (isQuitting) return;
      facts.quits++;
      const event = preventable();
      emitter.emit('before-quit', event);
      if (event.prevented) return;
      isQuitting = true;
      for (const window of facts.windows) if (!window.isDestroyed) window.close();
      isQuitting = isEmpty();
      if (isQuitting) end();
    },
    exit: () => {
      isQuitting = true;
      facts.exits++;
      for (const { window, isDestroyed } of facts.windows) if (!isDestroyed) window.destroy();
      end();
    },
    requestSingleInstanceLock: () => facts.isFirst,
    setAsDefaultProtocolClient: (scheme) => facts.defaults.push(scheme) > 0,
    setBadgeCount: (count) => facts.badges.push(count) > 0,
    whenReady: () => whenReady,
  } satisfies ElectronApi['app'];
  return { emitter, app, windowGone };
};

const createClasses = (facts: Facts, app: EventEmitter, windowGone: () => void) => {
  const newContents = (): ContentsStandIn => {
    const made = createContents();
    app.emit('web-contents-created', preventable(), made.contents);
    return made;
  };
  return {
    BrowserWindow: constructor((options: E.BrowserWindowConstructorOptions) => {
      const made = createWindow(options, newContents());
      facts.windows.push(made);
      made.emitter.once('closed', windowGone);
      app.emit('browser-window-created', preventable(), made.window);
      return made.window;
    }),
    WebContentsView: constructor((options: E.WebContentsViewConstructorOptions) => {
      const made = { options, contents: newContents(), bounds: undefined as unknown, isVisible: true };
      facts.views.push(made);
      return {
        webContents: made.contents.contents,
        setBounds: (bounds) => void (made.bounds = bounds),
        setVisible: (visible) => void (made.isVisible = visible),
      } satisfies View;
    }),
    Notification: Object.assign(
      constructor((options: E.NotificationConstructorOptions) => {
        const { emitter, on } = listening<E.Notification>();
        const made = { options, emitter, isShown: false };
        facts.notifications.push(made);
        return { on, show: () => void (made.isShown = true) };
      }),
      { isSupported: () => true },
    ),
    Menu: {
      buildFromTemplate: (template) => {
        facts.built.push(template);
        return { popup: () => void facts.popups.push(template) } as E.Menu;
      },
      setApplicationMenu: () => void (facts.menu = facts.built.at(-1) ?? []),
    },
    Tray: constructor((_icon: string) => {
      facts.trays++;
      const { emitter, on } = listening<E.Tray>();
      facts.tray = emitter;
      return {
        on,
        setContextMenu: () => void (facts.trayMenu = facts.built.at(-1) ?? []),
        setToolTip: () => undefined,
        destroy: () => void facts.trays--,
      };
    }),
  } satisfies Partial<ElectronApi>;
};

/** Electron, and what a test does with it or looks at. `userData`: where the system would keep the program's files. */
export const createStandIn = (userData: string) => {
  const ready = Promise.withResolvers<void>();
  const facts = createFacts(userData);
  const power = listening<E.PowerMonitor>();
  const { emitter, app, windowGone } = createApp(facts, ready.promise);
  const electron = {
    ...createClasses(facts, emitter, windowGone),
    app,
    ipcMain: { handle: (channel, handler) => void facts.handlers.set(channel, handler) },
    protocol: { registerSchemesAsPrivileged: (schemes) => void facts.schemes.push(...schemes) },
    session: {
      defaultSession: facts.defaultSession.session,
      fromPartition: (partition) => {
        const made = createSession(partition);
        facts.sessions.push(made);
        return made.session;
      },
    },
    safeStorage: facts.storage.safeStorage,
    nativeTheme: {
      get shouldUseDarkColors() {
        return facts.isDark;
      },
    },
    powerMonitor: { on: power.on, off: power.off },
    screen: { getDisplayMatching: () => ({ workArea: facts.workArea }) as E.Display },
    shell: { openExternal: async (url) => void facts.opened.push(url) },
    dialog: {
      showErrorBox: (title, content) => void facts.errors.push(`${title}: ${content}`),
      showMessageBox: async (options) => {
        facts.boxes.push(options);
        return { response: facts.response, checkboxChecked: false };
      },
      showOpenDialog: async () => ({ canceled: facts.chosen.length === 0, filePaths: facts.chosen }),
    },
    utilityProcess: {
      fork: (entry, args, options) => {
        facts.forks.push({ entry, options });
        return startChild(entry, args, options);
      },
    },
  } satisfies ElectronApi;
  return Object.assign(facts, { electron, app: emitter, power: power.emitter, ready: ready.resolve });
};
export type StandIn = ReturnType<typeof createStandIn>;
