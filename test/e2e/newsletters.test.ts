import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { documentFor } from '../../src-main/html/document.ts';
import { plainTextHtml } from '../../src-main/html/plainText.ts';
import { sanitiseHtml } from '../../src-main/html/sanitise.ts';
import { htmlToText } from '../../src-main/html/text.ts';
import { launchChromium, withChromium } from './chromium.ts';

const options = withChromium('how newsletters look in a browser');
/** A folder for pictures of what was shown, for eyes; none by default. */
const pictures = process.env['TERN_PICTURES'];

const raw = (name: string): string => readFileSync(new URL(`newsletters/${name}.html`, import.meta.url), 'utf8');
const safe = (name: string): string =>
  sanitiseHtml(raw(name), { view: 'v1', parts: new Map(), remote: 'blocked' }).html;

const LETTER = `Hello Ana,

see https://wiki.example/notes and write to tom@team.example.

> Can you send the notes?
> > Sure, tonight.
> Thanks

  indented
\tand with a tab

-- 
Tom`;

test('newsletters show in light and in dark colours, with nothing loaded', options, async () => {
  const browser = await launchChromium();
  try {
    for (const [name, html] of [
      ['shop', safe('shop')],
      ['letter', safe('letter')],
      ['plain', plainTextHtml(LETTER)],
    ] as const)
      for (const scheme of ['light', 'dark'] as const) {
        const page = await browser.newPage({ viewport: { width: 760, height: 860 }, colorScheme: scheme });
        const asked: string[] = [];
        page.on('request', (request) => asked.push(request.url()));
        await page.setContent(documentFor(html, scheme));
        const picture = await page.screenshot();
        if (pictures !== undefined) writeFileSync(`${pictures}/${name}-${scheme}.png`, picture);
        assert.deepEqual(
          asked.filter((url) => !url.startsWith('data:') && !url.startsWith('about:')),
          [],
        );
        await page.close();
      }
  } finally {
    await browser.close();
  }
});

test('H20: text of the colour of its ground is in no pixel of either scheme', options, async () => {
  const browser = await launchChromium();
  try {
    const style = '.a{color:#fff}@media (prefers-color-scheme:dark){.a{color:#000;background:#fff}}';
    const hidden = `<style>${style}</style><div style="background:#fff;padding:9px"><b class=a>PAY</b></div>`;
    const picture = 'data:image/gif;base64,R0lGODlhAQABAPAAAP///////yH5BAAAAAAALAAAAAABAAEAAAICRAEAOw==';
    const over = `<img src="${picture}" width=200 height=60><div class=a style="margin-top:-50px;font-size:30px">PAY</div><style>.a{color:#fff}</style>`;
    // Begins as a picture does, and is none.
    const broken = `<img src="data:image/png;base64,iVBORw0KGgo=" width=200 height=60 alt="PAY" style="color:#fff!important">`;
    for (const html of [hidden, over, broken])
      for (const scheme of ['light', 'dark'] as const) {
        const page = await browser.newPage({ viewport: { width: 220, height: 100 }, colorScheme: scheme });
        const shown = async (text: string): Promise<Buffer> => {
          const { html: safeHtml } = sanitiseHtml(text, { view: 'v1', parts: new Map(), remote: 'blocked' });
          await page.setContent(documentFor(safeHtml, scheme));
          return page.screenshot();
        };
        const [one, other] = [await shown(html), await shown(html.replace('PAY', 'XXX'))];
        assert.ok(one.equals(other), scheme);
        await page.close();
      }
  } finally {
    await browser.close();
  }
});

test('H24: a newsletter as text says what it shows', () => {
  const text = htmlToText(safe('shop'));
  assert.match(text, /^The Garden Shop\nA table full of tulip bulbs\nPlant now, see it in spring\n\nDear gardener/);
  assert.doesNotMatch(text, /white on white|Bulbs, tools/);
  assert.match(text, /Choose your bulbs <https:\/\/click\.example\/a\?u=12>/);
});
