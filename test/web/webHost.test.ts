import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { test } from 'node:test';
import { createNodePlatform } from '../../src-main/platformNode.ts';
import { MAIL_CSP, SHELL_CSP } from '../../src-main/web/headers.ts';
import { isPackaged, startWebHost } from '../../src-main/web/webHost.ts';
import { fakeClock } from '../support/clock.ts';
import { dataFolder } from '../support/host.ts';
import { ask, call, line, page, say, site, trade } from './page.ts';

/** What waits for an end that does not come is to fail, and not to hang. */
const patience = { timeout: 30_000 };

test('the page and its files come with the policy of the shell, to this machine alone', async (t) => {
  const at = await site(t);
  const shell = await ask(at);
  assert.equal(shell.body, '<p>the page</p>');
  assert.equal(shell.headers['content-security-policy'], SHELL_CSP);
  assert.equal(shell.headers['x-content-type-options'], 'nosniff');
  assert.equal(shell.headers['referrer-policy'], 'no-referrer');
  assert.equal(shell.headers['cross-origin-resource-policy'], 'same-origin');
  assert.equal(shell.headers['set-cookie'], undefined);
  for (const part of [
    "default-src 'none'",
    "script-src 'self'",
    "connect-src 'self'",
    "frame-src 'self'",
    "form-action 'none'",
  ])
    assert.ok(SHELL_CSP.includes(part), part);
  assert.match(SHELL_CSP, /require-trusted-types-for 'script'/);
  assert.ok(!SHELL_CSP.includes('unsafe'));
  assert.equal(MAIL_CSP, "sandbox; default-src 'none'; img-src data:; style-src 'unsafe-inline'");
  assert.equal(new URL(at.host.url).hostname, '127.0.0.1');
  assert.equal(Buffer.from(at.token, 'base64url').length, 32);
});

test('nothing but the files of the page is served without the token', async (t) => {
  const at = await site(t);
  for (const path of [
    '/trade',
    '/line',
    '/once/',
    '/once/AAAA',
    '/../package.json',
    '/%2e%2e/package.json',
    '/?x',
    '//',
  ])
    assert.equal((await ask(at, { path })).status, 404, path);
  for (const method of ['PUT', 'DELETE', 'OPTIONS', 'HEAD'])
    assert.equal((await ask(at, { method, path: '/assets/main.js' })).status, 405, method);
});

test('it listens on 127.0.0.1 and on no other address', { skip: process.platform !== 'linux' }, async (t) => {
  const { port } = await site(t);
  for (const host of ['127.0.0.2', '::1']) {
    const socket = connect(port, host);
    const outcome = await new Promise((resolve) => {
      socket.once('connect', () => resolve('connected'));
      socket.once('error', () => resolve('refused'));
    });
    socket.destroy();
    assert.equal(outcome, 'refused', host);
  }
});

test('a request that names another host or comes from another origin gets nothing', async (t) => {
  const at = await site(t);
  for (const host of [
    'localhost',
    `localhost:${at.port}`,
    'evil.example',
    '127.0.0.1',
    `127.0.0.1:${at.port}0`,
    `127.0.0.1.:${at.port}`,
  ])
    assert.equal((await ask(at, { headers: { host } })).status, 403, host);
  for (const origin of ['http://evil.example', 'null', `http://localhost:${at.port}`, `https://127.0.0.1:${at.port}`]) {
    assert.equal((await ask(at, { headers: { origin } })).status, 403, origin);
    assert.equal((await trade(at, { origin })).status, 403, origin);
  }
  assert.equal((await trade(at, {})).status, 403, 'a trade has to say where it comes from');
  const { body: secret } = await trade(at);
  for (const origin of ['http://evil.example', 'null', '']) {
    const { refused } = await line(at, secret, origin);
    assert.match(String(refused), /403/, origin);
  }
});

test('the token is good once, and only that token', async (t) => {
  const at = await site(t);
  assert.equal((await trade(at, undefined, 'A'.repeat(43))).status, 403);
  assert.equal((await trade(at, undefined, at.token + 'A'.repeat(1000))).status, 403);
  const first = await trade(at);
  assert.equal(first.status, 200);
  assert.equal(Buffer.from(first.body, 'base64url').length, 32);
  assert.notEqual(first.body, at.token);
  assert.equal((await trade(at)).status, 403);
});

test('a line is closed unless its first message is the secret', async (t) => {
  const at = await site(t);
  assert.equal(await (await line(at, 'A'.repeat(43))).fate(), 1008, 'before there is a secret');
  const { body: secret } = await trade(at);
  for (const wrong of ['', 'A'.repeat(43), at.token, `${secret}A`, '{"id":1,"call":"app.info"}']) {
    const { fate } = await line(at, wrong);
    assert.equal(await fate(), 1008, wrong);
  }
});

test('a line that says nothing is closed after five seconds', patience, async (t) => {
  const clock = fakeClock();
  const at = await site(t, clock);
  await trade(at);
  const { closed } = await line(at, null);
  await clock.advance(5_000);
  assert.equal(await closed, 1008);
});

test('one page at a time carries the contract, in text', async (t) => {
  const at = await site(t);
  const first = await page(at);
  assert.deepEqual(first.messages[0], { welcome: true });
  const info = await call(first, { id: 1, call: 'app.info', account: null, input: {} });
  assert.equal((info as { ok: { electron: null } }).ok.electron, null);
  const second = await line(at, first.secret);
  assert.equal(await second.fate(), 1008);
  const told = first.next();
  first.socket.send(Buffer.from('{"id":3,"call":"app.info"}'));
  assert.equal(await Promise.race([first.closed, told]), 1003, 'bytes are no request');
});

test('a request that is malformed, unknown or for nobody is refused in words, and its line stays', async (t) => {
  const opened = await page(await site(t));
  const refused: [what: string, text: string, kind: string][] = [
    ['nothing', '', 'invalid'],
    ['no JSON', '{"id":', 'invalid'],
    ['a list', '[]', 'invalid'],
    ['null', 'null', 'invalid'],
    ['an id that is none', '{"id":"2","call":"app.info"}', 'invalid'],
    ['no name', '{"id":2}', 'invalid'],
    ['a name that is none', '{"id":2,"call":7}', 'invalid'],
    ['a long name', JSON.stringify({ id: 2, call: 'x'.repeat(101) }), 'invalid'],
    ['one field more', '{"id":2,"call":"app.info","extra":1}', 'invalid'],
    ['an account that is none', '{"id":2,"call":"sync.now","account":{}}', 'invalid'],
    ['an account that nobody has', '{"id":2,"call":"sync.now","account":"nobody"}', 'notFound'],
    ['an unknown call', '{"id":2,"call":"no.such"}', 'invalid'],
    ['what every object has', '{"id":2,"call":"constructor"}', 'invalid'],
    ['what its prototype has', '{"id":2,"call":"__proto__"}', 'invalid'],
    ['an unknown call of the host', '{"id":2,"call":"host.run"}', 'invalid'],
    ['a call of the desktop shell', '{"id":2,"call":"shell.link","input":{"url":"https://example.org"}}', 'invalid'],
    ['a call between processes', '{"id":2,"call":"stored","account":"nobody"}', 'invalid'],
    ['input that is none', '{"id":2,"call":"host.view"}', 'invalid'],
    ['input with one field more', '{"id":2,"call":"host.view","input":{"path":"/etc/passwd"}}', 'invalid'],
  ];
  for (const [what, text, kind] of refused) {
    const answer = (await say(opened, text)) as { error?: { kind: string } };
    assert.equal(answer.error?.kind, kind, what);
  }
  assert.ok('ok' in ((await call(opened, { id: 3, call: 'app.info' })) as object));
});

test('a message that says it is longer than any may be ends its line before it comes', async (t) => {
  const { socket, closed } = await page(await site(t));
  // The head of a frame of text, 140 MiB and one byte long (RFC 6455 section 5.2); nothing of it follows.
  const head = Buffer.from([0x81, 0xff, 0, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4]);
  head.writeBigUInt64BE(140n * 1024n * 1024n + 1n, 2);
  // oxlint-disable-next-line no-underscore-dangle -- no client sends half a frame of its own will
  (socket as unknown as { _socket: Socket })._socket.write(head);
  assert.equal(await closed, 1009);
});

test('no call may name a file of this machine', async (t) => {
  const at = await site(t);
  const opened = await page(at);
  const attachments = [{ name: 'passwd', type: 'text/plain', path: '/etc/passwd' }];
  const answer = await call(opened, { id: 1, call: 'drafts.save', account: 'none', input: { attachments } });
  assert.equal((answer as { error?: { kind: string } }).error?.kind, 'forbidden');
});

test('it ends with its page, unless that is back within three seconds', patience, async (t) => {
  const clock = fakeClock();
  const at = await site(t, clock);
  const first = await page(at);
  const gone = once(first.socket, 'close');
  first.socket.close();
  await gone;
  await clock.advance(2_900);
  const again = await line(at, first.secret);
  await again.next();
  await clock.advance(60_000);
  let over = false;
  void at.host.ended.then(() => (over = true));
  await clock.advance(1);
  assert.equal(over, false);
  const left = once(again.socket, 'close');
  again.socket.terminate();
  await left;
  while (clock.pending() < 2) await new Promise((resolve) => setImmediate(resolve));
  await clock.advance(3_000);
  assert.equal(await at.host.ended, 'gone');
});

test('it ends after ten minutes in which nothing is heard from its page', patience, async (t) => {
  const clock = fakeClock();
  const at = await site(t, clock);
  const opened = await page(at);
  await clock.advance(9 * 60_000);
  await call(opened, { id: 1, call: 'app.info' });
  await clock.advance(9 * 60_000);
  await call(opened, { id: 2, call: 'app.info' });
  let over = false;
  void at.host.ended.then(() => (over = true));
  await clock.advance(10 * 60_000 - 1);
  assert.equal(over, false, 'it was heard of meanwhile');
  await clock.advance(1);
  assert.equal(await at.host.ended, 'idle');
});

test('it refuses to run in a packaged app', async (t) => {
  assert.equal(isPackaged({ node: '24.0.0' }, 'file:///home/a/tern/src-main/web/webHost.ts'), false);
  assert.equal(isPackaged({ node: '24.0.0', electron: '45.0.0' }, 'file:///home/a/tern/x.ts'), true);
  assert.equal(isPackaged({ node: '24.0.0' }, 'file:///opt/Tern/resources/app.asar/main.js'), true);
  const versions: Record<string, string | undefined> = process.versions;
  t.after(() => delete versions['electron']);
  versions['electron'] = '45.0.0';
  await assert.rejects(startWebHost(createNodePlatform(dataFolder(t)), new Map()), { kind: 'forbidden' });
});
