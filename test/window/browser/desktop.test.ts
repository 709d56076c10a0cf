import assert from 'node:assert/strict';
import { after, before, describe, it, type TestContext } from 'node:test';
import type { Browser, Locator } from 'playwright';
import { buildRenderer } from '../../../build/renderer.ts';
import { createNodePlatform } from '../../../src-main/platformNode.ts';
import { readShell, startWebHost } from '../../../src-main/web/webHost.ts';
import { TernError, toWire } from '../../../src-shared/errors.ts';
import { launchChromium, withChromium } from '../../e2e/chromium.ts';
import { startJmapServer } from '../../servers/jmapServer.ts';
import { cleanUp, dataFolder } from '../../support/host.ts';
import { until } from '../../support/processes.ts';
import { findings, PATIENCE, row, shot } from './window.ts';

const options = withChromium('all tests of the window in the desktop app');

type Request = { call: string; account: string | null; input: never };
type Saved = { repliesTo?: string; attachments?: { name?: string; type?: string; file?: string; bytes?: string }[] };
type Placed = { url: string; bounds: { width: number; height: number } | null };

/** What `exposeFunction` and the bridge put on the page's global object. */
type Page = { hear?: (event: unknown) => void; ternCall(request: unknown): unknown; tern?: unknown };

/** Stands for the preload script, in the page: calls go to the test, events come from it. */
const bridge = (): void => {
  const page = globalThis as unknown as Page;
  page.tern = {
    call: (request: unknown) => page.ternCall(request),
    on: (listener: (event: unknown) => void) => {
      page.hear = listener;
    },
  };
};

const probe = (source: string, state: string, reason?: string) => ({ source, target: 'example.test', state, reason });

/** The window as the desktop shell has it: a backend behind the bridge, and a shell that notes what it is asked. */
const desktop = async (t: TestContext, browser: Browser) => {
  const server = await startJmapServer({ username: 'alice@example.test', push: true });
  cleanUp(t, () => server.stop());
  const host = await startWebHost(createNodePlatform(dataFolder(t)), readShell(await buildRenderer()));
  cleanUp(t, () => host.close());
  const page = await browser.newPage({ viewport: { width: 1360, height: 850 } });
  cleanUp(t, () => page.close());
  page.setDefaultTimeout(PATIENCE);
  const placed: Placed[] = [];
  const asked: [call: string, input: unknown][] = [];
  const note = (call: string) => (input: unknown) => void asked.push([call, input]);
  const settings = { notifications: true, badge: false, tray: false };
  const gone: string[] = [];
  const saves: Saved[] = [];
  let views = 0;
  const tell = (event: unknown): Promise<void> =>
    page.evaluate((one) => (globalThis as unknown as Page).hear?.(one), event);
  const candidate = { config: server.config, username: 'alice@example.test', source: 'srv', auth: ['password'] };
  const own: Record<string, (input: never) => unknown> = {
    'host.info': () => ({ kind: 'electron', where: '' }),
    'host.view': () => ({
      url: `tern-mail://view/?${++views}`,
      text: '',
      attachments: [{ part: '2', name: 'plan.txt', type: 'text/plain', size: 4, cid: null, disposition: 'attachment' }],
      blockedRemote: 0,
      unloaded: 0,
      isTruncated: false,
      signature: null,
      message: null,
      links: [],
    }),
    'shell.ready': () => ({ settings, weakSecrets: false }),
    'shell.set': (patch: object) => Object.assign(settings, patch),
    'shell.default': () => ({ done: false }),
    'shell.print': note('print'),
    'shell.drag': note('drag'),
    'shell.left': note('left'),
    'shell.pick': () => ({ files: [{ file: 'picked', name: 'plan.pdf', size: 4 }] }),
    // The picture came from a page: it is no file of this machine.
    'shell.drop': () => ({ files: [{ file: 'dropped', name: 'notes.txt', size: 5 }] }),
    'drafts.save': (input: Saved) => {
      saves.push(input);
      return { draft: '1' };
    },
    'drafts.get': () => ({
      attachments: (saves.at(-1)?.attachments ?? []).map(({ name = '' }, at) => ({
        id: `${at}`,
        name,
        type: 'x/y',
        size: 1,
      })),
    }),
    'changes.undo': () => ({ undone: [], failed: [{ id: '1', error: { kind: 'conflict', message: 'too late' } }] }),
    'vault.setPassphrase': () => {
      throw new TernError('storage', 'the disk is full');
    },
    'shell.place': (input: Placed) => placed.push(input),
    'shell.close': ({ url }: { url: string }) => gone.push(url),
    'accounts.discover': async () => {
      const probes = [probe('wellKnown', 'looking'), probe('srv', 'found'), probe('ispdb', 'failed', 'no answer')];
      for (const each of probes)
        await tell({ event: 'discovery', data: { email: 'alice@example.test', probe: each, candidates: [candidate] } });
      await page.getByText('Records of the domain (SRV)').waitFor();
      await shot(page, 'discovery');
      return { candidates: [candidate], probes };
    },
  };
  await page.exposeFunction('ternCall', async ({ call, account, input }: Request) => {
    try {
      const answer = own[call];
      const signal = new AbortController().signal;
      return { ok: answer ? await answer(input) : await host.backend.call({ call, account, input }, signal) };
    } catch (error) {
      return { error: toWire(error) };
    }
  });
  await page.addInitScript(bridge);
  await page.goto(host.url);
  return { page, server, placed, gone, asked, saves, settings, tell };
};

/** Drops a file of this machine, and a picture of a page. */
const dropFiles = (onto: Locator): Promise<void> =>
  onto.evaluate((element) => {
    type Made = new (...given: unknown[]) => never;
    const page = globalThis as unknown as Record<'DataTransfer' | 'DragEvent' | 'File', Made>;
    const dataTransfer = new page.DataTransfer() as { items: { add(file: unknown): void } };
    dataTransfer.items.add(new page.File(['notes'], 'notes.txt', { type: 'text/plain' }));
    dataTransfer.items.add(new page.File(['pix'], 'seen.png', { type: 'image/png' }));
    element.dispatchEvent(new page.DragEvent('drop', { dataTransfer, bubbles: true, cancelable: true }));
  });

describe('the window in the desktop app', options, () => {
  let browser: Browser;
  before(async () => {
    browser = await launchChromium();
  });
  after(() => browser.close());

  it('finds the servers of an address, and shows messages in views of the shell', async (t) => {
    const { page, server, placed, gone, asked, saves, settings, tell } = await desktop(t, browser);
    await server.deliver([
      { subject: 'One' },
      { subject: 'Two', headers: { 'List-Unsubscribe': '<https://list.example/leave>' } },
    ]);
    await page.getByLabel('Email address').fill('alice@example.test');
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Use these' }).waitFor();
    await page.getByRole('heading', { name: 'Choose how Tern reaches the mail' }).waitFor();
    await shot(page, 'discovered');
    assert.deepEqual(await findings(page), []);
    await page.getByRole('button', { name: 'Use these' }).click();
    await page.getByLabel('Password').fill('secret');
    await page.keyboard.press('Enter');
    // Accounts are followed by the events of the backend, which this bridge does not pass on.
    await page.getByRole('button', { name: 'Start reading' }).click();
    await page.getByRole('listbox', { name: 'Conversations' }).waitFor();
    await until('the mail', async () => {
      await tell({ event: 'changed', data: { account: 'any', seq: 1 } });
      return (await row(page, 'Two').count()) === 1;
    });
    // A view may know what it cannot have before the window knows the view.
    const unloaded = { event: 'shell.unloaded', data: { url: 'tern-mail://view/?1' } };
    await tell(unloaded);
    await row(page, 'Two').click();
    await until('the message in its place', () => (placed.at(-1)?.bounds?.height ?? 0) > 200);
    assert.equal(await page.locator('iframe').count(), 0);
    await tell({ event: 'shell.unloaded', data: { url: 'tern-mail://view/?none' } });
    await tell(unloaded);
    await page.getByText('2 pictures from elsewhere could not be loaded').waitFor();
    await page.keyboard.press('?');
    await until('the view out of the way of a sheet', () => placed.at(-1)?.bounds === null);
    await page.keyboard.press('Escape');
    await until('the view back', () => placed.at(-1)?.bounds !== null);
    const full = placed.at(-1)?.bounds?.height ?? 0;
    await tell({
      event: 'shell.compose',
      data: {
        to: [{ email: 'zoe@friends.example' }],
        cc: [],
        bcc: [],
        subject: 'From a link',
        body: 'Hello',
        inReplyTo: 'question@friends.example',
      },
    });
    await page.getByRole('heading', { name: 'From a link' }).waitFor();
    await page.locator('.chip', { hasText: 'zoe@friends.example' }).waitFor();
    await until('the view beside what is written', () => (placed.at(-1)?.bounds?.height ?? 0) < full);
    await page.getByRole('button', { name: 'Attach files' }).click();
    await page.locator('.composer .file', { hasText: 'plan.pdf' }).waitFor();
    await until('it is kept', () => saves.length === 1);
    assert.deepEqual(saves[0]?.attachments, [{ name: 'plan.pdf', type: 'application/pdf', file: 'picked' }]);
    assert.equal(saves[0]?.repliesTo, 'question@friends.example');
    await dropFiles(page.locator('.composer'));
    await page.locator('.composer .file', { hasText: 'seen.png' }).waitFor();
    await until('those are kept', () => saves.length === 2);
    assert.deepEqual(saves[1]?.attachments, [
      { held: '0' },
      { name: 'notes.txt', type: 'text/plain', file: 'dropped' },
      { name: 'seen.png', type: 'image/png', bytes: 'cGl4' },
    ]);
    await page.keyboard.press('Escape');
    await page.locator('.composer').waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Unsubscribe' }).click();
    await page.getByRole('link', { name: 'list.example' }).waitFor();
    await until('the view out of the way of a page to open', () => placed.at(-1)?.bounds === null);
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Print' }).click();
    await page.locator('.file', { hasText: 'plan.txt' }).dispatchEvent('dragstart');
    await until('it is printed and dragged out', () => asked.length === 2);
    await tell({ event: 'shell.leaving', data: {} });
    await until('it says that nothing is lost when it goes', () => asked.length === 3);
    assert.deepEqual(asked.pop(), ['left', { kept: true }]);
    const [printed, dragged] = asked as [string, { url?: string; part?: string }][];
    assert.deepEqual([printed?.[0], printed?.[1].url], ['print', 'tern-mail://view/?1']);
    assert.deepEqual([dragged?.[0], dragged?.[1].part], ['drag', '2']);

    await page.keyboard.press('s');
    await page.getByRole('button', { name: 'Undo' }).click();
    await page.getByText('Too late.').waitFor();
    assert.equal(await page.getByText('Taken back.').count(), 0, 'what failed is not said to be done');
    await page.keyboard.press('u');
    await until('the view closed', () => gone.includes('tern-mail://view/?1'));
    await page.getByRole('button', { name: 'Settings' }).click();
    await page.getByLabel('Keep Tern in the tray').check();
    await page.getByRole('button', { name: 'Write mail with Tern' }).click();
    await page.getByText('The system did not let Tern be that.').waitFor();
    await page.getByLabel('New passphrase').fill('twenty goats');
    await page.getByLabel('New passphrase').press('Enter');
    await page.getByText('the disk is full').waitFor();
    assert.equal(await page.getByText('This is not the passphrase.').count(), 0);
    assert.deepEqual(await findings(page), []);
    assert.deepEqual(settings, { notifications: true, badge: false, tray: true });
  });
});
