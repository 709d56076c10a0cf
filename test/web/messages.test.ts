import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MAIL_CSP } from '../../src-main/web/headers.ts';
import { linksOf } from '../../src-main/web/links.ts';
import { createTickets } from '../../src-main/web/tickets.ts';
import { clean } from '../html/clean.ts';
import { startJmapServer } from '../servers/jmapServer.ts';
import { cleanUp } from '../support/host.ts';
import { ask, call, page, site } from './page.ts';

const dot = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);

test('a message is a page of its own, read once, with its pictures in it and nothing else to load', async (t) => {
  const server = await startJmapServer({ username: 'alice@example.test' });
  cleanUp(t, () => server.stop());
  const html =
    '<p>Look: <img src="cid:dot@x"> <img src="cid:text@x"> <a href="https://shop.example/?a=1&amp;b=2">Shop</a></p>' +
    '<img src="https://tracker.example/p.gif"><script>1</script>';
  const attachments = [
    { name: 'dot.png', type: 'image/png', cid: 'dot@x', content: dot },
    { name: 'text.png', type: 'image/png', cid: 'text@x', content: '<svg onload=alert(1)>' },
    { name: 'Bericht „März“ (1).txt', type: 'text/html', content: '<script>1</script>' },
  ];
  await server.deliver([{ subject: 'Look', html, attachments }]);
  const at = await site(t);
  const opened = await page(at);
  const ok = async (request: { call: string; account?: string; input: object }): Promise<Record<string, unknown>> => {
    const answer = await call(opened, { id: 9, ...request });
    assert.ok(answer?.['ok'], JSON.stringify(answer));
    return answer['ok'] as Record<string, unknown>;
  };
  const { config, credential } = server;
  const added = await ok({ call: 'accounts.add', input: { email: 'alice@example.test', config, credential } });
  const account = (added['account'] as { id: string }).id;
  await ok({ call: 'sync.now', account, input: {} });
  const { emails } = (await ok({ call: 'emails.list', account, input: {} })) as { emails: { id: string }[] };
  const email = emails[0]?.id ?? '';

  const view = await ok({ call: 'host.view', input: { account, email } });
  const path = String(view['url']);
  assert.equal(Buffer.from(path.slice('/once/'.length), 'base64url').length, 32);
  assert.equal(view['blockedRemote'], 1);
  assert.deepEqual(view['links'], [{ text: 'Shop', url: 'https://shop.example/?a=1&b=2', warnings: [] }]);
  const shown = await ask(at, { path });
  assert.equal(shown.headers['content-security-policy'], MAIL_CSP);
  assert.ok(shown.body.includes(`src="data:image/png;base64,${dot.toString('base64')}"`));
  assert.ok(!/tracker\.example|<script|svg/.test(shown.body), shown.body);
  assert.equal((await ask(at, { path })).status, 404, 'it can be read once');

  assert.equal(view['unloaded'], 0, 'nobody asked for it');
  const asked = await ok({ call: 'host.view', input: { account, email, remoteContent: true } });
  assert.equal(asked['unloaded'], 1);
  const without = await ask(at, { path: String(asked['url']) });
  assert.ok(without.body.includes('src="data:,"') && !without.body.includes('tern-mail://'), without.body);
  const [link = ''] = /\/link\/[\w-]{43}\/0/.exec(shown.body) ?? [];
  assert.equal((await ask(at, { path: link })).status, 204);
  const told = (): unknown => opened.messages.find(({ event }) => event === 'host.link')?.['data'];
  while (told() === undefined) await opened.next();
  assert.deepEqual(told(), { url: 'https://shop.example/?a=1&b=2' });
  assert.equal((await ask(at, { path: link.replace(/0$/, '1') })).status, 404);

  const parts = view['attachments'] as { part: string; name: string }[];
  const { part } = parts.find(({ name }) => name.startsWith('Bericht')) ?? { part: '' };
  const file = await ok({ call: 'host.file', input: { account, email, part } });
  const download = await ask(at, { path: String(file['url']) });
  assert.equal(download.body, '<script>1</script>');
  assert.equal(download.headers['content-type'], 'application/octet-stream');
  assert.match(
    String(download.headers['content-disposition']),
    /^attachment; filename\*=UTF-8''Bericht%20[\w%.-]+\.txt$/,
  );
  assert.match(String(download.headers['content-security-policy']), /^sandbox/);
  assert.equal((await ask(at, { path: String(file['url']) })).status, 404);

  const source = await ok({ call: 'host.source', input: { account, email } });
  assert.match(String(source['text']), /^Subject: Look/m);
  const missing = await call(opened, { id: 10, call: 'host.view', input: { account, email: '999' } });
  assert.equal((missing as { error?: { kind: string } }).error?.kind, 'notFound');
});

test('links are told as they are, each address once', () => {
  const html =
    '<p><a href="https://a.example/" target="_blank">A <b>bold</b></a><a href="https://a.example/">again</a></p>';
  assert.deepEqual(linksOf(html), [{ text: 'A bold', url: 'https://a.example/', warnings: [] }]);
  assert.deepEqual(linksOf('<p>no <img src="x"> link</p>'), []);
  assert.deepEqual(linksOf('<a href="#tern-x">below</a>'), []);
});

test('what is suspicious about links is told of each, whatever a message does to hide it', () => {
  const evil = 'https://evil.example/x';
  const link = `href="${evil}"`;
  const many = Array.from({ length: 300 }, (_, n) => `<a href="https://fine.example/${n}">x</a>`).join('');
  const hidden = {
    'a class that looks like where it leads': `<a class=" href=" id="href=" name=" href=" ${link}>https://bank.example.com</a>`,
    'a map': `<map name="m"><area shape="default" alt="https://bank.example.com" ${link}></map>`,
    'a link in a cell of another': `<a href="https://fine.example/"><table><tr><td><a ${link}>bank.example.com</a></td></tr></table></a>`,
    'many before it': `${many}<a ${link}>bank.example.com</a>`,
    'much space before it': `<a ${link}>${' '.repeat(2_000)}<b>bank.example.com</b></a>`,
    'much text before it': `<a ${link}>${'word '.repeat(400)}bank.example.com</a>`,
  };
  for (const [name, html] of Object.entries(hidden))
    assert.deepEqual(linksOf(clean(html)).find(({ url }) => url === evil)?.warnings, ['other-domain'], name);
});

test('addresses that nobody fetches are forgotten, the oldest first', () => {
  const tickets = createTickets();
  const paths = Array.from({ length: 60 }, (_, n) => tickets.issue({ kind: 'mail', html: String(n) }));
  assert.equal(tickets.redeem(paths[0] ?? ''), undefined);
  assert.deepEqual(tickets.redeem(paths[59] ?? ''), { kind: 'mail', html: '59' });
});
