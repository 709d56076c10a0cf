import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Browser, Locator } from 'playwright';
import { launchChromium, withChromium } from '../../e2e/chromium.ts';
import { until } from '../../support/processes.ts';
import { findings, mail, openWindow, row, setUp, shot } from './window.ts';

const options = withChromium('all tests of the window’s looks');

describe('the window’s looks', options, () => {
  let browser: Browser;
  before(async () => {
    browser = await launchChromium();
  });
  after(() => browser.close());

  it('has of a long list only what is on screen in the document, wherever one scrolls', async (t) => {
    const window = await openWindow(t, browser);
    const { page, server } = window;
    await server.deliver(Array.from({ length: 450 }, (_, n) => mail(`Number ${n + 1}.`)));
    await setUp(window);
    await row(page, 'Number 450.').waitFor();
    await page.locator('.filling').waitFor({ state: 'detached' });
    const whole = page.getByRole('button', { name: 'Select all 450 emails in Inbox' });
    // On a slow machine the second key of a pair may come too late for the first.
    await until('all to be picked out', async () => {
      // Anew: its first page is read, and no more. A page that is read meanwhile is not picked out with the others.
      for (const key of ['g', 'i']) await page.keyboard.press(key);
      await row(page, 'Number 450.').waitFor();
      for (const key of ['*', 'a']) await page.keyboard.press(key);
      return whole.click({ timeout: 1_000 }).then(
        () => true,
        () => false,
      );
    });
    await page.getByText('Everything in Inbox is selected').waitFor();
    await shot(page, 'whole');
    assert.deepEqual(await findings(page), []);
    await page.keyboard.press('Escape');
    await page.emulateMedia({ colorScheme: 'dark' });
    await page.getByRole('button', { name: 'More for this list' }).click();
    await page.getByRole('button', { name: 'Mark all as read' }).waitFor();
    await shot(page, 'list-menu-dark');
    assert.deepEqual(await findings(page), []);
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Mark all as read' }).waitFor({ state: 'hidden' });
    const made = (): Promise<number> => page.locator('#list .row').count();
    assert.ok((await made()) < 40, `${await made()} rows`);
    const toTheEnd = "{ const list = document.querySelector('#list'); list.scrollTop = list.scrollHeight; }";
    await until('the oldest', async () => {
      await page.evaluate(toTheEnd);
      return (await row(page, 'Number 1.').count()) === 1;
    });
    assert.ok((await made()) < 40, `${await made()} rows`);
    assert.equal(await row(page, 'Number 1.').getAttribute('aria-posinset'), '450');
    await row(page, 'Number 7.').click();
    await page.keyboard.press('e');
    await row(page, 'Number 7.').waitFor({ state: 'detached' });
    assert.equal(await row(page, 'Number 1.').getAttribute('aria-posinset'), '449');
    const top = async (): Promise<number> => Math.round((await row(page, 'Number 2.').boundingBox())?.y ?? 0);
    const seen = await top();
    const [, ...newer] = await server.deliver([mail('New.'), mail('Newer.'), mail('Gone.')]);
    await until('the new mail', async () => (await row(page, 'Number 1.').getAttribute('aria-posinset')) === '452');
    assert.equal(await top(), seen, 'new mail moves nothing under the pointer');
    await page.evaluate(toTheEnd);
    const last = await top();
    await server.destroy(newer.slice(-1));
    await until('less mail', async () => (await row(page, 'Number 1.').getAttribute('aria-posinset')) === '451');
    assert.equal(await top(), last, 'nor does mail that goes, at the end of the list');
    const atEnd =
      "{ const { scrollTop, clientHeight, scrollHeight } = document.querySelector('#list'); scrollHeight - scrollTop - clientHeight; }";
    assert.ok(Number(await page.evaluate(atEnd)) < 1);
    await page.keyboard.press('Home');
    await row(page, 'Newer.').waitFor();
    const first = (await row(page, 'Newer.').boundingBox())?.y;
    await server.deliver([mail('Newest.')]);
    await row(page, 'Newest.').waitFor();
    assert.equal((await row(page, 'Newest.').boundingBox())?.y, first, 'who is at the top sees what is new');
    await page.evaluate(toTheEnd);
    await row(page, 'Number 1.').waitFor();
    await page.keyboard.press('g');
    await page.keyboard.press('a');
    await row(page, 'Newest.').waitFor();
    assert.equal(
      await page.evaluate("document.querySelector('#list').scrollTop"),
      0,
      'another place begins at its top',
    );
    assert.deepEqual(window.complaints, []);
  });

  it('is as good in the dark, at twice the size, and in a narrow window', async (t) => {
    const window = await openWindow(t, browser);
    const { page, server } = window;
    await server.deliver([mail('One'), mail('Two')]);
    await page.emulateMedia({ colorScheme: 'dark' });
    await setUp(window);
    await row(page, 'Two').click();
    await page.frameLocator('iframe.body').getByText('About Two.').waitFor();
    await shot(page, 'dark');
    assert.deepEqual(await findings(page), []);
    await page.getByRole('button', { name: 'Settings' }).click();
    await page.getByLabel('Size of text').selectOption('200 %');
    await shot(page, 'settings-dark');
    assert.deepEqual(await findings(page), []);
    await page.keyboard.press('Escape');
    await shot(page, 'large-dark');
    await page.setViewportSize({ width: 640, height: 800 });
    await page.keyboard.press('u');
    await page.emulateMedia({ colorScheme: 'light' });
    await row(page, 'Two').waitFor();
    await shot(page, 'narrow-large');
    const current = page.locator('.side [aria-current]');
    await page.getByRole('button', { name: 'Show mailboxes' }).click();
    await page.locator('.side [aria-current]:focus').waitFor();
    await shot(page, 'narrow-menu');
    await page.keyboard.press('Escape');
    await current.waitFor({ state: 'hidden' });
    assert.equal(await page.evaluate('document.activeElement.ariaLabel'), 'Show mailboxes');
    await page.setViewportSize({ width: 640, height: 480 });
    await page.keyboard.press('Enter');
    await current.waitFor();
    await shot(page, 'narrow-menu-low');
    const foot = await page.locator('.sidebar-foot').boundingBox();
    assert.ok(foot && foot.height < 120, `the foot takes ${foot?.height} of 480`);
    await page.keyboard.press('ArrowDown');
    assert.equal(await page.locator('.row.cursor').count(), 1, 'keys of the menu move nothing behind it');
    await page.keyboard.press('Enter');
    await current.waitFor({ state: 'hidden' });
    await page.setViewportSize({ width: 640, height: 800 });
    assert.deepEqual(await findings(page), []);

    await page.setViewportSize({ width: 1000, height: 700 });
    await page.keyboard.press('.');
    await page.getByRole('tab', { name: 'Sync log' }).click();
    await page.locator('td.number').first().waitFor();
    await shot(page, 'log-large');
    const beyond = '(({ scrollWidth, clientWidth }) => scrollWidth - clientWidth)';
    assert.equal(await page.evaluate(`${beyond}(document.querySelector('#tab-panel'))`), 0, 'columns run off the side');
    await page.keyboard.press('Escape');

    // Where not all of the composer fits, it is scrolled, and to what was just asked for.
    await page.setViewportSize({ width: 1000, height: 500 });
    await page.keyboard.press('c');
    const composer = page.locator('.composer');
    await composer.getByRole('button', { name: 'Cc/Bcc' }).click();
    await composer
      .locator('input[type=file]')
      .setInputFiles({ name: 'plan.pdf', mimeType: 'application/pdf', buffer: Buffer.from('x') });
    await composer.getByText('plan.pdf').waitFor();
    await composer.getByRole('button', { name: 'Send later' }).click();
    const scrolled = '(({ scrollTop }, { overflowY }) => [scrollTop > 0, overflowY])';
    assert.deepEqual(
      await page.evaluate(
        `${scrolled}(...[document.querySelector('.composer')].flatMap((c) => [c, getComputedStyle(c)]))`,
      ),
      [true, 'auto'],
    );
    assert.equal(await page.evaluate('document.activeElement.ariaLabel'), 'Send later', 'the focus stays');
    const file = (await composer.locator('.files').boundingBox()) ?? assert.fail('no files');
    assert.ok(file.height > 40, `of the files ${file.height} pixels are left`);
    await shot(page, 'composer-low-large');
    assert.deepEqual(await findings(page), []);
    await page.keyboard.press('Escape');
    await page.setViewportSize({ width: 640, height: 800 });
    const wide = Number(await page.evaluate('document.documentElement.scrollWidth'));
    assert.ok(wide <= 640, `${wide} pixels wide`);
  });

  it('has each text in its own direction, and a conversation and its notes in a window that is not wide', async (t) => {
    const window = await openWindow(t, browser);
    const { page, server } = window;
    const talk = ['Talk', 'Re: Talk', 'Re: Talk'].map((subject, n) => ({
      ...mail(subject, `Part ${n}.`),
      messageId: `talk${n}@family.example`,
      ...(n > 0 ? { references: ['talk0@family.example'] } : {}),
    }));
    const hebrew = { ...mail('שלום!'), text: 'מה שלומך?\n\n> טוב.\n\nEnglish.' };
    await server.deliver([...talk, { ...mail('Pictures'), html: '<img src="https://t.example/a.png">Hi' }, hebrew]);
    await setUp(window);
    await page.getByRole('button', { name: 'Settings' }).click();
    await page.getByLabel('Time to take a message back').selectOption('None');
    await page.keyboard.press('Escape');
    await page.setViewportSize({ width: 1000, height: 700 });
    await row(page, 'Pictures').click();
    const note = page.locator('.note', { hasText: 'not loaded' });
    await note.waitFor();
    const { height } = (await note.boundingBox()) ?? { height: 0 };
    assert.ok(height < 120, `words one below the other: ${height} pixels`);
    await row(page, 'Talk').click();
    await page
      .getByRole('button', { name: /Show the message of Ben Martin\s+Part 1\./ })
      .first()
      .waitFor();
    await shot(page, 'conversation');
    assert.deepEqual(await findings(page), []);

    await row(page, 'שלום!').click();
    const body = page.frameLocator('iframe.body').locator('.tern--plain');
    await body.waitFor();
    /** How far the first letter of a text is from the left of what holds it, as a share of its width. */
    const placeOf = (within: Locator, text: string): Promise<number> =>
      within.evaluate((element, wanted) => {
        const walk = element.ownerDocument.createTreeWalker(element, 4);
        const node = Array.from({ length: 50 }, () => walk.nextNode()).find((each) =>
          each?.nodeValue?.includes(wanted),
        );
        const range = element.ownerDocument.createRange();
        const at = node?.nodeValue?.indexOf(wanted) ?? 0;
        if (node) range.setStart(node, at);
        if (node) range.setEnd(node, at + 1);
        const [box, letter] = [element.getBoundingClientRect(), range.getBoundingClientRect()];
        return (letter.left - box.left) / box.width;
      }, text);
    assert.deepEqual(
      [
        (await placeOf(body, 'מה')) > 0.9,
        (await placeOf(body, 'טוב')) > 0.9,
        (await placeOf(body, 'English')) < 0.1,
        (await placeOf(row(page, 'שלום!').locator('.what > .cut'), 'שלום')) > 0.9,
      ],
      [true, true, true, true],
    );
    await page.keyboard.press('r');
    const text = page.getByRole('textbox', { name: 'Text of the message' });
    await text.waitFor();
    await page.keyboard.type('תודה!');
    await shot(page, 'right-to-left');
    assert.equal(await text.getAttribute('dir'), 'auto');
    await page.getByRole('button', { name: 'Formatting' }).click();
    const rich = page.locator('.rich.text');
    await rich.waitFor();
    await rich.click();
    await page.keyboard.press('ControlOrMeta+Home');
    await page.keyboard.type('Also:\nשלום.\n');
    await shot(page, 'right-to-left-rich');
    assert.deepEqual(
      [(await placeOf(rich, 'שלום')) > 0.9, (await placeOf(rich, 'Also')) < 0.1],
      [true, true],
      'each line of formatted text, too',
    );
    await page.keyboard.press('ControlOrMeta+Enter');
    await until('the message to be sent', () => server.sent.length > 0);
    const { data = '' } = server.sent[0] ?? {};
    assert.match(Buffer.from(data).toString(), /<div>Also:/);
    assert.match(data.replaceAll('=\r\n', ''), /<div dir=(?:3D)?"rtl">/);
    assert.deepEqual(window.complaints, []);
  });
});
