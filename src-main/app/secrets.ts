import { join } from 'node:path';
import { openWith, sealWith } from '../lib/aead.ts';
import { lost } from '../lib/keyFile.ts';
import { type Cost, createPassphrase } from '../lib/passphrase.ts';
import type { Platform } from '../platform.ts';

/** Where sealed secrets are safe, and whether a passphrase is wanted before they open. */
type SecretsStatus = { kind: Awaited<ReturnType<Platform['secrets']['kind']>> | 'passphrase'; locked: boolean };

/** The host's seals with a passphrase as their second way: once there is one, everything is sealed by it. */
export type Secrets = {
  /** Throws `storage`, and `auth` with `detail.locked` while a passphrase is wanted first. */
  seal(secret: string, context: string): Promise<string>;
  /** Throws `auth`: the person has to sign in again, or, with `detail.locked`, to unlock. */
  unseal(sealed: string, context: string): Promise<string>;
  /** Whether it would be sealed in just that way today. */
  isCurrent(sealed: string): boolean;
  status(): Promise<SecretsStatus>;
  /** Throws as `Passphrase.unlock` does. */
  unlock(passphrase: string): Promise<void>;
  /** Throws as `Passphrase.set` does. */
  setPassphrase(passphrase: string, old: string | undefined): Promise<void>;
  /** Nothing is sealed in an older way any more. */
  retire(): void;
};

const MARK = 'p1';

type Own = Pick<Platform, 'dataDir' | 'seal' | 'unseal' | 'secrets'>;

/** Secrets of a data folder; `cost` of a passphrase that is made, for tests. */
export const createSecrets = (own: Own, cost?: Cost): Secrets => {
  const passphrase = createPassphrase(join(own.dataDir, 'vault.json'), cost);
  const isOwn = (): boolean => passphrase.state() === 'absent';
  const isMarked = (sealed: string): boolean => sealed.startsWith(`${MARK}:`);
  return {
    seal: async (secret, context) =>
      isOwn() ? own.seal(secret, context) : sealWith(passphrase.key(), MARK, secret, context),
    unseal: async (sealed, context) => {
      if (!isMarked(sealed)) return own.unseal(sealed, context);
      const secret = isOwn() ? null : openWith(passphrase.key(), MARK, sealed, context);
      if (secret === null) throw lost();
      return secret;
    },
    isCurrent: (sealed) => {
      if (isOwn()) return !isMarked(sealed) && (own.secrets.isCurrent?.(sealed) ?? true);
      return isMarked(sealed);
    },
    status: async () => ({
      kind: isOwn() ? await own.secrets.kind() : 'passphrase',
      locked: passphrase.state() === 'locked',
    }),
    unlock: (typed) => passphrase.unlock(typed),
    setPassphrase: (typed, old) => passphrase.set(typed, old),
    retire: () => {
      if (!isOwn()) own.secrets.retire?.();
    },
  };
};
