import type { EmailHead } from '../../../src-shared/model.ts';

/** Rows that were read together, and their keys, in the same order. */
export type Chunk = { readonly id: number; readonly rows: readonly EmailHead[]; readonly keys: readonly string[] };

/** Any number of rows in their order. To find one by its place or its key costs the same in a list of ten and of 100,000. */
export type RowList = {
  readonly length: number;
  /** The row at a place; undefined where there is none. */
  at(place: number): EmailHead | undefined;
  /** The rows from a place up to but without another. */
  slice(first: number, end: number): EmailHead[];
  /** The place of a row; -1 where there is none of that key. */
  placeOf(key: string): number;
  /** Every row. */
  all(): EmailHead[];
  /** The list without the rows of these keys. */
  without(keys: Iterable<string>): RowList;
};

/** The list of these chunks. `holderOf`: the id of the chunk that holds a key, if any does. */
export const createRowList = (chunks: readonly Chunk[], holderOf: (key: string) => number | undefined): RowList => {
  const starts: number[] = [];
  let length = 0;
  for (const { rows } of chunks) {
    starts.push(length);
    length += rows.length;
  }
  const indexes = new Map(chunks.map(({ id }, index) => [id, index]));
  const list: RowList = {
    length,
    at: (place) => list.slice(place, place + 1)[0],
    slice: (first, end) => {
      const found: EmailHead[] = [];
      for (let index = chunkAt(starts, first); index < chunks.length && (starts[index] ?? 0) < end; index++) {
        const start = starts[index] ?? 0;
        found.push(...(chunks[index]?.rows.slice(Math.max(0, first - start), end - start) ?? []));
      }
      return found;
    },
    placeOf: (key) => {
      const index = indexes.get(holderOf(key) ?? -1) ?? -1;
      const within = chunks[index]?.keys.indexOf(key) ?? -1;
      return within < 0 ? -1 : (starts[index] ?? 0) + within;
    },
    all: () => chunks.flatMap(({ rows }) => rows),
    without: (keys) => {
      const gone = new Map<number, Set<string>>();
      for (const key of keys) {
        const id = holderOf(key);
        if (id !== undefined) gone.set(id, (gone.get(id) ?? new Set()).add(key));
      }
      if (gone.size === 0) return list;
      const left = chunks.map((chunk) => lessKeys(chunk, gone.get(chunk.id)));
      return createRowList(left, holderOf);
    },
  };
  return list;
};

/** The chunk without some of its rows; itself where there are none to leave out. */
export const lessKeys = <C extends Chunk>(chunk: C, gone: ReadonlySet<string> | undefined): C => {
  if (!gone) return chunk;
  const stays = (_: unknown, at: number): boolean => !gone.has(chunk.keys[at] ?? '');
  return { ...chunk, rows: chunk.rows.filter(stays), keys: chunk.keys.filter(stays) };
};

/** Which chunk holds a place: the last that starts at it or before. */
const chunkAt = (starts: readonly number[], place: number): number => {
  let [low, high] = [0, starts.length];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if ((starts[middle] ?? 0) <= place) low = middle;
    else high = middle;
  }
  return low;
};
