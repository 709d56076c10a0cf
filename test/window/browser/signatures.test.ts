import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Browser } from 'playwright';
import { launchChromium, withChromium } from '../../e2e/chromium.ts';
import { until } from '../../support/processes.ts';
import { findings, mail, openWindow, row, setUp, shot } from './window.ts';

const options = withChromium('all tests of signatures in the window');

describe('a signature, in the window', options, () => {
  let browser: Browser;
  before(async () => {
    browser = await launchChromium();
  });
  after(() => browser.close());

  it('is below what is typed, whoever sends it: the caret stays where it was', async (t) => {
    const window = await openWindow(t, browser);
    const { page, server } = window;
    server.setIdentities([
      { name: 'Alice', email: 'alice@example.test', textSignature: 'Alice' },
      { name: 'Dr. Hart', email: 'doctor@example.test', textSignature: 'Dr. Hart' },
    ]);
    await setUp(window);
    const text = page.getByRole('textbox', { name: 'Text of the message' });
    const from = page.getByLabel('From', { exact: true });
    await until('who one can write as, and a message begun', async () => {
      await page.keyboard.press('c');
      await text.waitFor();
      if ((await from.count()) > 0) return true;
      await page.keyboard.press('Escape');
      await text.waitFor({ state: 'detached' });
      return false;
    });
    await page.getByLabel('Subject').focus();
    await page.keyboard.press('Tab');
    await page.keyboard.type('Hello');
    assert.equal(await text.inputValue(), 'Hello\n\n-- \nAlice');
    await from.selectOption('Dr. Hart <doctor@example.test>');
    await page.getByLabel('Subject').focus();
    await page.keyboard.press('Tab');
    await page.keyboard.type(' Bob');
    assert.equal(await text.inputValue(), 'Hello Bob\n\n-- \nDr. Hart');
  });

  it('is theirs once, where an answer got its formatting later; pictures of what is quoted as text stay behind', async (t) => {
    const window = await openWindow(t, browser);
    const { page, server } = window;
    server.setIdentities([
      { name: 'Alice', email: 'alice@example.test', textSignature: 'Alice\nKestrel Street' },
      { name: 'Dr. Hart', email: 'doctor@example.test', textSignature: 'Dr. Hart' },
      { name: 'Plain', email: 'plain@example.test' },
    ]);
    const logo = { name: 'logo.png', type: 'image/png', cid: 'logo@x', content: 'no picture' };
    await server.deliver([{ ...mail('Question'), html: '<p>Why?</p><img src="cid:logo@x">', attachments: [logo] }]);
    await setUp(window);
    await row(page, 'Question').click();
    await page.frameLocator('iframe.body').getByText('Why?').waitFor();
    const text = page.getByRole('textbox', { name: 'Text of the message' });
    const from = page.getByLabel('From', { exact: true });
    await page.keyboard.press('r');
    await text.waitFor();
    await from.waitFor();
    assert.equal(await page.locator('.composer .files').count(), 0, 'the sender’s logo goes back to them');
    await page.getByRole('button', { name: 'Formatting' }).click();
    await page.locator('.rich.text').waitFor();
    const saysAs = async (who: string): Promise<string> => {
      await from.selectOption(who);
      return (await text.locator('> div').allInnerTexts()).map((line) => line.trim()).join('|');
    };
    const quote = /\|On [^|]*wrote:\|> [^|]*$/;
    for (const [who, said] of [
      ['Dr. Hart <doctor@example.test>', '||--\nDr. Hart|'],
      ['Plain <plain@example.test>', '|'],
      ['Alice <alice@example.test>', '||--\nAlice\nKestrel Street|'],
    ] as const) {
      const now = await saysAs(who);
      assert.match(now, quote);
      assert.equal(now.replace(quote, ''), said);
    }
  });

  it('is with formatting that of whoever sends it, below the words and above the quote', async (t) => {
    const window = await openWindow(t, browser);
    const { page, server } = window;
    server.setIdentities([
      { name: 'Alice', email: 'alice@example.test', htmlSignature: '<b onclick="x()">Alice</b><br>Kestrel Street' },
      { name: 'Dr. Hart', email: 'doctor@example.test', htmlSignature: '<i>Dr. Hart</i><br>Practice' },
      { name: 'Plain', email: 'plain@example.test' },
    ]);
    await server.deliver([{ ...mail('Question'), html: '<div>-- <br>Alice<br>Kestrel Street</div>' }]);
    await setUp(window);
    await row(page, 'Question').waitFor();
    await page.getByRole('button', { name: 'Settings' }).click();
    await page.getByLabel('Write with formatting').check();
    await page.getByLabel('Time to take a message back').selectOption('None');
    await page.keyboard.press('Escape');
    await page.getByRole('dialog', { name: 'Settings' }).waitFor({ state: 'detached' });
    const text = page.getByRole('textbox', { name: 'Text of the message' });
    const from = page.getByLabel('From', { exact: true });

    await page.keyboard.press('c');
    await text.locator('b', { hasText: 'Alice' }).waitFor();
    await from.selectOption('Dr. Hart <doctor@example.test>');
    await text.locator('i', { hasText: 'Dr. Hart' }).waitFor();
    await page.keyboard.press('Escape');
    await text.waitFor({ state: 'detached' });

    await row(page, 'Question').click();
    await page.frameLocator('iframe.body').getByText('Kestrel Street').waitFor();
    await page.keyboard.press('r');
    await text.locator('b', { hasText: 'Alice' }).waitFor();
    await text.locator('b').evaluate((own) => own.parentElement?.remove());
    await from.selectOption('Dr. Hart <doctor@example.test>');
    assert.match(
      await text.innerText(),
      /wrote:\s+--\s+Alice\s+Kestrel Street/,
      'a signature in the quote is not theirs',
    );
    await page.keyboard.press('Escape');
    await text.waitFor({ state: 'detached' });
    await page.keyboard.press('r');
    await text.locator('b', { hasText: 'Alice' }).waitFor();
    await page.keyboard.type('Gladly.\nSee you\n\nthere');
    await from.selectOption('Dr. Hart <doctor@example.test>');
    await text.locator('i', { hasText: 'Dr. Hart' }).waitFor();
    assert.equal(await text.locator('b').count(), 0);
    for (let n = 0; n < 2; n++) {
      await from.selectOption('Plain <plain@example.test>');
      await text.locator('i', { hasText: 'Dr. Hart' }).waitFor({ state: 'detached' });
      await from.selectOption('Dr. Hart <doctor@example.test>');
      await text.locator('i', { hasText: 'Dr. Hart' }).waitFor();
    }
    assert.match(await text.innerText(), /there\n+--\s+Dr\. Hart\n+Practice\n+On /);
    await page.emulateMedia({ colorScheme: 'dark' });
    await page.locator('html[data-scheme=dark]').waitFor();
    await page.getByRole('button', { name: 'Send later' }).click();
    await shot(page, 'composer-dark');
    assert.deepEqual(await findings(page), []);
    await page.setViewportSize({ width: 700, height: 850 });
    await page.evaluate('document.documentElement.style.fontSize = "200%"');
    await shot(page, 'composer-large-dark');
    assert.deepEqual(await findings(page), []);
    await text.focus();
    await page.keyboard.press('ControlOrMeta+Enter');
    await until('the message to be sent', () => server.sent.length > 0);
    const [{ from: sender, data } = { from: '', data: '' }] = server.sent;
    assert.equal(sender, 'doctor@example.test');
    const [plain = '', html = ''] = data.replaceAll('=\r\n', '').replaceAll('\r\n', '\n').split('text/html');
    assert.match(
      plain,
      /\n\nGladly\.\nSee you\n\nthere\n+-- \nDr\. Hart\nPractice\n[^]*wrote:\n+> -- \n> Alice\n> Kestrel Street/,
    );
    assert.match(html, /Gladly\.[^]*there[^]*<i>Dr\. Hart<\/i><br>Practice<\/div>[^]*Alice<br>Kestrel Street/);
    assert.equal(html.match(/Kestrel Street/g)?.length, 1);
    assert.ok(!data.includes('onclick'));
    assert.deepEqual(window.complaints, []);
  });
});
