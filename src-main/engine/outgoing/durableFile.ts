import { createHash } from 'node:crypto';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { stored } from '../saveFile.ts';

/** What a file holds. `size` in bytes; `hash`: SHA-256 in hexadecimal. */
export type Written = { size: number; hash: string };

/**
 * Writes bytes as they come into a file that only this user may read: when it resolves the file is there whole and on disk,
 * with its name; else there is none. Throws `storage`, and what `bytes` throws.
 */
export const writeDurably = async (
  path: string,
  bytes: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
): Promise<Written> => {
  const folder = dirname(path);
  const part = join(folder, `.${basename(path)}.part`);
  await makeFolder(folder);
  try {
    const written = await write(part, bytes);
    await stored(() => rename(part, path));
    await stored(() => syncFolder(folder));
    return written;
  } catch (error) {
    await rm(part, { force: true }).catch(() => undefined);
    throw error;
  }
};

/** Folders that are certainly on disk: one that this process did not make may have been left by one that died. */
const lasting = new Set<string>();

const makeFolder = async (folder: string): Promise<void> => {
  const made = await stored(() => mkdir(folder, { recursive: true, mode: 0o700 }));
  if (made === undefined && lasting.has(folder)) return;
  await stored(() => syncFolder(dirname(folder)));
  lasting.add(folder);
};

const write = async (path: string, bytes: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): Promise<Written> => {
  const file = await stored(() => open(path, 'w', 0o600));
  const hash = createHash('sha256');
  let size = 0;
  try {
    for await (const piece of bytes) {
      await stored(() => file.writeFile(piece));
      hash.update(piece);
      size += piece.length;
    }
    await stored(() => file.sync());
  } finally {
    await file.close();
  }
  return { size, hash: hash.digest('hex') };
};

/** A name is on disk when its folder is. Windows has no such thing, and needs none. */
const syncFolder = async (folder: string): Promise<void> => {
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
};

/** So much of a file is in memory at once, in bytes. */
const PIECE = 64 * 1024;

/** What a file holds. Each piece is overwritten by the next one, as what is thrown away gathers for long before it is free. */
async function* piecesOf(path: string): AsyncGenerator<Uint8Array, void, void> {
  const file = await open(path, 'r');
  const piece = Buffer.allocUnsafeSlow(PIECE);
  try {
    for (;;) {
      const { bytesRead } = await file.read(piece, 0, PIECE, null);
      if (bytesRead === 0) return;
      yield piece.subarray(0, bytesRead);
    }
  } finally {
    await file.close();
  }
}

/** Copies a file of this machine the same way; answers the size of the copy. */
export const copyDurably = async (from: string, path: string): Promise<number> =>
  (await writeDurably(path, piecesOf(from))).size;

/** Whether a file holds what was once written there; false where it is gone. */
export const isIntact = async (path: string, { size, hash }: Written): Promise<boolean> => {
  const found = createHash('sha256');
  let length = 0;
  try {
    for await (const piece of piecesOf(path)) {
      found.update(piece);
      length += piece.length;
    }
  } catch {
    return false;
  }
  return length === size && found.digest('hex') === hash;
};

/** Removes files that nobody needs any more; one that is gone is as good. */
export const removeFiles = async (paths: readonly (string | null)[]): Promise<void> => {
  for (const path of paths) if (path !== null) await rm(path, { force: true }).catch(() => undefined);
};
