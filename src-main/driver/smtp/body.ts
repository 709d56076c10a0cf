import type { FileHandle } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { openMessage, PIECE, readMessage } from '../messageFile.ts';
import type { MessageFile } from '../outgoing.ts';

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

/** Opens a message. Throws `storage` where it is not there whole. */
export const openBody = async (file: MessageFile): Promise<Body> => {
  const { size } = file;
  const handle = await openMessage(file);
  try {
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

const hasEightBits = async (handle: FileHandle, size: number): Promise<boolean> => {
  const room = Buffer.allocUnsafe(PIECE);
  for (let at = 0; at < size; ) {
    const piece = await readMessage(handle, at, size, room);
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
    const piece = await readMessage(handle, at, size);
    at += piece.length;
    await before(at === size);
    yield piece;
  }
}
