import { open } from 'node:fs/promises';
import type { Writable } from 'node:stream';
import { TernError } from '../../../src-shared/errors.ts';
import type { MessageFile } from '../outgoing.ts';

/** So much is in memory at once, in bytes. */
const PIECE = 64 * 1024;

/** Throws `storage` where a message is not on the disk as it was written. */
export const checkFile = async ({ path, size }: MessageFile): Promise<void> => {
  const handle = await open(path).catch(changed);
  try {
    if ((await handle.stat()).size !== size) changed();
  } finally {
    await handle.close();
  }
};

/**
 * Writes a file as the octets of a literal, and the end of its command (RFC 9051 section 4.3), as fast as they are taken;
 * `taken`: so many more were, in bytes.
 */
export const pour = async (
  into: Writable,
  { path, size }: MessageFile,
  taken: (bytes: number) => void,
): Promise<void> => {
  const handle = await open(path).catch(changed);
  try {
    for (let at = 0; at < size; ) {
      const { buffer, bytesRead } = await handle.read(Buffer.allocUnsafe(Math.min(PIECE, size - at)), { position: at });
      if (bytesRead === 0) changed();
      at += bytesRead;
      await write(into, buffer.subarray(0, bytesRead));
      taken(bytesRead);
    }
    await write(into, Buffer.from('\r\n'));
  } finally {
    await handle.close();
  }
};

const changed = (cause?: unknown): never => {
  throw new TernError('storage', 'the message to be filed is not on this disk as it was written', { cause });
};

const write = (into: Writable, bytes: Buffer): Promise<void> =>
  new Promise((resolve, reject) => into.write(bytes, (error) => (error ? reject(error) : resolve())));
