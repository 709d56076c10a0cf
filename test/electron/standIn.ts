import { fork } from 'node:child_process';
import { EventEmitter } from 'node:events';
import { fileURLToPath } from 'node:url';
import type * as E from 'electron';
import type { Contents, ElectronApi, PageSession, View, Window, WorkerChild } from '../../electron/electronApi.ts';

/**
 * Electron without its binary, for the shell's tests: each part has the types that electron.d.ts gives it (`satisfies`), so
 * that none can drift from the real one. Utility processes are real processes of Node.
 */

type Emitting = { on: unknown; once?: unknown; off?: unknown };

/** What listens as T does, and lets the test emit. */
const listening = <T extends Emitting>(emitter = new EventEmitter()) => ({
  emitter,
  on: emitter.on.bind(emitter) as unknown as T['on'],
  once: emitter.once.bind(emitter) as unknown as T extends { once: infer O } ? O : never,
  off: emitter.off.bind(emitter) as unknown as T extends { off: infer O } ? O : never,
});

/** Called with `new`, as Electron's classes are. */
const constructor = <O, T>(make: (options: O) => T): (new (options: O) => T) =>
  function construct(options: O) {
    return make(options);
  } as unknown as new (
    options: O,
  ) => T;

/** An event whose default a listener may prevent; `prevented` says whether one did. */
export const preventable = <T extends object>(details = {} as T) => {
  const event = { ...details, prevented: false, preventDefault: () => void (event.prevented = true) };
  return event;
};

export type SessionStandIn = ReturnType<typeof createSession>;
const createSession = (partition: string) => {
  const handlers = new Map<string, (request: Request) => Response | Promise<Response>>();
  let permissionRequest: Parameters<PageSession['setPermissionRequestHandler']>[0] = null;
  let permissionCheck: Parameters<PageSession['setPermissionCheckHandler']>[0] = null;
  let device: Parameters<PageSession['setDevicePermissionHandler']>[0] = null;
  let media: Parameters<PageSession['setDisplayMediaRequestHandler']>[0] = null;
  let before: ((details: { url: string }, answer: (response: { cancel?: boolean }) => void) => void) | undefined;
  const session = {
    setPermissionRequestHandler: (handler) => void (permissionRequest = handler),
    setPermissionCheckHandler: (handler) => void (permissionCheck = handler),
    setDevicePermissionHandler: (handler) => void (device = handler),
    setDisplayMediaRequestHandler: (handler) => void (media = handler),
    setSpellCheckerEnabled: (enabled) => void (facts.spellChecker = enabled),
    setProxy: async (config) => void (facts.proxy = config),
    protocol: { handle: (scheme, handler) => void handlers.set(scheme, handler) },
    webRequest: {
      onBeforeRequest: (listener: unknown) => void (before = listener as typeof before),
    },
  } satisfies PageSession;
  const facts = {
    session,
    partition,
    proxy: undefined as E.ProxyConfig | undefined,
    spellChecker: true,
    schemes: () => [...handlers.keys()].toSorted(),
    /** What the session answers a page; null where the request is stopped. */
    request: async (url: string, method = 'GET'): Promise<Response | null> => {
      let stopped = false;
      before?.({ url }, ({ cancel }) => (stopped = cancel === true));
      const handler = handlers.get(new URL(url).protocol.slice(0, -1));
      return stopped || !handler ? null : handler(new Request(url, { method }));
    },
    /** What each kind of permission comes to. */
    permissions: () => {
      const granted: unknown[] = [];
      permissionRequest?.({} as E.WebContents, 'media', (answer) => granted.push(answer), {} as never);
      granted.push(permissionCheck?.(null, 'notifications', '', {} as never));
      granted.push(device?.({} as never));
      media?.({} as never, (streams) => granted.push(streams));
      return granted;
    },
  };
  return facts;
};

export type ContentsStandIn = ReturnType<typeof createContents>;
const createContents = () => {
  const { emitter, on } = listening<E.WebContents>();
  const page = {
    emitter,
    urls: [] as string[],
    sent: [] as [channel: string, ...args: unknown[]][],
    drags: [] as E.Item[],
    inputs: [] as unknown[],
    prints: 0,
    isDestroyed: false,
    openHandler: undefined as Parameters<E.WebContents['setWindowOpenHandler']>[0] | undefined,
    heard: undefined as ((channel: string, ...args: unknown[]) => void) | undefined,
  };
  const contents = {
    on,
    close: () => void (page.isDestroyed = true),
    focus: () => undefined,
    isDestroyed: () => page.isDestroyed,
    loadURL: async (url) => void page.urls.push(url),
    print: () => void page.prints++,
    send: (channel: string, ...args: unknown[]) => {
      const copies = structuredClone(args);
      page.sent.push([channel, ...copies]);
      page.heard?.(channel, ...copies);
    },
    sendInputEvent: (event) => void page.inputs.push(event),
    setWindowOpenHandler: (handler) => void (page.openHandler = handler),
    startDrag: (item) => void page.drags.push(item),
  } satisfies Contents;
  return Object.assign(page, { contents });
};

/** The frame of a page: our own where nothing else is named. */
export const frameOf = (frame: Partial<E.WebFrameMain> = {}): E.WebFrameMain =>
  ({ origin: 'tern-app://app', parent: null, detached: false, isDestroyed: () => false, ...frame }) as E.WebFrameMain;

export type WindowStandIn = ReturnType<typeof createWindow>;
const createWindow = (options: E.BrowserWindowConstructorOptions, contents: ContentsStandIn) => {
  const { emitter, on, once } = listening<E.BrowserWindow>();
  const facts = {
    options,
    contents,
    emitter,
    views: [] as unknown[],
    isShown: false,
    isMaximized: false,
    isFocused: false,
    isDestroyed: false,
    bounds: { x: 10, y: 20, width: 900, height: 700 },
  };
  const window = {
    on,
    once,
    focus: () => void (facts.isFocused = true),
    hide: () => void (facts.isShown = false),
    show: () => void (facts.isShown = true),
    maximize: () => void (facts.isMaximized = true),
    restore: () => undefined,
    loadURL: (url) => contents.contents.loadURL(url),
    getContentSize: () => [facts.bounds.width, facts.bounds.height],
    getNormalBounds: () => facts.bounds,
    isDestroyed: () => facts.isDestroyed,
    isFocused: () => facts.isFocused,
    isMaximized: () => facts.isMaximized,
    isMinimized: () => false,
    webContents: contents.contents,
    contentView: {
      addChildView: (view) => void facts.views.push(view),
      removeChildView: (view) => void (facts.views = facts.views.filter((each) => each !== view)),
    },
  } satisfies Window;
  return Object.assign(facts, {
    window,
    /** As the person closes it. */
    close: () => {
      emitter.emit('close', preventable());
      facts.isDestroyed = true;
      emitter.emit('closed');
    },
  });
};

/** A utility process: Node itself, with what Electron gives one. Its ends are seen as Electron tells them. */
const startChild = (entry: string, args: string[], options: E.ForkOptions): WorkerChild => {
  const shim = fileURLToPath(new URL('./parentPort.ts', import.meta.url));
  const child = fork(entry, args, {
    env: { ...options.env },
    execArgv: ['--import', shim],
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const { emitter, on, once } = listening<E.UtilityProcess>();
  child.on('spawn', () => emitter.emit('spawn'));
  child.on('message', (message) => emitter.emit('message', message));
  child.on('exit', (code) => emitter.emit('exit', code ?? 9));
  return {
    on,
    once,
    pid: child.pid,
    postMessage: (message: unknown) => {
      if (child.connected) child.send(message as object, () => undefined);
    },
  } satisfies WorkerChild;
};

const createSafeStorage = () => {
  const facts = {
    backend: 'gnome_libsecret' as const as string,
    isAvailable: true,
    failure: undefined as string | undefined,
  };
  const safeStorage = {
    getSelectedStorageBackend: () => facts.backend as ReturnType<E.SafeStorage['getSelectedStorageBackend']>,
    isAsyncEncryptionAvailable: async () => facts.isAvailable,
    encryptStringAsync: async (text) => Buffer.from(`sealed by the system ${Buffer.from(text).toString('hex')}`),
    decryptStringAsync: async (sealed) => {
      if (facts.failure) throw new Error(facts.failure);
      const result = Buffer.from(sealed.toString().split(' ').at(-1) ?? '', 'hex').toString();
      return { result, shouldReEncrypt: false };
    },
  } satisfies ElectronApi['safeStorage'];
  return Object.assign(facts, { safeStorage });
};

type Handler = Parameters<E.IpcMain['handle']>[1];
type NotificationStandIn = { options: E.NotificationConstructorOptions; emitter: EventEmitter; isShown: boolean };

/** Electron, and what a test does with it or looks at. `userData`: where the system would keep the program's files. */
export const createStandIn = (userData: string) => {
  const ready = Promise.withResolvers<void>();
  const app = listening<E.App>();
  const power = listening<E.PowerMonitor>();
  const storage = createSafeStorage();
  const defaultSession = createSession('');
  const facts = {
    storage,
    defaultSession,
    app: app.emitter,
    power: power.emitter,
    ready: ready.resolve,
    isFirst: true,
    isPackaged: false,
    isSandboxed: false,
    quits: 0,
    paths: { userData } as Record<string, string>,
    schemes: [] as E.CustomScheme[],
    windows: [] as WindowStandIn[],
    views: [] as {
      options: E.WebContentsViewConstructorOptions;
      contents: ContentsStandIn;
      bounds: unknown;
      isVisible: boolean;
    }[],
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
    defaults: [] as string[],
    menu: [] as Parameters<(typeof E.Menu)['buildFromTemplate']>[0],
    workArea: { x: 0, y: 0, width: 1920, height: 1080 },
  };
  const newContents = (): ContentsStandIn => {
    const made = createContents();
    app.emitter.emit('web-contents-created', preventable(), made.contents);
    return made;
  };
  const electron = {
    app: {
      on: app.on,
      enableSandbox: () => void (facts.isSandboxed = true),
      getPath: (name) => facts.paths[name] ?? '',
      setPath: (name, path) => void (facts.paths[name] = path),
      get isPackaged() {
        return facts.isPackaged;
      },
      quit: () => {
        facts.quits++;
        const event = preventable();
        app.emitter.emit('before-quit', event);
        if (event.prevented) return;
        for (const window of facts.windows) if (!window.isDestroyed) window.close();
        app.emitter.emit('quit', preventable(), 0);
      },
      requestSingleInstanceLock: () => facts.isFirst,
      setAsDefaultProtocolClient: (scheme) => facts.defaults.push(scheme) > 0,
      setBadgeCount: (count) => facts.badges.push(count) > 0,
      whenReady: () => ready.promise,
    },
    BrowserWindow: constructor((options: E.BrowserWindowConstructorOptions) => {
      const made = createWindow(options, newContents());
      facts.windows.push(made);
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
        facts.menu = template;
        return {} as E.Menu;
      },
      setApplicationMenu: () => undefined,
    },
    Tray: constructor((_icon: string) => {
      facts.trays++;
      return { on: listening<E.Tray>().on, setToolTip: () => undefined, destroy: () => void facts.trays-- };
    }),
    ipcMain: { handle: (channel, handler) => void facts.handlers.set(channel, handler) },
    protocol: { registerSchemesAsPrivileged: (schemes) => void facts.schemes.push(...schemes) },
    session: {
      defaultSession: defaultSession.session,
      fromPartition: (partition) => {
        const made = createSession(partition);
        facts.sessions.push(made);
        return made.session;
      },
    },
    safeStorage: storage.safeStorage,
    powerMonitor: { on: power.on, off: power.off },
    screen: { getDisplayMatching: () => ({ workArea: facts.workArea }) as E.Display },
    shell: { openExternal: async (url) => void facts.opened.push(url) },
    dialog: {
      showErrorBox: (_title, content) => void facts.errors.push(content),
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
  return Object.assign(facts, { electron: electron as ElectronApi });
};
export type StandIn = ReturnType<typeof createStandIn>;
