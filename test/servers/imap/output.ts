import { once } from 'node:events';
import type { Socket } from 'node:net';
import type { Piece } from './text.ts';

/** What a server says on one connection. Small pieces go out together. */
export type Output = {
  write(piece: Piece): void;
  /** Sends what was written. */
  flush(): void;
  /** Resolves when the client took most of what was written. */
  drained(): Promise<void>;
  /** True where more should not be written before `drained`. */
  isFull(): boolean;
  /** Bytes written since `begin`. */
  written(): number;
  /**
   * Starts to count; after `limit` bytes the connection ends, with a limit of 0 at once, or says no more where it `stays`.
   * Nothing is said while `silent`.
   */
  begin(limit?: number, options?: { silent?: boolean; stays?: boolean }): void;
  /** From now on everything goes to another socket over the same connection. */
  use(socket: Socket): void;
  /** Sends what is left, and hangs up. */
  close(): void;
  /** Hangs up without another byte. */
  destroy(): void;
};

const PIECES = 64 * 1024;
const FULL = 1024 * 1024;

/** `spoke` is called whenever bytes are sent. */
export const createOutput = (first: Socket, spoke: () => void): Output => {
  let socket = first;
  let pieces: Piece[] = [];
  let waiting = 0;
  let sent = 0;
  let limit = Number.POSITIVE_INFINITY;
  let how = { silent: false, stays: false };

  const flush = (): void => {
    if (waiting === 0) return;
    const bytes = Buffer.concat(
      pieces.map((piece) => (typeof piece === 'string' ? Buffer.from(piece, 'latin1') : piece)),
    );
    [pieces, waiting] = [[], 0];
    if (!socket.writable) return;
    spoke();
    const left = limit - sent;
    sent += bytes.length;
    if (bytes.length < left) socket.write(bytes);
    else {
      socket.write(bytes.subarray(0, Math.max(left, 0)));
      if (!how.stays) socket.destroySoon();
    }
  };
  return {
    write: (piece) => {
      if (how.silent) return;
      pieces.push(piece);
      waiting += piece.length;
      if (waiting >= PIECES) flush();
    },
    flush,
    isFull: () => socket.writable && socket.writableLength > FULL,
    drained: async () => {
      if (!socket.writable || !socket.writableNeedDrain) return;
      const gone = new AbortController();
      const stop = () => gone.abort();
      socket.once('close', stop);
      await once(socket, 'drain', { signal: gone.signal }).catch(() => undefined);
      socket.off('close', stop);
    },
    written: () => sent + waiting,
    begin: (bytes = Number.POSITIVE_INFINITY, { silent = false, stays = false } = {}) => {
      flush();
      sent = 0;
      limit = bytes;
      how = { silent, stays };
      if (limit === 0 && !stays) socket.destroySoon();
    },
    use: (other) => {
      flush();
      socket = other;
    },
    close: () => {
      flush();
      socket.destroySoon();
    },
    destroy: () => void socket.destroy(),
  };
};
