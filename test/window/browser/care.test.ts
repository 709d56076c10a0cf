import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Browser } from 'playwright';
import { launchChromium, withChromium } from '../../e2e/chromium.ts';
import { findings, mail, openWindow, row, setUp, shot } from './window.ts';

const oneClick = {
  'List-Unsubscribe': '<https://127.0.0.1:1/off>, <mailto:off@lists.example?subject=off>',
  'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
  'DKIM-Signature': 'v=1; d=lists.example; h=From:List-Unsubscribe:List-Unsubscribe-Post; b=AA',
};
const html = '<p>Hello</p><img src="https://tracker.example/pixel.gif" width="9" height="9">';

describe('the window takes care', withChromium('lists, pictures and messages that were not sent'), () => {
  let browser: Browser;
  before(async () => {
    browser = await launchChromium();
  });
  after(() => browser.close());

  it('of lists, pictures, and messages that were not sent', async (t) => {
    const window = await openWindow(t, browser);
    const { page, server, complaints, elsewhere } = window;
    await server.deliver([
      { ...mail('Offers'), html, headers: oneClick },
      { ...mail('More offers'), html },
    ]);
    await setUp(window);
    await row(page, 'More offers').waitFor();
    await page.getByText('Offers', { exact: true }).first().click();

    // A list: the question names the host, its safe answer has the focus, and what was there gets it back.
    await page.getByRole('button', { name: 'Unsubscribe' }).click();
    const question = page.getByRole('dialog', { name: 'Unsubscribe?' });
    await question.getByText('Tern asks 127.0.0.1:1 to send you no more mail').waitFor();
    assert.equal(await page.locator(':focus').textContent(), 'Cancel');
    await shot(page, 'unsubscribe');
    assert.deepEqual(await findings(page), []);
    await page.keyboard.press('Escape');
    await question.waitFor({ state: 'detached' });
    assert.equal(await page.locator(':focus').textContent(), 'Unsubscribe');
    await page.keyboard.press('Enter');
    await question.getByRole('button', { name: 'Unsubscribe' }).click();
    await page.getByText('The address is not on the internet.').waitFor();
    await page.getByText('It did not work by one click.').waitFor();
    await page.keyboard.press('Escape');

    // Pictures: once by default, always where the person says so, until they take it back.
    await page.getByRole('button', { name: 'Always from ben@family.example' }).click();
    await page.getByText('Pictures of ben@family.example are always loaded.').waitFor();
    await shot(page, 'pictures-always');
    await row(page, 'More offers').click();
    await page.getByText('Pictures of ben@family.example are always loaded.').waitFor();
    await page.getByRole('button', { name: 'Settings' }).first().click();
    await page.getByRole('heading', { name: 'Pictures from elsewhere' }).scrollIntoViewIfNeeded();
    await shot(page, 'pictures-settings');
    assert.deepEqual(await findings(page), []);
    await page.getByRole('button', { name: 'Load pictures of ben@family.example no more' }).click();
    await page.getByText('They are loaded when you ask for them').waitFor();
    await page.keyboard.press('Escape');

    // A message that its server does not take is named, and opened again to be mended.
    let left = 1;
    server.trouble.refuseItems((method) =>
      method === 'EmailSubmission/set' && left-- > 0 ? { type: 'invalidRecipients' } : null,
    );
    await page.keyboard.press('c');
    await page
      .getByRole('combobox', { name: 'To' })
      .or(page.getByLabel('To', { exact: true }))
      .first()
      .waitFor();
    await page.keyboard.type('jhon@b.example');
    await page.keyboard.press('Enter');
    await page.getByLabel('Subject').fill('Lunch?');
    await page.getByRole('textbox', { name: 'Text of the message' }).fill('At one.');
    await page.keyboard.press('ControlOrMeta+Enter');
    await page.getByText('“Lunch?” to jhon@b.example was not sent.').waitFor({ timeout: 30_000 });
    await page.locator('.banner', { hasText: 'was not sent' }).getByRole('button', { name: 'Show' }).click();
    const activity = page.getByRole('dialog', { name: 'Activity' });
    await activity.getByRole('button', { name: 'Edit' }).waitFor();
    await shot(page, 'not-sent');
    await page.emulateMedia({ colorScheme: 'dark' });
    await shot(page, 'not-sent-dark');
    assert.deepEqual(await findings(page), []);
    await activity.getByRole('tab', { name: 'Sending' }).focus();
    await page.keyboard.press('ArrowRight');
    assert.equal(await page.locator(':focus').textContent(), 'Sync log');
    await page.keyboard.press('Home');
    await activity.getByRole('tab', { name: 'Your changes', selected: true }).waitFor();
    await page.keyboard.press('ArrowRight');
    await activity.getByRole('button', { name: 'Edit' }).click();
    await page.locator('.chip', { hasText: 'jhon@b.example' }).waitFor();
    // Pictures that cannot be had stay addresses that the page may not load.
    const isPicture = (text: string): boolean => text.includes('tern-mail:');
    assert.deepEqual(
      [complaints, elsewhere].map((all) => all.filter((text) => !isPicture(text))),
      [[], []],
    );
  });
});
