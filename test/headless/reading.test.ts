import assert from 'node:assert/strict';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import type { ServerMail } from '../servers/jmap/model.ts';
import { start } from '../servers/jmap/testClient.ts';
import { addSynced, dataFolder, type Host, hostFor } from '../support/host.ts';

type Opened = { host: Host; account: string; email: string };

const opened = async (t: TestContext, mail: ServerMail, dataDir = dataFolder(t)): Promise<Opened> => {
  const server = await start(t);
  await server.deliver([mail]);
  const host = hostFor(t, { dataDir });
  const account = await addSynced(host, server);
  const { emails } = await host.call('emails.list', account, {});
  return { host, account, email: emails[0]?.id ?? '' };
};

const mail: ServerMail = { subject: 'hello', attachments: [{ name: 'a.txt', type: 'text/plain', content: 'private' }] };

const saved = async ({ host, account, email }: Opened): Promise<string> => {
  const { attachments } = await host.call('bodies.get', account, { email });
  const { path } = await host.call('attachments.read', account, { email, part: attachments[0]?.part ?? '' });
  assert.equal(readFileSync(path, 'utf8'), 'private');
  return path;
};

describe('files that a person opened', () => {
  it('are within the data folder, and gone when the host ends', async (t) => {
    const dataDir = dataFolder(t);
    const o = await opened(t, mail, dataDir);
    const path = await saved(o);
    assert.ok(path.startsWith(join(dataDir, 'accounts', o.account)));
    assert.equal(await o.host.end(), 0);
    assert.equal(existsSync(path), false);
    assert.equal(readdirSync(join(dataDir, 'accounts', o.account)).includes('temp'), false);
  });

  it('are gone at the next start, where the host was killed', async (t) => {
    const dataDir = dataFolder(t);
    const o = await opened(t, mail, dataDir);
    const path = await saved(o);
    await o.host.kill();
    assert.equal(existsSync(path), true);
    const next = hostFor(t, { dataDir });
    await next.call('app.info', null, {});
    assert.equal(existsSync(path), false);
  });
});

describe('a remote picture', () => {
  it('of this very machine is refused, and nobody is asked', async (t) => {
    let asked = 0;
    const canary = createServer((_request, response) => {
      asked += 1;
      response.end();
    });
    canary.listen(0, '127.0.0.1');
    await once(canary, 'listening');
    t.after(() => canary.close());
    const { port } = canary.address() as AddressInfo;
    const html = `<img src="http://127.0.0.1:${port}/a.png"><img src="http://localhost:${port}/b.png">`;
    const { host, account, email } = await opened(t, { subject: 'hello', html });
    const blocked = await host.call('bodies.get', account, { email });
    assert.equal(blocked.blockedRemote, 2);
    const shown = await host.call('bodies.get', account, { email, remoteContent: true });
    assert.match(shown.html ?? '', /src="tern-mail:\/\/[^/"]+\/remote\/0"[^]*src="tern-mail:\/\/[^/"]+\/remote\/1"/);
    for (const n of [0, 1])
      await assert.rejects(host.call('bodies.remote', account, { email, n }), { kind: 'forbidden' });
    await assert.rejects(host.call('bodies.remote', account, { email, n: 2 }), { kind: 'notFound' });
    assert.equal(asked, 0);
  });
});

describe('reading what is not there', () => {
  it('is notFound, by name', async (t) => {
    const { host, account, email } = await opened(t, mail);
    await assert.rejects(host.call('bodies.get', account, { email: '999' }), { kind: 'notFound', field: 'email' });
    await assert.rejects(host.call('bodies.get', account, { email: 'x' }), { kind: 'notFound', field: 'email' });
    await assert.rejects(host.call('emails.source', account, { email: '999' }), { kind: 'notFound', field: 'email' });
    for (const part of ['7', '../1', ' '])
      await assert.rejects(host.call('attachments.read', account, { email, part }), {
        kind: 'notFound',
        field: 'part',
      });
    await assert.rejects(host.call('bodies.get', account, { email: '' }), { kind: 'invalid', field: 'email' });
  });
});

describe('settings of an account', () => {
  it('change what is named, and stay', async (t) => {
    const dataDir = dataFolder(t);
    const { host, account } = await opened(t, mail, dataDir);
    const before = await host.call('settings.get', account, {});
    const usual = { label: '', signature: { text: '', html: '' }, aliases: [], pictures: [] };
    assert.deepEqual(before, { bodies: { prefetch: true, maxBytes: 1e9, maxDays: null }, ...usual });
    await host.call('settings.set', account, { bodies: { maxDays: 90 } });
    const pictures = { 'News@Lists.example': true, 'gone@lists.example': true } as const;
    await host.call('settings.set', account, { pictures });
    await host.call('settings.set', account, { pictures: { 'Gone@lists.example': null, 'never@lists.example': null } });
    await host.kill();
    const next = hostFor(t, { dataDir });
    const after = await next.call('settings.get', account, {});
    assert.deepEqual(after, {
      bodies: { prefetch: true, maxBytes: 1e9, maxDays: 90 },
      ...usual,
      pictures: ['news@lists.example'],
    });
    for (const bodies of [{ maxBytes: -1 }, { maxDays: 0 }, { prefetch: 'yes' }, { other: 1 }])
      await assert.rejects(next.call('settings.set', account, { bodies } as never), { kind: 'invalid' });
    for (const wrong of [{ 'not an address': true }, { 'a@b.example': false }, ['a@b.example']])
      await assert.rejects(next.call('settings.set', account, { pictures: wrong } as never), { kind: 'invalid' });
    const many = Object.fromEntries(Array.from({ length: 1001 }, (_, n) => [`a${n}@b.example`, true as const]));
    await assert.rejects(next.call('settings.set', account, { pictures: many }), { kind: 'tooLarge' });
  });
});
