import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { packagerFor } from '../../build/packager.ts';
import type { CallOutput } from '../../src-shared/contract.ts';
import { start } from '../servers/jmap/testClient.ts';
import { dataFolder } from '../support/host.ts';
import { childrenOf, isRunning, killHard, until } from '../support/processes.ts';
import { preventable } from './standInPages.ts';
import { type Page, startEarly, startProgram } from './world.ts';

const workers = (): number[] => childrenOf(process.pid, 'worker.ts');
const okOf = async <T>(answer: Promise<{ ok?: unknown; error?: unknown }>): Promise<T> => {
  const { ok, error } = await answer;
  assert.equal(error, undefined);
  return ok as T;
};
const addAccount = async (page: Page, server: { config: unknown; credential: unknown }): Promise<string> => {
  const { config, credential } = server;
  const input = { email: 'alice@example.test', config, credential };
  const { account } = await okOf<CallOutput<'accounts.add'>>(page.call('accounts.add', null, input));
  await okOf(page.call('sync.now', account.id));
  return account.id;
};

/** As the person chooses an entry of a menu. */
const choose = (entry: { click?: unknown } | undefined): void => {
  assert.ok(typeof entry?.click === 'function');
  entry.click();
};

describe('starting', () => {
  it('is sandboxed and names its schemes before Electron is ready, and does nothing else', (t) => {
    const stand = startEarly(t);
    assert.equal(stand.isSandboxed, true);
    assert.equal(stand.modelId, packagerFor('app', 'out').appId);
    assert.deepEqual(
      stand.schemes.map(({ scheme, privileges }) => [scheme, privileges?.bypassCSP ?? false]),
      [
        ['tern-app', false],
        ['tern-mail', false],
      ],
    );
    assert.deepEqual([stand.windows.length, stand.handlers.size], [0, 0]);
  });

  it('leaves at once where it runs already, and the one that runs comes to the front', async (t) => {
    assert.equal(startEarly(t, { isFirst: false }).quits, 1);
    const { stand, window } = await startProgram(t);
    window().isFocused = false;
    stand.app.emit('second-instance', preventable(), ['tern'], '/', {});
    assert.equal(window().isFocused, true);
    assert.equal(stand.windows.length, 1);
  });

  it('says what is wrong, and leaves, where another host has the data folder', async (t) => {
    const { dataDir } = await startProgram(t);
    const second = startEarly(t, { dataDir });
    second.ready();
    await until('it has said so', () => second.errors.length > 0);
    assert.match(second.errors.join(), /another Tern/);
    assert.equal(second.quits, 1);
  });
});

describe('a data folder that is named', () => {
  it('is made, with a place for Chromium; where it cannot be, the program says so and leaves', async (t) => {
    const dataDir = join(dataFolder(t), 'not', 'there', 'yet');
    const { stand } = await startProgram(t, { dataDir });
    assert.equal(statSync(join(dataDir, 'chromium')).isDirectory(), true);
    assert.equal(stand.electron.app.getPath('userData'), join(dataDir, 'chromium'));
    const file = join(dataFolder(t), 'file');
    writeFileSync(file, '');
    const refused = startEarly(t, { dataDir: join(file, 'within') });
    assert.match(refused.errors.join(), /cannot be made/);
    assert.deepEqual([refused.quits, refused.windows.length], [1, 0]);
  });
});

describe('the window', () => {
  it('opens where it was, as large as it was', async (t) => {
    const dataDir = dataFolder(t);
    const first = await startProgram(t, { dataDir });
    first.window().bounds = { x: 100, y: 50, width: 1000, height: 600 };
    first.window().isMaximized = true;
    first.window().close();
    await first.quit();
    const { window } = await startProgram(t, { dataDir });
    const { x, y, width, height } = window().options;
    assert.deepEqual({ x, y, width, height }, { x: 100, y: 50, width: 1000, height: 600 });
    assert.deepEqual([window().isMaximized, window().isShown], [true, true]);
  });

  it('opens on a screen that is there, and from a state that is none', async (t) => {
    const dataDir = dataFolder(t);
    const bounds = { x: 5000, y: 50, width: 4000, height: 600 };
    const settings = { notifications: true, badge: false, tray: false };
    writeFileSync(join(dataDir, 'shell.json'), JSON.stringify({ bounds, maximized: false, settings }));
    const gone = await startProgram(t, { dataDir });
    assert.deepEqual([gone.window().options.x, gone.window().options.width], [undefined, 1920]);
    await gone.quit();
    writeFileSync(join(dataDir, 'shell.json'), '{"bounds":');
    const { window } = await startProgram(t, { dataDir });
    assert.equal(window().options.width, 1280);
  });

  it('has a menu for text: what a word was meant to be, and the clipboard', async (t) => {
    const { stand, window } = await startProgram(t);
    const { contents } = window();
    const click = (isEditable: boolean, selectionText: string, dictionarySuggestions: string[]): unknown => {
      stand.popups.length = 0;
      contents.emitter.emit('context-menu', {}, { isEditable, selectionText, dictionarySuggestions });
      return stand.popups[0]?.map(({ label, role, type }) => label ?? role ?? type);
    };
    assert.equal(click(false, ' ', []), undefined);
    assert.deepEqual(click(false, 'words', []), ['copy']);
    assert.deepEqual(click(true, '', []), ['cut', 'copy', 'paste']);
    assert.deepEqual(click(true, 'teh', ['the']), ['the', 'separator', 'cut', 'copy', 'paste']);
    choose(stand.popups[0]?.[0]);
    assert.deepEqual(contents.replaced, ['the']);
  });

  it('ends the program when it is closed, unless there is an icon in the tray', async (t) => {
    const { stand, page, window } = await startProgram(t);
    assert.equal(stand.trays, 0);
    await page.call('shell.set', null, { tray: true });
    await page.call('shell.set', null, { notifications: false });
    assert.deepEqual([stand.trays, stand.tray?.listenerCount('click')], [1, 1]);
    await page.call('shell.set', null, { tray: false });
    assert.equal(stand.trays, 0);
    await page.call('shell.set', null, { tray: true });
    window().close();
    await until('it is gone', () => window().isDestroyed);
    assert.equal(stand.quits, 0);
    const entries = stand.trayMenu.map(({ label, role, type }) => label ?? role ?? type);
    assert.deepEqual(entries, ['Open Tern', 'New Message', 'separator', 'quit']);
    choose(stand.trayMenu[0]);
    assert.equal(stand.windows.length, 2);
  });
});

describe('with an account', () => {
  it('starts its worker with little of the environment, tells its page, and starts another when that is killed', async (t) => {
    process.env['SECRET_OF_ANOTHER'] = 'x';
    t.after(() => delete process.env['SECRET_OF_ANOTHER']);
    const server = await start(t);
    await server.deliver([{ subject: 'hello' }]);
    const { stand, page, dataDir, quit } = await startProgram(t);
    const account = await addAccount(page, server);
    const [fork] = stand.forks;
    assert.match(fork?.entry ?? '', /electron\/worker\.ts$/);
    assert.equal(fork?.options.serviceName, `Tern account ${account}`);
    assert.deepEqual(fork?.options.stdio, ['ignore', 'ignore', 'inherit']);
    const env = { ...fork?.options.env } as NodeJS.ProcessEnv;
    assert.deepEqual([env['SECRET_OF_ANOTHER'], env['PATH']], [undefined, process.env['PATH']]);

    const { mode } = statSync(join(dataDir, 'accounts', account, 'mail.sqlite'));
    assert.equal(mode & 0o077, 0, "what a worker writes is its owner's alone");
    const { emails } = await okOf<CallOutput<'emails.list'>>(page.call('emails.list', account, { role: 'inbox' }));
    assert.deepEqual(
      emails.map(({ subject }) => subject),
      ['hello'],
    );
    assert.ok(page.heard.some(({ event, account: of }) => event === 'changed' && of === account));

    const [pid = 0] = workers();
    await killHard(pid);
    await okOf(page.call('sync.now', account));
    assert.notDeepEqual(workers(), [pid]);

    const log = async (): Promise<string[]> =>
      (await okOf<CallOutput<'sync.log'>>(page.call('sync.log', account))).cycles.map(({ trigger }) => trigger);
    assert.equal((await log()).includes('wake'), false);
    stand.power.emit('resume');
    await until('it looked after the machine woke', async () => (await log()).includes('wake'));

    const [last = 0] = workers();
    await quit();
    assert.equal(isRunning(last), false);
    const [kept = ''] = readdirSync(join(dataDir, 'compiled'));
    assert.ok(readdirSync(join(dataDir, 'compiled', kept)).length > 0, 'the next worker starts from compiled code');
    assert.equal(stand.power.listenerCount('resume'), 0);
  });

  it('is quit when calls under way have ended; new ones are refused, the window goes at once', async (t) => {
    const server = await start(t);
    const { stand, page, window } = await startProgram(t);
    const account = await addAccount(page, server);
    const under = page.call('mailboxes.list', account);
    const event = preventable();
    stand.app.emit('before-quit', event);
    assert.equal(event.prevented, true);
    await until('the window is gone', () => !window().isShown);
    const gone = until('it is gone', () => workers().length === 0);
    assert.equal((await under).error, undefined);
    await gone;
    const late = page.call('mailboxes.list', account).then(
      ({ error }) => error?.kind,
      ({ kind }) => kind,
    );
    assert.match((await late) ?? '', /cancelled|forbidden/, 'it is ending, or its window is gone');
    await until('it ends by itself', () => stand.exits === 1);
    await setImmediate();
    assert.deepEqual(workers(), []);
  });

  it('asks before it is quit with messages that are not sent, says what becomes of them, and stays if the person wants', async (t) => {
    const server = await start(t);
    const { stand, page, window, quit } = await startProgram(t);
    const account = await addAccount(page, server);
    const message = { to: [{ email: 'zoe@friends.example' }], subject: 'Hi', text: 'Hi' };
    const { draft } = await okOf<{ draft: string }>(page.call('drafts.save', account, message));
    await okOf(page.call('drafts.send', account, { draft, undoSeconds: 30 }));
    stand.response = 1;
    stand.app.emit('before-quit', preventable());
    await until('it asks', () => stand.boxes.length === 1);
    assert.match(stand.boxes[0]?.detail ?? '', /1 message is on the way out\. It is sent when Tern runs again\./);
    await setImmediate();
    assert.equal(window().isShown, true);
    await okOf(page.call('mailboxes.list', account));
    stand.response = 0;
    await quit();
    assert.equal(stand.boxes.length, 2);
    assert.deepEqual(workers(), []);
  });

  it('has its page keep what is being written before the window goes, and stays where that cannot be', async (t) => {
    const { stand, page, window, quit } = await startProgram(t);
    stand.response = 1;
    page.keeps = false;
    window().close();
    await until('it asks', () => stand.boxes.length === 1);
    assert.match(stand.boxes[0]?.message ?? '', /could not be kept/);
    await setImmediate();
    stand.app.emit('before-quit', preventable());
    await until('it asks again', () => stand.boxes.length === 2);
    await setImmediate();
    assert.deepEqual([window().isDestroyed, stand.quits], [false, 0]);
    page.keeps = true;
    await quit();
    assert.deepEqual([window().isDestroyed, stand.boxes.length], [true, 2]);
    assert.equal(page.heard.filter(({ event }) => event === 'shell.leaving').length, 3);
  });

  it('goes though nobody can remember where its window was', async (t) => {
    const { dataDir, window, quit } = await startProgram(t);
    mkdirSync(join(dataDir, 'shell.json.new'));
    window().close();
    await until('it is gone', () => window().isDestroyed);
    await quit();
  });

  it('ends politely when the system goes down', async (t) => {
    const { stand } = await startProgram(t);
    const event = preventable();
    stand.power.emit('shutdown', event);
    assert.equal(event.prevented, true);
    await until('it ends', () => stand.exits === 1);
  });

  it('ends politely when the person signs out of Windows', async (t) => {
    const { stand, window } = await startProgram(t);
    const event = preventable();
    window().emitter.emit('query-session-end', event);
    assert.equal(event.prevented, true);
    await until('it ends', () => stand.exits === 1);
  });

  it('ends though its window is opened once more meanwhile', async (t) => {
    const { stand, window } = await startProgram(t);
    window().emitter.once('closed', () => stand.app.emit('activate', preventable()));
    stand.app.emit('before-quit', preventable());
    await until('it ends', () => stand.exits === 1);
    assert.deepEqual([stand.windows.length, window().isDestroyed], [2, true]);
  });

  it('shows how much is unread on its icon, where that is wanted', async (t) => {
    const server = await start(t);
    await server.deliver([{ subject: 'one' }, { subject: 'two' }]);
    const { stand, page } = await startProgram(t);
    await addAccount(page, server);
    assert.deepEqual([...new Set(stand.badges)], [0]);
    await page.call('shell.set', null, { badge: true });
    await until('the number is shown', () => stand.badges.includes(2));
    assert.deepEqual(await page.call('shell.ready'), {
      ok: { settings: { notifications: true, badge: true, tray: false }, weakSecrets: false },
    });
  });
});
