import packageJson from '../package.json' with { type: 'json' };
import { openAccounts } from './app/accounts.ts';
import { createDiscover } from './app/discovery/discover.ts';
import { createRouter, type Request } from './app/router.ts';
import { createLog } from './lib/log.ts';
import type { Platform } from './platform.ts';

/** Tern without a face: what every host, window or script talks to. */
export type Backend = {
  call(request: Request, signal: AbortSignal): Promise<unknown>;
  /** Ends every worker; nothing is lost, calls under way fail with `cancelled`. */
  close(): Promise<void>;
};

/** Opens the data folder's accounts and starts their workers. Events go to `emit` as they happen. Throws `storage`. */
export const createBackend = (platform: Platform, emit: (name: string, data: unknown) => void): Backend => {
  const accounts = openAccounts(platform, createLog('host'), emit);
  const info = {
    version: packageJson.version,
    node: process.versions.node,
    electron: platform.electron,
    platform: `${process.platform}-${process.arch}`,
    dataDir: platform.dataDir,
  };
  const { clock, testNetwork } = platform;
  // Asking a third party what an address's domain is goes by a setting of the app, which is not built yet.
  const discover = createDiscover({ clock, testNetwork, emit, ispdb: async () => false });
  const router = createRouter(accounts, discover, info, platform);
  const unhook = platform.onWake(() => accounts.wake());
  return {
    call: router,
    close: () => {
      unhook();
      return accounts.stop();
    },
  };
};
