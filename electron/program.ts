import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { createBackend } from '../src-main/backend.ts';
import { createDrain } from '../src-main/desktop/drain.ts';
import { createLeaving } from '../src-main/desktop/leaving.ts';
import { checksSpelling } from '../src-main/desktop/menus.ts';
import { openMessageFile } from '../src-main/desktop/messageFile.ts';
import type { Opening } from '../src-main/desktop/opening.ts';
import type { Pages } from '../src-main/desktop/pages.ts';
import { createSecrets } from '../src-main/desktop/secrets.ts';
import { serveApp } from '../src-main/desktop/serve.ts';
import { createAnswers, type MessageView } from '../src-main/desktop/shellAnswers.ts';
import { openShellState } from '../src-main/desktop/shellState.ts';
import { t } from '../src-main/desktop/strings.ts';
import { askOfUnkept } from '../src-main/desktop/unsent.ts';
import { createLine } from '../src-main/desktop/windowLine.ts';
import { drop } from '../src-main/lib/async.ts';
import { systemClock } from '../src-main/lib/clock.ts';
import { createFileHandles } from '../src-main/lib/fileHandles.ts';
import { lockDataDir } from '../src-main/lib/hostLock.ts';
import type { Log } from '../src-main/lib/log.ts';
import { createRenderer } from '../src-main/render/renderer.ts';
import { createTickets } from '../src-main/web/tickets.ts';
import { asTernError, TernError } from '../src-shared/errors.ts';
import type { EventData } from '../src-shared/events.ts';
import type { Link } from '../src-shared/linkWarnings.ts';
import type { ShellEvents } from '../src-shared/shellCalls.ts';
import type { Window } from './electronApi.ts';
import { guardSession } from './guard.ts';
import { answerWindow } from './ipc.ts';
import { quitPolitely } from './lifecycle.ts';
import { followLink } from './links.ts';
import { setMenu } from './menu.ts';
import { openMessageView, openMessageWindow } from './messageView.ts';
import { createNotifier } from './notifications.ts';
import { createElectronPlatform } from './platformElectron.ts';
import { createPresence } from './presence.ts';
import { APP_ORIGIN } from './protocols.ts';
import type { ShellParts } from './shell.ts';
import { bringUp, openWindow } from './window.ts';

type Parts = ShellParts & { dataDir: string; log: Log };

/** What the person may do with the running program from outside its window. */
export type Program = { show: () => void; open: (opening: Opening) => void };

/** The data folder, taken for this process. Throws `storage`. */
const takeData = ({ electron, dataDir }: Parts) => {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  return {
    unlock: lockDataDir(join(dataDir, 'host.lock')),
    state: openShellState(join(dataDir, 'shell.json')),
    secrets: createSecrets(electron.safeStorage, join(dataDir, 'key')),
    files: createFileHandles(),
    tickets: createTickets(),
  };
};
type Data = ReturnType<typeof takeData>;

/** The program's window, which may be closed, and whatever is done in it. */
const createFront = ({ electron, icon, preload, log }: Parts, { state }: Data) => {
  let window: Window | undefined;
  const current = (): Window | undefined => (window?.isDestroyed() === false ? window : undefined);
  const line = createLine((event) => {
    const contents = current()?.webContents;
    if (contents?.isDestroyed() === false) contents.send('tern:event', event);
  });
  const follow = (url: string, links: readonly Link[] = []): void =>
    drop(
      followLink(electron, url, links, (fields) => line.tell('shell.compose', fields)),
      log,
      'a link cannot be opened',
    );
  const leaving = createLeaving(systemClock, () => line.tell('shell.leaving', {}));
  const leave = async (): Promise<boolean> => {
    const there = current();
    if (!there) return true;
    state.remember({ bounds: there.getNormalBounds(), maximized: there.isMaximized() });
    const isKept = !line.isHeard() || (await leaving.ask());
    const mayGo = isKept || (await electron.dialog.showMessageBox(askOfUnkept)).response === 0;
    if (mayGo) current()?.destroy();
    return mayGo;
  };
  const show = (): void => {
    const there = current();
    if (there) return bringUp(there);
    line.pause();
    window = openWindow({ electron, state, preload, icon, follow, leave, crashed: line.pause });
  };
  const command = (name: ShellEvents['shell.command']['name']): void => {
    show();
    line.tell('shell.command', { name });
  };
  const need = (): Window => {
    const there = current();
    if (!there) throw new TernError('cancelled', 'the window is closed');
    return there;
  };
  const openView = (pages: Pages, links: readonly Link[]): MessageView =>
    openMessageView({ electron, pages, follow: (url) => follow(url, links), window: need() });
  const openFile = async (path: string): Promise<void> => {
    const renderer = createRenderer({ clock: systemClock });
    const closed = (): void => void renderer.close();
    try {
      const scheme = electron.nativeTheme.shouldUseDarkColors ? 'dark' : 'light';
      const { title, pages, links } = await openMessageFile(path, renderer, scheme);
      openMessageWindow({ electron, pages, follow: (url) => follow(url, links), title, closed });
    } catch (error) {
      closed();
      log.warn({ err: error }, 'a message file cannot be opened');
      electron.dialog.showErrorBox(t.cannotOpen, asTernError(error).message);
    }
  };
  return { line, leaving, leave, current, need, follow, show, command, openView, openFile };
};
type Front = ReturnType<typeof createFront>;

/** The backend, and what hears its events: the window, the notifications, the number on the icon. */
const createBack = ({ electron, dataDir, smallIcon, log }: Parts, { state, files, secrets }: Data, front: Front) => {
  const heard: Partial<Record<string, (data: never) => void>> = {};
  const platform = createElectronPlatform({ electron, dataDir, files, secrets });
  const backend = createBackend(platform, (event, data) => {
    (heard[event] as ((data: unknown) => void) | undefined)?.(data);
    front.line.event(event, (data as { account?: string }).account ?? null, data);
  });
  const drain = createDrain(backend, systemClock);
  const presence = createPresence({
    electron,
    drain,
    state,
    icon: smallIcon,
    bringUp: front.show,
    command: front.command,
  });
  const notify = createNotifier({
    electron,
    drain,
    isWanted: () => state.now().settings.notifications && front.current()?.isFocused() !== true,
    open: (target) => {
      front.show();
      if (target) front.line.tell('shell.open', target);
    },
  });
  heard['notify'] = (data: EventData<'notify'>) => drop(notify(data), log, 'new mail cannot be told');
  heard['changed'] = presence.changed;
  return { backend, drain, presence };
};

/** Everything that lives while the program runs. Throws `storage`. */
export const runProgram = (parts: Parts): Program => {
  const { electron, log } = parts;
  const { app, session } = electron;
  const data = takeData(parts);
  guardSession(session.defaultSession, ['tern-app', 'data', 'devtools'], checksSpelling(process.platform));
  session.defaultSession.protocol.handle('tern-app', serveApp(parts.page, data.tickets));
  const front = createFront(parts, data);
  const { backend, drain, presence } = createBack(parts, data, front);
  const answers = createAnswers({
    ...data,
    ask: drain.ask,
    origin: APP_ORIGIN,
    pick: async () => (await electron.dialog.showOpenDialog({ properties: ['openFile', 'multiSelections'] })).filePaths,
    drag: (file) => front.need().webContents.startDrag({ file, icon: parts.smallIcon }),
    becomeDefault: () => app.setAsDefaultProtocolClient('mailto'),
    openView: front.openView,
    ready: front.line.resume,
    apply: presence.apply,
    follow: front.follow,
    left: front.leaving.answered,
    unloaded: (url) => front.line.tell('shell.unloaded', { url }),
  });
  answerWindow(electron, front.current, ({ call, account, input }) =>
    drain.run(async (signal) => answers(call, input, signal) ?? backend.call({ call, account, input }, signal)),
  );
  setMenu(electron, front.command);
  quitPolitely({ electron, drain, log, leave: front.leave, unlock: data.unlock, stay: front.show });
  app.on('activate', front.show);
  app.on('window-all-closed', () => {
    if (!data.state.now().settings.tray && process.platform !== 'darwin') app.quit();
  });
  front.show();
  return {
    show: front.show,
    open: (opening) => {
      if ('link' in opening) front.follow(opening.link);
      else void front.openFile(opening.file);
    },
  };
};
