import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { Browser, Page } from 'playwright';
import { launchChromium, withChromium } from '../../e2e/chromium.ts';
import { dataFolder } from '../../support/host.ts';
import { findings, mail, openWindow, row, setUp, shot } from './window.ts';

const openSettings = (page: Page): Promise<void> => page.getByRole('button', { name: 'Settings' }).first().click();

describe('a passphrase, in the window', withChromium('the passphrase in the window'), () => {
  let browser: Browser;
  before(async () => {
    browser = await launchChromium();
  });
  after(() => browser.close());

  it('is set in the settings, asked for at the next start, and lets mail come again', async (t) => {
    const dataDir = dataFolder(t);
    const first = await openWindow(t, browser, {}, dataDir);
    await first.server.deliver([mail('First')]);
    await setUp(first);
    await row(first.page, 'First').waitFor();
    await openSettings(first.page);
    await first.page.getByText('They are sealed with a key in a file').waitFor();
    await first.page.getByLabel('New passphrase').fill('twenty goats');
    await first.page.getByLabel('New passphrase').press('Enter');
    await first.page.getByText('They are sealed by your passphrase').waitFor();
    await first.host.close();

    const { page } = await openWindow(t, browser, {}, dataDir);
    await page.getByText('Your passwords are locked.').waitFor();
    await row(page, 'First').waitFor();
    assert.equal(await page.getByText('The server did not accept').count(), 0);
    await openSettings(page);
    await page.getByText('They are locked until you enter the passphrase.').first().waitFor();
    assert.equal(await page.getByText('The server did not accept').count(), 0);
    const field = page.getByLabel('Passphrase', { exact: true });
    await field.fill('thirty goats');
    await field.press('Enter');
    await page.getByText('This is not the passphrase.').waitFor();
    await shot(page, 'locked');
    assert.deepEqual(await findings(page), []);
    await first.server.deliver([mail('Second')]);
    await field.fill('twenty goats');
    await field.press('Enter');
    await page.getByText('They are sealed by your passphrase').waitFor();
    assert.equal(await page.getByText('Your passwords are locked.').count(), 0);
    await page.keyboard.press('Escape');
    await row(page, 'Second').waitFor();

    await openSettings(page);
    await page.getByLabel('Passphrase until now').fill('thirty goats');
    await page.getByLabel('New passphrase').fill('forty goats');
    await page.getByLabel('New passphrase').press('Enter');
    await page.getByText('This is not the passphrase.').waitFor();
    assert.ok(!readFileSync(join(dataDir, 'vault.json'), 'utf8').includes('goats'));
  });
});
