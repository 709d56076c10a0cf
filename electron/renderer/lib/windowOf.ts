import { rowKey } from './keys.ts';
import type { RowList } from './rowList.ts';

/** The rows of a list that are on screen, and some beyond: `first` up to but without `end`. */
export type Span = { first: number; end: number };

/** So many rows above and below are made as well, that scrolling shows no gaps. */
const OVERSCAN = 8;

/** Which rows of `count`, each `rowHeight` pixels, show where `top` pixels are scrolled away in a view of `height`. */
export const windowOf = (top: number, height: number, rowHeight: number, count: number): Span => {
  const first = Math.floor(top / rowHeight) - OVERSCAN;
  const end = Math.ceil((top + height) / rowHeight) + OVERSCAN;
  return { first: Math.max(0, Math.min(first, count)), end: Math.max(0, Math.min(end, count)) };
};

/** How far to scroll so that the row at a place is seen whole: `top` where it is already. */
export const scrollTo = (at: number, top: number, height: number, rowHeight: number): number => {
  const above = at * rowHeight;
  if (above < top) return above;
  return above + rowHeight > top + height ? above + rowHeight - height : top;
};

/**
 * How far to scroll once a list has changed, so that what was seen stays where it was whatever came or went above it. The top
 * of the list stays the top: what is new is seen there.
 */
export const anchored = (top: number, height: number, rowHeight: number, before: RowList, now: RowList): number => {
  if (top === 0 || before === now) return top;
  const first = Math.floor(top / rowHeight);
  for (const [index, row] of before.slice(first, Math.ceil((top + height) / rowHeight)).entries()) {
    const place = now.placeOf(rowKey(row));
    // One that something was added to has gone where that belongs.
    if (now.at(place)?.receivedAt === row.receivedAt) return top + (place - first - index) * rowHeight;
  }
  return top;
};
