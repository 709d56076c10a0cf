import { type Opening, openingsIn } from '../src-main/desktop/opening.ts';
import { t } from '../src-main/desktop/strings.ts';
import { drop } from '../src-main/lib/async.ts';
import { createLog } from '../src-main/lib/log.ts';
import { asTernError } from '../src-shared/errors.ts';
import type { ElectronApi } from './electronApi.ts';
import { guardContents } from './guard.ts';
import { placeData } from './lifecycle.ts';
import { runProgram } from './program.ts';
import { SCHEMES } from './protocols.ts';
import { lookForUpdates } from './updater.ts';

/** `page`: the folder of the built renderer. `preload` and the icons: files; the small one is for the tray and for drags. */
export type ShellParts = {
  electron: ElectronApi;
  argv: readonly string[];
  preload: string;
  page: string;
  icon: string;
  smallIcon: string;
};

/** The packager names it the same. */
const APP_ID = 'app.tern.Tern';

/** Starts the desktop program: before Electron is ready, what must be said by then; the rest once it is. */
export const startShell = (parts: ShellParts): void => {
  const { electron, argv } = parts;
  const { app } = electron;
  const log = createLog('shell');
  app.enableSandbox();
  // Windows shows no notifications of a program that is not named as its shortcut is.
  app.setAppUserModelId(APP_ID);
  electron.protocol.registerSchemesAsPrivileged(SCHEMES);
  const failed = (error: unknown): void => {
    log.error({ err: error }, 'the program cannot start');
    electron.dialog.showErrorBox(t.cannotStart, asTernError(error).message);
    app.quit();
  };
  let dataDir: string;
  try {
    dataDir = placeData(electron, argv);
  } catch (error) {
    return failed(error);
  }
  if (!app.requestSingleInstanceLock()) return app.quit();
  const early = openingsIn(argv, process.cwd());
  let open = (opening: Opening): void => void early.push(opening);
  app.on('web-contents-created', (_event, contents) => guardContents(contents, () => undefined));
  app.on('open-url', (event, link) => {
    event.preventDefault();
    open({ link });
  });
  app.on('open-file', (event, file) => {
    event.preventDefault();
    open({ file });
  });
  const start = async (): Promise<void> => {
    await app.whenReady();
    const program = runProgram({ ...parts, dataDir, log });
    app.on('second-instance', (_event, later, cwd) => {
      program.show();
      for (const opening of openingsIn(later, cwd)) program.open(opening);
    });
    open = program.open;
    for (const opening of early) open(opening);
    drop(lookForUpdates(process.resourcesPath, app.isPackaged, log), log, 'nobody could look for updates');
  };
  start().catch(failed);
};
