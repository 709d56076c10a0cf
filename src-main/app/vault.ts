import { TernError } from '../../src-shared/errors.ts';
import type { StoredCredential } from './oauth/grant.ts';
import type { Secrets } from './secrets.ts';

/** Seals and opens credentials, each bound to its account's id: a blob moved to another account does not open. */
export type Vault = {
  seal(account: string, credential: StoredCredential): Promise<string>;
  /** Throws `auth` when the blob cannot be opened; the blob itself is kept where it is. */
  unseal(account: string, sealed: string): Promise<unknown>;
  /** Whether it would be sealed in just that way today. */
  isCurrent(sealed: string): boolean;
  /** The same sealed as it would be today; null where it is. Throws as `unseal` does. */
  reseal(account: string, sealed: string): Promise<string | null>;
};

/** The vault over a data folder's secrets. */
export const createVault = (secrets: Pick<Secrets, 'seal' | 'unseal' | 'isCurrent'>): Vault => ({
  seal: (account, credential) => secrets.seal(JSON.stringify(credential), account),
  unseal: async (account, sealed) => {
    if (sealed === '') throw new TernError('auth', 'nobody has signed in to this account here yet');
    const text = await secrets.unseal(sealed, account);
    try {
      return JSON.parse(text);
    } catch {
      throw new TernError('auth', 'the stored password cannot be read: enter it again');
    }
  },
  isCurrent: (sealed) => sealed === '' || secrets.isCurrent(sealed),
  reseal: async (account, sealed) =>
    sealed === '' || secrets.isCurrent(sealed) ? null : secrets.seal(await secrets.unseal(sealed, account), account),
});
