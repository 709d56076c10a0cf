import { EventEmitter } from 'node:events';
import type * as E from 'electron';
import type { Contents, PageSession, Window } from '../../electron/electronApi.ts';

/** Pages, their windows and sessions, as Electron's types have them, without any Chromium. */

type Emitting = { on: unknown; once?: unknown; off?: unknown };

/** What listens as T does, and lets the test emit. */
export const listening = <T extends Emitting>(emitter = new EventEmitter()) => ({
  emitter,
  on: emitter.on.bind(emitter) as unknown as T['on'],
  once: emitter.once.bind(emitter) as unknown as T extends { once: infer O } ? O : never,
  off: emitter.off.bind(emitter) as unknown as T extends { off: infer O } ? O : never,
});

/** Called with `new`, as Electron's classes are. */
export const constructor = <O, T>(make: (options: O) => T): (new (options: O) => T) =>
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
export const createSession = (partition: string) => {
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
export const createContents = () => {
  const { emitter, on } = listening<E.WebContents>();
  const page = {
    emitter,
    urls: [] as string[],
    sent: [] as [channel: string, ...args: unknown[]][],
    drags: [] as E.Item[],
    inputs: [] as unknown[],
    prints: 0,
    downloads: [] as string[],
    replaced: [] as string[],
    zoom: 1,
    isDestroyed: false,
    openHandler: undefined as Parameters<E.WebContents['setWindowOpenHandler']>[0] | undefined,
    heard: undefined as ((channel: string, ...args: unknown[]) => void) | undefined,
  };
  const contents = {
    on,
    close: () => void (page.isDestroyed = true),
    downloadURL: (url) => void page.downloads.push(url),
    focus: () => undefined,
    getZoomFactor: () => page.zoom,
    setZoomFactor: (factor) => void (page.zoom = factor),
    isDestroyed: () => page.isDestroyed,
    loadURL: async (url) => void page.urls.push(url),
    print: () => void page.prints++,
    replaceMisspelling: (word) => void page.replaced.push(word),
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
export const createWindow = (options: E.BrowserWindowConstructorOptions, contents: ContentsStandIn) => {
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
  const gone = (): void => {
    facts.isDestroyed = true;
    facts.isShown = false;
    emitter.emit('closed');
  };
  const window = {
    on,
    once,
    focus: () => void (facts.isFocused = true),
    destroy: () => gone(),
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
      const event = preventable();
      emitter.emit('close', event);
      if (!event.prevented) gone();
    },
  });
};
