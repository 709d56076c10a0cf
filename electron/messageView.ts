import type { BrowserWindowConstructorOptions, WebContentsView, WebPreferences } from 'electron';
import { HEAD_HEIGHT, isSaving } from '../src-main/desktop/messageFile.ts';
import type { Pages } from '../src-main/desktop/pages.ts';
import { scaled } from '../src-main/desktop/placing.ts';
import { servePages } from '../src-main/desktop/serve.ts';
import type { MessageView } from '../src-main/desktop/shellAnswers.ts';
import { windowKey } from '../src-main/desktop/viewKeys.ts';
import type { ElectronApi, View, Window } from './electronApi.ts';
import { guardContents, guardSession } from './guard.ts';

type Parts = {
  electron: ElectronApi;
  pages: Pages;
  /** A link was followed. */
  follow: (url: string) => void;
};

let made = 0;

/** Preferences of a page that runs nothing, in a session in memory that reaches its own pages and no network. */
const isolated = ({ electron, pages }: Parts, closing: AbortSignal): WebPreferences => {
  const session = electron.session.fromPartition(`message-${++made}`, { cache: false });
  guardSession(session, ['tern-mail', 'data']);
  session.protocol.handle('tern-mail', servePages(pages, closing));
  for (const scheme of ['http', 'https', 'file'])
    session.protocol.handle(scheme, () => new Response(null, { status: 403 }));
  return {
    session: session as NonNullable<WebPreferences['session']>,
    sandbox: true,
    contextIsolation: true,
    nodeIntegration: false,
    webSecurity: true,
    javascript: false,
    webgl: false,
    images: true,
    plugins: false,
    spellcheck: false,
    disableDialogs: true,
    navigateOnDragDrop: false,
    devTools: false,
  };
};

/** A view over the window, hidden until it is placed. */
export const openMessageView = (parts: Parts & { window: Window }): MessageView => {
  const { electron, window } = parts;
  const closing = new AbortController();
  const view: View = new electron.WebContentsView({ webPreferences: isolated(parts, closing.signal) });
  const url = `tern-mail://view/?${made}`;
  const contents = view.webContents;
  guardContents(contents, parts.follow);
  // A message that was clicked has the keyboard: the window's commands still belong to the window.
  contents.on('before-input-event', (event, input) => {
    const key = windowKey(input);
    if (key === null) return;
    event.preventDefault();
    window.webContents.focus();
    window.webContents.sendInputEvent(key);
  });
  view.setVisible(false);
  window.contentView.addChildView(view as WebContentsView);
  void contents.loadURL(url);
  return {
    url,
    place: (bounds) => {
      if (bounds) view.setBounds(scaled(bounds, window.webContents.getZoomFactor()));
      if (bounds) contents.setZoomFactor(window.webContents.getZoomFactor());
      view.setVisible(bounds !== null);
    },
    print: () => contents.print({ silent: false, printBackground: true }),
    close: () => {
      closing.abort();
      if (!window.isDestroyed()) window.contentView.removeChildView(view as WebContentsView);
      if (!contents.isDestroyed()) contents.close();
    },
  };
};

/** A message file in a window of its own: its head above, what it says below, each a document that runs nothing. */
export const openMessageWindow = (parts: Parts & { title: string; closed: () => void }): void => {
  const options: BrowserWindowConstructorOptions = {
    title: parts.title,
    width: 860,
    height: 760,
    webPreferences: isolated(parts, new AbortController().signal),
  };
  const window = new parts.electron.BrowserWindow(options);
  // Of the head alone, which the program wrote, links save what is attached, by Chromium's own dialog.
  const { webContents } = window;
  guardContents(webContents, (url) => (isSaving(url) ? webContents.downloadURL(url) : parts.follow(url)));
  window.on('page-title-updated', (event) => event.preventDefault());
  const view = openMessageView({ ...parts, window });
  const layOut = (): void => {
    const [width = 0, height = 0] = window.getContentSize();
    view.place({ x: 0, y: HEAD_HEIGHT, width, height: Math.max(0, height - HEAD_HEIGHT) });
  };
  window.on('resize', layOut);
  window.once('closed', () => {
    view.close();
    parts.closed();
  });
  layOut();
  void window.loadURL('tern-mail://view/head');
};
