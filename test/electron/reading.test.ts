import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it, type TestContext } from 'node:test';
import type { CallOutput } from '../../src-shared/contract.ts';
import type { HostCallOutput } from '../../src-shared/hostCalls.ts';
import { linkWarningWords } from '../../src-shared/linkWarnings.ts';
import { start } from '../servers/jmap/testClient.ts';
import type { TestMail } from '../servers/mailServer.ts';
import { until } from '../support/processes.ts';
import { preventable } from './standInPages.ts';
import { type Program, startProgram } from './world.ts';

const png = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);
const mail: TestMail = {
  subject: 'hello <b>&amp;',
  from: { name: 'Ada', email: 'ada@example.org' },
  html: '<p>Hi <a href="https://example.org/x">there</a> <a href="https://evil.example/?a=1&amp;b=2">https://bank.example/login</a><img src="https://example.org/pixel.png"></p>',
  attachments: [
    { name: 'dot.png', type: 'image/png', content: png },
    { name: 'note.svg', type: 'image/svg+xml', content: '<svg xmlns="http://www.w3.org/2000/svg"/>' },
  ],
};

type World = Program & { account: string; email: string; deliver: () => Promise<void> };

const opened = async (t: TestContext): Promise<World> => {
  const server = await start(t);
  await server.deliver([mail]);
  const program = await startProgram(t);
  const input = { email: 'alice@example.test', config: server.config, credential: server.credential };
  const { account } = (await program.page.call('accounts.add', null, input)).ok as CallOutput<'accounts.add'>;
  await program.page.call('sync.now', account.id);
  const { emails } = (await program.page.call('emails.list', account.id)).ok as CallOutput<'emails.list'>;
  const deliver = async (): Promise<void> => {
    // Only what comes after the first sync is news.
    await server.deliver([{ ...mail, receivedAt: new Date(Date.now() + 3_600_000) }]);
    await program.page.call('sync.now', account.id);
  };
  return { ...program, account: account.id, email: emails[0]?.id ?? '', deliver };
};

const view = async (world: World, remoteContent = false): Promise<HostCallOutput<'host.view'>> => {
  const { account, email, page } = world;
  const { ok, error } = await page.call('host.view', null, { account, email, remoteContent });
  assert.equal(error, undefined);
  return ok as HostCallOutput<'host.view'>;
};

const textOf = async (response: Response | null): Promise<string> => (response ? response.text() : '');

/** The network, as a page would reach for it. */
const ELSEWHERE = [
  'https://example.org/',
  'http://127.0.0.1:9/',
  'ws://127.0.0.1:9/',
  'file:///etc/passwd',
  'ftp://example.org/',
  'tern-app://app/index.html',
  'blob:tern-mail://view/x',
];

describe('a message on screen', () => {
  it('is apart from all else', async (t) => {
    const world = await opened(t);
    const { stand, page, window, account, email } = world;
    const { url, links, blockedRemote } = await view(world);
    const shown = stand.views.at(-1);
    const session = stand.sessions.at(-1);

    await t.test('in a view that runs nothing, in a session of its own that keeps nothing', () => {
      const { session: used, ...preferences } = shown?.options.webPreferences ?? {};
      assert.equal(used, session?.session);
      assert.doesNotMatch(session?.partition ?? '', /^persist:/);
      const expected = {
        javascript: false,
        sandbox: true,
        contextIsolation: true,
        nodeIntegration: false,
        webSecurity: true,
        webgl: false,
        disableDialogs: true,
        devTools: false,
      };
      assert.deepEqual(
        Object.fromEntries(Object.keys(expected).map((key) => [key, preferences[key as never]])),
        expected,
      );
      assert.equal('preload' in preferences, false);
      assert.deepEqual(shown?.contents.urls, [url]);
    });

    await t.test('without permissions, devices or a network', async () => {
      assert.deepEqual(session?.permissions(), [false, false, false, null]);
      assert.equal(session?.spellChecker, false);
      assert.deepEqual([session?.proxy?.mode, session?.proxy?.proxyBypassRules], ['fixed_servers', '<-loopback>']);
      for (const elsewhere of ELSEWHERE) assert.equal(await session?.request(elsewhere), null, elsewhere);
      assert.deepEqual(session?.schemes(), ['file', 'http', 'https', 'tern-mail']);
      assert.equal(await stand.defaultSession.request(url), null, 'the window itself has no messages');
    });

    await t.test('as a document that its header shuts in, with its own pictures', async () => {
      const document = (await session?.request(url)) ?? null;
      assert.match(
        document?.headers.get('content-security-policy') ?? '',
        /default-src 'none'.*script-src 'none'.*sandbox/,
      );
      const html = await textOf(document);
      assert.match(html, /<p>Hi <a [^>]*href="https:\/\/example\.org\/x"/);
      assert.doesNotMatch(html, /pixel\.png/);
      const { attachments } = (await page.call('bodies.get', account, { email })).ok as CallOutput<'bodies.get'>;
      const partOf = (name: string): string =>
        `tern-mail://any/part/${encodeURIComponent(attachments.find((each) => each.name === name)?.part ?? '')}`;
      const picture = await session?.request(partOf('dot.png'));
      assert.equal(picture?.headers.get('content-type'), 'image/png');
      assert.deepEqual(Buffer.from((await picture?.arrayBuffer()) ?? new ArrayBuffer()), png);
      const none = [
        partOf('note.svg'),
        'tern-mail://any/part/99',
        'tern-mail://any/part/%ff',
        'tern-mail://any/remote/0',
      ];
      for (const address of [...none, 'tern-mail://any/../x', 'tern-mail://any/part/1/2'])
        assert.equal((await session?.request(address))?.status, 404, address);
      assert.equal((await session?.request(url, 'POST'))?.status, 404);
    });

    await t.test('in another view, where remote content is allowed', async () => {
      assert.equal(blockedRemote, 1);
      const before = [stand.views.length, stand.sessions.length];
      const allowed = await view(world, true);
      assert.notEqual(allowed.url, url);
      assert.deepEqual(
        [stand.views.length, stand.sessions.length],
        before.map((count) => count + 1),
      );
      const html = await textOf((await stand.sessions.at(-1)?.request(allowed.url)) ?? null);
      assert.match(html, /src="tern-mail:[^"]*\/remote\/0"/);
      assert.doesNotMatch(await textOf((await session?.request(url)) ?? null), /remote/);
      await page.call('shell.close', null, { url: allowed.url });
      assert.equal(window().views.length, 1);
    });

    await t.test(
      'and stays what it is: it leads nowhere, and opens nothing that the person does not want',
      async () => {
        for (const name of ['will-navigate', 'will-frame-navigate', 'will-redirect', 'will-attach-webview']) {
          const event = preventable({ url: 'https://example.org/' });
          shown?.contents.emitter.emit(name, event);
          assert.equal(event.prevented, true, name);
        }
        const follow = (to: string): unknown => shown?.contents.openHandler?.({ url: to } as never);
        const evil = 'https://evil.example/?a=1&b=2';
        assert.deepEqual(links, [
          { text: 'there', url: 'https://example.org/x', warnings: [] },
          { text: 'https://bank.example/login', url: evil, warnings: ['other-domain'] },
        ]);
        stand.response = 1;
        assert.deepEqual(follow('https://xn--exmple-cua.org/a'), { action: 'deny' });
        assert.deepEqual(stand.opened, []);
        const question = stand.boxes.at(-1);
        assert.deepEqual(
          [question?.type, question?.detail],
          ['warning', `https://xn--exmple-cua.org/a\n\n${linkWarningWords.punycode}`],
        );
        follow(evil);
        const warning = stand.boxes.at(-1);
        assert.deepEqual([warning?.type, warning?.defaultId], ['warning', 1]);
        assert.equal(warning?.detail, `${evil}\n\n${linkWarningWords['other-domain']}`);
        follow('https://example.org/plain');
        assert.deepEqual([stand.boxes.at(-1)?.type, stand.boxes.at(-1)?.defaultId], ['question', 0]);
        stand.response = 0;
        const asked = stand.boxes.length;
        for (const never of [
          'file:///etc/passwd',
          'smb://host/share',
          'tern-app://app/',
          'javascript:1',
          'ms-msdt:/id',
          'x',
        ])
          assert.deepEqual(follow(never), { action: 'deny' });
        assert.equal(stand.boxes.length, asked);
        follow('https://example.org/x');
        await until('it is opened', () => stand.opened.length > 0);
        assert.deepEqual(stand.opened, ['https://example.org/x']);
        follow('mailto:bob@example.org?subject=Hi&attach=/etc/passwd');
        assert.deepEqual(page.heard.at(-1)?.data, {
          to: [{ email: 'bob@example.org' }],
          cc: [],
          bcc: [],
          subject: 'Hi',
          body: '',
          inReplyTo: null,
        });
      },
    );

    await t.test('where the window has its place for it', async () => {
      assert.equal(shown?.isVisible, false);
      const bounds = { x: 300, y: 80, width: 500, height: 400 };
      await page.call('shell.place', null, { url, bounds });
      assert.deepEqual([shown?.isVisible, shown?.bounds], [true, bounds]);
      window().contents.zoom = 1.5;
      await page.call('shell.place', null, { url, bounds });
      assert.deepEqual(shown?.bounds, { x: 450, y: 120, width: 750, height: 600 });
      assert.equal(shown?.contents.zoom, 1.5);
      await page.call('shell.place', null, { url, bounds: null });
      assert.equal(shown?.isVisible, false);
      await page.call('shell.print', null, { url });
      assert.equal(shown?.contents.prints, 1);
    });

    await t.test('without keeping the keyboard from the window', () => {
      const press = (key: string, control = false): boolean => {
        const event = preventable();
        const input = { type: 'keyDown', key, control, meta: false, alt: false };
        shown?.contents.emitter.emit('before-input-event', event, input);
        return event.prevented;
      };
      assert.deepEqual(
        [press('j'), press(' '), press('PageDown'), press('ArrowDown'), press('c', true)],
        [true, false, false, false, false],
      );
      assert.deepEqual([press('Escape'), press('U'), press('#')], [true, true, true]);
      assert.deepEqual(
        window().contents.inputs,
        ['j', 'Escape', 'U', '#'].map((keyCode) => ({
          type: 'keyDown',
          keyCode,
          // Without it, Electron makes U a u, which is another command.
          modifiers: keyCode === 'U' ? ['shift'] : [],
        })),
      );
    });

    await t.test('until its page is loaded anew', async () => {
      await page.call('shell.ready');
      assert.equal(window().views.length, 0);
      assert.equal(shown?.contents.isDestroyed, true);
      assert.equal((await page.call('shell.place', null, { url, bounds: null })).error?.kind, 'notFound');
    });

    await t.test('its attachments are dragged out, and saved once under an address', async () => {
      const { attachments } = (await page.call('bodies.get', account, { email })).ok as CallOutput<'bodies.get'>;
      const { part = '' } = attachments.find(({ name }) => name === 'dot.png') ?? {};
      await page.call('shell.drag', null, { account, email, part });
      assert.deepEqual(readFileSync(window().contents.drags[0]?.file ?? ''), png);
      const file = (await page.call('host.file', null, { account, email, part })).ok as HostCallOutput<'host.file'>;
      const saved = await stand.defaultSession.request(file.url);
      assert.equal(saved?.headers.get('content-disposition'), "attachment; filename*=UTF-8''dot.png");
      assert.deepEqual(Buffer.from((await saved?.arrayBuffer()) ?? new ArrayBuffer()), png);
      assert.equal((await stand.defaultSession.request(file.url))?.status, 404);
      const source = (await page.call('host.source', null, { account, email })).ok as HostCallOutput<'host.source'>;
      assert.match(source.text, /^Subject: hello/m);
    });

    await t.test(
      'new mail is told of: clicked, archived, and only that there is some while the screen is locked',
      async () => {
        const notify = async (): Promise<void> => {
          const count = stand.notifications.length;
          await world.deliver();
          await until('it is told', () => stand.notifications.length > count);
        };
        await notify();
        const [first] = stand.notifications;
        assert.deepEqual([first?.options.title, first?.options.body, first?.isShown], ['Ada', 'hello ‹b›＆amp;', true]);
        first?.emitter.emit('click');
        assert.equal(page.heard.at(-1)?.event, 'shell.open');
        first?.emitter.emit('action', { actionIndex: 0 });
        await until('it is archived', async () => {
          const list = (await page.call('emails.list', account, { role: 'archive' })).ok as CallOutput<'emails.list'>;
          return list.emails.length > 0;
        });
        window().isFocused = false;
        stand.power.emit('lock-screen');
        await notify();
        assert.deepEqual(
          [stand.notifications[1]?.options.title, stand.notifications[1]?.options.body],
          ['Tern', 'New message'],
        );
        stand.power.emit('unlock-screen');
        window().isFocused = true;
        const heard = (): number => page.heard.filter(({ event }) => event === 'notify').length;
        const before = heard();
        await world.deliver();
        await until('the window to hear of it', () => heard() > before);
        window().isFocused = false;
        await notify();
        assert.equal(stand.notifications.length, 3, 'who looks at the window is not told');
        await page.call('shell.set', null, { notifications: false });
        await world.deliver();
        assert.equal(stand.notifications.length, 3);
      },
    );
  });
});
