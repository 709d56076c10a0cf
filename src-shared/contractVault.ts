import * as z from 'zod';
import { app, type CallSpec } from './callSpec.ts';

const passphrase = z.string().min(1).max(1000);
const newPassphrase = z.string().min(8).max(1000);

const status = z.object({
  kind: z.enum(['system', 'keyFile', 'basicText', 'passphrase']),
  locked: z.boolean(),
});

/** The calls about where passwords are kept. */
export const vaultCalls = {
  'vault.status': app({
    about:
      "How passwords are sealed: by the system's store, by a key file, by a key file for want of a system's store that protects (`basicText`: a passphrase is better), or by a passphrase, and whether that is wanted first. While it is, accounts are `blocked` with `auth` and `detail.locked`.",
    input: z.strictObject({}),
    output: status,
  }),
  'vault.unlock': app({
    about: 'Opens what the passphrase seals, for as long as the host runs; accounts that waited for it go on.',
    input: z.strictObject({ passphrase }),
    output: status,
  }),
  'vault.setPassphrase': app({
    about:
      'Seals all passwords by a passphrase from now on, or by another one: then `old` is the one until now. Nobody can open them without it.',
    input: z.strictObject({ passphrase: newPassphrase, old: passphrase.optional() }),
    output: status,
  }),
} as const satisfies Record<string, CallSpec>;
