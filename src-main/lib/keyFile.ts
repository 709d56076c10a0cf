import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { linkSync, readFileSync, renameSync, unlinkSync, writeFileSync } from 'node:fs';
import { TernError } from '../../src-shared/errors.ts';

/** Seals secrets with AES-256-GCM under a key in a file of its own. */
export type KeyFile = {
  seal(secret: string, context: string): string;
  unseal(sealed: string, context: string): string;
};

const VERSION = 'k1';
const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

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
      const nonce = randomBytes(NONCE_BYTES);
      const cipher = createCipheriv('aes-256-gcm', cached, nonce).setAAD(Buffer.from(context));
      const body = Buffer.concat([cipher.update(secret, 'utf8'), cipher.final()]);
      return `${VERSION}:${Buffer.concat([nonce, cipher.getAuthTag(), body]).toString('base64')}`;
    },
    unseal: (sealed, context) => {
      cached ??= present();
      const [version, text] = sealed.split(':');
      if (!cached || version !== VERSION || text === undefined) throw lost();
      const bytes = Buffer.from(text, 'base64');
      try {
        const decipher = createDecipheriv('aes-256-gcm', cached, bytes.subarray(0, NONCE_BYTES), {
          authTagLength: TAG_BYTES,
        });
        decipher.setAAD(Buffer.from(context)).setAuthTag(bytes.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES));
        return decipher.update(bytes.subarray(NONCE_BYTES + TAG_BYTES), undefined, 'utf8') + decipher.final('utf8');
      } catch {
        throw lost();
      }
    },
  };
};

const lost = (): TernError => new TernError('auth', 'the stored password cannot be opened: enter it again');

const unlinkIfThere = (path: string): void => {
  try {
    unlinkSync(path);
  } catch {
    // It was never written.
  }
};
