import type * as E from 'electron';

/** What the shell uses of Electron, and no more, in Electron's own types: a stand-in of the same types runs it in tests. */

export type Contents = Pick<E.WebContents, 'close' | 'focus' | 'isDestroyed' | 'loadURL' | 'on' | 'print' | 'send'> &
  Pick<
    E.WebContents,
    | 'downloadURL'
    | 'getZoomFactor'
    | 'replaceMisspelling'
    | 'sendInputEvent'
    | 'setWindowOpenHandler'
    | 'setZoomFactor'
    | 'startDrag'
  >;

export type View = Pick<E.WebContentsView, 'setBounds' | 'setVisible'> & { webContents: Contents };

export type Window = Pick<E.BrowserWindow, 'destroy' | 'focus' | 'loadURL' | 'maximize' | 'on' | 'once' | 'restore'> &
  Pick<E.BrowserWindow, 'getContentSize' | 'getNormalBounds' | 'isDestroyed' | 'isFocused' | 'isMaximized' | 'show'> &
  Pick<E.BrowserWindow, 'isMinimized'> & {
    webContents: Contents;
    contentView: Pick<E.View, 'addChildView' | 'removeChildView'>;
  };

export type PageSession = Pick<E.Session, 'setPermissionCheckHandler' | 'setPermissionRequestHandler' | 'setProxy'> &
  Pick<E.Session, 'setDevicePermissionHandler' | 'setDisplayMediaRequestHandler' | 'setSpellCheckerEnabled'> & {
    protocol: Pick<E.Protocol, 'handle'>;
    webRequest: Pick<E.WebRequest, 'onBeforeRequest'>;
  };

export type WorkerChild = Pick<E.UtilityProcess, 'on' | 'once' | 'pid' | 'postMessage'>;

export type ElectronApi = {
  app: Pick<E.App, 'enableSandbox' | 'exit' | 'getPath' | 'isPackaged' | 'on' | 'quit' | 'requestSingleInstanceLock'> &
    Pick<E.App, 'setAppUserModelId' | 'setAsDefaultProtocolClient' | 'setBadgeCount' | 'setPath' | 'whenReady'>;
  BrowserWindow: new (options: E.BrowserWindowConstructorOptions) => Window;
  WebContentsView: new (options: E.WebContentsViewConstructorOptions) => View;
  Notification: Pick<typeof E.Notification, 'isSupported'> &
    (new (
      options: E.NotificationConstructorOptions,
    ) => Pick<E.Notification, 'on' | 'show'>);
  Menu: Pick<typeof E.Menu, 'buildFromTemplate' | 'setApplicationMenu'>;
  Tray: new (image: string) => Pick<E.Tray, 'destroy' | 'on' | 'setContextMenu' | 'setToolTip'>;
  ipcMain: Pick<E.IpcMain, 'handle'>;
  protocol: Pick<E.Protocol, 'registerSchemesAsPrivileged'>;
  session: { defaultSession: PageSession; fromPartition(partition: string, options: { cache: boolean }): PageSession };
  safeStorage: Pick<E.SafeStorage, 'decryptStringAsync' | 'encryptStringAsync' | 'getSelectedStorageBackend'> &
    Pick<E.SafeStorage, 'isAsyncEncryptionAvailable'>;
  nativeTheme: Pick<E.NativeTheme, 'shouldUseDarkColors'>;
  powerMonitor: Pick<E.PowerMonitor, 'off' | 'on'>;
  screen: Pick<E.Screen, 'getDisplayMatching'>;
  shell: Pick<E.Shell, 'openExternal'>;
  dialog: {
    showErrorBox(title: string, content: string): void;
    showMessageBox(options: E.MessageBoxOptions): Promise<E.MessageBoxReturnValue>;
    showOpenDialog(options: E.OpenDialogOptions): Promise<E.OpenDialogReturnValue>;
  };
  utilityProcess: { fork(entry: string, args: string[], options: E.ForkOptions): WorkerChild };
};
