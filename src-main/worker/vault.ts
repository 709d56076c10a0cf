import type { Engine } from '../engine/engine.ts';
import type { Rpc } from '../rpc/rpc.ts';
import type { SealedInput } from '../rpc/workerProtocol.ts';
import { keepCredential, readAccount } from '../store/account.ts';
import type { Store } from '../store/db.ts';

/** Goes on where the account waited for that, and stores its credential sealed as it would be today. */
export const afterVaultOpened = async (rpc: Rpc, store: Store, engine: Engine): Promise<null> => {
  const { phase, error } = engine.status();
  // One that is connecting may have asked just before: then a second try follows the first.
  if (phase === 'connecting' || (phase === 'blocked' && error?.detail?.['locked'] === true)) void engine.syncNow();
  return reseal(rpc, store);
};

/** Stores the account's credential sealed as it would be today; one that was stored meanwhile is the newer one, and is looked at in turn. */
export const reseal = async (rpc: Pick<Rpc, 'call'>, store: Store): Promise<null> => {
  for (;;) {
    const credential = store.read(readAccount)?.credential;
    if (credential === undefined) return null;
    const sealed = (await rpc.call('reseal', { sealed: credential } satisfies SealedInput)) as string | null;
    if (sealed === null) return null;
    if (store.write((tx) => keepCredential(tx, credential, sealed), { durable: true })) return null;
  }
};
