import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Browser } from 'playwright';
import { launchChromium, withChromium } from '../../e2e/chromium.ts';
import { startDnsServer } from '../../servers/dns/dnsServer.ts';
import { cleanUp } from '../../support/host.ts';
import { findings, openWindow, shot } from './window.ts';

describe('signing in by a provider, in the window', withChromium('signing in by the window'), () => {
  let browser: Browser;
  before(async () => {
    browser = await launchChromium();
  });
  after(() => browser.close());

  it('asks for the client id where one is wanted, then shows the page, and can be given up', async (t) => {
    // An internet in which nothing is found: what the table of providers says is all there is.
    const dns = await startDnsServer();
    cleanUp(t, () => dns.stop());
    const testNetwork = {
      nameServer: `127.0.0.1:${dns.port}`,
      route: () => ({ address: '127.0.0.1', port: 9 }),
    };
    const { page, complaints, elsewhere } = await openWindow(t, browser, { testNetwork });
    await page.getByLabel('Email address').fill('alice@outlook.com');
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Use these' }).click();
    const signIn = page.getByRole('button', { name: 'Sign in with the browser' });
    await signIn.click();
    await page.getByRole('alert').filter({ hasText: 'Microsoft lets in only programs' }).waitFor();
    await shot(page, 'client-wanted');
    assert.deepEqual(await findings(page), []);
    await page.getByLabel('Client id at Microsoft').fill('my-program');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('alert').waitFor({ state: 'detached' });

    await signIn.click();
    const link = page.getByRole('link', { name: 'login.microsoftonline.com' });
    const href = new URL((await link.getAttribute('href')) ?? '');
    assert.deepEqual([href.host, href.searchParams.get('client_id')], ['login.microsoftonline.com', 'my-program']);
    assert.equal(await link.getAttribute('rel'), 'noopener noreferrer');
    await shot(page, 'page-to-open');
    await page.keyboard.press('Escape');
    await link.waitFor({ state: 'detached' });
    await page.getByRole('status').filter({ hasText: 'Tern waits for you to sign in' }).waitFor();
    await page.getByRole('button', { name: 'Back' }).click();
    await signIn.waitFor();
    assert.deepEqual([complaints, elsewhere], [[], []]);
  });
});
