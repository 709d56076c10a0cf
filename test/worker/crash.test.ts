import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { start } from '../servers/jmap/testClient.ts';
import type { JmapServer } from '../servers/jmapServer.ts';
import { addSynced, type Host, hostFor, patiently } from '../support/host.ts';
import { isRunning, killHard, until } from '../support/processes.ts';

type World = { host: Host; server: JmapServer; account: string };

const worldOf = async (t: TestContext): Promise<World> => {
  const server = await start(t);
  await server.deliver([{ subject: 'one' }, { subject: 'two' }]);
  const host = hostFor(t, { quiet: true });
  return { host, server, account: await addSynced(host, server) };
};
const theWorker = (host: Host): Promise<number> => until('a worker', () => host.workers()[0]);

describe('a worker that is killed', () => {
  it('fails the calls under way, comes back by itself and has lost nothing', async (t) => {
    const { host, server, account } = await worldOf(t);
    const before = await host.call('emails.list', account, {});
    const cycles = (await host.call('sync.log', account, {})).cycles;
    server.trouble.hang();
    server.forgetRequests();
    const underWay = host.ask({ call: 'sync.now', account });
    await until('the server has the request', () => server.requests.length > 0);
    const worker = await theWorker(host);
    const told = host.events.length;
    process.kill(worker, 'SIGKILL');
    const line = await underWay;
    assert.match(JSON.stringify(line), /cancelled/);
    server.trouble.resume();
    assert.deepEqual(await host.call('emails.list', account, {}), before);
    assert.deepEqual((await host.call('sync.log', account, {})).cycles.slice(-cycles.length), cycles);
    const next = await theWorker(host);
    assert.notEqual(next, worker);
    const since = host.events.slice(told).map(({ event, data }) => (event === 'phase' ? data.phase : event));
    const first = since.find((each) => each === 'connecting' || each === 'changed');
    assert.equal(first, 'connecting', 'said before the next one is there');
    await server.deliver([{ subject: 'three' }]);
    assert.deepEqual(await host.call('sync.now', account, {}), { result: 'ok' });
    assert.equal((await host.call('emails.list', account, {})).emails.length, 3);
    assert.equal(server.countRequests('Email/query'), 0, 'no second first sync');
  });

  it('is followed by one that answers what only reads, and does nothing else that was asked of it', async (t) => {
    const { host, account } = await worldOf(t);
    const worker = await theWorker(host);
    process.kill(worker, 'SIGSTOP');
    const list = host.ask({ call: 'emails.list', account });
    const save = host.ask({ call: 'drafts.save', account, input: { subject: 'once' } });
    for (let round = 0; round < 2; round++) await host.call('app.info', null, {});
    process.kill(worker, 'SIGKILL');
    assert.equal((await list).error, undefined);
    assert.equal((await save).error?.kind, 'cancelled');
    assert.deepEqual(await host.call('drafts.list', account, {}), { drafts: [] });
  });

  it('while many calls are under way leaves none without an answer', async (t) => {
    const { host, account } = await worldOf(t);
    for (let round = 0; round < 2; round++) {
      const worker = await theWorker(host);
      const asked = Array.from({ length: 200 }, () => host.ask({ call: 'emails.list', account }));
      process.kill(worker, 'SIGKILL');
      const lines = await Promise.all(asked);
      const kinds = new Set(lines.map(({ error }) => error?.kind));
      assert.ok(
        [...kinds].every((kind) => kind === undefined || kind === 'cancelled'),
        [...kinds].join(),
      );
      await patiently(() => host.call('emails.list', account, {}));
    }
  });

  it('again and again blocks its account, which sync.now revives; the others go on', async (t) => {
    const { host, server, account } = await worldOf(t);
    const first = await theWorker(host);
    const other = await addSynced(host, server, 'other@example.test');
    const others = new Set(host.workers().filter((pid) => pid !== first));
    const notTheOther = (): number[] => host.workers().filter((pid) => !others.has(pid));
    let worker: number | undefined = first;
    for (let crash = 1; crash <= 5; crash++) {
      assert.ok(worker, `worker ${crash}`);
      await killHard(worker);
      if (crash === 5) break;
      await patiently(() => host.call('mailboxes.list', account, {}));
      // Numbers of processes begin anew at some point: the newest one is not always the largest.
      [worker] = notTheOther();
    }
    const { data } = await host.event((event) => event.event === 'phase' && event.data.phase === 'blocked');
    assert.ok('error' in data && data.account === account);
    const { accounts } = await host.call('accounts.list', null, {});
    const row = accounts.find(({ id }) => id === account);
    assert.deepEqual([row?.phase, row?.error?.kind, row?.retryAt], ['blocked', 'bug', undefined]);
    assert.match(row?.error?.message ?? '', /crashed 5 times/);
    await assert.rejects(host.call('emails.list', account, {}), { kind: 'bug' });
    assert.equal((await host.call('emails.list', null, {})).emails.length, 2);
    assert.deepEqual(await host.call('sync.now', other, {}), { result: 'ok' });
    assert.equal(host.workers().length, 1);
    assert.deepEqual(await host.call('sync.now', account, {}), { result: 'ok' });
    assert.equal((await host.call('emails.list', account, {})).emails.length, 2);
    assert.equal(host.workers().length, 2);
  });

  it('while its account is removed, or the host ends, makes no difference', async (t) => {
    const { host, account } = await worldOf(t);
    const worker = await theWorker(host);
    const removed = host.call('accounts.remove', null, { account });
    process.kill(worker, 'SIGKILL');
    assert.deepEqual(await removed, {});
    assert.deepEqual((await host.call('accounts.list', null, {})).accounts, []);
    assert.equal(await host.end(), 0);
    assert.ok(!isRunning(worker));
  });
});

describe('a worker that is stopped for a while', () => {
  it('delays its own account only', async (t) => {
    const { host, server, account } = await worldOf(t);
    const worker = await theWorker(host);
    const other = await addSynced(host, server, 'other@example.test');
    process.kill(worker, 'SIGSTOP');
    t.after(() => isRunning(worker) && process.kill(worker, 'SIGCONT'));
    const waiting = host.call('emails.list', account, {});
    assert.equal((await host.call('emails.list', other, {})).emails.length, 2);
    const { accounts } = await host.call('accounts.list', null, {});
    assert.deepEqual(accounts.map(({ email }) => email).toSorted(), ['alice@example.test', 'other@example.test']);
    process.kill(worker, 'SIGCONT');
    assert.equal((await waiting).emails.length, 2);
    const row = (await host.call('sync.status', account, {})).accounts[0];
    assert.equal(row?.phase, 'live');
  });
});
