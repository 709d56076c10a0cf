import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, describe, it, type TestContext } from 'node:test';
import type { Browser, Locator, Page } from 'playwright';
import { launchChromium, withChromium } from '../../e2e/chromium.ts';
import { startDnsServer } from '../../servers/dns/dnsServer.ts';
import { startImapServer } from '../../servers/imapServer.ts';
import { type JmapServer, startJmapServer } from '../../servers/jmapServer.ts';
import { startSmtpServer } from '../../servers/smtpServer.ts';
import { cleanUp } from '../../support/host.ts';
import { until } from '../../support/processes.ts';
import { findings, mail, openWindow, row, setUp, shot, typeServers, type Window } from './window.ts';

const options = withChromium('accounts in the window');
let browser: Browser;
before(async () => {
  if (!options.skip) browser = await launchChromium();
});
after(() => browser?.close());

const openSettings = (page: Page): Promise<void> => page.getByRole('button', { name: 'Settings' }).first().click();

/** The part of the settings that is about one account, by what lists call it. */
const partOf = (page: Page, name: string): Locator => page.getByRole('group', { name, exact: true });

const field = async (within: Locator, label: string, text: string): Promise<void> => {
  await within.getByLabel(label, { exact: true }).fill(text);
};

/** As people see it in the dark, and who need large letters in a narrow window. */
const looks = async (page: Page, name: string): Promise<void> => {
  await shot(page, name);
  assert.deepEqual(await findings(page), []);
  await page.emulateMedia({ colorScheme: 'dark' });
  await page.locator('html[data-scheme=dark]').waitFor();
  await shot(page, `${name}-dark`);
  assert.deepEqual(await findings(page), []);
  await page.emulateMedia({ colorScheme: 'light' });
  await page.locator('html[data-scheme=light]').waitFor();
  const usual = page.viewportSize() ?? assert.fail('no size');
  await page.setViewportSize({ width: 700, height: 850 });
  await page.evaluate('document.documentElement.style.fontSize = "200%"');
  await shot(page, `${name}-large`);
  const cut = `[...document.querySelectorAll('dialog[open], .setup')].map((box) => box.scrollWidth - box.clientWidth)`;
  assert.deepEqual(await page.evaluate(cut), [0], `pixels are cut off: ${name}`);
  await page.evaluate('document.documentElement.style.fontSize = ""');
  await page.setViewportSize(usual);
};

const savedFile = async (page: Page): Promise<{ text: string; account: Record<string, unknown> }> => {
  const download = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Save accounts to a file' }).click();
  const text = readFileSync(await (await download).path(), 'utf8');
  const { accounts } = JSON.parse(text) as { accounts: Record<string, unknown>[] };
  return { text, account: accounts[0] ?? assert.fail('an empty file') };
};

/** Has the window take accounts from a file. */
const takeFile = (page: Page, text: string): Promise<void> =>
  page
    .locator('input[type=file][accept]')
    .setInputFiles({ name: 'accounts.json', mimeType: 'application/json', buffer: Buffer.from(text) });

const BOB = 'bob@example.test';

/** A second account comes from a file like that of the first, and gets its password. */
const addFromFile = async (page: Page, like: Record<string, unknown>, { config }: JmapServer): Promise<Locator> => {
  const bob = { ...like, email: BOB, label: '', username: BOB, config };
  await takeFile(page, 'no json');
  await page.getByText('This is no file of accounts that Tern saved.').waitFor();
  await takeFile(page, JSON.stringify({ version: 1, accounts: [like, bob] }));
  await page.getByText('1 account was added. Each wants its password.').waitFor();
  await page.getByText('alice@example.test was left out. It is here already.').waitFor();
  const his = partOf(page, BOB);
  await his.getByText('Enter its password, so that its mail comes.').waitFor();
  await field(his, 'Password', 'secret');
  await page.keyboard.press('Enter');
  await his.getByText('Up to date').waitFor();
  return his;
};

const withSettings = async (t: TestContext): Promise<{ opened: Window; other: JmapServer }> => {
  const opened = await openWindow(t, browser);
  const other = await startJmapServer({ username: BOB });
  cleanUp(t, () => other.stop());
  await other.deliver([mail('For Bob')]);
  await opened.server.deliver([mail('For Alice')]);
  await setUp(opened);
  await openSettings(opened.page);
  return { opened, other };
};

describe('setting accounts up, in the window', options, () => {
  it('goes by the keyboard alone where IMAP and SMTP are typed by hand', async (t) => {
    const [imap, smtp] = await Promise.all([startImapServer({ username: 'alice@example.test' }), startSmtpServer()]);
    cleanUp(t, async () => void (await Promise.all([imap.stop(), smtp.stop()])));
    const { page } = await openWindow(t, browser);
    await typeServers(page, 'alice@example.test', { imaps: imap.port, submissions: smtp.config.port });
  });

  it('are looked for where nothing is found, and where a token is wanted; nothing typed is lost', async (t) => {
    // An internet in which nothing is found: what the table of providers says is all there is.
    const dns = await startDnsServer();
    cleanUp(t, () => dns.stop());
    const testNetwork = { nameServer: `127.0.0.1:${dns.port}`, route: () => ({ address: '127.0.0.1', port: 9 }) };
    const { page } = await openWindow(t, browser, { testNetwork });
    const address = page.getByLabel('Email address');
    await address.fill('ann@nothing.example');
    await page.getByLabel('Your name').fill('Ann Lee');
    await looks(page, 'setup-address');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'No servers were found for ann@nothing.example' }).waitFor();
    await page.getByText('Who takes in the mail of the domain (MX)').waitFor();
    await looks(page, 'setup-nothing');
    await page.getByRole('button', { name: 'Type the servers' }).click();
    await page.getByLabel('Sending needs another user name or password').check();
    await page.getByLabel('Password for sending').fill('other');
    await looks(page, 'setup-manual');
    await page.getByRole('button', { name: 'Back' }).click();
    await page.getByRole('heading', { name: 'No servers were found' }).waitFor();
    await page.getByRole('button', { name: 'Back' }).click();
    assert.deepEqual(
      [await address.inputValue(), await page.getByLabel('Your name').inputValue()],
      ['ann@nothing.example', 'Ann Lee'],
    );

    await address.fill('ann@fastmail.com');
    await page.keyboard.press('Enter');
    await page.getByText('Tern knows this provider.').first().waitFor();
    await page.getByRole('radio').first().check();
    await looks(page, 'setup-found');
    await page.getByRole('button', { name: 'Use these' }).click();
    await page.getByLabel('API token').fill('fmu1-secret');
    await looks(page, 'setup-token');
    assert.equal(await page.getByLabel('Password', { exact: true }).count(), 0);
  });
});

describe('accounts in the settings, in the window', options, () => {
  it('get a name, a label, a signature and a colour, and what is kept; what was typed last is not lost', async (t) => {
    const { opened } = await withSettings(t);
    const { page } = opened;
    const alice = partOf(page, 'alice@example.test');
    await field(alice, 'Your name', 'Alice Hart');
    await field(alice, 'Called in Tern', 'Home');
    const home = partOf(page, 'Home');
    await home.getByText('Signature', { exact: true }).click();
    await home.getByRole('radio', { name: 'Green' }).check();
    await home.getByText('Kept on this computer', { exact: true }).click();
    await home.getByLabel('Of the last').selectOption('90');
    await looks(page, 'settings-account');
    await field(home, 'Text of the signature', 'Alice Hart\nKestrel Street');
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await openSettings(page);
    const { text, account } = await savedFile(page);
    const { name, label, colour, bodies, signature } = account;
    assert.deepEqual([name, label, colour], ['Alice Hart', 'Home', '#2e9e44']);
    assert.deepEqual(signature, { text: 'Alice Hart\nKestrel Street', html: '' });
    assert.deepEqual(bodies, { prefetch: true, maxBytes: 1e9, maxDays: 90 });
    assert.ok(!text.includes('secret'));
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await page.keyboard.press('c');
    await until('the signature', async () =>
      (await page.getByLabel('Text of the message').inputValue()).includes('-- \nAlice Hart\nKestrel Street'),
    );
    await page.keyboard.press('Escape');

    // With formatting; its form stays open for what is wrong, and Escape is that form's alone.
    await openSettings(page);
    await home.getByText('Signature', { exact: true }).click();
    await home.getByLabel('With formatting').check();
    const rich = home.locator('[contenteditable]');
    await rich.press('ControlOrMeta+a');
    await home.getByRole('button', { name: 'Bold' }).click();
    await page.keyboard.press('ControlOrMeta+k');
    await home.getByLabel('Address of the link').fill('javascript:x');
    await page.keyboard.press('Enter');
    await looks(page, 'settings-signature');
    await page.keyboard.press('Escape');
    await home.getByLabel('Address of the link').waitFor({ state: 'detached' });
    await page.keyboard.press('ControlOrMeta+k');
    await home.getByLabel('Address of the link').fill('hart.example');
    await page.keyboard.press('Enter');
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await openSettings(page);
    const again = await savedFile(page);
    assert.deepEqual(again.account['signature'], {
      text: 'Alice Hart <https://hart.example>\nKestrel Street <https://hart.example>',
      html: '<div><b><a href="https://hart.example">Alice Hart</a></b></div><div><b><a href="https://hart.example">Kestrel Street</a></b></div>',
    });
  });

  it('come from a file, get their password, an order and other servers', async (t) => {
    const { opened, other } = await withSettings(t);
    const { page } = opened;
    await partOf(page, 'alice@example.test').getByRole('radio', { name: 'Purple' }).check();
    const { account } = await savedFile(page);
    const his = await addFromFile(page, account, other);
    await his.getByRole('button', { name: `Move ${BOB} up` }).click();
    const names = page.locator('.account-settings summary strong');
    await until('the order', async () => (await names.allTextContents()).join() === `${BOB},alice@example.test`);
    assert.equal(await page.evaluate('document.activeElement.getAttribute("aria-label")'), `Move ${BOB} down`);

    await his.getByText('Servers', { exact: true }).click();
    const { sessionUrl } = other.config as { sessionUrl: string };
    await field(his, 'Address of the session', sessionUrl.replace('127.0.0.1', 'localhost'));
    await page.keyboard.press('Enter');
    await his.getByText('These servers belong to somebody else than before.').waitFor();
    await looks(page, 'settings-servers');
    await field(his.locator('.within'), 'Password', 'secret');
    await page.keyboard.press('Enter');
    await page.getByText('The account uses these servers from now on.').waitFor();
    await page.keyboard.press('Escape');
    await row(page, 'For Bob').waitFor();
    await row(page, 'For Alice').locator('.account-mark').waitFor();
    await shot(page, 'accounts-in-list');
    assert.deepEqual(opened.elsewhere, []);
  });
});
