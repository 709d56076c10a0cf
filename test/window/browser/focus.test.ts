import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Browser } from 'playwright';
import { launchChromium, withChromium } from '../../e2e/chromium.ts';
import { mail, openWindow, row, setUp } from './window.ts';

describe('a message that is written', withChromium('where the focus goes in the window'), () => {
  let browser: Browser;
  before(async () => {
    browser = await launchChromium();
  });
  after(() => browser.close());

  it('has what is typed after a button of the message was pressed, and not the list behind', async (t) => {
    const window = await openWindow(t, browser);
    const { page, server } = window;
    await server.deliver([mail('Plan')]);
    await setUp(window);
    await row(page, 'Plan').click();
    await page.keyboard.press('r');
    const many = Array.from({ length: 50 }, (_, n) => `person${n}@department.example`).join(',');
    await page.getByLabel('To', { exact: true }).fill(many);
    await page.keyboard.press('Enter');
    await page.getByText('person49').waitFor();
    const { height } = (await page.locator('textarea').boundingBox()) ?? { height: 0 };
    assert.ok(height > 200, `50 recipients leave the text ${height} pixels`);
    await page.getByRole('button', { name: 'Cc/Bcc' }).click();
    await page.keyboard.type('eve@x.example,');
    // Escape leaves what is typed as it is: it shuts what is suggested.
    await page.keyboard.type('ben');
    const suggested = page.locator('.suggestions');
    await suggested.waitFor();
    await page.keyboard.press('Escape');
    await suggested.waitFor({ state: 'detached' });
    assert.equal(await page.getByLabel('Cc', { exact: true }).inputValue(), 'ben');
    for (let n = 0; n < 3; n++) await page.keyboard.press('Backspace');
    await page.getByRole('button', { name: 'Remove eve@x.example' }).press('Enter');
    await page.getByText('eve@x.example').waitFor({ state: 'detached' });
    for (const key of ['e', '#', 's']) await page.keyboard.press(key);
    await page.getByRole('button', { name: 'Send later' }).press('Enter');
    for (const key of ['e', '#', 's']) await page.keyboard.press(key);
    assert.equal(await page.locator('.toast').count(), 0, 'a letter was taken for a command');
    await page.keyboard.press('Escape');
    await page.locator('.composer').waitFor({ state: 'detached' });
    await page.keyboard.press('e');
    await page.getByText('“Plan” moved to Archive.').waitFor();
    assert.deepEqual(window.complaints, []);
  });
});
