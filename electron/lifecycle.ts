import { join, resolve } from 'node:path';
import type { Drain } from '../src-main/desktop/drain.ts';
import type { Log } from '../src-main/lib/log.ts';
import type { ElectronApi, Window } from './electronApi.ts';

/** `--data=DIR` puts everything into that folder, Chromium's own files too; else it is the system's place for programs. */
export const placeData = ({ app }: ElectronApi, argv: readonly string[]): string => {
  const named = argv.find((argument) => argument.startsWith('--data='))?.slice('--data='.length);
  if (named) app.setPath('userData', join(resolve(named), 'chromium'));
  return named ? resolve(named) : join(app.getPath('userData'), 'data');
};

type Parts = {
  electron: ElectronApi;
  drain: Drain;
  log: Log;
  window: () => Window | undefined;
  /** Gives the data folder back. */
  unlock: () => void;
};

/** Lets the program end only when what is under way has ended, or had its time; the window goes at once. */
export const quitPolitely = ({ electron: { app, powerMonitor }, drain, log, window, unlock }: Parts): void => {
  let isOver = false;
  const end = async (): Promise<void> => {
    try {
      await drain.end();
    } catch (error) {
      log.error({ err: error }, 'not everything ended as it should');
    }
    unlock();
    isOver = true;
    app.quit();
  };
  let ending: Promise<void> | undefined;
  app.on('before-quit', (event) => {
    if (isOver) return;
    event.preventDefault();
    window()?.hide();
    ending ??= end();
  });
  // The system goes down: it waits while it sees that this one is ending.
  const goDown = (event: { preventDefault(): void }): void => {
    event.preventDefault();
    app.quit();
  };
  powerMonitor.on('shutdown', goDown as () => void);
};
