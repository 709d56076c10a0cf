import assert from 'node:assert/strict';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { CallInput } from '../../src-shared/contract.ts';
import { type JmapServer, startJmapServer } from '../servers/jmapServer.ts';
import { addSynced, type Host, startHost } from '../support/host.ts';
import { until, within } from '../support/processes.ts';

/** A port of this machine that nobody listens on. */
const deadUrl = 'http://127.0.0.1:9/jmap';
const password = { type: 'password', username: 'u', password: 'p' } as const;
const deadConfig = { protocol: 'jmap', sessionUrl: deadUrl } as const;

type Add = CallInput<'accounts.add'>;

describe('accounts.add', () => {
  let host: Host;
  let server: JmapServer;
  before(async () => {
    server = await startJmapServer();
    host = startHost();
    await host.call('app.info', null, {});
  });
  after(async () => {
    assert.equal(await host.end(), 0);
    await server.stop();
  });
  const add = (input: Partial<Add> & { email: string }): ReturnType<Host['ask']> =>
    host.ask({ call: 'accounts.add', input: { config: deadConfig, credential: password, ...input } });
  const emails = async (): Promise<string[]> =>
    (await host.call('accounts.list', null, {})).accounts.map(({ email }) => email);

  it('answers when the server is dead, and says so later', async () => {
    const input: Add = { email: 'dead@example.test', config: deadConfig, credential: password };
    const { account } = await within(10_000, 'the answer', host.call('accounts.add', null, input));
    assert.deepEqual(
      [account.email, account.name, account.protocol],
      ['dead@example.test', 'dead@example.test', 'jmap'],
    );
    assert.deepEqual([account.lastSyncedAt, account.pending, account.unread, account.order], [null, 0, 0, 0]);
    const { data } = await host.event((event) => event.event === 'phase' && event.data.phase === 'offline');
    assert.ok('error' in data && data.error?.kind === 'network', JSON.stringify(data));
    assert.ok(Date.parse(data.retryAt ?? '') > Date.now());
    const listed = (await host.call('accounts.list', null, {})).accounts.find(({ id }) => id === account.id);
    assert.deepEqual([listed?.phase, listed?.error?.kind], ['offline', 'network']);
  });

  it('answers at once when the server takes the request and is silent, not after its timeout', async () => {
    server.trouble.hang();
    const { config, credential } = server;
    const call = host.call('accounts.add', null, { email: 'silent@example.test', config, credential });
    const { account } = await within(10_000, 'the answer', call);
    await until('the server was asked', () => server.requests.length > 0);
    assert.equal((await host.call('sync.status', account.id, {})).accounts[0]?.phase, 'connecting');
    server.trouble.resume();
    await host.call('accounts.remove', null, { account: account.id });
  });

  it('refuses the same address twice, also in other letters, also at the same moment', async () => {
    const addresses = ['Same@Example.test', 'same@example.test', 'SAME@EXAMPLE.TEST'];
    const lines = await Promise.all(addresses.map((email) => add({ email })));
    assert.deepEqual(
      lines.map(({ error }) => error?.kind),
      [undefined, 'conflict', 'conflict'],
    );
    const later = await add({ email: 'same@Example.test' });
    assert.deepEqual([later.error?.kind, later.error?.field], ['conflict', 'email']);
    assert.equal((await emails()).filter((email) => /same/i.test(email)).length, 1);
  });

  it('refuses it also where its domain is written in other letters (RFC 5891)', async () => {
    const addresses = [
      'zoe@bücher.example',
      'ZOE@xn--bcher-kva.EXAMPLE',
      'zoe@BÜCHER.example',
      'zoe@bu\u0308cher.example',
    ];
    const kinds: unknown[] = [];
    for (const email of addresses) kinds.push((await add({ email })).error?.kind);
    assert.deepEqual(kinds, [undefined, 'conflict', 'conflict', 'conflict']);
    assert.equal((await add({ email: 'zoe@bucher.example' })).error, undefined, 'another domain');
  });

  it('refuses a sign-in that nobody made, or that is over, and stores nothing', async () => {
    const known = await emails();
    const folders = readdirSync(join(host.dataDir, 'accounts'));
    const line = await add({ email: 'token@example.test', credential: { type: 'oauth', handle: 'made up' } });
    assert.deepEqual([line.error?.kind, line.error?.field], ['notFound', 'credential.handle']);
    assert.deepEqual(await emails(), known);
    assert.deepEqual(readdirSync(join(host.dataDir, 'accounts')), folders);
  });

  it('refuses what it must not or cannot use, naming the field, and stores nothing', async () => {
    const known = await emails();
    const folders = readdirSync(join(host.dataDir, 'accounts'));
    const config = (sessionUrl: unknown) => ({ email: 'new@example.test', config: { protocol: 'jmap', sessionUrl } });
    const cases: [string, object][] = [
      ['config.sessionUrl', config('http://mail.example.test/jmap')],
      ['config.sessionUrl', config('http://127.0.0.1.example.test/jmap')],
      ['config.sessionUrl', config('http://localhost.example.test')],
      ['config.sessionUrl', config('http://192.168.1.1/')],
      ['config.sessionUrl', config('ftp://127.0.0.1/')],
      ['config.sessionUrl', config('')],
      ['config.sessionUrl', config('http://')],
      ['config.sessionUrl', config(5)],
      ['config.surprise', { email: 'new@example.test', config: { ...deadConfig, surprise: 1 } }],
      ['config.protocol', { email: 'new@example.test', config: { protocol: 'pop3' } }],
      [
        'config.imap.security',
        {
          email: 'new@example.test',
          config: {
            protocol: 'imap',
            imap: { host: 'mail.example.test', port: 143, security: 'none' },
            smtp: { host: 'mail.example.test', port: 465, security: 'tls' },
          },
        },
      ],
      [
        'config.smtp.host',
        {
          email: 'new@example.test',
          config: {
            protocol: 'imap',
            imap: { host: 'mail.example.test', port: 993, security: 'tls' },
            smtp: { host: 'mail.example.test\r\nQUIT', port: 465, security: 'tls' },
          },
        },
      ],
      ['email', { email: 'nonsense' }],
      ['email', { email: '' }],
      ['email', { email: undefined }],
      ['name', { email: 'new@example.test', name: 'x'.repeat(201) }],
      ['name', { email: 'new@example.test', name: 'Alice\r\nBcc: eve@example.test' }],
      ['credential.password', { email: 'new@example.test', credential: { type: 'password', username: 'u' } }],
      ['credential.type', { email: 'new@example.test', credential: { type: 'magic' } }],
    ];
    for (const [field, input] of cases) {
      const line = await add(input as never);
      assert.deepEqual([line.error?.kind, line.error?.field], ['invalid', field], JSON.stringify(input));
    }
    assert.deepEqual(await emails(), known);
    assert.deepEqual(readdirSync(join(host.dataDir, 'accounts')), folders);
  });

  it('keeps folders and files private, and writes a card without a secret', async () => {
    server.trouble.reset();
    const id = await addSynced(host, server);
    const folder = join(host.dataDir, 'accounts', id);
    const card = JSON.parse(readFileSync(join(folder, 'account.json'), 'utf8'));
    const address = 'alice@example.test';
    assert.deepEqual(card, { id, email: address, name: address, protocol: 'jmap', order: 0, colour: null });
    const modes = [folder, join(host.dataDir, 'accounts'), join(host.dataDir, 'key'), join(folder, 'account.json')].map(
      (path) => (statSync(path).mode & 0o777).toString(8),
    );
    assert.deepEqual(modes, ['700', '700', '600', '600']);
    assert.deepEqual(
      readdirSync(folder).filter((name) => /tmp/.test(name)),
      [],
    );
  });

  it('takes many at the same moment', async () => {
    const lines = await Promise.all([1, 2, 3].map((n) => add({ email: `many${n}@example.test` })));
    assert.deepEqual(
      lines.map(({ error }) => error),
      [undefined, undefined, undefined],
    );
    assert.deepEqual((await emails()).filter((email) => /many/.test(email)).length, 3);
  });
});
