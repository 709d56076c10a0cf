import assert from 'node:assert/strict';
import type { Behaviour } from './behaviours.ts';
import { listAll } from './replica.ts';
import { changed, entered, lastCycle, letters, roleOf, rowOf, type World, withPassword } from './world.ts';

const start = async (world: World, count = 5): Promise<string[]> => {
  const ids = await world.server.deliver(letters('mail', count));
  await world.add();
  await world.agree();
  return ids;
};

const away: Behaviour = [
  'two thousand changes while Tern was closed, and a kill -9 while it catches up',
  async (world, _t, { copies }) => {
    const { server } = world;
    const before = await server.truth();
    const [inbox, archive] = [roleOf(before, 'inbox'), roleOf(before, 'archive')];
    const ids = await start(world, 1200);
    await world.leave();
    const box = await server.createMailbox('Made meanwhile');
    await server.setKeywords(ids.slice(0, 400), { $seen: true });
    await server.setKeywords(ids.slice(300, 600), { $flagged: true, 'project-x': true });
    await server.setMailboxes(ids.slice(500, 800), { [archive]: true, [inbox]: null });
    await server.setMailboxes(ids.slice(800, 900), { [box]: true });
    await server.destroy(ids.slice(900, 1200));
    await server.deliver(letters('while away', 500));
    await server.deliver(letters('while away elsewhere', 100, () => ({ mailboxIds: [box, archive] })));
    world.gate.delay(100);
    world.comeBack();
    await changed(world);
    await world.leave('kill');
    world.gate.delay(0);
    world.comeBack();
    const { emails } = await world.agree();
    assert.equal(emails.length, 1200 - 300 + 600 + (copies === 'own emails' ? 100 + 100 : 0));
    await world.sync();
    assert.equal((await lastCycle(world)).counts.updated, 0);
  },
  'own home',
];

const password: Behaviour = [
  'a new password elsewhere blocks the account until Tern is told, and then it goes on',
  async (world) => {
    const { server, host, account } = world;
    await start(world);
    await server.changePassword('another one');
    await server.deliver(letters('unseen yet', 2));
    const refused = await world.sync();
    assert.equal(refused.error?.kind, 'auth');
    const row = await rowOf(world);
    assert.deepEqual([row.phase, row.error?.kind], ['blocked', 'auth']);
    assert.equal((await listAll(host(), account(), {})).length, 5, 'what is held can be read');
    const live = entered(world, 'live');
    const credential = withPassword(server.credential, 'another one');
    await host().call('accounts.update', null, { account: account(), credential });
    await live;
    assert.equal((await rowOf(world)).error, undefined);
    assert.equal((await listAll(host(), account(), {})).length, 7);
  },
];

const unreachable: Behaviour = [
  'a server that cannot be reached: offline with an error, readable, and well again by itself',
  async (world) => {
    const { gate, server, host, account } = world;
    await start(world);
    // Before the line is cut, as every try that fails makes the wait for the next one longer.
    gate.hold();
    await server.deliver(letters('unseen yet', 2));
    await gate.close();
    gate.release();
    const failed = await world.sync();
    assert.equal(failed.error?.kind, 'network');
    const row = await rowOf(world);
    assert.deepEqual([row.phase, row.error?.kind], ['offline', 'network']);
    assert.ok(Date.parse(row.retryAt ?? '') > Date.now(), 'it says when it tries again');
    assert.equal((await listAll(host(), account(), {})).length, 5);
    const live = entered(world, 'live');
    await gate.open();
    await live;
    assert.equal((await rowOf(world)).error, undefined);
    assert.equal((await listAll(host(), account(), {})).length, 7);
  },
];

const startedOffline: Behaviour = [
  'Tern started without a network shows what it holds, and is true when the network comes',
  async (world) => {
    const { gate, server } = world;
    const [first = ''] = await start(world);
    await world.leave();
    await gate.close();
    await server.destroy([first]);
    world.comeBack();
    assert.equal((await world.sync()).error?.kind, 'network');
    assert.equal((await listAll(world.host(), world.account(), {})).length, 5);
    await gate.open();
    assert.equal((await world.agree()).emails.length, 4);
  },
  'own home',
];

const restarted: Behaviour = [
  'a server that was restarted, and a connection cut within an answer',
  async (world) => {
    const { gate, server } = world;
    await start(world);
    await server.restart?.();
    await server.deliver(letters('after the restart', 2));
    await world.agree();
    await server.deliver(letters('cut off', 300));
    gate.delay(100);
    gate.hold();
    const syncing = world.sync();
    await new Promise((resolve) => setTimeout(resolve, 300));
    await gate.close();
    assert.equal((await syncing).error?.kind, 'network');
    gate.delay(0);
    gate.release();
    await gate.open();
    await world.agree();
  },
  'own server',
];

/** What happens while Tern is closed or cannot reach the server. */
export const awayBehaviours: Behaviour[] = [away, password, unreachable, startedOffline, restarted];
