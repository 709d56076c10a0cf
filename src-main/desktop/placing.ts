/** A place on a screen, in its pixels. */
export type Rectangle = { x: number; y: number; width: number; height: number };

const FIRST = { width: 1280, height: 820 };

/** Where a window that was at `bounds` opens: there, if its title is still within the area of a screen, else as large as fits. */
export const placeWindow = (
  bounds: Rectangle | undefined,
  areaOf: (bounds: Rectangle) => Rectangle,
): Rectangle | Pick<Rectangle, 'width' | 'height'> => {
  if (!bounds) return FIRST;
  const area = areaOf(bounds);
  const across = bounds.x < area.x + area.width && bounds.x + bounds.width > area.x;
  const down = bounds.y < area.y + area.height && bounds.y >= area.y;
  if (across && down) return bounds;
  return { width: Math.min(bounds.width, area.width), height: Math.min(bounds.height, area.height) };
};

/** What a page calls pixels as those of its window, which differ where the page is zoomed. */
export const scaled = ({ x, y, width, height }: Rectangle, by: number): Rectangle => ({
  x: Math.round(x * by),
  y: Math.round(y * by),
  width: Math.round(width * by),
  height: Math.round(height * by),
});
