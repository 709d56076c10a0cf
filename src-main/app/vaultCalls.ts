import type { CallOutput } from '../../src-shared/contract.ts';
import { drop } from '../lib/async.ts';
import type { Log } from '../lib/log.ts';
import type { Accounts } from './accounts.ts';
import type { HostCallsOf } from './hostCalls.ts';
import type { Secrets } from './secrets.ts';
import type { Settings } from './settings.ts';

type Parts = {
  secrets: Secrets;
  settings: Pick<Settings, 'reseal'>;
  accounts: Pick<Accounts, 'vaultOpened'>;
  log: Log;
};

/** The calls by which a person sets a passphrase and unlocks what it seals. */
export const vaultCalls = ({
  secrets,
  settings,
  accounts,
  log,
}: Parts): HostCallsOf<'vault.status' | 'vault.unlock' | 'vault.setPassphrase'> => {
  /** What is sealed in an older way is sealed anew; what opens that goes once nothing is. */
  const settle = async (): Promise<void> => {
    const [, isDone] = await Promise.all([settings.reseal(), accounts.vaultOpened()]);
    if (isDone) secrets.retire();
  };
  const opened = (): Promise<CallOutput<'vault.status'>> => {
    drop(settle(), log, 'not everything could be sealed anew; it will be tried at the next unlocking');
    return secrets.status();
  };
  return {
    'vault.status': async () => secrets.status(),
    'vault.unlock': async ({ passphrase }) => {
      await secrets.unlock(passphrase);
      return opened();
    },
    'vault.setPassphrase': async ({ passphrase, old }) => {
      await secrets.setPassphrase(passphrase, old);
      return opened();
    },
  };
};
