import { computed, type ReadonlySignal, signal } from '@preact/signals';
import type { EmailHead } from '../../../src-shared/model.ts';
import { coalesced } from './coalesced.ts';
import { rowKey } from './keys.ts';
import { type Chunk, createRowList, lessKeys, type RowList } from './rowList.ts';

/** One answer of a list. */
type RowsPage = { rows: EmailHead[]; next: string | null; partial: boolean };

/** Reads the page behind a cursor; the first one without. */
export type ReadPage = (after: string | undefined) => Promise<RowsPage>;

/** A list that is read page by page, and stays true where it is looked at. */
export type PagedRows = {
  rows: ReadonlySignal<RowList>;
  /** Whether there are more than those that were read. */
  hasMore: ReadonlySignal<boolean>;
  /** Whether the first page was read. */
  ready: ReadonlySignal<boolean>;
  /** There may be more that could not be found. */
  partial: ReadonlySignal<boolean>;
  /** Tells what is on screen, as places in `rows`: more is read ahead of it, and what went stale is read again. */
  look(first: number, last: number): void;
  /** Mail changed: what is on screen and the top are read again; the rest when it is looked at. Answers when that is done. */
  refresh(): Promise<void>;
};

type Piece = Chunk & { start: string | undefined; next: string | null };

/** So many rows are read ahead of what is on screen. */
const AHEAD = 100;
/** Of a piece that grew while nobody looked, so many pages are read at once. */
const MOST_PAGES = 4;

/** Each conversation once. */
const chunkOf = (id: number, rows: readonly EmailHead[]): Chunk => {
  const byKey = new Map(rows.map((row) => [rowKey(row), row]));
  return { id, rows: [...byKey.values()], keys: [...byKey.keys()] };
};

/** Pieces in their order. What was read last is true: a conversation that it has is in no other piece any more. */
const createPieces = () => {
  const pieces = signal<Piece[]>([]);
  const holders = new Map<string, number>();
  /** Takes from the others what these have. */
  const claim = (fresh: readonly Piece[]): Map<number, Set<string>> => {
    const lost = new Map<number, Set<string>>();
    for (const { id, keys } of fresh)
      for (const key of keys) {
        const before = holders.get(key);
        if (before !== undefined) lost.set(before, (lost.get(before) ?? new Set()).add(key));
        holders.set(key, id);
      }
    return lost;
  };
  return {
    all: pieces,
    rows: computed(() => createRowList(pieces.value, (key) => holders.get(key))),
    /** Puts pieces in the place of so many others. */
    replace: (index: number, count: number, ...fresh: Piece[]): void => {
      for (const { id, keys } of pieces.value.slice(index, index + count))
        for (const key of keys) if (holders.get(key) === id) holders.delete(key);
      const lost = claim(fresh);
      const next = pieces.value.map((piece) => lessKeys(piece, lost.get(piece.id)));
      pieces.value = next.toSpliced(index, count, ...fresh);
    },
  };
};

/** The rows before those of the next piece, whose first row this is. */
const upTo = (rows: EmailHead[], limit: EmailHead | undefined): { rows: EmailHead[]; reached: boolean } => {
  if (!limit) return { rows, reached: true };
  const at = rows.findIndex((row) => rowKey(row) === rowKey(limit) || row.receivedAt < limit.receivedAt);
  return at < 0 ? { rows, reached: false } : { rows: rows.slice(0, at), reached: true };
};

/** The rows from a cursor up to those of the next piece: its first row, or the cursor that it starts at, ends them. */
const readSpan = async (
  read: ReadPage,
  start: string | undefined,
  limit: EmailHead | undefined,
  limitStart: string | undefined,
): Promise<{ rows: EmailHead[]; next: string | null; reached: boolean }> => {
  const rows: EmailHead[] = [];
  let next: string | null = start ?? null;
  for (let pages = 0; pages < MOST_PAGES && (pages === 0 || next !== null); pages++) {
    const page: RowsPage = await read(next ?? undefined);
    const part = upTo(page.rows, limit);
    rows.push(...part.rows);
    next = page.next;
    if (part.reached || (next !== null && next === limitStart)) return { rows, next, reached: true };
  }
  return { rows, next, reached: false };
};

/** Takes a piece that is being read for fresh: what changes meanwhile makes it stale again, and so does a failure. */
const whileFresh = async <T>(stale: Set<number>, id: number, reading: Promise<T>): Promise<T> => {
  stale.delete(id);
  try {
    return await reading;
  } catch (error) {
    stale.add(id);
    throw error;
  }
};

/** A list over `read`; its first page is on its way at once. Failures go to `failed`. */
export const createPagedRows = (read: ReadPage, failed: (error: unknown) => void): PagedRows => {
  const { all: pieces, rows, replace } = createPieces();
  const partial = signal(false);
  const stale = new Set<number>();
  let refreshes = 0;
  let lastId = 0;
  let seen = { first: 0, last: 0 };
  const readNext = async (): Promise<void> => {
    const last = pieces.value.at(-1);
    if (last?.next === null) return;
    const start = last?.next;
    const asOf = refreshes;
    const page = await read(start);
    partial.value = page.partial;
    if (refreshes !== asOf) stale.add(lastId + 1);
    replace(pieces.value.length, 0, { start, next: page.next, ...chunkOf(++lastId, page.rows) });
  };
  const readAgain = async (index: number): Promise<void> => {
    const piece = pieces.value[index];
    if (!piece) return;
    const behind = pieces.value.slice(index + 1);
    const limit = behind.find((each) => each.rows.length > 0)?.rows[0];
    const span = await whileFresh(stale, piece.id, readSpan(read, piece.start, limit, behind[0]?.start));
    const fresh = { ...piece, next: limit ? piece.next : span.next, ...chunkOf(piece.id, span.rows) };
    if (span.reached || span.next === null) return replace(index, 1, fresh);
    // What came between is more than was read: it is read when it is looked at.
    const between = { start: span.next, next: piece.next, ...chunkOf(++lastId, []) };
    stale.add(between.id);
    replace(index, 1, fresh, between);
  };
  const step = async (): Promise<void> => {
    if (pieces.value.length === 0) return readNext();
    let from = 0;
    for (const [index, { id, rows: own }] of pieces.value.entries()) {
      const onScreen = from <= seen.last && from + own.length >= seen.first;
      if (stale.has(id) && (onScreen || index === 0)) await readAgain(index);
      from += own.length;
    }
    if (seen.last + AHEAD > from) await readNext();
  };
  const work = coalesced(() => step().catch(failed));
  void work();
  return {
    rows,
    hasMore: computed(() => pieces.value.length === 0 || pieces.value.at(-1)?.next !== null),
    ready: computed(() => pieces.value.length > 0),
    partial,
    look: (first, last) => {
      seen = { first, last };
      void work();
    },
    refresh: () => {
      refreshes += 1;
      for (const { id } of pieces.value) stale.add(id);
      return work();
    },
  };
};
