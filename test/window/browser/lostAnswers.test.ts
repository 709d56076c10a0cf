import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Browser } from 'playwright';
import type { WorkerProcess } from '../../../src-main/platform.ts';
import { createNodePlatform } from '../../../src-main/platformNode.ts';
import { launchChromium, withChromium } from '../../e2e/chromium.ts';
import type { ApiRequest } from '../../servers/jmap/faults.ts';
import { dataFolder } from '../../support/host.ts';
import { killHard, until, workersOf } from '../../support/processes.ts';
import { mail, openWindow, row, setUp, shot } from './window.ts';

describe('the window, when an answer is lost', withChromium('the window without its worker'), () => {
  let browser: Browser;
  before(async () => {
    browser = await launchChromium();
  });
  after(() => browser.close());

  it('says so where nobody knows whether something was done, and shows what is', async (t) => {
    const window = await openWindow(t, browser);
    const { page, server } = window;
    await server.deliver([mail('One'), mail('Two')]);
    await setUp(window);
    await row(page, 'Two').waitFor();
    const [worker = 0] = workersOf(process.pid);
    await page.keyboard.press('j');
    // It hears of the star, and never answers.
    process.kill(worker, 'SIGSTOP');
    await page.keyboard.press('s');
    assert.equal(await row(page, 'Two').locator('.star.on').count(), 1, 'in the very next frame');
    await killHard(worker);
    await page.getByText('A part of Tern ended and was started again.').waitFor();
    await shot(page, 'worker-ended');
    await row(page, 'Two').locator('.star:not(.on)').waitFor();
    assert.equal(await page.getByText('with star.').count(), 0, 'nothing is said that is not so');
    await page.keyboard.press('s');
    await until('the star at the server', async () =>
      Object.values((await server.truth()).emails).some(({ keywords }) => keywords.includes('$flagged')),
    );
    assert.deepEqual(window.complaints, []);
  });

  it('says of a message that got no answer that it is looked for, and not that it was not sent', async (t) => {
    const window = await openWindow(t, browser);
    const { page, server } = window;
    await setUp(window);
    await page.getByRole('button', { name: 'Settings' }).click();
    await page.getByLabel('Time to take a message back').selectOption('None');
    await page.keyboard.press('Escape');
    await page.getByRole('dialog', { name: 'Settings' }).waitFor({ state: 'detached' });
    let isLost = false;
    const sends = ({ methodCalls }: ApiRequest): boolean =>
      methodCalls.some(([name]) => name === 'EmailSubmission/set') && (isLost = true);
    server.trouble.failNext('dropAfter', 1, { when: sends });
    server.trouble.failNext('dropBefore', 10_000, { when: () => isLost });
    await page.keyboard.press('c');
    await page.getByRole('combobox', { name: 'To' }).waitFor();
    await page.keyboard.type('zoe@friends.example');
    await page.keyboard.press('Enter');
    await page.getByLabel('Subject').fill('News');
    await page.keyboard.press('ControlOrMeta+Enter');
    await page
      .getByText('“News” to zoe@friends.example got no answer and may have been sent. Tern looks whether it was.')
      .waitFor();
    await shot(page, 'no-answer');
    assert.equal(await page.getByText('was not sent').count(), 0);
    server.trouble.reset();
    await page.keyboard.press(',');
    await page.getByText('got no answer').waitFor({ state: 'detached' });
    assert.equal(server.sent.length, 1);
  });

  it('leaves what was being written where it can be copied, when its host ends', async (t) => {
    const window = await openWindow(t, browser);
    const { page, host } = window;
    await setUp(window);
    await page.keyboard.press('c');
    await page.getByLabel('Subject').fill('Words');
    await page.getByLabel('Text of the message').fill('never kept');
    await host.close();
    await page.getByRole('heading', { name: 'Tern has ended' }).waitFor();
    assert.match(await page.getByLabel('What you were writing').inputValue(), /^\nWords\n\nnever kept$/);
    await shot(page, 'ended-writing');
  });

  it('waits with its lists for the next one, and reads them again when that took long', async (t) => {
    const dataDir = dataFolder(t);
    const platform = createNodePlatform(dataDir);
    let stopsNext = false;
    const more = {
      spawnWorker: (account?: string): WorkerProcess => {
        const worker = platform.spawnWorker(account);
        if (stopsNext) for (const pid of workersOf(process.pid)) process.kill(pid, 'SIGSTOP');
        return worker;
      },
    };
    const window = await openWindow(t, browser, more, dataDir);
    const { page, server } = window;
    await server.deliver([mail('One')]);
    await setUp(window);
    await row(page, 'One').waitFor();
    const goRound = async (): Promise<void> => {
      await page.getByRole('button', { name: 'Starred' }).click();
      await page.getByRole('button', { name: 'Inbox' }).first().click();
      await page.locator('#list[aria-busy=true]').waitFor();
    };
    const [first = 0] = workersOf(process.pid);
    process.kill(first, 'SIGSTOP');
    await goRound();
    await killHard(first);
    await row(page, 'One').waitFor();

    stopsNext = true;
    const [second = 0] = workersOf(process.pid);
    await killHard(second);
    await until('the next worker', () => workersOf(process.pid).length === 1);
    await goRound();
    // What is not answered within two seconds is left out: the list is there, and empty.
    await page.locator('#list[aria-busy=false]').waitFor();
    await page.locator('.list .empty', { hasText: 'Loading…' }).waitFor();
    for (const pid of workersOf(process.pid)) process.kill(pid, 'SIGCONT');
    await row(page, 'One').waitFor();
    assert.deepEqual(window.complaints, []);
  });

  it('starts an account anew whose worker crashed again and again, once the person says so', async (t) => {
    const window = await openWindow(t, browser);
    const { page, server } = window;
    await server.deliver([mail('One')]);
    await setUp(window);
    await row(page, 'One').waitFor();
    const banner = page.locator('.banner', { hasText: 'has stopped' });
    await until('Tern to leave it at that', async () => {
      await Promise.all(workersOf(process.pid).map(killHard));
      return (await banner.count()) > 0;
    });
    await server.deliver([mail('Two')]);
    await banner.getByRole('button', { name: 'Try now' }).click();
    await row(page, 'Two').waitFor();
    await banner.waitFor({ state: 'detached' });
    assert.deepEqual(window.complaints, []);
  });
});
