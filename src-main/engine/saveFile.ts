import { mkdir, open, rename, rm, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import { TernError } from '../../src-shared/errors.ts';

let made = 0;

/** Progress is told after so many bytes. */
const TOLD_EVERY = 256 * 1024;

/**
 * Writes bytes as they come into a file for nobody but this user, in a folder of its own: it is there whole, under its name,
 * or not at all, also where several write it at the same time. Throws `storage`, and what `bytes` throws.
 */
export const saveFile = async (
  folder: string,
  name: string,
  bytes: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  told: (done: number) => void = () => undefined,
): Promise<{ path: string; size: number }> => {
  const path = join(folder, name);
  made += 1;
  const part = join(folder, `.${made}.part`);
  try {
    await stored(() => mkdir(folder, { recursive: true, mode: 0o700 }));
    const size = await write(part, bytes, told);
    await stored(() => rename(part, path));
    return { path, size };
  } catch (error) {
    await rm(part, { force: true }).catch(() => undefined);
    // Another's file may be in it: then it stays.
    await rmdir(folder).catch(() => undefined);
    throw error;
  }
};

const write = async (
  path: string,
  bytes: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  told: (done: number) => void,
): Promise<number> => {
  const file = await stored(() => open(path, 'w', 0o600));
  let done = 0;
  let toldAt = 0;
  try {
    for await (const piece of bytes) {
      await stored(() => file.writeFile(piece));
      done += piece.length;
      if (done - toldAt < TOLD_EVERY) continue;
      toldAt = done;
      told(done);
    }
  } finally {
    await file.close();
  }
  told(done);
  return done;
};

/** What the disk says, as an error of the right kind. */
export const stored = async <T>(work: () => Promise<T>): Promise<T> => {
  try {
    return await work();
  } catch (error) {
    const { code = 'unknown' } = error as NodeJS.ErrnoException;
    const why = code === 'ENOSPC' ? 'the disk is full' : `the file cannot be written (${code})`;
    throw new TernError('storage', why, { cause: error, detail: { code } });
  }
};
