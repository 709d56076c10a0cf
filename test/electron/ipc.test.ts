import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { WebFrameMain } from 'electron';
import { LONGEST_CALL } from '../../src-main/desktop/windowCall.ts';
import { until } from '../support/processes.ts';
import { frameOf } from './standInPages.ts';
import { ask, bundledPreload, pageOf, startProgram } from './world.ts';

const info = JSON.stringify({ call: 'app.info', account: null, input: {} });

describe('what a page may reach', () => {
  it('is two functions, made by one CommonJS file that needs nothing but Electron', async (t) => {
    const { page } = await startProgram(t);
    assert.deepEqual(Object.keys(page.exposed), ['tern']);
    assert.deepEqual(Object.keys(page.exposed['tern'] as object).toSorted(), ['call', 'on']);
    const text = await bundledPreload();
    assert.deepEqual(
      [...text.matchAll(/\brequire\(([^)]*)\)/g)].map(([, name]) => name),
      ['"electron"'],
    );
    assert.doesNotMatch(text, /\b(?:import|export)\b[^(]/);
  });

  it('hears events without the event of the channel, until it hears no more', async (t) => {
    const { stand, window, page } = await startProgram(t);
    const lines: unknown[][] = [];
    const stop = page.on((...line) => void lines.push(line));
    const click = (): unknown => (stand.menu.at(0) as { submenu: { click(): void }[] }).submenu[0]?.click();
    click();
    stop();
    click();
    assert.deepEqual(lines, [[{ event: 'shell.command', account: null, data: { name: 'compose' } }]]);
    assert.equal(window().contents.sent.length, 2);
  });
});

describe('a call', () => {
  it('is answered to our page', async (t) => {
    const { stand, page, window } = await startProgram(t);
    const { ok } = await page.call('app.info');
    assert.equal((ok as { platform: string }).platform, `${process.platform}-${process.arch}`);
    assert.deepEqual(JSON.parse((await ask(stand, window().contents.contents, 'tern', [info])) as string), { ok });
  });

  it('is refused to every other, without an answer', async (t) => {
    const { stand, window } = await startProgram(t);
    const ours = window().contents.contents;
    const other = new stand.electron.WebContentsView({});
    const forged: [what: string, sender: unknown, frame: WebFrameMain | null][] = [
      ['another page', other.webContents, frameOf()],
      ['a web page', ours, frameOf({ origin: 'https://example.org' })],
      ['a message', ours, frameOf({ origin: 'tern-mail://view' })],
      ['an opaque origin', ours, frameOf({ origin: 'null' })],
      ['a file', ours, frameOf({ origin: 'file://' })],
      ['an origin that begins as ours', ours, frameOf({ origin: 'tern-app://app.example.org' })],
      ['a frame in our page', ours, frameOf({ parent: frameOf() })],
      ['a frame that is gone', ours, null],
      ['a frame that is destroyed', ours, frameOf({ isDestroyed: () => true })],
      ['a frame that is being replaced', ours, frameOf({ detached: true })],
    ];
    for (const [what, sender, frame] of forged)
      await assert.rejects(ask(stand, sender, 'tern', [info], frame), { message: 'this page may not ask' }, what);
    window().close();
    await until('it is gone', () => window().isDestroyed);
    await assert.rejects(ask(stand, ours, 'tern', [info]), { message: 'this page may not ask' });
  });

  it('is heard on one channel alone', async (t) => {
    const { stand } = await startProgram(t);
    assert.deepEqual([...stand.handlers.keys()], ['tern']);
  });

  it('that is malformed, unknown, oversized or for others is refused in words', async (t) => {
    const { stand, window } = await startProgram(t);
    const refused: [what: string, args: unknown[], kind: string][] = [
      ['nothing', [], 'invalid'],
      ['an object', [{ call: 'app.info' }], 'invalid'],
      ['bytes', [new Uint8Array(3)], 'invalid'],
      ['no JSON', ['{"call":'], 'invalid'],
      ['a list', ['[]'], 'invalid'],
      ['no name', ['{}'], 'invalid'],
      ['a name that is none', ['{"call":7}'], 'invalid'],
      ['a long name', [JSON.stringify({ call: 'x'.repeat(101) })], 'invalid'],
      ['one field more', ['{"call":"app.info","signal":1}'], 'invalid'],
      ['an account that is none', ['{"call":"sync.now","account":{}}'], 'invalid'],
      ['an unknown call', ['{"call":"app.quit"}'], 'invalid'],
      ['what every object has', ['{"call":"constructor"}'], 'invalid'],
      ['what its prototype has', ['{"call":"__proto__"}'], 'invalid'],
      ['an unknown call of the shell', ['{"call":"shell.run"}'], 'invalid'],
      ['input that is none', ['{"call":"shell.place","input":{"url":5}}'], 'invalid'],
      ['input with one field more', ['{"call":"shell.ready","input":{"x":1}}'], 'invalid'],
      [
        'bounds without end',
        ['{"call":"shell.place","input":{"url":"x","bounds":{"x":1e9,"y":0,"width":1,"height":1}}}'],
        'invalid',
      ],
      ['a view that is none', ['{"call":"shell.close","input":{"url":"x"}}', '{}'], ''],
      ['a view that is none, to print', ['{"call":"shell.print","input":{"url":"x"}}'], 'notFound'],
      ['an account that nobody has', ['{"call":"sync.now","account":"nobody"}'], 'notFound'],
      ['more than may be', [' '.repeat(LONGEST_CALL + 1)], 'tooLarge'],
    ];
    for (const [what, args, kind] of refused) {
      const answer = (await ask(stand, window().contents.contents, 'tern', args)) as string;
      assert.equal((JSON.parse(answer) as { error?: { kind: string } }).error?.kind ?? '', kind, what);
    }
  });

  it('names no file of this machine but by a handle that the shell gave out, once', async (t) => {
    const { stand, page } = await startProgram(t);
    const save = (attachment: object) =>
      page.call('drafts.save', 'nobody', { attachments: [{ name: 'a.txt', type: 'text/plain', ...attachment }] });
    assert.equal((await save({ path: '/etc/passwd' })).error?.kind, 'forbidden');
    assert.equal((await save({ file: '/etc/passwd' })).error?.kind, 'forbidden');
    stand.chosen = [import.meta.filename, '/etc', '/nowhere'];
    const picked = (await page.call('shell.pick')).ok as { files: { file: string; name: string; size: number }[] };
    assert.deepEqual(
      picked.files.map(({ name }) => name),
      ['ipc.test.ts'],
    );
    const [{ file } = { file: '' }] = picked.files;
    // The account is not there, which is said after the handle was used.
    assert.equal((await save({ file })).error?.kind, 'notFound');
    assert.equal((await save({ file })).error?.kind, 'forbidden');
  });

  it('that drops files gives handles for those that the person dropped, whatever the page says', async (t) => {
    const { stand, window, page } = await startProgram(t);
    const dropped = Object.assign(new File(['x'], 'x'), { path: import.meta.filename });
    const given = await page.call('shell.drop', null, {
      files: [dropped, new File(['y'], 'y')],
      paths: ['/etc/passwd'],
    });
    assert.deepEqual(
      (given.ok as { files: { name: string }[] }).files.map(({ name }) => name),
      ['ipc.test.ts'],
    );
    const other = await pageOf(stand, window(), frameOf({ parent: frameOf() }));
    await assert.rejects(other.call('shell.drop', null, { files: [dropped] }));
  });
});
