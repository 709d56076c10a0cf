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
