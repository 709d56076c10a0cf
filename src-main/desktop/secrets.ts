import { TernError } from '../../src-shared/errors.ts';
import { createKeyFile } from '../lib/keyFile.ts';
import type { Platform } from '../platform.ts';

/** The system's password store, as Electron's safeStorage has it; the name of its backend is Linux's alone. */
export type PasswordStore = {
  getSelectedStorageBackend: () => string;
  isAsyncEncryptionAvailable: () => Promise<boolean>;
  encryptStringAsync: (text: string) => Promise<Buffer>;
  /** `shouldReEncrypt`: the system has another key since, and would seal the text otherwise today. */
  decryptStringAsync(sealed: Buffer): Promise<{ result: string; shouldReEncrypt: boolean }>;
};

/** Seals secrets with the system's password store. */
export type Secrets = Pick<Platform, 'seal' | 'unseal' | 'secrets'> & {
  /** Whether there is none that protects: then a key file does, as in the headless host, and the person is told. */
  isWeak: () => Promise<boolean>;
};

const STORE = 's1:';

/**
 * Secrets by the system's store. `basic_text` means a key that everybody knows, which is worse than a key file that only its owner
 * can read: then, and where nothing answers, that is used. Each sealed secret says which of the two opens it.
 */
export const createSecrets = (
  store: PasswordStore,
  keyPath: string,
  platform: NodeJS.Platform = process.platform,
): Secrets => {
  const keyFile = createKeyFile(keyPath);
  /** Seals of the store's that it would make with another key today, as it said when it opened them. */
  const outdated = new Set<string>();
  const isBasicText = (): boolean =>
    platform === 'linux' && ['basic_text', 'unknown'].includes(store.getSelectedStorageBackend());
  const isWeak = async (): Promise<boolean> => isBasicText() || !(await store.isAsyncEncryptionAvailable());
  return {
    isWeak,
    secrets: {
      kind: async () => {
        if (isBasicText()) return 'basicText';
        return (await store.isAsyncEncryptionAvailable()) ? 'system' : 'keyFile';
      },
      isCurrent: (sealed) => (sealed.startsWith(STORE) && !outdated.has(sealed)) || isBasicText(),
      retire: () => keyFile.remove(),
    },
    seal: async (secret, context) => {
      if (await isWeak()) return keyFile.seal(secret, context);
      const sealed = await store.encryptStringAsync(JSON.stringify({ context, secret }));
      return STORE + sealed.toString('base64');
    },
    unseal: async (sealed, context) => {
      if (!sealed.startsWith(STORE)) return keyFile.unseal(sealed, context);
      const { opened, shouldReEncrypt } = await open(store, Buffer.from(sealed.slice(STORE.length), 'base64'));
      if (shouldReEncrypt) outdated.add(sealed);
      if (opened.context !== context) throw lost();
      return opened.secret;
    },
  };
};

type Opened = { opened: { context: string; secret: string }; shouldReEncrypt: boolean };

const open = async (store: PasswordStore, bytes: Buffer): Promise<Opened> => {
  try {
    const { result, shouldReEncrypt } = await store.decryptStringAsync(bytes);
    return { opened: JSON.parse(result) as Opened['opened'], shouldReEncrypt };
  } catch (error) {
    // A store that is locked just now opens later: the account tries again, and the person need not sign in.
    if (error instanceof Error && /temporarily unavailable/i.test(error.message))
      throw new TernError('server', "the system's password store does not answer just now", { cause: error });
    throw lost();
  }
};

const lost = (): TernError => new TernError('auth', 'the stored password cannot be opened: enter it again');
