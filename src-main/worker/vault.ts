import { TernError } from '../../src-shared/errors.ts';
import { type Credential, credentialSchema } from '../../src-shared/model.ts';
import type { Engine } from '../engine/engine.ts';
import type { Rpc } from '../rpc/rpc.ts';
import type { SealedInput } from '../rpc/workerProtocol.ts';
import { readAccount, writeAccount } from '../store/account.ts';
import type { Store } from '../store/db.ts';

/** A sealed credential, opened by the host. Throws `auth` where it cannot be: with `detail.locked`, not yet. */
export const unseal = async (rpc: Rpc, sealed: string): Promise<Credential> => {
  const parsed = credentialSchema.safeParse(await rpc.call('unseal', { sealed } satisfies SealedInput));
  if (!parsed.success) throw new TernError('auth', 'the stored credential cannot be read: sign in again');
  return parsed.data;
};

/** Goes on where the account waited for that, and stores its credential sealed as it would be today. */
export const afterVaultOpened = async (rpc: Rpc, store: Store, engine: Engine): Promise<null> => {
  const { phase, error } = engine.status();
  // One that is connecting may have asked just before: then a second try follows the first.
  if (phase === 'connecting' || (phase === 'blocked' && error?.detail?.['locked'] === true)) void engine.syncNow();
  return reseal(rpc, store);
};

/** Stores the account's credential sealed as it would be today. */
export const reseal = async (rpc: Rpc, store: Store): Promise<null> => {
  const before = store.read(readAccount);
  if (!before) return null;
  const { credential } = before;
  const sealed = (await rpc.call('reseal', { sealed: credential } satisfies SealedInput)) as string | null;
  if (sealed !== null) store.write((tx) => writeAccount(tx, { ...before, credential: sealed }), { durable: true });
  return null;
};
