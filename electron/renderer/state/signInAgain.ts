import type { AccountRow } from '../../../src-shared/contractRows.ts';
import { TernError } from '../../../src-shared/errors.ts';
import { t } from '../strings/en.ts';
import { readAll } from './accounts.ts';
import { pageToOpen } from './appSettings.ts';
import { call } from './line.ts';
import { attempt } from './toasts.ts';

/** Signs in anew, in the browser, at the provider of an account that is there. */
export const signInAgain = ({ id, email, protocol }: AccountRow): Promise<void> =>
  attempt(async () => {
    const { candidates } = await call('accounts.discover', null, { email });
    const candidate = candidates.find(({ auth, config }) => auth.includes('oauth') && config.protocol === protocol);
    if (!candidate) throw new TernError('unsupported', t.settings.noBrowser);
    try {
      const { credential } = await call('accounts.signIn', null, { email, candidate });
      await call('accounts.update', null, { account: id, credential });
    } finally {
      pageToOpen.value = null;
    }
    await readAll();
  });
