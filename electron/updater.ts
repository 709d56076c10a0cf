import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Log } from '../src-main/lib/log.ts';

/** Written by the packager where a feed is configured; there is none yet. */
const FEED = 'app-update.yml';

/**
 * Looks for a newer version, where the package names a feed, and installs it when the program ends. Only a higher version
 * is one; that it is signed as this one is checked by electron-updater. Without a feed nothing of it is even loaded.
 */
export const lookForUpdates = async (resources: string, isPackaged: boolean, log: Log): Promise<boolean> => {
  if (!isPackaged || !existsSync(join(resources, FEED))) return false;
  const { autoUpdater } = (await import('electron-updater')).default;
  autoUpdater.logger = null;
  autoUpdater.allowDowngrade = false;
  autoUpdater.autoInstallOnAppQuit = true;
  autoUpdater.on('error', (error) => log.warn({ err: error }, 'no update could be had'));
  await autoUpdater.checkForUpdates();
  return true;
};
