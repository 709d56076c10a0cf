import { type FileHandle, open } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { TernError } from '../../../src-shared/errors.ts';
import type { MessageFile } from '../outgoing.ts';

/** So much is read at once, in bytes; a longer message is never in memory. */
const PIECE = 64 * 1024;

/** A message that is about to be sent: its file, open. */
export type Body = {
  readonly size: number;
  /** Whether there is anything in it that is not ASCII (RFC 6152). */
  readonly isEightBit: boolean;
  /**
   * Its bytes, none of them before somebody reads. Each piece comes when `before` has resolved, and neither it nor what
   * follows when it fails; the last one is not empty.
   */
  stream(before: (isLast: boolean) => Promise<void>): Readable;
  close(): Promise<void>;
};

const changed = (cause?: unknown): TernError =>
  new TernError('storage', 'the message to be sent is not on this disk as it was written', { cause });

/** Opens a message. Throws `storage` where it is not there whole. */
export const openBody = async ({ path, size }: MessageFile): Promise<Body> => {
  const handle = await open(path).catch((error: unknown) => {
    throw changed(error);
  });
  try {
    if (size < 1 || (await handle.stat()).size !== size) throw changed();
    return {
      size,
      isEightBit: await hasEightBits(handle, size),
      stream: (before) => Readable.from(piecesOf(handle, size, before), { objectMode: false, highWaterMark: PIECE }),
      close: () => handle.close(),
    };
  } catch (error) {
    await handle.close();
    throw error;
  }
};

/** The bytes from there on, at most `PIECE` of them, read `into` what may hold others by then. */
const readAt = async (
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

const hasEightBits = async (handle: FileHandle, size: number): Promise<boolean> => {
  const room = Buffer.allocUnsafe(PIECE);
  for (let at = 0; at < size; ) {
    const piece = await readAt(handle, at, size, room);
    if (piece.some((byte) => byte > 0x7f)) return true;
    at += piece.length;
  }
  return false;
};

async function* piecesOf(
  handle: FileHandle,
  size: number,
  before: (isLast: boolean) => Promise<void>,
): AsyncGenerator<Buffer, void> {
  for (let at = 0; at < size; ) {
    const piece = await readAt(handle, at, size);
    at += piece.length;
    await before(at === size);
    yield piece;
  }
}
