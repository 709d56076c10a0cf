import type { CallOutput } from '../../src-shared/contract.ts';
import type { ExportedAccount } from '../../src-shared/contractTransfer.ts';
import { toWire } from '../../src-shared/errors.ts';
import { type Config, credentialSchema } from '../../src-shared/model.ts';
import { throwIfAborted } from '../lib/async.ts';
import type { WorkerCalls } from '../rpc/workerProtocol.ts';
import type { Accounts } from './accounts.ts';
import type { HostCallsOf } from './hostCalls.ts';
import { asGrant } from './oauth/grant.ts';
import type { Vault } from './vault.ts';

/** A worker that hangs holds up the others so long, in ms. */
const PATIENCE = 5_000;

type Skipped = CallOutput<'accounts.import'>['skipped'];
type Parts = { accounts: Accounts; vault: Pick<Vault, 'unseal'> };

/** The calls by which settings go from one computer to another, without a secret. */
export const transferCalls = ({ accounts, vault }: Parts): HostCallsOf<'accounts.export' | 'accounts.import'> => ({
  'accounts.export': async (_, signal) => {
    const exported: ExportedAccount[] = [];
    const skipped: Skipped = [];
    for (const { id, email, protocol } of await accounts.list())
      try {
        const stored = (await accounts.call(id, 'stored', null, {
          signal,
          patience: PATIENCE,
        })) as WorkerCalls['stored']['output'];
        exported.push(await withoutSecrets(stored, () => vault.unseal(id, stored.credential)));
      } catch (error) {
        skipped.push({ email, protocol, error: briefly(error) });
      }
    return { export: { version: 1, accounts: exported }, skipped };
  },
  'accounts.import': async ({ export: { accounts: given } }, signal) => {
    const added: CallOutput<'accounts.import'>['accounts'] = [];
    const skipped: Skipped = [];
    for (const { username, bodies, label, signature, aliases, ...each } of given)
      try {
        throwIfAborted(signal);
        const account = await accounts.restore({
          ...each,
          config: unconfirmed(each.config),
          settings: { bodies, label, signature, aliases },
        });
        added.push({ account, ...(username === undefined ? {} : { username }) });
      } catch (error) {
        skipped.push({ email: each.email, protocol: each.config.protocol, error: briefly(error) });
      }
    return { accounts: added, skipped };
  },
});

const briefly = (error: unknown): Skipped[number]['error'] => {
  const { kind, message } = toWire(error);
  return { kind, message };
};

const withoutSecrets = async (
  stored: WorkerCalls['stored']['output'],
  unseal: () => Promise<unknown>,
): Promise<ExportedAccount> => {
  const { credential: _, settings: all, ...rest } = stored;
  const { pictures: _agreed, ...settings } = all;
  const username = usernameIn(await unseal().catch(() => null));
  return {
    ...rest,
    ...settings,
    config: unconfirmed(rest.config),
    ...(username === undefined ? {} : { username }),
  };
};

/** As whom a credential signs in, where it says so. */
export const usernameIn = (unsealed: unknown): string | undefined => {
  const credential = asGrant(unsealed) ?? credentialSchema.safeParse(unsealed).data;
  return credential && 'username' in credential ? credential.username : undefined;
};

/** Which other hosts may have the password is for whoever enters it to say. */
const unconfirmed = (config: Config): Config => {
  if (config.protocol === 'imap') return config;
  const { confirmed: _, ...rest } = config;
  return rest;
};
