import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Browser } from 'playwright';
import { launchChromium, withChromium } from '../e2e/chromium.ts';
import { until } from '../support/processes.ts';
import { findings, mail, openWindow, row, setUp, shot } from './window.ts';

const options = withChromium('all tests of writing in the window');

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
    assert.match(await text.inputValue(), /^Yes, gladly\./);
    assert.equal(server.sent.length, 0, 'what was taken back was never sent');
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Settings' }).click();
    await page.getByLabel('Time to take a message back').selectOption('None');
    await page.keyboard.press('Escape');
    await page.getByRole('dialog', { name: 'Settings' }).waitFor({ state: 'detached' });

    await page.keyboard.press('c');
    await page.getByRole('combobox', { name: 'To' }).waitFor();
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

    await server.deliver([mail('Just in')]);
    await row(page, 'Just in').waitFor();
    assert.deepEqual(window.complaints, []);
    assert.deepEqual(window.elsewhere, []);
  });

  it('answers with formatting, and takes no more of another than words and a few marks', async (t) => {
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
    assert.ok(!/onclick|tracker|color:\s?red/.test(data), data);
    assert.deepEqual(window.complaints, []);
    assert.deepEqual(window.elsewhere, []);
  });
});
