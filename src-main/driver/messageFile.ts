import { type FileHandle, open } from 'node:fs/promises';
import { TernError } from '../../src-shared/errors.ts';
import type { MessageFile } from './outgoing.ts';

/** So much of a message is in memory at once, in bytes. */
export const PIECE = 64 * 1024;

const changed = (cause?: unknown): TernError =>
  new TernError('storage', 'the message is not on this disk as it was written', { cause });

/** Opens a message. Throws `storage` where it is not there whole. */
export const openMessage = async ({ path, size }: MessageFile): Promise<FileHandle> => {
  const handle = await open(path).catch((error: unknown) => {
    throw changed(error);
  });
  try {
    if (size < 1 || (await handle.stat()).size !== size) throw changed();
    return handle;
  } catch (error) {
    await handle.close();
    throw error;
  }
};

/** Throws `storage` where a message is not on the disk as it was written. */
export const checkMessage = async (file: MessageFile): Promise<void> => (await openMessage(file)).close();

/** Its bytes from there on, at most `PIECE` of them, read `into` what may hold others by then. Throws `storage` at an early end. */
export const readMessage = async (
  handle: FileHandle,
  at: number,
  size: number,
  into = Buffer.allocUnsafe(Math.min(PIECE, size - at)),
): Promise<Buffer> => {
  const length = Math.min(into.length, size - at);
  const { buffer, bytesRead } = await handle.read(into, { position: at, length });
  if (bytesRead === 0) throw changed();
  return buffer.subarray(0, bytesRead);
};
