import { join } from 'node:path';
import { namedData } from '../src-main/desktop/namedData.ts';
import { createQuitting } from '../src-main/desktop/quitting.ts';
import { systemClock } from '../src-main/lib/clock.ts';
import type { ElectronApi } from './electronApi.ts';

/** The data folder: the one that is named, else in the system's place for programs. Throws `storage`. */
export const placeData = ({ app }: ElectronApi, argv: readonly string[]): string => {
  const named = namedData(argv);
  if (named) app.setPath('userData', named.chromium);
  return named?.dataDir ?? join(app.getPath('userData'), 'data');
};

type Parts = Omit<Parameters<typeof createQuitting>[0], 'clock' | 'askPerson' | 'exit'> & { electron: ElectronApi };

/** Lets the program end only when what is under way has ended, or had its time. */
export const quitPolitely = ({ electron: { app, dialog, powerMonitor }, ...parts }: Parts): void => {
  const quitting = createQuitting({
    ...parts,
    clock: systemClock,
    askPerson: (question) => dialog.showMessageBox(question),
    exit: () => app.exit(),
  });
  app.on('before-quit', (event) => {
    event.preventDefault();
    quitting.begin();
  });
  // The system goes down, or the person signs out of it: it waits while it sees that this one is ending.
  const down = (event: { preventDefault: () => void }): void => {
    event.preventDefault();
    quitting.hurry();
  };
  powerMonitor.on('shutdown', down as () => void);
  app.on('browser-window-created', (_event, window) => window.on('query-session-end', down));
};
