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
    await page.getByRole('button', { name: 'Cc/Bcc' }).click();
    await page.keyboard.type('eve@x.example,');
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
