import assert from 'node:assert/strict';
import { once } from 'node:events';
import { request as askFor } from 'node:http';
import { type TestContext, test } from 'node:test';
import { WebSocket } from 'ws';
import type { Clock } from '../../src-main/lib/clock.ts';
import { createNodePlatform } from '../../src-main/platformNode.ts';
import { MAIL_CSP, SHELL_CSP } from '../../src-main/web/headers.ts';
import { isPackaged, startWebHost, type WebHost } from '../../src-main/web/webHost.ts';
import { fakeClock } from '../support/clock.ts';
import { cleanUp, dataFolder } from '../support/host.ts';

const files = new Map([
  ['/', { name: 'index.html', bytes: Buffer.from('<p>the page</p>') }],
  ['/assets/main.js', { name: 'assets/main.js', bytes: Buffer.from('1') }],
]);

type Site = { host: WebHost; port: number; origin: string; token: string };

const site = async (t: TestContext, clock?: Clock): Promise<Site> => {
  const platform = createNodePlatform(dataFolder(t));
  const host = await startWebHost(clock ? { ...platform, clock } : platform, files);
  cleanUp(t, () => host.close());
  const { port, origin, hash } = new URL(host.url);
  return { host, port: Number(port), origin, token: hash.slice(1) };
};

type Answer = { status: number; headers: Record<string, string | string[] | undefined>; body: string };
type Ask = { method?: string; path?: string; headers?: Record<string, string>; body?: string };

/** Asks with headers as they are given, also those that `fetch` would set by itself. */
const ask = ({ port }: Site, { method = 'GET', path = '/', headers = {}, body = '' }: Ask = {}): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const asked = askFor({ host: '127.0.0.1', port, method, path, headers, agent: false }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (piece: string) => (text += piece));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text }));
    });
    asked.on('error', reject);
    asked.end(body);
  });

const trade = (at: Site, headers: Record<string, string> = { origin: at.origin }, token = at.token): Promise<Answer> =>
  ask(at, { method: 'POST', path: '/trade', headers, body: token });

/** A page's line, as far as it got: its messages in order, and the code that it was closed with. */
const line = async (at: Site, secret: string | null, origin = at.origin) => {
  const socket = new WebSocket(`ws://127.0.0.1:${at.port}/line`, { origin });
  const closed = new Promise<number>((resolve) => socket.once('close', resolve));
  const messages: Record<string, unknown>[] = [];
  let heard = Promise.withResolvers<void>();
  socket.on('message', (data) => {
    messages.push(JSON.parse((data as Buffer).toString('utf8')) as Record<string, unknown>);
    heard.resolve();
    heard = Promise.withResolvers();
  });
  const refused = await new Promise<string | null>((resolve) => {
    socket.once('open', () => resolve(null));
    socket.on('error', (error) => resolve(error.message));
  });
  if (refused !== null) return { socket, messages, closed, refused, next: () => heard.promise };
  if (secret !== null) socket.send(secret);
  return { socket, messages, closed, refused: null, next: () => heard.promise };
};

/** A line that was let in. */
const page = async (at: Site) => {
  const { body: secret } = await trade(at);
  const opened = await line(at, secret);
  await opened.next();
  return { ...opened, secret };
};

const call = async ({ socket, messages, next }: Awaited<ReturnType<typeof page>>, request: object) => {
  const before = messages.length;
  socket.send(JSON.stringify(request));
  while (messages.length === before || 'event' in (messages.at(-1) ?? {})) await next();
  return messages.at(-1);
};

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
  assert.equal(await (await line(at, 'A'.repeat(43))).closed, 1008, 'before there is a secret');
  const { body: secret } = await trade(at);
  for (const wrong of ['', 'A'.repeat(43), at.token, `${secret}A`, '{"id":1,"call":"app.info"}']) {
    const { closed, messages } = await line(at, wrong);
    assert.equal(await closed, 1008, wrong);
    assert.deepEqual(messages, []);
  }
});

test('a line that says nothing is closed after five seconds', async (t) => {
  const clock = fakeClock();
  const at = await site(t, clock);
  await trade(at);
  const { closed } = await line(at, null);
  await clock.advance(5_000);
  assert.equal(await closed, 1008);
});

test('one page at a time carries the contract, and gets invalid for what is no request', async (t) => {
  const at = await site(t);
  const first = await page(at);
  assert.deepEqual(first.messages[0], { welcome: true });
  const info = await call(first, { id: 1, call: 'app.info', account: null, input: {} });
  assert.equal((info as { ok: { electron: null } }).ok.electron, null);
  const kindOf = (answer: unknown): unknown => (answer as { error?: { kind: string } }).error?.kind;
  for (const bad of [
    { id: 2 },
    { id: 2, call: 'no.such' },
    { id: 2, call: 'app.info', extra: 1 },
    { id: 2, call: 'host.view' },
    { id: 2, call: 'host.view', input: { path: '/etc/passwd' } },
  ])
    assert.equal(kindOf(await call(first, bad)), 'invalid', JSON.stringify(bad));
  const second = await line(at, first.secret);
  assert.equal(await second.closed, 1008);
  first.socket.send(Buffer.from([1, 2, 3]));
  assert.equal(await first.closed, 1003, 'bytes are no request');
});

test('no call may name a file of this machine', async (t) => {
  const at = await site(t);
  const opened = await page(at);
  const attachments = [{ name: 'passwd', type: 'text/plain', path: '/etc/passwd' }];
  const answer = await call(opened, { id: 1, call: 'drafts.save', account: 'none', input: { attachments } });
  assert.equal((answer as { error?: { kind: string } }).error?.kind, 'forbidden');
});

test('it ends with its page, unless that is back within three seconds', async (t) => {
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

test('it ends after ten minutes in which nothing is heard from its page', async (t) => {
  const clock = fakeClock();
  const at = await site(t, clock);
  const opened = await page(at);
  await clock.advance(9 * 60_000);
  await call(opened, { id: 1, call: 'app.info' });
  await clock.advance(9 * 60_000);
  await call(opened, { id: 2, call: 'app.info' });
  await clock.advance(10 * 60_000);
  assert.equal(await at.host.ended, 'idle');
});

test('it refuses to run in a packaged app', () => {
  assert.equal(isPackaged({ node: '24.0.0' }, 'file:///home/a/tern/src-main/web/webHost.ts'), false);
  assert.equal(isPackaged({ node: '24.0.0', electron: '45.0.0' }, 'file:///home/a/tern/x.ts'), true);
  assert.equal(isPackaged({ node: '24.0.0' }, 'file:///opt/Tern/resources/app.asar/main.js'), true);
});
