import packageJson from '../package.json' with { type: 'json' };
import { openAccounts } from './app/accounts.ts';
import { createCancelling } from './app/cancelling.ts';
import type { Discover } from './app/discovery/discover.ts';
import { createOAuth } from './app/oauth/oauth.ts';
import { createRouter, type Request } from './app/router.ts';
import { createSecrets } from './app/secrets.ts';
import { createSettings } from './app/settings.ts';
import { candidateOf } from './app/signInAgain.ts';
import { transferCalls } from './app/transfer.ts';
import { createTrials } from './app/trials.ts';
import { createVault } from './app/vault.ts';
import { vaultCalls } from './app/vaultCalls.ts';
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
  const log = createLog('host');
  const { clock, testNetwork } = platform;
  const secrets = createSecrets(platform);
  const settings = createSettings({ dataDir: platform.dataDir, secrets, log });
  const vault = createVault(secrets);
  const oauth = createOAuth({
    clock,
    clientFor: (provider) => settings.oauthClient(provider),
    browse: async (url) => (platform.openExternal ? platform.openExternal(url) : emit('browse', { url })),
  });
  const accounts = openAccounts(platform, { vault, oauth }, log, emit);
  const trials = createTrials({ platform, oauth });
  const info = {
    version: packageJson.version,
    node: process.versions.node,
    electron: platform.electron,
    platform: `${process.platform}-${process.arch}`,
    dataDir: platform.dataDir,
  };
  // Loaded when somebody looks for servers: the list of all public suffixes is not for every start.
  const discover: Discover = async (email, signal) => {
    const { createDiscover } = await import('./app/discovery/discover.ts');
    return createDiscover({ clock, testNetwork, emit, ispdb: async () => settings.get().ispdb })(email, signal);
  };
  const { cancellable, cancel } = createCancelling();
  const router = createRouter(accounts, info, platform, {
    setup: {
      ...vaultCalls({ secrets, settings, accounts, log }),
      ...transferCalls({ accounts, vault }),
      'accounts.discover': cancellable(({ email }, signal) => discover(email, signal)),
      'accounts.signIn': cancellable(async (input, signal) => ({ credential: await oauth.signIn(input, signal) })),
      'accounts.signInAgain': cancellable(async ({ account }, signal) => {
        const candidate = await candidateOf({ accounts, vault }, account, signal);
        return { credential: await oauth.signIn({ candidate }, signal) };
      }),
      'accounts.test': cancellable((input, signal) => trials.run(input, signal)),
      'accounts.cancel': async () => {
        cancel();
        return {};
      },
    },
    settings,
  });
  const unhook = platform.onWake(() => accounts.wake());
  return {
    call: router,
    close: async () => {
      unhook();
      await Promise.all([trials.stop(), accounts.stop()]);
      oauth.stop();
    },
  };
};
