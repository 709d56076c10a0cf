import type { Socket } from 'node:net';

/** The bytes that a client sends. */
export type Input = {
  held: Buffer;
  /** Waits for more; false when the client is gone. */
  more(): Promise<boolean>;
  /** Reads from another socket from now on, and forgets what came. */
  use(socket: Socket): void;
};

/** With so many bytes that nobody asked for, what else there is stays with the system. */
const MOST = 256 * 1024;

/** Reads from a socket. */
export const createInput = (first: Socket): Input => {
  let ended = false;
  let wake: () => void = () => undefined;
  let socket = first;
  const hear = (bytes: Buffer): void => {
    input.held = Buffer.concat([input.held, bytes]);
    if (input.held.length > MOST) socket.pause();
    wake();
  };
  const over = (): void => {
    ended = true;
    wake();
  };
  const listen = (): void => void socket.on('data', hear).on('end', over).on('close', over).on('error', over);
  const input: Input = {
    held: Buffer.alloc(0),
    more: async () => {
      if (ended) return false;
      const { promise, resolve } = Promise.withResolvers<void>();
      wake = resolve;
      socket.resume();
      await promise;
      return true;
    },
    use: (next) => {
      socket.off('data', hear);
      input.held = Buffer.alloc(0);
      socket = next;
      listen();
    },
  };
  listen();
  return input;
};

/** A line in latin1 without its CRLF; null when the client is gone. A bare LF ends no line. */
export const readLine = async (input: Input): Promise<string | null> => {
  for (;;) {
    const end = input.held.indexOf('\r\n');
    if (end >= 0) {
      const line = input.held.toString('latin1', 0, end);
      input.held = input.held.subarray(end + 2);
      return line;
    }
    if (!(await input.more())) return null;
  }
};

const END = Buffer.from('\r\n.\r\n');

/** A message as it came: `raw` as it was on the wire, `bytes` without the dots that were put in (RFC 5321 section 4.5.2). */
export type Got = { bytes: Buffer; size: number; raw: Buffer };

/**
 * A message up to its final dot (RFC 5321 section 4.1.1.4); null when the client is gone before. `seen` is told how many
 * bytes have come, and waited for. Without `keep` only its size is known.
 */
export const readMessage = async (
  input: Input,
  seen: (bytes: number) => Promise<void>,
  keep: boolean,
): Promise<Got | null> => {
  const pieces: Buffer[] = [];
  let size = 0;
  // A message that begins with its end has a line end before it that belongs to DATA.
  input.held = Buffer.concat([Buffer.from('\r\n'), input.held]);
  for (;;) {
    const { held } = input;
    const end = held.indexOf(END);
    const take = end >= 0 ? end + 2 : Math.max(0, held.length - END.length);
    if (keep) pieces.push(Buffer.from(held.subarray(0, take)));
    size += take;
    input.held = held.subarray(end >= 0 ? end + END.length : take);
    await seen(size);
    if (end >= 0) break;
    if (!(await input.more())) return null;
  }
  const raw = Buffer.concat(pieces).subarray(2);
  const bytes = Buffer.from(raw.toString('latin1').replaceAll(/(^|\r\n)\./g, '$1'), 'latin1');
  return { bytes, size: size - 2, raw };
};
