import type { CursorMove, Cursors } from './driver.ts';

/** Where the cursors of one pull stand. A delta is committed before the next is asked for, so moves count at once. */
export type CursorTable<Key extends string> = {
  /** As last committed, or as moved by a delta that was handed over since. */
  cursor(key: Key): string | null;
  /** The step of a cursor to `to`, for the delta that is handed over next. */
  move(key: Key, to: string | null): CursorMove;
  /** Every key that has a cursor. */
  keys(): string[];
};

/** A table that starts with what is committed. */
export const trackCursors = <Key extends string>(cursors: Cursors): CursorTable<Key> => {
  const current = new Map(Object.entries(cursors));
  const cursor = (key: Key): string | null => current.get(key) ?? null;
  return {
    cursor,
    move: (key, to) => {
      const from = cursor(key);
      if (to === null) current.delete(key);
      else current.set(key, to);
      return { key, from, to };
    },
    keys: () => [...current.keys()],
  };
};
