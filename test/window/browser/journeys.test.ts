import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { gzipSync } from 'node:zlib';
import type { Browser } from 'playwright';
import { buildRenderer } from '../../../build/renderer.ts';
import { readShell } from '../../../src-main/web/webHost.ts';
import { launchChromium, withChromium } from '../../e2e/chromium.ts';
import { killHard, until, workersOf } from '../../support/processes.ts';
import { findings, mail, openWindow, row, setUp, shot } from './window.ts';

const options = withChromium('all tests of the window');

describe('the window', options, () => {
  let browser: Browser;
  before(async () => {
    browser = await launchChromium();
  });
  after(() => browser.close());

  it('is small, and has no script or style in its page', async () => {
    const files = readShell(await buildRenderer());
    const bytes = [...files.values()].reduce((sum, file) => sum + gzipSync(file.bytes).length, 0);
    assert.ok(bytes < 400_000, `${bytes} bytes`);
    const page = files.get('/')?.bytes.toString() ?? '';
    assert.ok(!/<style|\son\w+=|style=|<script(?![^>]*\ssrc=)/.test(page), page);
  });

  it('goes by the keyboard from an address to mail that is read, starred, archived and taken back', async (t) => {
    const window = await openWindow(t, browser);
    const { page, server } = window;
    await server.deliver([mail('Third'), mail('Second'), mail('First')]);
    await page.getByLabel('Email address').waitFor();
    await shot(page, 'setup');
    assert.deepEqual(await findings(page), []);
    await setUp(window);
    await row(page, 'First').waitFor();
    assert.equal(await page.getByRole('button', { name: /^Inbox 3/ }).count(), 2);

    await page.keyboard.press('j');
    await page.keyboard.press('Enter');
    const body = page.frameLocator('iframe.body');
    await body.getByText('About First.').waitFor();
    await page.locator('#list .row:not(.unread)', { hasText: 'First' }).waitFor();
    await shot(page, 'reading');

    await page.keyboard.press('s');
    assert.equal(await row(page, 'First').locator('.star.on').count(), 1, 'in the very next frame');
    await page.keyboard.press('e');
    assert.equal(await row(page, 'First').count(), 0, 'in the very next frame');
    const ids = Object.entries((await server.truth()).emails);
    const [id = ''] = ids.find(([, { subject }]) => subject === 'First') ?? [];
    const archive = server.mailboxId('archive');
    await until('the archived email', async () => {
      const email = (await server.truth()).emails[id];
      return (
        email?.mailboxIds.includes(archive) && email.keywords.includes('$flagged') && email.keywords.includes('$seen')
      );
    });
    await page.keyboard.press('z');
    await row(page, 'First').waitFor();
    await until('it back in the inbox', async () => {
      return (await server.truth()).emails[id]?.mailboxIds.join() === server.mailboxId('inbox');
    });
    assert.deepEqual(window.complaints, []);
    assert.deepEqual(window.elsewhere, []);
  });

  it('is used offline, and carries on when the server is back, and when a worker was killed', async (t) => {
    const window = await openWindow(t, browser);
    const { page, server } = window;
    await server.deliver([mail('Kept'), mail('Gone soon')]);
    await setUp(window);
    await row(page, 'Gone soon').waitFor();
    server.trouble.failNext('dropBefore', 100_000);
    server.trouble.failNext('dropBefore', 100_000, { on: 'session' });
    server.events.drop();
    await page.keyboard.press(',');
    await page.getByText('alice@example.test is offline.').waitFor();
    await shot(page, 'offline');
    await page.keyboard.press('j');
    await page.keyboard.press('#');
    assert.equal(await row(page, 'Gone soon').count(), 0);
    await page.keyboard.press('.');
    await page.getByRole('dialog').getByText('waiting').waitFor();
    await shot(page, 'activity');
    assert.deepEqual(await findings(page), []);
    await page.keyboard.press('Escape');
    assert.equal(Object.values((await server.truth()).emails).length, 2);
    server.trouble.reset();
    await page.getByRole('button', { name: 'Try now' }).click();
    await until('the deletion at the server', async () => {
      const { emails } = await server.truth();
      return Object.values(emails).some(
        ({ subject, mailboxIds }) => subject === 'Gone soon' && mailboxIds.join() === server.mailboxId('trash'),
      );
    });
    await page.getByText('is offline.').waitFor({ state: 'detached' });

    await Promise.all(workersOf(process.pid).map(killHard));
    await row(page, 'Kept').click();
    await page.frameLocator('iframe.body').getByText('About Kept.').waitFor();
    await page.keyboard.press('s');
    await until('the star at the server, from a new worker', async () => {
      const { emails } = await server.truth();
      return Object.values(emails).some(({ keywords }) => keywords.includes('$flagged'));
    });
  });

  it('goes by the mouse, picks out many, searches, and shows no message anything but itself', async (t) => {
    const window = await openWindow(t, browser);
    const { page, server } = window;
    const html =
      '<p>Hello <b>there</b></p><script>document.title = "taken"</script>' +
      '<img src="https://tracker.example/pixel.gif" width="9" height="9"><a href="https://shop.example/sale">Sale</a> ' +
      '<a href="https://shop.test/?a=1&amp;b=2">bank.example.com</a>';
    const headers = { 'List-Unsubscribe': '<mailto:leave@list.example?subject=out>' };
    await server.deliver([mail('One'), mail('Two'), mail('Three'), { ...mail('Newsletter'), html, headers }]);
    await setUp(window);
    await row(page, 'Newsletter').click();
    const frame = page.frameLocator('iframe.body');
    await frame.getByText('Hello there').waitFor();
    await page.getByText('1 picture from elsewhere not loaded').waitFor();
    assert.match(await page.title(), /Tern$/, 'no message runs scripts');
    assert.equal(await page.locator('iframe.body').getAttribute('sandbox'), '');
    await page.getByRole('button', { name: 'Unsubscribe' }).click();
    await page.locator('.chip', { hasText: 'leave@list.example' }).waitFor();
    await page.getByRole('button', { name: 'Discard draft' }).click();
    await page.locator('.composer').waitFor({ state: 'detached' });
    await page.getByRole('button', { name: '2 links' }).click();
    await page.getByRole('link', { name: 'https://shop.example/sale' }).waitFor();
    await page.getByText('What it says names another site than it leads to.').waitFor();
    await shot(page, 'links');
    await page.getByRole('button', { name: 'Close' }).click();
    await frame.getByRole('link', { name: 'Sale' }).click();
    const link = page.getByRole('dialog').getByRole('link', { name: 'https://shop.example/sale' });
    await link.waitFor();
    assert.equal(await link.getAttribute('rel'), 'noopener noreferrer');
    await shot(page, 'link');
    await page.keyboard.press('Escape');
    await frame.getByRole('link', { name: 'bank.example.com' }).click();
    await page.getByRole('dialog').getByText('What it says names another site than it leads to.').waitFor();
    await shot(page, 'link-warning');
    assert.deepEqual(await findings(page), []);
    await page.keyboard.press('Escape');
    await frame.getByText('Hello there').waitFor();
    await frame.getByText('Hello there').click();
    await page.getByRole('button', { name: 'Show source' }).hover();
    await page.keyboard.press('Escape');
    await page.getByText('No conversation is open').waitFor();
    await row(page, 'Newsletter').click();
    await page.getByRole('button', { name: 'Show source' }).click();
    await page.getByText('tracker.example/pixel.gif').waitFor();
    await page.getByRole('button', { name: 'Close' }).click();
    await page.getByRole('button', { name: 'Load once' }).click();
    await page.getByText('1 picture from elsewhere could not be loaded').waitFor();
    await page.getByRole('status').getByRole('button', { name: 'Try again' }).click();
    await page.getByText('1 picture from elsewhere could not be loaded').waitFor();

    await page.keyboard.press('u');
    await page.keyboard.press('ControlOrMeta+a');
    await page.getByText('4 selected').waitFor();
    await page.keyboard.press('Escape');
    await row(page, 'Two').click({ modifiers: ['ControlOrMeta'] });
    await row(page, 'One').click({ modifiers: ['Shift'] });
    await page.getByText('2 selected').waitFor();
    await page.getByRole('toolbar', { name: '2 selected' }).getByRole('button', { name: 'Archive' }).click();
    await page.getByText('2 conversations moved to Archive.').waitFor();
    assert.deepEqual(await page.locator('#list .subject').allTextContents(), ['Newsletter', 'Three']);
    await page.getByRole('button', { name: 'Undo' }).click();
    await row(page, 'Two').waitFor();

    await row(page, 'Three').click();
    await page.keyboard.press('v');
    await page.getByLabel('Name of a mailbox').waitFor();
    await page.keyboard.type('Receipts');
    await page.keyboard.press('ArrowDown');
    await page.getByRole('option', { name: 'Create “Receipts” and move there' }).click();
    await row(page, 'Three').waitFor({ state: 'detached' });
    await row(page, 'One').dragTo(page.getByRole('button', { name: 'Receipts' }));
    await row(page, 'One').waitFor({ state: 'detached' });
    await page.keyboard.press('z');
    await row(page, 'One').waitFor();
    await page.getByRole('button', { name: 'Receipts' }).click();
    await row(page, 'Three').waitFor();
    await until('the new mailbox with its mail', async () => {
      const { mailboxes } = await server.truth();
      return Object.values(mailboxes).some(({ name, totalEmails }) => name === 'Receipts' && totalEmails === 1);
    });

    await page.getByRole('button', { name: 'More for this list' }).click();
    await page.getByRole('button', { name: 'Rename or delete this mailbox' }).click();
    const name = page.getByRole('textbox', { name: 'Name', exact: true }).and(page.locator(':focus'));
    await name.waitFor();
    await page.keyboard.press('ControlOrMeta+a');
    await page.keyboard.type('Bills');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Bills' }).waitFor();
    await page.getByRole('button', { name: 'New mailbox' }).click();
    await name.waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Bills' }).click({ button: 'right' });
    await page.getByRole('button', { name: 'Delete', exact: true }).click();
    await page.getByRole('dialog', { name: 'Delete Bills?' }).getByRole('button', { name: 'Delete' }).click();
    await page.getByRole('button', { name: 'Bills' }).waitFor({ state: 'detached' });
    await page.getByRole('heading', { name: 'Inbox' }).waitFor();

    await page.getByLabel('Search mail').click();
    await page.keyboard.type('subject:two');
    await page.getByRole('heading', { name: 'Search' }).waitFor();
    await until(
      'what was found',
      async () => (await page.locator('#list .subject').allTextContents()).join() === 'Two',
    );
    await shot(page, 'search');
    await page.keyboard.press('Escape');
    await row(page, 'Newsletter').waitFor();
    await row(page, 'Newsletter').click();
    await page.keyboard.press('/');
    await page.keyboard.type('su', { delay: 300 });
    await page.keyboard.type('e#c');
    assert.equal(await page.getByLabel('Search mail').inputValue(), 'sue#c', 'what is typed is no command');
    assert.deepEqual(window.complaints, []);
    assert.deepEqual(window.elsewhere, []);
  });

  it('says in plain words that a password is wrong, takes another for the same user name, and says that the page is over', async (t) => {
    const window = await openWindow(t, browser);
    const { page, server } = window;
    await setUp(window);
    await page.getByText('Nothing here. All done.').waitFor();
    await server.changePassword('another');
    await page.keyboard.press(',');
    await page.getByText('The server did not accept the user name and password.').waitFor();
    await shot(page, 'blocked');
    await page.getByRole('button', { name: 'Settings' }).first().click();
    const password = page.getByLabel('Password', { exact: true });
    await password.fill('another');
    await password.press('Enter');
    await page.getByText('Kept. Tern signs in with it from now on.').waitFor();
    await page.getByText('The server did not accept').waitFor({ state: 'detached' });
    await page.keyboard.press('Escape');
    await page.keyboard.press('?');
    await page.getByRole('heading', { name: 'Keyboard shortcuts' }).waitFor();
    await shot(page, 'help');
    assert.deepEqual(await findings(page), []);
    await page.reload();
    await page.getByRole('heading', { name: 'Tern has ended' }).waitFor();
    assert.equal(await window.host.ended, 'gone');
  });
});
