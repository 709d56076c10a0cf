import { computed, effect, signal, untracked } from '@preact/signals';
import type { EmailHead } from '../../../src-shared/model.ts';
import { rowKey } from '../lib/keys.ts';
import { createPagedRows, type PagedRows, type ReadPage } from '../lib/pagedRows.ts';
import type { RowList } from '../lib/rowList.ts';
import { call, onEvent } from './line.ts';
import { overlay } from './overlay.ts';
import { filter, type Place, place } from './places.ts';
import { report } from './toasts.ts';

const PAGE = 100;

const filters = { all: {}, unread: { unread: true }, flagged: { flagged: true } };

type Narrowed = { mailbox?: string; role?: string; filter?: { flagged: true } };

const noPage = { rows: [], next: null, partial: false };

const readerFor = (here: Place, narrowed: keyof typeof filters): ReadPage => {
  if (here.kind === 'outgoing') return async () => noPage;
  if (here.kind === 'search')
    return async (after) => {
      const { text, server } = here;
      const found = await call('search.query', null, { text, server, limit: PAGE, ...(after ? { after } : {}) });
      return { rows: found.emails, next: found.next, partial: found.partial };
    };
  const account = here.kind === 'mailbox' ? here.account : null;
  const which: Narrowed = here.kind === 'mailbox' ? { mailbox: here.mailbox } : roleInput(here.role);
  return async (after) => {
    const narrow = { ...which.filter, ...filters[narrowed] };
    const input = { ...which, filter: narrow, collapseThreads: true, limit: PAGE };
    const page = await call('emails.list', account, { ...input, ...(after ? { after } : {}) });
    return { rows: page.emails, next: page.next, partial: false };
  };
};

const roleInput = (role: string): Narrowed => {
  if (role === 'all') return {};
  return role === 'flagged' ? { filter: { flagged: true } } : { role };
};

const empty: PagedRows = createPagedRows(async () => noPage, report);

/** What is listed where the person is. */
export const list = signal<PagedRows>(empty);

/** The rows that are shown: without those that the person just put away. */
export const rows = computed(
  (): RowList =>
    list.value.rows.value.without([...overlay.value].flatMap(([key, { hidden }]) => (hidden ? [key] : []))),
);

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

/** What a command acts on: the rows picked out, else the one with the cursor. */
export const targets = (): EmailHead[] => {
  if (picked.value.size > 0) return pickedRows.value;
  const row = rows.value.at(cursorPlace.value);
  return row ? [row] : [];
};

/** Keeps the list in step with where the person is, and with the mail. */
export const followList = (): void => {
  effect(() => {
    const read = readerFor(place.value, filter.value);
    list.value = untracked(() => createPagedRows(read, report));
    cursor.value = null;
    picked.value = new Set();
    lastPlace = 0;
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
