import { randomBytes } from 'node:crypto';
import { linkSync, readFileSync, renameSync, unlinkSync, writeFileSync } from 'node:fs';
import { TernError } from '../../src-shared/errors.ts';
import { KEY_BYTES, openWith, sealWith } from './aead.ts';

/** Seals secrets with AES-256-GCM under a key in a file of its own. */
export type KeyFile = {
  seal(secret: string, context: string): string;
  unseal(sealed: string, context: string): string;
  /** Deletes the key: nothing that it sealed opens any more. */
  remove(): void;
};

const MARK = 'k1';

/** A key file, made with mode 0600 when the first secret is sealed. Losing it means to sign in again, nothing else. */
export const createKeyFile = (path: string): KeyFile => {
  let cached: Buffer | undefined;
  const read = (): Buffer | 'missing' | 'damaged' => {
    try {
      const key = readFileSync(path);
      return key.length === KEY_BYTES ? key : 'damaged';
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return 'missing';
      throw new TernError('storage', 'the key file cannot be read', { cause: error });
    }
  };
  const make = (): Buffer => {
    // By link, which fails where there is a key already: one key only, and never half of one.
    const temporary = `${path}.${process.pid}.tmp`;
    try {
      if (read() === 'damaged') renameSync(path, `${path}.damaged`);
      writeFileSync(temporary, randomBytes(KEY_BYTES), { mode: 0o600, flush: true });
      linkSync(temporary, path);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST')
        throw new TernError('storage', 'the key file cannot be written', { cause: error });
    } finally {
      unlinkIfThere(temporary);
    }
    return present() ?? fail();
  };
  const fail = (): never => {
    throw new TernError('storage', 'the key file is damaged');
  };
  const present = (): Buffer | undefined => {
    const key = read();
    return typeof key === 'string' ? undefined : key;
  };
  return {
    seal: (secret, context) => {
      cached ??= present() ?? make();
      return sealWith(cached, MARK, secret, context);
    },
    unseal: (sealed, context) => {
      cached ??= present();
      const secret = cached && openWith(cached, MARK, sealed, context);
      if (secret == null) throw lost();
      return secret;
    },
    remove: () => {
      cached = undefined;
      unlinkIfThere(path);
    },
  };
};

/** A sealed secret that does not open, whatever the reason. */
export const lost = (): TernError => new TernError('auth', 'the stored password cannot be opened: enter it again');

const unlinkIfThere = (path: string): void => {
  try {
    unlinkSync(path);
  } catch {
    // It is not there.
  }
};
