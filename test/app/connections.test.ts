import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type ConnectionBudget, createConnectionBudget } from '../../src-main/app/connections.ts';
import { portPair } from '../../src-main/rpc/port.ts';
import { createRpc } from '../../src-main/rpc/rpc.ts';
import type { ConnectionWanted } from '../../src-main/rpc/workerProtocol.ts';
import { connectionsBy } from '../../src-main/worker/connections.ts';
import { startImapServer } from '../servers/imapServer.ts';
import { settle } from '../support/clock.ts';
import { addAccount, hostFor } from '../support/host.ts';
import { killHard, until } from '../support/processes.ts';
import { letters } from '../support/worldImap.ts';

const signal = new AbortController().signal;
const server = 'imap.example.test:993';

type Bench = { budget: ConnectionBudget; asked: string[]; take: Take };
type Take = (account: string, use: 'sync' | 'read' | 'listen', where?: string) => Promise<number>;

/** A budget of 4 connections for each server; each account numbers its leases from 1. */
const bench = (): Bench => {
  const asked: string[] = [];
  const budget = createConnectionBudget((account) => void asked.push(account));
  const last: Record<string, number> = {};
  const take: Take = async (account, use, where = server) => {
    const lease = (last[account] ?? 0) + 1;
    last[account] = lease;
    await budget.take(account, { lease, server: where, most: 4, use }, signal);
    return lease;
  };
  return { budget, asked, take };
};

const isPending = async (promise: Promise<unknown>): Promise<boolean> => {
  let settled = false;
  promise.then(
    () => (settled = true),
    () => (settled = true),
  );
  await settle();
  return !settled;
};

describe('I7: the connections of all accounts to one server', () => {
  it('are lent up to its number; who pulls or reads waits for one, in turn', async () => {
    const { budget, take } = bench();
    const leases = [await take('a', 'sync'), await take('b', 'sync'), await take('c', 'sync'), await take('d', 'read')];
    const next = take('e', 'sync');
    const last = take('f', 'read');
    assert.deepEqual([await isPending(next), await isPending(last)], [true, true]);
    assert.ok((await take('e', 'sync', 'elsewhere.example:993')) > 0, 'another server is another matter');
    budget.free('d', leases[3] ?? 0);
    assert.deepEqual([await isPending(next), await isPending(last)], [false, true]);
    budget.free('d', leases[3] ?? 0);
    assert.equal(await isPending(last), true, 'a lease is given back by whom it was lent to, once');
    budget.free('a', leases[0] ?? 0);
    assert.equal(await isPending(last), false);
  });

  it('leave room for those who pull and read before anybody listens', async () => {
    const { take } = bench();
    await take('a', 'sync');
    await take('a', 'listen');
    await assert.rejects(take('b', 'listen'), { kind: 'rateLimited' });
    await take('b', 'sync');
    await take('c', 'sync');
  });

  it('are asked back from who listens, the last one first, else from all others', async () => {
    const { asked, take } = bench();
    await take('a', 'listen');
    await take('b', 'listen');
    await take('c', 'sync');
    await take('d', 'sync');
    void take('e', 'sync');
    assert.deepEqual(asked, ['b']);
    const full = bench();
    for (const account of ['a', 'b', 'c', 'd']) await full.take(account, 'sync');
    void full.take('a', 'read');
    assert.deepEqual(full.asked, ['b', 'c', 'd']);
  });

  it('come back when a worker is gone', async () => {
    const { budget, take } = bench();
    for (const use of ['sync', 'read', 'sync', 'sync'] as const) await take('a', use);
    const next = take('b', 'sync');
    assert.equal(await isPending(next), true);
    budget.gone('a');
    assert.equal(await isPending(next), false);
  });

  it('are not kept for who gave up', async () => {
    const { budget, take } = bench();
    const leases = await Promise.all(['a', 'b', 'c', 'd'].map((account) => take(account, 'sync')));
    const control = new AbortController();
    const given = budget.take('e', { lease: 9, server, most: 4, use: 'sync' }, control.signal);
    const next = take('f', 'sync');
    control.abort();
    await assert.rejects(given, { kind: 'cancelled' });
    budget.free('a', leases[0] ?? 0);
    assert.equal(await isPending(next), false);
  });

  it('come back also from who gave up while one was lent', async () => {
    const { budget } = bench();
    const [near, far] = portPair();
    createRpc(far, async (name, input, cancelled) => {
      if (name === 'takeConnection') await budget.take('a', input as ConnectionWanted, cancelled);
      else budget.free('a', (input as { lease: number }).lease);
    });
    const connections = connectionsBy(createRpc(near, async () => null));
    const only = { server, most: 1, use: 'sync' } as const;
    for (let n = 0; n < 3; n++) {
      const control = new AbortController();
      const taking = connections.take(only, control.signal);
      await Promise.resolve();
      control.abort();
      await assert.rejects(taking, { kind: 'cancelled' });
    }
    const free = await connections.take(only, signal);
    const next = connections.take(only, signal);
    assert.equal(await isPending(next), true);
    free();
    assert.equal(await isPending(next), false);
  });

  it('twelve accounts sync, read and are told, over ten connections, also when a worker dies', async (t) => {
    const imap = await startImapServer({});
    t.after(() => imap.stop());
    await imap.deliver(letters(3));
    const host = hostFor(t);
    const accounts: string[] = [];
    for (let n = 0; n < 12; n++) accounts.push(await addAccount(host, imap, `user${n}@example.test`));
    const synced = async (): Promise<void> => {
      const results = await Promise.all(accounts.map((account) => host.call('sync.now', account, {})));
      assert.deepEqual(new Set(results.map(({ result }) => result)), new Set(['ok']));
    };
    await synced();
    for (const worker of host.workers().slice(0, 3)) await killHard(worker);
    await until('all workers again', () => host.workers().length === 12);
    await imap.deliver(letters(1));
    await synced();
    for (const account of accounts) {
      const { emails } = await host.call('emails.list', account, {});
      assert.equal(emails.length, 4);
      await host.call('emails.source', account, { email: emails[0]?.id ?? '' });
    }
    // A server may see the next one begin before it sees one end; without a budget there are more than 24.
    assert.ok(imap.connections.most <= 13, `${imap.connections.most} connections`);
  });
});
