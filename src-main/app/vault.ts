import { TernError } from '../../src-shared/errors.ts';
import type { Platform } from '../platform.ts';
import type { StoredCredential } from './oauth/grant.ts';

/** Seals and opens credentials, each bound to its account's id: a blob moved to another account does not open. */
export type Vault = {
  seal(account: string, credential: StoredCredential): Promise<string>;
  /** Throws `auth` when the blob cannot be opened; the blob itself is kept where it is. */
  unseal(account: string, sealed: string): Promise<unknown>;
};

/** The vault over what the host offers. */
export const createVault = (platform: Pick<Platform, 'seal' | 'unseal'>): Vault => ({
  seal: (account, credential) => platform.seal(JSON.stringify(credential), account),
  unseal: async (account, sealed) => {
    const text = await platform.unseal(sealed, account);
    try {
      return JSON.parse(text);
    } catch {
      throw new TernError('auth', 'the stored password cannot be read: enter it again');
    }
  },
});
