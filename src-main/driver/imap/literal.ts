import type { Writable } from 'node:stream';
import { openMessage, readMessage } from '../messageFile.ts';
import type { MessageFile } from '../outgoing.ts';

/**
 * Writes a file as the octets of a literal, and the end of its command (RFC 9051 section 4.3), as fast as they are taken;
 * `taken`: so many more were, in bytes.
 */
export const pour = async (into: Writable, file: MessageFile, taken: (bytes: number) => void): Promise<void> => {
  const handle = await openMessage(file);
  try {
    for (let at = 0; at < file.size; ) {
      const piece = await readMessage(handle, at, file.size);
      at += piece.length;
      await write(into, piece);
      taken(piece.length);
    }
    await write(into, Buffer.from('\r\n'));
  } finally {
    await handle.close();
  }
};

const write = (into: Writable, bytes: Buffer): Promise<void> =>
  new Promise((resolve, reject) => into.write(bytes, (error) => (error ? reject(error) : resolve())));
