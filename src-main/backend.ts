import packageJson from '../package.json' with { type: 'json' };
import { openAccounts } from './app/accounts.ts';
import type { ClientFor } from './app/oauth/client.ts';
import { createRouter, type Request } from './app/router.ts';
import { createLog } from './lib/log.ts';
import type { Platform } from './platform.ts';

/** Tern without a face: what every host, window or script talks to. */
export type Backend = {
  call(request: Request, signal: AbortSignal): Promise<unknown>;
  /** Ends every worker; nothing is lost, calls under way fail with `cancelled`. */
  close(): Promise<void>;
};

const noClients: ClientFor = async () => null;

/**
 * Opens the data folder's accounts and starts their workers. Events go to `emit` as they happen. `clientFor`: the client ids that
 * the person entered for OAuth. Throws `storage`.
 */
export const createBackend = (
  platform: Platform,
  emit: (name: string, data: unknown) => void,
  clientFor: ClientFor = noClients,
): Backend => {
  const accounts = openAccounts(platform, createLog('host'), emit, clientFor);
  const info = {
    version: packageJson.version,
    node: process.versions.node,
    electron: platform.electron,
    platform: `${process.platform}-${process.arch}`,
    dataDir: platform.dataDir,
  };
  const router = createRouter(accounts, info, platform.takesPaths);
  const unhook = platform.onWake(() => accounts.wake());
  return {
    call: router,
    close: () => {
      unhook();
      return accounts.stop();
    },
  };
};
