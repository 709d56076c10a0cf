import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { dataFolder } from '../support/host.ts';
import { until } from '../support/processes.ts';
import { preventable } from './standInPages.ts';
import { startProgram } from './world.ts';

const textOf = async (response: Response | null): Promise<string> => (response ? response.text() : '');

describe('mailto:', () => {
  it('is for Tern once the person says so, and not before', async (t) => {
    const { stand, page } = await startProgram(t);
    assert.deepEqual(stand.defaults, []);
    assert.deepEqual(await page.call('shell.default'), { ok: { done: true } });
    assert.deepEqual(stand.defaults, ['mailto']);
  });
});

describe('a message file', () => {
  const file = (t: TestContext, text: string): string => {
    const path = join(dataFolder(t), 'a message.eml');
    writeFileSync(path, text.replaceAll('\n', '\r\n'));
    return path;
  };

  it('is shown in a window of its own, head and text apart, without anything from elsewhere', async (t) => {
    const hostile =
      'From: "<img src=x>" <ada@example.org>\nSubject: An old one\nContent-Type: text/html\n\n' +
      '<style>div,b{display:none}</style><script>1</script><p>Hi<img src="https://example.org/p.png"></p>';
    const { stand } = await startProgram(t, { argv: ['--no-such-switch.eml', file(t, hostile)] });
    await until('it is shown', () => stand.windows.length === 2);
    const window = stand.windows[1];
    assert.equal(window?.options.title, 'An old one');
    assert.equal(window?.options.webPreferences?.javascript, false);
    assert.equal(window?.options.webPreferences?.preload, undefined);
    const [head, body] = await Promise.all(
      ['tern-mail://view/head', 'tern-mail://view/'].map(async (url) =>
        textOf((await stand.sessions.at(-1)?.request(url)) ?? null),
      ),
    );
    assert.match(head ?? '', /<b>From:<\/b> &lt;img src=x&gt; &lt;ada@example\.org&gt;/);
    assert.match(body ?? '', /<p>Hi<img[^>]*><\/p>/);
    assert.doesNotMatch(body ?? '', /<script|example\.org\/p\.png|From:/);
    assert.deepEqual(window?.views.length, 1);
    window?.close();
    assert.equal(stand.views.at(-1)?.contents.isDestroyed, true);
  });

  it('shows what is attached, and saves it under a safe name when the head, and nothing else, asks for that', async (t) => {
    const attached =
      'Subject: Files\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/html\n\n' +
      '<a href="tern-mail://view/save/2">mine</a>\n--b\n' +
      'Content-Type: text/plain; name="../<x>.txt"\nContent-Disposition: attachment\n\nkept\n--b--\n';
    const { stand } = await startProgram(t, { argv: [file(t, attached)] });
    await until('it is shown', () => stand.windows.length === 2);
    const [window, session] = [stand.windows[1], stand.sessions.at(-1)];
    const head = await textOf((await session?.request('tern-mail://view/head')) ?? null);
    const [, link = '', name] = /<a href="([^"]+)" target="_blank">([^<]*)<\/a> \(1 kB\)/.exec(head) ?? [];
    assert.equal(name, '_x_.txt');
    assert.deepEqual(window?.contents.openHandler?.({ url: link } as never), { action: 'deny' });
    assert.deepEqual(window?.contents.downloads, [link]);
    const saved = (await session?.request(link)) ?? null;
    assert.equal(saved?.headers.get('content-disposition'), "attachment; filename*=UTF-8''_x_.txt");
    assert.match(await textOf(saved), /^kept/);
    assert.equal((await session?.request('tern-mail://view/save/9'))?.status, 404);
    assert.doesNotMatch(await textOf((await session?.request('tern-mail://view/')) ?? null), /view\/save/);
    stand.views.at(-1)?.contents.openHandler?.({ url: link } as never);
    assert.deepEqual(stand.views.at(-1)?.contents.downloads, []);
  });

  it('is dark where the system is', async (t) => {
    const { stand } = await startProgram(t);
    for (const isDark of [false, true]) {
      stand.isDark = isDark;
      stand.app.emit('open-file', preventable(), file(t, 'Subject: x\n\nHi'));
      await until('it is shown', () => stand.windows.length === (isDark ? 3 : 2));
      for (const page of ['head', '']) {
        const html = await textOf((await stand.sessions.at(-1)?.request(`tern-mail://view/${page}`)) ?? null);
        assert.equal(html.includes('invert('), isDark);
      }
    }
  });

  it('that cannot be read is said to be so', async (t) => {
    const { stand } = await startProgram(t, { argv: ['/no/such/message.eml'] });
    await until('it is said', () => stand.errors.length > 0);
    assert.deepEqual(
      [stand.errors, stand.windows.length],
      [['The message cannot be opened: The file cannot be read. It may be gone, or not yours to open.'], 1],
    );
  });

  it('and a mailto: link wait for a program that is just starting, and come to one that runs', async (t) => {
    const { stand, page } = await startProgram(t, { argv: ['mailto:bob@example.org?body=Hi'], quiet: true });
    assert.deepEqual(page.heard, []);
    await page.call('shell.ready');
    assert.deepEqual(
      page.heard.map(({ event }) => event),
      ['shell.compose'],
    );
    const opening = preventable();
    stand.app.emit('open-url', opening, 'mailto:eve@example.org');
    stand.app.emit('second-instance', preventable(), ['tern', 'MAILTO:carl@example.org'], '/', {});
    assert.equal(opening.prevented, true);
    assert.deepEqual(
      page.heard.map(({ data }) => (data as { to: unknown }).to),
      [[{ email: 'bob@example.org' }], [{ email: 'eve@example.org' }], [{ email: 'carl@example.org' }]],
    );
    stand.app.emit('open-file', preventable(), file(t, 'Subject: x\n\nHi'));
    await until('it is shown', () => stand.windows.length === 2);
  });
});
