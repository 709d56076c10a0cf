import { asTernError } from '../../src-shared/errors.ts';
import type { Candidate } from '../../src-shared/setup.ts';
import type { WorkerCalls } from '../rpc/workerProtocol.ts';
import type { Accounts } from './accounts.ts';
import { asGrant } from './oauth/grant.ts';
import { usernameIn } from './transfer.ts';
import type { Vault } from './vault.ts';

type Parts = { accounts: Pick<Accounts, 'call'>; vault: Pick<Vault, 'unseal'> };

/**
 * The way to sign in to an account that is there: its own servers, and whoever signed the person in before, where that can be
 * read. Throws `notFound`, `storage`, and `auth` with `detail.locked`, as nothing could be sealed then.
 */
export const candidateOf = async (
  { accounts, vault }: Parts,
  account: string,
  signal: AbortSignal,
): Promise<Candidate> => {
  const options = { signal, revive: true };
  const { config, email, credential } = (await accounts.call(
    account,
    'stored',
    null,
    options,
  )) as WorkerCalls['stored']['output'];
  const unsealed = await vault.unseal(account, credential).catch((error: unknown) => {
    if (asTernError(error).detail?.['locked'] === true) throw error;
    return null;
  });
  const issuer = asGrant(unsealed)?.issuer;
  return {
    config,
    username: usernameIn(unsealed) ?? email,
    source: 'table',
    auth: ['oauth'],
    ...(issuer === undefined ? {} : { issuer }),
  };
};
