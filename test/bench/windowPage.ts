import type { CDPSession, Page } from 'playwright';

/** What is measured within the page: code for it stands in strings, as it runs there. */

/**
 * From a key to the frame that shows what it did: `press(id)` waits for the next key, then for a change of that row as it looks
 * (or its leaving), then for the end of the frame that paints it. In ms since the key's own time; fails where nothing
 * changes within ten seconds.
 */
const PRESSES = `globalThis.press = (id) => new Promise((resolve, reject) => {
  const list = document.querySelector('#list');
  const look = () => {
    const row = document.getElementById(id);
    return row && row.className + row.querySelector('.star').className;
  };
  const before = look();
  let pressed = null;
  document.addEventListener('keydown', (event) => { pressed = event.timeStamp; }, { capture: true, once: true });
  const changes = new MutationObserver(() => {
    if (pressed === null || look() === before) return;
    changes.disconnect();
    requestAnimationFrame(() => {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = () => resolve(performance.now() - pressed);
      port2.postMessage(null);
    });
  });
  changes.observe(list, { subtree: true, childList: true, attributes: true });
  setTimeout(() => reject(new Error('nothing changed at ' + id + ', which was: ' + before)), 10_000);
});`;

/**
 * From \`frames.begin()\` to \`frames.end()\`: the times between frames in ms, and in how many of them a place on screen had no row
 * as they were painted.
 */
const FRAMES = `globalThis.frames = (() => {
  let deltas = [], blank = 0, last = null, going = false;
  const isBlank = () => {
    const list = document.querySelector('#list');
    const rows = list.querySelectorAll('.row');
    if (rows.length === 0) return true;
    const each = rows[0].offsetHeight;
    const first = Number(rows[0].getAttribute('aria-posinset')) - 1;
    const end = Math.min(list.scrollTop + list.clientHeight, list.scrollHeight);
    // Less than a pixel is rounding.
    return first * each > list.scrollTop + 1 || (first + rows.length) * each < end - 1;
  };
  const frame = (now) => {
    if (!going) return;
    if (last !== null) deltas.push(now - last);
    last = now;
    if (isBlank()) blank++;
    requestAnimationFrame(frame);
  };
  return {
    begin: () => { deltas = []; blank = 0; last = null; going = true; requestAnimationFrame(frame); },
    end: () => { going = false; return { deltas, blank }; },
  };
})();`;

const SIZES = `
globalThis.rowHeight = () => document.querySelector('#list .row').offsetHeight;
globalThis.rowsNow = () => Math.floor(document.querySelector('#list').scrollHeight / rowHeight());
`;

/** Puts what measures into the page. */
export const measureIn = async (page: Page): Promise<void> => {
  await page.evaluate(`${PRESSES}${FRAMES}${SIZES}0`);
};

/** Frames of a while: the times between them in ms, and how many showed a gap in the list. */
export type Frames = { deltas: number[]; blank: number };

/** The frames while something is done. */
export const framesDuring = async (page: Page, deed: () => Promise<unknown>): Promise<Frames> => {
  await page.evaluate('frames.begin()');
  await deed();
  return page.evaluate<Frames>('frames.end()');
};

/** Presses a key at the row with the cursor, and answers how long it took until that row's change was painted, in ms. */
export const press = async (page: Page, key: string): Promise<number> => {
  await page.evaluate("globalThis.pressed = press(document.querySelector('#list .row.cursor').id); 0");
  await page.keyboard.press(key);
  return page.evaluate<number>('pressed');
};

/** Scrolls the list down by so many pixels, so many a second, as a wheel or a finger does. */
export const wheel = async (session: CDPSession, pixels: number, speed: number): Promise<void> => {
  const at = { x: 400, y: 400, yDistance: -pixels, speed };
  await session.send('Input.synthesizeScrollGesture', { ...at, gestureSourceType: 'mouse', preventFling: true });
};

/** Where the bar is taken, in pixels from its end: behind the button that some have there. */
const GRIP = 22;

/** Drags the list's scroll bar by the mouse from its top to its end, in some four seconds. */
export const scrollBar = async (page: Page): Promise<void> => {
  const box = (await page.locator('#list').boundingBox()) ?? { x: 0, y: 0, width: 0, height: 0 };
  const x = box.x + box.width - 7;
  await page.mouse.move(x, box.y + GRIP);
  await page.mouse.down();
  for (let y = GRIP; y < box.height - GRIP; y += 3) await page.mouse.move(x, box.y + y);
  await page.mouse.up();
  const reached = await page.evaluate<number>(
    "(({ scrollTop, scrollHeight }) => scrollTop / scrollHeight)(document.querySelector('#list'))",
  );
  if (reached < 0.8) throw new Error(`the bar led only to ${reached} of the list`);
};
