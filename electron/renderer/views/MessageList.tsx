import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { rowKey } from '../lib/keys.ts';
import { anchored, scrollTo, windowOf } from '../lib/windowOf.ts';
import { accounts, progress } from '../state/accounts.ts';
import { cursor, cursorPlace, list, putCursor, rows } from '../state/list.ts';
import { place, shownRole } from '../state/places.ts';
import { choices } from '../state/settings.ts';
import { t } from '../strings/en.ts';
import { ListHead } from './ListHead.tsx';
import { Row } from './Row.tsx';

/** The height of a row, in rem: rows are all the same, so that only those on screen need to be made. */
const ROW_REM = 3.9;

const rowHeight = (): number =>
  Math.round(ROW_REM * Number.parseFloat(getComputedStyle(document.documentElement).fontSize));

/** Rows are made so many at a time: most frames of a scrolled list make none. Less than what is made beyond the screen. */
const STEP = 4;

/** How far the scrolled box is, to a step of rows, and how high. */
const useBox = (box: { current: HTMLElement | null }) => {
  const [at, setAt] = useState({ top: 0, height: 0 });
  const measure = (): void => {
    if (!box.current) return;
    const { scrollTop, clientHeight: height } = box.current;
    const step = STEP * rowHeight();
    const top = Math.floor(scrollTop / step) * step;
    setAt((before) => (before.top === top && before.height === height ? before : { top, height }));
  };
  useLayoutEffect(() => {
    measure();
    const sizes = new ResizeObserver(measure);
    if (box.current) sizes.observe(box.current);
    return () => sizes.disconnect();
  }, []);
  return { ...at, measure };
};

/** Why there is nothing to see, in words that fit the place. */
const emptyText = (): string => {
  if (!list.value.ready.value) return t.loading;
  // One that does not answer yet may have what is missing.
  if (accounts.value?.some(({ phase }) => phase === 'connecting')) return t.loading;
  if (place.value.kind === 'search') return t.search.nothing;
  if (accounts.value?.some(({ lastSyncedAt, error }) => lastSyncedAt === null && !error)) return t.list.first;
  return shownRole() === 'inbox' ? t.list.emptyInbox : t.list.empty;
};

/** Whoever comes to the list by the keyboard begins with a row on screen; a click says itself which. */
const beginAtTop = ({ currentTarget: box }: { currentTarget: HTMLElement }): void => {
  if (cursor.value === null && box.matches(':focus-visible')) putCursor(Math.ceil(box.scrollTop / rowHeight()));
};

/** How far the first fill is, while there is one. */
const Filling = () => {
  const filling = accounts.value?.find(({ id, lastSyncedAt }) => lastSyncedAt === null && progress.value[id]);
  const now = filling && progress.value[filling.id];
  if (!now || now.done >= now.total) return null;
  return (
    <div class="filling">
      <span>{t.list.filling(now.done, now.total)}</span>
      <progress value={now.done} max={now.total} aria-label={t.list.first} />
    </div>
  );
};

/** Conversations, newest first: any number of them, of which only those on screen are in the document. */
export const MessageList = () => {
  const box = useRef<HTMLDivElement>(null);
  const { top, height, measure } = useBox(box);
  const all = rows.value;
  const each = rowHeight();
  const { first, end } = windowOf(top, height, each, all.length);
  useEffect(() => list.value.look(first, end), [first, end, all.length, list.value]);
  const before = useRef({ list: list.value, all });
  // As it is before the rows change: once there are fewer, the browser itself scrolls back from beyond their end.
  const was = before.current.list === list.value ? (box.current?.scrollTop ?? 0) : 0;
  useLayoutEffect(() => {
    if (box.current) box.current.scrollTop = anchored(was, box.current.clientHeight, each, before.current.all, all);
    before.current = { list: list.value, all };
    measure();
  }, [all, list.value]);
  useLayoutEffect(() => {
    if (box.current && cursorPlace.value >= 0)
      box.current.scrollTop = scrollTo(cursorPlace.value, box.current.scrollTop, box.current.clientHeight, each);
  }, [cursor.value, choices.value.text]);
  return (
    <section class="list" aria-label={t.list.label}>
      <ListHead />
      <Filling />
      <div
        ref={box}
        id="list"
        class="rows"
        role="listbox"
        tabIndex={0}
        data-keys="list"
        aria-label={t.list.label}
        aria-multiselectable="true"
        aria-busy={!list.value.ready.value}
        aria-activedescendant={
          cursorPlace.value >= first && cursorPlace.value < end ? `row-${cursor.value}` : undefined
        }
        onScroll={measure}
        onFocus={beginAtTop}
      >
        <div class="all-rows" role="presentation" style={{ height: `${all.length * each}px` }}>
          {all.slice(first, end).map((row, index) => (
            <Row
              key={rowKey(row)}
              row={row}
              at={first + index}
              of={list.value.hasMore.value ? -1 : all.length}
              top={(first + index) * each}
            />
          ))}
        </div>
      </div>
      {all.length === 0 && <p class="empty">{emptyText()}</p>}
    </section>
  );
};
