import { bad } from './refusal.ts';
import type { Parts } from './tokens.ts';

/** The bytes that a client sent, to be taken as lines and literals. */
export type Reader = {
  push(chunk: Buffer): void;
  /** The client is gone: whoever waits gets null. */
  end(): void;
  /** Forgets what was not taken. */
  clear(): void;
  /** A line in latin1 without its CRLF; null at the end. */
  line(): Promise<string | null>;
  bytes(count: number): Promise<Buffer | null>;
};

/** Bytes in the order they came, put together only when they are taken. */
const createQueue = () => {
  let held = Buffer.alloc(0);
  let chunks: Buffer[] = [];
  let later = 0;
  const gather = (): Buffer => {
    if (chunks.length > 0) held = Buffer.concat([held, ...chunks]);
    [chunks, later] = [[], 0];
    return held;
  };
  return {
    push: (chunk: Buffer): void => {
      chunks.push(chunk);
      later += chunk.length;
    },
    length: (): number => held.length + later,
    /** Octets up to the end of the first line; 0 where there is none yet. */
    lineLength: (): number => gather().indexOf('\n') + 1,
    take: (count: number): Buffer => {
      const taken = gather().subarray(0, count);
      held = held.subarray(count);
      return taken;
    },
    clear: (): void => {
      [held, chunks, later] = [Buffer.alloc(0), [], 0];
    },
  };
};

/** A reader of an empty stream. */
export const createReader = (): Reader => {
  const queue = createQueue();
  let ended = false;
  let wake: (() => void) | null = null;
  const rouse = (): void => {
    const waiting = wake;
    wake = null;
    waiting?.();
  };
  /** Resolves with a number of octets once `ready` names one; with null when the client is gone. */
  const wait = async (ready: () => number): Promise<number | null> => {
    for (;;) {
      const count = ready();
      if (count > 0) return count;
      if (ended) return null;
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  };
  return {
    push: (chunk) => {
      queue.push(chunk);
      rouse();
    },
    end: () => {
      ended = true;
      rouse();
    },
    clear: queue.clear,
    line: async () => {
      const count = await wait(queue.lineLength);
      return count === null
        ? null
        : queue
            .take(count)
            .toString('latin1')
            .replace(/\r?\n$/, '');
    },
    bytes: async (octets) => {
      if (octets === 0) return Buffer.alloc(0);
      const count = await wait(() => (queue.length() >= octets ? octets : 0));
      return count === null ? null : Buffer.from(queue.take(count));
    },
  };
};

/** What a reader of commands must know: how to ask for a literal, and which literals need no asking. */
export type LiteralRules = { ask: () => void; mayPush: (octets: number) => boolean };

/** A command with its literals; `refusal` where one was sent that may not be. Null at the end. */
export const readParts = async (
  reader: Reader,
  { ask, mayPush }: LiteralRules,
): Promise<{ parts: Parts; refusal: Error | null } | null> => {
  const parts: Parts = [];
  let refusal: Error | null = null;
  for (;;) {
    const line = await reader.line();
    if (line === null) return null;
    const literal = /~?\{(\d+)(\+?)\}$/.exec(line);
    if (!literal) return { parts: [...parts, line], refusal };
    const octets = Number(literal[1]);
    if (literal[2] === '') ask();
    else if (!mayPush(octets)) refusal = bad('Such a literal was not offered');
    const bytes = await reader.bytes(octets);
    if (bytes === null) return null;
    parts.push(line.slice(0, literal.index), bytes);
  }
};
