import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Browser, Locator } from 'playwright';
import { launchChromium, withChromium } from '../../e2e/chromium.ts';
import { until } from '../../support/processes.ts';
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
    html: '<p><img src="https://tracker.example/p.gif" alt="Words > one = a picture"></p>',
    words: ['= a picture'],
    keeps: '<p>Words &gt; one = a picture</p>',
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

/** Pastes HTML, or, where it is null, a picture. */
const paste = (into: Locator, html: string | null): Promise<void> =>
  into.evaluate((element, pasted) => {
    const page = globalThis as unknown as Record<
      'DataTransfer' | 'ClipboardEvent' | 'File',
      new (
        ...given: unknown[]
      ) => never
    >;
    const given = new page.DataTransfer() as { items: { add(...some: unknown[]): void } };
    if (pasted === null) given.items.add(new page.File(['a picture'], 'screen.png', { type: 'image/png' }));
    else {
      given.items.add(pasted, 'text/html');
      given.items.add('plain', 'text/plain');
    }
    element.dispatchEvent(new page.ClipboardEvent('paste', { clipboardData: given, bubbles: true, cancelable: true }));
  }, html);

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
    await page.keyboard.type('zoe@friends.example, jhon@');
    await page.getByLabel('Subject').fill('News');
    await text.fill('All is well.');
    await page.keyboard.press('ControlOrMeta+Enter');
    await page.getByText('“jhon@” is not an email address. Mend or remove it, then send.').waitFor();
    await shot(page, 'no-address');
    await page.getByRole('combobox', { name: 'To' }).fill('ida@friends.example');
    await page.getByRole('button', { name: 'Discard draft' }).click();
    await page.getByText('The draft is discarded.').waitFor();
    await shot(page, 'discarded');
    await page.getByRole('button', { name: 'Undo' }).click();
    await text.waitFor();
    assert.equal(await text.inputValue(), 'All is well.');
    await page.getByRole('button', { name: 'Send later' }).click();
    await page.getByLabel('Date and time').fill('2026-01-01T08:00');
    await page.getByRole('button', { name: 'Schedule' }).click();
    await page.getByRole('alert').getByText('That moment is over.').waitFor();
    const nextMonth = new Date(Date.now() + 30 * 86_400_000).toISOString().slice(0, 10);
    await page.getByLabel('Date and time').fill(`${nextMonth}T08:00`);
    await page.getByRole('button', { name: 'Schedule' }).click();
    const outbox = page.getByRole('button', { name: 'Outbox' });
    await outbox.click();
    const scheduled = page.locator('.outgoing li', { hasText: 'News' });
    await scheduled.getByText('It is sent on').waitFor();
    await shot(page, 'outbox');
    assert.deepEqual(await findings(page), []);
    await scheduled.getByRole('button', { name: 'Edit' }).click();
    await text.waitFor();
    await page.getByText('Nothing waits to be sent.').waitFor();
    await page.getByRole('button', { name: 'Send later' }).click();
    await page.getByRole('button', { name: 'Tomorrow morning' }).click();
    await scheduled.getByRole('button', { name: 'Do not send' }).click();
    await page.getByText('Nothing waits to be sent.').waitFor();
    await page.getByRole('button', { name: 'Drafts' }).first().click();
    await row(page, 'News').click();
    await text.waitFor();
    await page
      .locator('input[type=file]')
      .setInputFiles({ name: 'plan.txt', mimeType: 'text/plain', buffer: Buffer.from('plan') });
    await page.locator('.composer .file', { hasText: 'plan.txt' }).waitFor();
    await page.getByRole('button', { name: 'Send', exact: true }).click();
    await until('the message to be sent', () => server.sent.length > 0);
    const [sent] = server.sent;
    assert.match(JSON.stringify(sent), /zoe@friends\.example/);
    assert.match(JSON.stringify(sent), /ida@friends\.example/, 'what stood in the field is an address, too');

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
      '<h1>Head</h1><p onclick="x()" style="color:red"><span>Old</span> <b>bold</b> words</p><img src="https://tracker.example/p.gif">';
    await server.deliver([{ ...mail('Formatted'), html }]);
    await setUp(window);
    await row(page, 'Formatted').waitFor();
    await page.getByRole('button', { name: 'Settings' }).click();
    await page.getByLabel('Write with formatting').check();
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
    await page.getByRole('button', { name: 'Italic' }).click();
    await page.keyboard.press('Enter');
    await page.keyboard.press('ControlOrMeta+k');
    await page.getByLabel('Address of the link').fill('hills.example/map');
    await page.keyboard.press('Enter');
    await page.keyboard.type(' ');
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Numbered list' }).click();
    await page.keyboard.type('First');
    await paste(
      text,
      '<p onclick=x()>Then <span style="color:red"><u>pasted</u></span> <a href="https://b.example/q">there</a></p><script>x()</script><img src="https://tracker.example/q">',
    );
    await text.getByText('pasted').waitFor();
    await paste(text, null);
    await page.locator('.composer .file', { hasText: 'screen.png' }).waitFor();
    await page.getByRole('button', { name: 'Formatting' }).click();
    await page.getByRole('dialog', { name: 'Write without formatting?' }).waitFor();
    // Nothing is sent from behind what is asked.
    await page.keyboard.press('ControlOrMeta+Enter');
    await page.getByRole('button', { name: 'Cancel' }).click();
    assert.equal(server.sent.length, 0);
    await shot(page, 'rich');
    assert.deepEqual(await findings(page), []);
    await page.keyboard.press('ControlOrMeta+Enter');
    await until('the message to be sent', () => server.sent.length > 0);
    const data = (server.sent[0]?.data ?? '').replaceAll('=\r\n', '').replaceAll('=3D', '=');
    assert.match(data, /<i>Slanted &lt;b&gt;<\/i>/);
    assert.match(data, /Old<\/span> <b>bold<\/b> words/);
    assert.match(data, /<a href="https:\/\/hills\.example\/map">/);
    assert.match(data, /<ol><li>First[^]*<u>pasted<\/u>/);
    assert.match(data, /\n1\. First[^]*Then pasted there <https:\/\/b\.example\/q>/);
    assert.match(data, /\nhttps:\/\/hills\.example\/map\r?\n/);
    assert.match(data, /<h1>Head<\/h1>[^]*filename=screen\.png/);
    assert.match(data, /Content-Type: multipart\/alternative/i);
    assert.match(data, /<p style="color:red">/);
    assert.ok(!/onclick|tracker|data-as/.test(data), data);
    // Chromium says this of styles that its own editing makes of what is pasted, none of which comes through.
    const others = window.complaints.filter((said) => !said.startsWith('Applying inline style violates'));
    assert.deepEqual(others, []);
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
