import { computed, effect, signal, untracked } from '@preact/signals';
import { asTernError } from '../../../src-shared/errors.ts';
import type { EmailHead } from '../../../src-shared/model.ts';
import { rowKey } from '../lib/keys.ts';
import { createPagedRows, type PagedRows } from '../lib/pagedRows.ts';
import type { RowList } from '../lib/rowList.ts';
import { withRow } from '../lib/withRow.ts';
import { onEvent } from './line.ts';
import { overlay } from './overlay.ts';
import { readerFor } from './pages.ts';
import { filter, type Place, place } from './places.ts';
import { report } from './toasts.ts';

const empty: PagedRows = createPagedRows(async () => ({ rows: [], next: null, partial: false }), report);

/** What is listed where the person is. */
export const list = signal<PagedRows>(empty);

/** The row whose conversation is open; null: none. Reader and keys are about it, wherever the cursor is. */
export const opened = signal<EmailHead | null>(null);

/** The list that the open conversation was in: it stays there until it is closed, whatever the list is narrowed to. */
const openedIn = signal<PagedRows | null>(null);

/** The rows that are shown: with the open one, and without those that the person just put away. */
export const rows = computed((): RowList => {
  const stays = openedIn.value === list.value ? opened.value : null;
  const all = list.value.rows.value;
  return (stays ? withRow(all, stays) : all).without(
    [...overlay.value].flatMap(([key, { hidden }]) => (hidden ? [key] : [])),
  );
});

/** The row that keys act on, by its key; null: none. */
export const cursor = signal<string | null>(null);

/** Rows that are picked out, by their keys. */
export const picked = signal<ReadonlySet<string>>(new Set());

/** Where the cursor was last: when its row goes, the one that takes its place has it. */
let lastPlace = 0;

/** The place of the cursor's row; -1 where there is none. */
export const cursorPlace = computed((): number => {
  const key = cursor.value;
  return key === null ? -1 : rows.value.placeOf(key);
});

/** Puts the cursor on the row at a place, or the nearest one. */
export const putCursor = (at: number): void => {
  const all = rows.value;
  const row = all.at(Math.max(0, Math.min(at, all.length - 1)));
  cursor.value = row ? rowKey(row) : null;
};

/** The rows that are picked out, in their order. */
export const pickedRows = computed((): EmailHead[] => {
  const places = [...picked.value].map((key) => rows.value.placeOf(key)).filter((at) => at >= 0);
  return places.toSorted((a, b) => a - b).flatMap((at) => rows.value.at(at) ?? []);
});

/** Of a mailbox that is gone nothing is said here: the window leaves it (`followPlace`). */
const reportOf =
  ({ kind }: Place) =>
  (error: unknown): void => {
    if (kind !== 'mailbox' || asTernError(error).kind !== 'notFound') report(error);
  };

/** Keeps the list in step with where the person is, and with the mail. */
export const followList = (): void => {
  effect(() => {
    const read = readerFor(place.value, filter.value);
    const failed = reportOf(place.value);
    list.value = untracked(() => createPagedRows(read, failed));
    cursor.value = null;
    picked.value = new Set();
    lastPlace = 0;
  });
  effect(() => {
    const row = opened.value;
    if (!row) openedIn.value = null;
    else if (list.value.rows.value.placeOf(rowKey(row)) >= 0) openedIn.value = list.value;
  });
  effect(() => {
    const at = cursorPlace.value;
    if (at >= 0) lastPlace = at;
    else if (cursor.peek() !== null && rows.value.length > 0) putCursor(lastPlace);
  });
  onEvent('changed', ({ emails, threads }) => {
    const nothing = emails && emails.created.length + emails.updated.length + emails.destroyed.length === 0;
    if (!nothing || threads === undefined || threads.length > 0) void list.value.refresh();
  });
};
