import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { TernError } from '../../src-shared/errors.ts';

/**
 * Where `--data=DIR` puts everything, Chromium's own files too: both folders are there then. Null where it is not given. Throws
 * `storage`.
 */
export const namedData = (argv: readonly string[]): { dataDir: string; chromium: string } | null => {
  const named = argv.find((argument) => argument.startsWith('--data='))?.slice('--data='.length);
  if (!named) return null;
  const dataDir = resolve(named);
  const chromium = join(dataDir, 'chromium');
  try {
    mkdirSync(chromium, { recursive: true, mode: 0o700 });
  } catch (cause) {
    throw new TernError('storage', `the data folder ${dataDir} cannot be made`, { cause });
  }
  return { dataDir, chromium };
};
