import { randomBytes, scrypt } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import * as z from 'zod';
import { TernError } from '../../src-shared/errors.ts';
import { KEY_BYTES, openWith, sealWith } from './aead.ts';
import { createQueue } from './async.ts';
import { safeJson } from './json.ts';
import { replaceFile } from './replaceFile.ts';

/**
 * A key that only a passphrase gives: `absent` until there is one, then `locked` until it was told, then `open`. The key
 * itself is random and stays when the passphrase changes; the file holds it sealed.
 */
export type Passphrase = {
  state(): 'absent' | 'locked' | 'open';
  /** Throws `auth` for a wrong one, `invalid` where there is none, `storage` for a damaged file. */
  unlock(passphrase: string): Promise<void>;
  /** Makes one, or another one in the place of `old`. Throws as `unlock` does, and `invalid` without `old`. */
  set(passphrase: string, old: string | undefined): Promise<void>;
  /** Throws `auth` while it is locked. */
  key(): Buffer;
};

/** How much work a guess is (RFC 7914): 128 MB and some tenths of a second. Stored, so that it can grow. */
export type Cost = { N: number; r: number; p: number };
const present: Cost = { N: 2 ** 17, r: 8, p: 1 };
/** In bytes: a file that asks for more is not one of ours. */
const MOST_MEMORY = 1024 ** 3;

const MARK = 'w1';
const CONTEXT = 'the key of the vault';
const SALT_BYTES = 16;

const fileSchema = z.strictObject({
  version: z.literal(1),
  scrypt: z
    .strictObject({ N: z.int().min(2), r: z.int().min(1), p: z.int().min(1).max(16) })
    .refine(({ N, r }) => (N & (N - 1)) === 0 && 128 * N * r <= MOST_MEMORY),
  salt: z.base64(),
  key: z.string(),
});
type VaultFile = z.infer<typeof fileSchema>;

/** The passphrase whose file is at `path`. */
export const createPassphrase = (path: string, cost: Cost = present): Passphrase => {
  let key: Buffer | undefined;
  const inTurn = createQueue();
  const exists = (): boolean => existsSync(path);
  const keyBy = async (passphrase: string, field: string): Promise<Buffer> => {
    const { scrypt: asked, salt, key: sealed } = readVault(path);
    const text = openWith(await derive(passphrase, Buffer.from(salt, 'base64'), asked), MARK, sealed, CONTEXT);
    if (text === null) throw new TernError('auth', 'this is not the passphrase', { field });
    return Buffer.from(text, 'base64');
  };
  const write = async (passphrase: string, wrapped: Buffer): Promise<void> => {
    const salt = randomBytes(SALT_BYTES);
    const wrapping = await derive(passphrase, salt, cost);
    const sealed = sealWith(wrapping, MARK, wrapped.toString('base64'), CONTEXT);
    const file: VaultFile = { version: 1, scrypt: cost, salt: salt.toString('base64'), key: sealed };
    try {
      replaceFile(path, JSON.stringify(file));
    } catch (error) {
      throw new TernError('storage', 'the vault file cannot be written', { cause: error });
    }
  };
  return {
    state: () => {
      if (key) return 'open';
      return exists() ? 'locked' : 'absent';
    },
    // In turn: guesses cost memory.
    unlock: (passphrase) =>
      inTurn(async () => {
        if (!exists()) throw new TernError('invalid', 'there is no passphrase', { field: 'passphrase' });
        key = await keyBy(passphrase, 'passphrase');
      }),
    set: (passphrase, old) =>
      inTurn(async () => {
        if (exists() && old === undefined)
          throw new TernError('invalid', 'there is a passphrase already: it is wanted, too', { field: 'old' });
        const kept = exists() ? await keyBy(old ?? '', 'old') : randomBytes(KEY_BYTES);
        await write(passphrase, kept);
        key = kept;
      }),
    key: () => {
      if (!key) throw locked();
      return key;
    },
  };
};

const locked = (): TernError =>
  new TernError('auth', 'the stored passwords are locked: enter the passphrase', { detail: { locked: true } });

const readVault = (path: string): VaultFile => {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw new TernError('storage', 'the vault file cannot be read', { cause: error });
  }
  const parsed = fileSchema.safeParse(safeJson(text));
  if (!parsed.success) throw new TernError('storage', 'the vault file is damaged');
  return parsed.data;
};

/** The same passphrase is typed in other bytes on other machines: NFKC makes one of them. */
const derive = (passphrase: string, salt: Buffer, { N, r, p }: Cost): Promise<Buffer> =>
  new Promise((resolve, reject) => {
    const options = { N, r, p, maxmem: 2 * MOST_MEMORY };
    scrypt(passphrase.normalize('NFKC'), salt, KEY_BYTES, options, (error, derived) => {
      if (error)
        reject(new TernError('storage', 'there is not enough memory to check the passphrase', { cause: error }));
      else resolve(derived);
    });
  });
