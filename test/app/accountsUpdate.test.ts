import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import type { AccountRow } from '../../src-shared/contractRows.ts';
import { start } from '../servers/jmap/testClient.ts';
import type { JmapServer } from '../servers/jmapServer.ts';
import { addAccount, addSynced, dataFolder, type Host, hostFor } from '../support/host.ts';
import { isRunning, until } from '../support/processes.ts';

type World = { host: Host; server: JmapServer; account: string };

const worldOf = async (t: TestContext): Promise<World> => {
  const server = await start(t);
  await server.deliver([{ subject: 'one' }, { subject: 'two' }]);
  const host = hostFor(t);
  return { host, server, account: await addSynced(host, server) };
};
const rowOf = async (host: Host, account: string): Promise<AccountRow> => {
  const [row] = (await host.call('sync.status', account, {})).accounts;
  assert.ok(row);
  return row;
};

describe('accounts.update', () => {
  it('changes what is named and leaves the rest', async (t) => {
    const { host, account } = await worldOf(t);
    const update = async (patch: object): Promise<AccountRow> =>
      (await host.call('accounts.update', null, { account, ...patch })).account;
    assert.equal((await update({ name: 'Work' })).name, 'Work');
    assert.equal((await update({ order: -3 })).order, -3);
    const row = await update({ colour: '#ff0000' });
    assert.deepEqual([row.name, row.order, row.colour, row.email], ['Work', -3, '#ff0000', 'alice@example.test']);
    assert.equal((await update({})).colour, '#ff0000');
    assert.equal((await update({ colour: null })).colour, null);
    assert.equal((await update({ name: '' })).name, '');
    const card = readFileSync(join(host.dataDir, 'accounts', account, 'account.json'), 'utf8');
    assert.equal(JSON.parse(card).name, '');
    assert.deepEqual(await host.call('sync.now', account, {}), { result: 'ok' }, 'it still knows its password');
  });

  it('refuses what it does not know, naming the field', async (t) => {
    const host = hostFor(t);
    const cases: [string, string, object][] = [
      ['notFound', 'account', { account: 'nobody', name: 'x' }],
      ['invalid', 'account', { name: 'x' }],
      ['invalid', 'email', { account: 'nobody', email: 'x@example.test' }],
      ['invalid', 'order', { account: 'nobody', order: 1.5 }],
      ['invalid', 'paused', { account: 'nobody', paused: 'yes' }],
      ['invalid', 'colour', { account: 'nobody', colour: 'red;background:url(//example.test)' }],
    ];
    for (const [kind, field, input] of cases) {
      const { error } = await host.ask({ call: 'accounts.update', input });
      assert.deepEqual([error?.kind, error?.field], [kind, field]);
    }
  });

  it('pauses: no request any more, sync.now is cancelled; and goes on where it was', async (t) => {
    const { host, server, account } = await worldOf(t);
    const paused = await host.call('accounts.update', null, { account, paused: true });
    assert.equal(paused.account.phase, 'stopped');
    server.forgetRequests();
    await server.deliver([{ subject: 'three' }]);
    const { result, error } = await host.call('sync.now', account, {});
    assert.deepEqual([result, error?.kind], ['error', 'cancelled']);
    assert.equal((await host.call('emails.list', account, {})).emails.length, 2, 'mail can be read');
    assert.equal(server.requests.length, 0);
    await host.call('accounts.update', null, { account, paused: false });
    assert.deepEqual(await host.call('sync.now', account, {}), { result: 'ok' });
    assert.equal((await host.call('emails.list', account, {})).emails.length, 3);
    assert.equal((await rowOf(host, account)).phase, 'live');
  });

  it('pausing cuts off a cycle under way and answers who waits for it', async (t) => {
    const { host, server, account } = await worldOf(t);
    server.trouble.hang();
    const waiting = host.call('sync.now', account, {});
    await until('the server has the request', () => server.requests.length > 0);
    await host.call('accounts.update', null, { account, paused: true });
    assert.equal((await waiting).error?.kind, 'cancelled');
  });

  it('takes a new place for the same account, though the old one asked to wait', async (t) => {
    const { host, server, account } = await worldOf(t);
    server.trouble.failNext('http429', 1, { retryAfter: 3600 });
    assert.equal((await host.call('sync.now', account, {})).error?.kind, 'rateLimited');
    await host.call('accounts.update', null, { account, config: server.config });
    assert.equal((await host.call('sync.now', account, {})).error?.kind, 'rateLimited', 'it is the same place');
    await server.stop();
    const other = await start(t);
    await other.deliver([{ subject: 'elsewhere' }]);
    await host.call('accounts.update', null, { account, config: other.config });
    assert.deepEqual(await host.call('sync.now', account, {}), { result: 'ok' });
    const { emails } = await host.call('emails.list', account, {});
    assert.deepEqual(
      emails.map(({ subject }) => subject),
      ['elsewhere'],
    );
    const { error } = await host.ask({
      call: 'accounts.update',
      input: { account, config: { protocol: 'jmap', sessionUrl: 'http://example.test' } },
    });
    assert.deepEqual([error?.kind, error?.field], ['invalid', 'config.sessionUrl']);
  });

  it('shows the stored password to no server of another domain: whoever names one enters it, too', async (t) => {
    const { host, server, account } = await worldOf(t);
    const { config, credential } = server;
    assert.ok(config.protocol === 'jmap');
    server.forgetRequests();
    const elsewhere = config.sessionUrl.replace('127.0.0.1', 'localhost');
    const moved = { ...config, sessionUrl: elsewhere, confirmed: ['127.0.0.1'] };
    const smtp = { host: 'smtp.example.org', port: 465, security: 'tls' } as const;
    const password = 'secret';
    for (const given of [
      { config: moved },
      { config: { ...config, smtp } },
      { config: { ...config, smtp }, password },
    ]) {
      const input = { account, name: 'moved', ...given };
      const { error } = await host.ask({ call: 'accounts.update', input });
      assert.deepEqual([error?.kind, error?.field], ['invalid', 'credential']);
      assert.match(error?.message ?? '', /localhost|example\.org/);
    }
    assert.equal(server.requests.length, 0);
    assert.equal((await rowOf(host, account)).name, 'alice@example.test', 'nothing was changed');
    await host.call('accounts.update', null, { account, config: moved, credential });
    assert.deepEqual(await host.call('sync.now', account, {}), { result: 'ok' });
    await host.call('accounts.update', null, { account, config: { ...moved, sessionUrl: `${elsewhere}?again` } });
  });

  it('of several things at the same moment leaves one loop in the last state', async (t) => {
    const { host, server, account } = await worldOf(t);
    const { config, credential } = server;
    const update = (patch: object): Promise<unknown> => host.call('accounts.update', null, { account, ...patch });
    for (let round = 0; round < 5; round++) {
      server.trouble.slow(30);
      host.ask({ call: 'sync.now', account }).catch(() => undefined);
      await Promise.all([update({ credential }), update({ config }), update({ paused: true })]);
      assert.equal((await rowOf(host, account)).phase, 'stopped');
      server.trouble.slow(0);
      server.forgetRequests();
      const { error } = await host.call('sync.now', account, {});
      assert.equal(error?.kind, 'cancelled');
      assert.equal(server.requests.length, 0, 'a paused account asks nothing');
      await Promise.all([update({ paused: false }), update({ credential }), update({ config })]);
      assert.deepEqual(await host.call('sync.now', account, {}), { result: 'ok' });
      assert.equal((await rowOf(host, account)).phase, 'live');
      server.forgetRequests();
      await host.call('sync.now', account, {});
      const alone = server.countRequests('Mailbox/changes') + server.countRequests('Mailbox/get');
      assert.ok(alone <= 2, `one loop, not ${alone} requests`);
    }
  });
});

describe('accounts.remove', () => {
  it('ends the worker, deletes everything and lets the account be added again', async (t) => {
    const { host, server, account } = await worldOf(t);
    const [worker = 0] = host.workers();
    assert.deepEqual(await host.call('accounts.remove', null, { account }), {});
    assert.ok(!isRunning(worker));
    assert.deepEqual(readdirSync(join(host.dataDir, 'accounts')), []);
    assert.deepEqual(await host.call('accounts.list', null, {}), { accounts: [] });
    await assert.rejects(host.call('emails.list', account, {}), { kind: 'notFound', field: 'account' });
    await assert.rejects(host.call('accounts.remove', null, { account }), { kind: 'notFound', field: 'account' });
    const again = await addSynced(host, server);
    assert.notEqual(again, account);
    assert.equal((await host.call('emails.list', again, {})).emails.length, 2);
    assert.equal(Object.keys((await server.truth()).emails).length, 2, 'the server keeps its mail');
  });

  it('works while the first sync runs', async (t) => {
    const server = await start(t);
    await server.deliver(Array.from({ length: 1500 }, (_, n) => ({ subject: `mail ${n}` })));
    server.trouble.slow(50);
    const host = hostFor(t);
    const account = await addAccount(host, server);
    const waiting = host.ask({ call: 'sync.now', account });
    await host.event(({ event }) => event === 'progress');
    await host.call('accounts.remove', null, { account });
    const { ok } = await waiting;
    assert.deepEqual(ok, { result: 'error', error: { kind: 'cancelled', message: 'the account is being closed' } });
    assert.deepEqual(readdirSync(join(host.dataDir, 'accounts')), []);
    assert.deepEqual(host.workers(), []);
    assert.equal(host.stderr(), '');
  });

  it('of the same account twice at once answers notFound once', async (t) => {
    const { host, account } = await worldOf(t);
    const lines = await Promise.all([1, 2].map(() => host.ask({ call: 'accounts.remove', input: { account } })));
    assert.deepEqual(
      lines.map(({ error }) => error?.kind),
      [undefined, 'notFound'],
    );
  });

  it('that was cut off is finished at the next start', async (t) => {
    const dataDir = dataFolder(t);
    const left = join(dataDir, 'accounts', 'removed-0b9a8f5e-0000-4000-8000-000000000000');
    mkdirSync(join(left, 'deep'), { recursive: true });
    writeFileSync(join(left, 'mail.sqlite'), 'old mail');
    const host = hostFor(t, { dataDir });
    assert.deepEqual(await host.call('accounts.list', null, {}), { accounts: [] });
    assert.equal(existsSync(left), false);
  });
});
