import { join, resolve } from 'node:path';
import type { MessageBoxOptions } from 'electron';
import type { Drain } from '../src-main/desktop/drain.ts';
import { mayEnd } from '../src-main/desktop/unsent.ts';
import { systemClock } from '../src-main/lib/clock.ts';
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
  stay: () => void;
};

/** What is not sent is asked for so long, in ms. */
const PATIENCE_MS = 1_000;

/** Lets the program end only when what is under way has ended, or had its time; the window goes at once. */
export const quitPolitely = (parts: Parts): void => {
  const { app, dialog, powerMonitor } = parts.electron;
  const askPerson = (question: MessageBoxOptions) => dialog.showMessageBox(question);
  const asking = { ask: parts.drain.ask, clock: systemClock, log: parts.log, askPerson };
  let isOver = false;
  const down = Promise.withResolvers<true>();
  const end = async (): Promise<void> => {
    if (!(await Promise.race([down.promise, mayEnd(asking, AbortSignal.timeout(PATIENCE_MS))]))) {
      ending = undefined;
      return parts.stay();
    }
    parts.window()?.hide();
    const told = (err: unknown): void => parts.log.error({ err }, 'not everything ended as it should');
    await parts.drain.end().catch(told);
    parts.unlock();
    isOver = true;
    app.quit();
  };
  let ending: Promise<void> | undefined;
  app.on('before-quit', (event) => {
    if (isOver) return;
    event.preventDefault();
    ending ??= end();
  });
  // The system goes down: it waits while it sees that this one is ending, and no answer of the person is waited for.
  powerMonitor.on('shutdown', ((event: { preventDefault(): void }): void => {
    event.preventDefault();
    down.resolve(true);
    app.quit();
  }) as () => void);
};
