import { computed, type ReadonlySignal, signal } from '@preact/signals';
import type { EmailHead } from '../../../src-shared/model.ts';
import { coalesced } from './coalesced.ts';
import { rowKey } from './keys.ts';

/** One answer of a list. */
type RowsPage = { rows: EmailHead[]; next: string | null; partial: boolean };

/** Reads the page behind a cursor; the first one without. */
export type ReadPage = (after: string | undefined) => Promise<RowsPage>;

/** A list that is read page by page, and stays true where it is looked at. */
export type PagedRows = {
  rows: ReadonlySignal<EmailHead[]>;
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

type Piece = { start: string | undefined; rows: EmailHead[]; next: string | null; stale: boolean };

/** So many rows are read ahead of what is on screen. */
const AHEAD = 100;
/** Of a piece that grew while nobody looked, so many pages are read at once. */
const MOST_PAGES = 4;

const flatten = (pieces: readonly Piece[]): EmailHead[] => {
  const seen = new Set<string>();
  return pieces
    .flatMap(({ rows }) => rows)
    .filter((row) => {
      const key = rowKey(row);
      return !seen.has(key) && seen.add(key);
    });
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

/** A list over `read`; its first page is on its way at once. Failures go to `failed`. */
export const createPagedRows = (read: ReadPage, failed: (error: unknown) => void): PagedRows => {
  const pieces = signal<Piece[]>([]);
  const partial = signal(false);
  let seen = { first: 0, last: 0 };
  const put = (index: number, piece: Piece): void => {
    pieces.value = pieces.value.with(index, piece);
  };
  const readNext = async (): Promise<void> => {
    const last = pieces.value.at(-1);
    if (last?.next === null) return;
    const start = last?.next;
    const page = await read(start);
    partial.value = page.partial;
    pieces.value = [...pieces.value, { start, rows: page.rows, next: page.next, stale: false }];
  };
  const readAgain = async (index: number): Promise<void> => {
    const piece = pieces.value[index];
    if (!piece) return;
    const behind = pieces.value.slice(index + 1);
    const limit = behind.find(({ rows }) => rows.length > 0)?.rows[0];
    const { rows, next, reached } = await readSpan(read, piece.start, limit, behind[0]?.start);
    put(index, { ...piece, rows, next: limit ? piece.next : next, stale: false });
    // What came between is more than was read: it is read when it is looked at.
    if (!reached && next !== null)
      pieces.value = pieces.value.toSpliced(index + 1, 0, { start: next, rows: [], next: piece.next, stale: true });
  };
  const step = async (): Promise<void> => {
    if (pieces.value.length === 0) return readNext();
    let from = 0;
    for (const [index, { rows, stale }] of pieces.value.entries()) {
      const onScreen = from <= seen.last && from + rows.length >= seen.first;
      if (stale && (onScreen || index === 0)) await readAgain(index);
      from += rows.length;
    }
    if (seen.last + AHEAD > from) await readNext();
  };
  const work = coalesced(() => step().catch(failed));
  void work();
  return {
    rows: computed(() => flatten(pieces.value)),
    hasMore: computed(() => pieces.value.length === 0 || pieces.value.at(-1)?.next !== null),
    ready: computed(() => pieces.value.length > 0),
    partial,
    look: (first, last) => {
      seen = { first, last };
      void work();
    },
    refresh: () => {
      pieces.value = pieces.value.map((piece) => ({ ...piece, stale: true }));
      return work();
    },
  };
};
