import { signal } from '@preact/signals';
import type { CallOutput } from '../../../src-shared/contract.ts';
import { asTernError } from '../../../src-shared/errors.ts';
import { call } from './line.ts';
import { report } from './toasts.ts';

/** By what passwords are sealed, and whether a passphrase is wanted first; null: not known. */
export const vault = signal<CallOutput<'vault.status'> | null>(null);

/** Learns it. */
export const followVault = async (): Promise<void> => {
  vault.value = await call('vault.status', null, {}).catch(() => null);
};

/** Throws `auth` for a passphrase that is not the one, which its form says; all else is told here. False: it was not done. */
const settled = async (task: Promise<CallOutput<'vault.status'>>): Promise<boolean> => {
  try {
    vault.value = await task;
    return true;
  } catch (error) {
    if (asTernError(error).kind === 'auth') throw error;
    report(error);
    return false;
  }
};

/** Opens what the passphrase seals. */
export const unlock = (passphrase: string): Promise<boolean> => settled(call('vault.unlock', null, { passphrase }));

/** Seals all passwords by a passphrase from now on; `old`: the one until now. */
export const setPassphrase = (passphrase: string, old: string | undefined): Promise<boolean> =>
  settled(call('vault.setPassphrase', null, { passphrase, ...(old === undefined ? {} : { old }) }));
