import type { WebPreferences } from 'electron';
import { createRevival } from '../src-main/desktop/crashes.ts';
import { checksSpelling } from '../src-main/desktop/menus.ts';
import { placeWindow } from '../src-main/desktop/placing.ts';
import type { ShellState } from '../src-main/desktop/shellState.ts';
import { systemClock } from '../src-main/lib/clock.ts';
import type { ElectronApi, Window } from './electronApi.ts';
import { guardContents } from './guard.ts';
import { offerTextMenu } from './menu.ts';
import { APP_ORIGIN } from './protocols.ts';

type Parts = {
  electron: ElectronApi;
  state: ShellState;
  /** The bundled preload's path. */
  preload: string;
  icon: string;
  follow: (url: string) => void;
  /** Lets the page keep what is written in it, and takes the window away. */
  leave: () => Promise<unknown>;
  /** Its page is gone: nobody hears what it is told until it is loaded again. */
  crashed: () => void;
};

const preferences = ({ electron, preload }: Parts): WebPreferences => ({
  preload,
  sandbox: true,
  contextIsolation: true,
  nodeIntegration: false,
  webSecurity: true,
  spellcheck: checksSpelling(process.platform),
  navigateOnDragDrop: false,
  devTools: !electron.app.isPackaged,
});

/** Opens the program's one window, as it was when it was closed. A page that crashed is loaded again. */
export const openWindow = (parts: Parts): Window => {
  const { electron, state } = parts;
  const window = new electron.BrowserWindow({
    ...placeWindow(state.now().bounds, (bounds) => electron.screen.getDisplayMatching(bounds).workArea),
    minWidth: 480,
    minHeight: 360,
    title: 'Tern',
    icon: parts.icon,
    show: false,
    webPreferences: preferences(parts),
  });
  const load = (): void => void window.loadURL(`${APP_ORIGIN}/index.html`);
  guardContents(window.webContents, parts.follow);
  offerTextMenu(electron, window);
  window.once('ready-to-show', () => {
    if (state.now().maximized) window.maximize();
    window.show();
  });
  window.on('close', (event) => {
    event.preventDefault();
    void parts.leave();
  });
  const revive = createRevival({
    clock: systemClock,
    reload: () => void (window.isDestroyed() || load()),
    askPerson: (question) => electron.dialog.showMessageBox(question),
    quit: () => electron.app.quit(),
  });
  window.webContents.on('render-process-gone', (_event, { reason }) => {
    if (reason === 'clean-exit') return;
    parts.crashed();
    void revive();
  });
  load();
  return window;
};

/** Brings the window to the front. */
export const bringUp = (window: Window): void => {
  if (window.isMinimized()) window.restore();
  window.show();
  window.focus();
};
