import { setTimeout as pause } from 'node:timers/promises';
import type { Browser, Page } from 'playwright';
import { type Built, startWindowHost } from './built.ts';
import { percentile, report } from './figure.ts';
import { type Frames, framesDuring, measureIn, press, scrollBar, wheel } from './windowPage.ts';

/** The list of the window with all that it has: how it scrolls, and how soon it shows what a key did. */

const ROUNDS = 3;
const PRESSES = 30;
/** Between two keys, in ms: a person in a hurry. */
const PACE_MS = 120;
/** Pixels, and pixels a second: 130 rows a second. */
const FAR = 40_000;
const FAST = 8_000;

/** Reads the list to its end, then measures. */
export const listFigures = async (built: Built, browser: Browser, dataDir: string): Promise<boolean[]> => {
  const host = await startWindowHost(built, dataDir);
  const page = await browser.newPage({ viewport: { width: 1360, height: 850 } });
  try {
    await page.goto(host.url);
    await page.locator('#list .row').first().waitFor();
    await measureIn(page);
    const reading = await framesDuring(page, () => readAll(page));
    const rows = await page.evaluate<number>('rowsNow()');
    return [await scrollFigure(page, rows, reading), await pressFigure(page, rows)];
  } finally {
    await page.close();
    await host.end();
  }
};

const readAll = (page: Page): Promise<unknown> =>
  page.evaluate(`(async () => {
    const list = document.querySelector('#list');
    while (list.querySelector('.row').getAttribute('aria-setsize') === '-1') {
      list.scrollTop = list.scrollHeight;
      await new Promise(requestAnimationFrame);
    }
  })()`);

const scrollTo = async (page: Page, row: number): Promise<void> => {
  await page.evaluate(`document.querySelector('#list').scrollTop = ${row} * rowHeight(); 0`);
  await pause(300);
};

const about = ({ deltas, blank }: Frames): string =>
  `p50 ${percentile(deltas, 50).toFixed(1)}, p99 ${percentile(deltas, 99).toFixed(1)}, ${deltas.length} frames, ${blank} with a gap`;

/** Scrolls by the wheel at the top, in the middle and near the end, by PageDown, and by the bar through all of it. */
const scrollFigure = async (page: Page, rows: number, reading: Frames): Promise<boolean> => {
  const idle = await framesDuring(page, () => pause(3_000));
  const session = await page.context().newCDPSession(page);
  const rounds: Frames[][] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const frames: Frames[] = [];
    for (const row of [0, rows / 2, rows - 1_000]) {
      await scrollTo(page, row);
      frames.push(await framesDuring(page, () => wheel(session, FAR, FAST)));
    }
    await scrollTo(page, 0);
    frames.push(await framesDuring(page, () => scrollBar(page)));
    await scrollTo(page, 0);
    frames.push(await framesDuring(page, () => pageDown(page)));
    rounds.push(frames);
  }
  const p99s = rounds.map((frames) =>
    percentile(
      frames.flatMap(({ deltas }) => deltas),
      99,
    ),
  );
  const [top, middle, end, bar, keys] = rounds.at(-1) ?? [];
  const named = { top, middle, end, bar, keys, reading, idle };
  return report({
    name: 'window.scroll.p99',
    value: percentile(p99s, 50),
    unit: `ms between frames while ${rows} rows are scrolled (median of ${ROUNDS} rounds)`,
    limit: 33,
    detail: Object.fromEntries(
      Object.entries(named).flatMap(([name, frames]) => (frames ? [[name, about(frames)]] : [])),
    ),
  });
};

const pageDown = async (page: Page): Promise<void> => {
  await page.locator('#list').focus();
  for (let n = 0; n < 100; n++) {
    await page.keyboard.press('PageDown');
    await pause(33);
  }
};

type Times = Map<string, number[]>;

/** Presses at the top of the list and in its middle: star, read and unread, archive, move to a mailbox. */
const pressFigure = async (page: Page, rows: number): Promise<boolean> => {
  const times: Times = new Map();
  for (const row of [0, Math.floor(rows / 2)]) {
    await scrollTo(page, row);
    await page.waitForTimeout(1_000);
    await page
      .locator('#list .row')
      .nth(12)
      .click({ modifiers: ['ControlOrMeta'] });
    await page.keyboard.press('Escape');
    await page.locator('#list').focus();
    for (let n = 0; n < PRESSES; n++) await pressAll(page, times);
  }
  const all = [...times.values()].flat();
  const p95 = (some: number[]): number => Number(percentile(some, 95).toPrecision(3));
  return report({
    name: 'window.press.p95',
    value: percentile(all, 95),
    unit: `ms from a key to its row painted, in a list of ${rows}`,
    limit: 50,
    detail: {
      presses: all.length,
      median: Number(percentile(all, 50).toPrecision(3)),
      ...Object.fromEntries([...times].map(([name, some]) => [name, p95(some)])),
    },
  });
};

const pressAll = async (page: Page, times: Times): Promise<void> => {
  const timed = async (name: string, key: string): Promise<void> => {
    const ms = await press(page, key).catch((cause: unknown) => {
      throw new Error(`${name}, ${key}`, { cause });
    });
    times.set(name, [...(times.get(name) ?? []), ms]);
    await pause(PACE_MS);
  };
  await timed('star', 's');
  await timed('next', 'j');
  // Whatever it was before, it is unread then, unless it is a draft, which never is.
  await page.keyboard.press('U');
  await pause(PACE_MS);
  if ((await page.locator('#list .row.cursor.unread').count()) > 0) await timed('read', 'I');
  await timed('archive', 'e');
  await page.keyboard.press('v');
  await page.getByLabel('Name of a mailbox').fill('Archive');
  await timed('move', 'Enter');
};
