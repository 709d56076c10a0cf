import { asTernError, type TernError } from '../../../src-shared/errors.ts';
import type { FetchedBody, ReadOptions } from '../driver.ts';
import { isSilence } from '../silence.ts';
import { isTheirs } from './fetch.ts';
import { type Located, locate, readMailbox } from './read.ts';
import type { Reading } from './reading.ts';

/** In ms: so long a server that fell silent may take to say that it is there. */
const PROBE_MS = 5_000;

type Bodies = Map<string, FetchedBody | TernError>;

/**
 * What emails say, by remote id. One at which the server fails, or dies, is told apart from the others and gets its error:
 * it never keeps them from being read.
 */
export const readBodies = async (
  reading: Reading,
  remoteIds: readonly string[],
  { cursors, maxBytes }: ReadOptions,
  signal: AbortSignal,
): Promise<Bodies> => {
  const bodies: Bodies = new Map();
  const read = async (located: Located, isLastTry: boolean): Promise<void> => {
    try {
      const found = await reading.turn(signal, (connection) => readMailbox(connection, located, maxBytes));
      for (const [id, body] of found) bodies.set(id, body);
    } catch (error) {
      if (signal.aborted || !isTheirs(error)) throw error;
      // Where the server is gone it is nobody's fault.
      await reading.turn(signal, (connection) => connection.run('NOOP', []), isSilence(error) ? PROBE_MS : undefined);
      const [first, second] = halves(located);
      if (second) {
        await read(first, false);
        await read(second, false);
      } else if (!isLastTry && !isSilence(error)) await read(first, true);
      else for (const id of first.ids.values()) bodies.set(id, asTernError(error));
    }
  };
  for (const located of locate(remoteIds, cursors)) await read(located, false);
  return bodies;
};

/** A single message has no second half. */
const halves = (located: Located): [Located, Located?] => {
  const ids = [...located.ids];
  if (ids.length <= 1) return [located];
  const middle = Math.ceil(ids.length / 2);
  return [
    { ...located, ids: new Map(ids.slice(0, middle)) },
    { ...located, ids: new Map(ids.slice(middle)) },
  ];
};
