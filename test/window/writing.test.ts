import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Browser } from 'playwright';
import { launchChromium, withChromium } from '../e2e/chromium.ts';
import { until } from '../support/processes.ts';
import { findings, mail, openWindow, row, setUp, shot } from './window.ts';

const options = withChromium('all tests of writing in the window');

/** What other programs write, by piece: its words, and what of its form goes along. */
const originals = [
  {
    html: '<table><tr><td>First cell</td><td>Second cell</td></tr></table>',
    words: ['First cell', 'Second cell'],
    keeps: '<td>Second cell</td>',
  },
  { html: '<h1>Big news</h1>', words: ['Big news'], keeps: '<h1>Big news</h1>' },
  {
    html: '<p>In <span style="color:#123456">colour</span></p>',
    words: ['colour'],
    keeps: '<span style="color:#123456">colour</span>',
  },
  {
    html: '<center><font size="5">Loud words</font></center>',
    words: ['Loud words'],
    keeps: '<font size="5">Loud words</font>',
  },
  {
    html: '<ol start="3"><li>Third</li><li>Fourth</li></ol>',
    words: ['Third', 'Fourth'],
    keeps: '<ol start="3"><li>Third</li>',
  },
  {
    html: '<p>See <a href="https://shop.example/a?b=1&amp;c=2"><b>our shop</b></a></p>',
    words: ['our shop'],
    keeps: '<a href="https://shop.example/a?b=1&amp;c=2"><b>our shop</b></a>',
  },
  {
    html: '<o:p>From an office</o:p><custom-box>In a box</custom-box>',
    words: ['From an office', 'In a box'],
    keeps: 'In a box',
  },
  { html: '<form>In a form <button>A button</button></form>', words: ['In a form', 'A button'], keeps: 'A button' },
  {
    html: '<pre>Line one\n  line two</pre>',
    words: ['Line one', 'line two'],
    keeps: '<pre>Line one\n  line two</pre>',
  },
  {
    html: '<img src="data:image/gif;base64,R0lGODlhAQABAAAAACw=" alt="A picture" width="20">',
    words: [],
    keeps: '<img src="data:image/gif;base64,R0lGODlhAQABAAAAACw=" ',
  },
  {
    html: '<blockquote><div><p>Quoted before</p></div></blockquote>',
    words: ['Quoted before'],
    keeps: '<p>Quoted before</p>',
  },
  { html: '<p>1 &lt; 2 &amp;amp; 3</p>', words: [], keeps: '1 &lt; 2 &amp;amp; 3' },
];

/** The two forms of a message that was sent, decoded. */
const partsOf = (message: string): { plain: string; html: string } => {
  const decoded = (type: string): string => {
    const part =
      message.split(/\r\n-+=_[^\r\n]*\r\n/).find((each) => each.toLowerCase().startsWith(`content-type: ${type}`)) ??
      '';
    const at = part.indexOf('\r\n\r\n');
    const [head, body] = [part.slice(0, at), part.slice(at + 4)];
    if (/base64/i.test(head)) return Buffer.from(body, 'base64').toString().replaceAll('\r\n', '\n');
    const bytes = body
      .replaceAll('=\r\n', '')
      .replaceAll(/=([\dA-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
    return Buffer.from(bytes, 'latin1').toString().replaceAll('\r\n', '\n');
  };
  return { plain: decoded('text/plain'), html: decoded('text/html') };
};

describe('writing in the window', options, () => {
  let browser: Browser;
  before(async () => {
    browser = await launchChromium();
  });
  after(() => browser.close());

  it('writes, takes back, sends and receives, with what is written kept as it is typed', async (t) => {
    const window = await openWindow(t, browser);
    const { page, server } = window;
    await server.deliver([mail('Lunch?', 'Tuesday at one?')]);
    await setUp(window);
    await row(page, 'Lunch?').click();
    await page.frameLocator('iframe.body').getByText('Tuesday at one?').waitFor();
    await page.keyboard.press('r');
    const text = page.getByRole('textbox', { name: 'Text of the message' });
    await text.waitFor();
    await page.keyboard.type('Yes, gladly.');
    await page.getByText('Draft saved').waitFor();
    await shot(page, 'composer');
    assert.deepEqual(await findings(page), []);
    await page.keyboard.press('ControlOrMeta+Enter');
    await page.getByRole('button', { name: 'Undo' }).click();
    await text.waitFor();
    assert.match(await text.inputValue(), /^Yes, gladly\.\s+On \d+ \w+ 2026 at \d\d:\d\d, Ben Martin wrote:/);
    assert.equal(server.sent.length, 0, 'what was taken back was never sent');
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Settings' }).click();
    await page.getByLabel('Time to take a message back').selectOption('None');
    await page.keyboard.press('Escape');
    await page.getByRole('dialog', { name: 'Settings' }).waitFor({ state: 'detached' });

    // Whoever is not in the list is known all the same.
    await page.getByRole('button', { name: 'Starred' }).click();
    await row(page, 'Lunch?').waitFor({ state: 'detached' });
    await page.keyboard.press('c');
    await page.getByRole('combobox', { name: 'To' }).waitFor();
    await page.keyboard.type('mart');
    await page.getByRole('option', { name: 'Ben Martin' }).waitFor();
    await page.keyboard.press('Enter');
    await page.keyboard.press('Backspace');
    await page.keyboard.type('zoe@friends.example');
    await page.keyboard.press('Enter');
    await page.getByLabel('Subject').fill('News');
    await text.fill('All is well.');
    await page
      .locator('input[type=file]')
      .setInputFiles({ name: 'plan.txt', mimeType: 'text/plain', buffer: Buffer.from('plan') });
    await page.locator('.composer .file', { hasText: 'plan.txt' }).waitFor();
    await page.getByRole('button', { name: 'Send', exact: true }).click();
    await until('the message to be sent', () => server.sent.length > 0);
    const [sent] = server.sent;
    assert.match(JSON.stringify(sent), /zoe@friends\.example/);

    await page.getByRole('button', { name: 'Inbox' }).first().click();
    await server.deliver([mail('Just in')]);
    await row(page, 'Just in').waitFor();
    assert.deepEqual(window.complaints, []);
    assert.deepEqual(window.elsewhere, []);
  });

  it('answers with formatting, and takes nothing along that runs or is loaded', async (t) => {
    const window = await openWindow(t, browser);
    const { page, server } = window;
    const html =
      '<p onclick="x()" style="color:red">Old <b>bold</b> words</p><img src="https://tracker.example/p.gif">';
    await server.deliver([{ ...mail('Formatted'), html }]);
    await setUp(window);
    await row(page, 'Formatted').waitFor();
    await page.getByRole('button', { name: 'Settings' }).click();
    await page.getByLabel('Answer with formatting').check();
    await page.getByLabel('Time to take a message back').selectOption('None');
    await page.keyboard.press('Escape');
    await page.getByRole('dialog', { name: 'Settings' }).waitFor({ state: 'detached' });
    await row(page, 'Formatted').click();
    await page.frameLocator('iframe.body').getByText('Old bold words').waitFor();
    await page.keyboard.press('r');
    const text = page.getByRole('textbox', { name: 'Text of the message' });
    await text.getByText('Old bold words').waitFor();
    await page.getByRole('button', { name: 'Italic' }).click();
    await page.keyboard.type('Slanted <b>');
    await shot(page, 'rich');
    assert.deepEqual(await findings(page), []);
    await page.keyboard.press('ControlOrMeta+Enter');
    await until('the message to be sent', () => server.sent.length > 0);
    const data = (server.sent[0]?.data ?? '').replaceAll('=\r\n', '').replaceAll('=3D', '=');
    assert.match(data, /<i>Slanted &lt;b&gt;<\/i>/);
    assert.match(data, /Old <b>bold<\/b> words/);
    assert.match(data, /Content-Type: multipart\/alternative/i);
    assert.match(data, /<p style="color:red">/);
    assert.ok(!/onclick|tracker|data-as/.test(data), data);
    assert.deepEqual(window.complaints, []);
    assert.deepEqual(window.elsewhere, []);
  });

  it('passes on and answers all that another wrote, however it is laid out', async (t) => {
    const window = await openWindow(t, browser);
    const { page, server } = window;
    await server.deliver([{ ...mail('Newsletter'), html: originals.map(({ html }) => html).join('') }]);
    await setUp(window);
    await row(page, 'Newsletter').waitFor();
    await page.getByRole('button', { name: 'Settings' }).click();
    await page.getByLabel('Time to take a message back').selectOption('None');
    await page.keyboard.press('Escape');
    await page.getByRole('dialog', { name: 'Settings' }).waitFor({ state: 'detached' });
    await row(page, 'Newsletter').click();
    await page.frameLocator('iframe.body').getByText('First cell').waitFor();
    await page.keyboard.press('f');
    await page.getByRole('combobox', { name: 'To' }).waitFor();
    await page.keyboard.type('zoe@friends.example');
    await page.keyboard.press('Enter');
    const text = page.getByRole('textbox', { name: 'Text of the message' });
    await text.getByText('First cell').waitFor();
    await shot(page, 'forward');
    await text.focus();
    await page.keyboard.press('ControlOrMeta+Home');
    await page.keyboard.type('Look at this.');
    await page.keyboard.press('ControlOrMeta+Enter');
    await until('the message to be sent', () => server.sent.length > 0);
    const { plain, html } = partsOf(server.sent[0]?.data ?? '');
    assert.match(html, /Look at this\./);
    for (const { keeps } of originals) assert.ok(html.includes(keeps), `${keeps} is kept in ${html}`);
    const said = (source: string): string[] =>
      originals.flatMap(({ words }) => words).toSorted((one, other) => source.indexOf(one) - source.indexOf(other));
    const all = originals.flatMap(({ words }) => words);
    for (const source of [plain, html]) {
      assert.deepEqual(
        all.filter((word) => !source.includes(word)),
        [],
        source,
      );
      assert.deepEqual(said(source), all);
    }
    assert.deepEqual(window.complaints, []);
    assert.deepEqual(window.elsewhere, []);
  });
});
