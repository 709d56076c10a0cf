import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { cyrusAvailable, startCyrus } from '../servers/cyrus.ts';
import { skipWithout } from '../servers/skipWithout.ts';
import { conformanceSuite, overJmap } from './behaviours.ts';
import { accountsOnOne } from './servers.ts';
import { inTurn } from './turns.ts';
import { entered, lastCycle, letters, openWorld, rowOf } from './world.ts';

const skip = skipWithout(cyrusAvailable(), 'conformance on Cyrus');

conformanceSuite(
  'JMAP of Cyrus',
  accountsOnOne(() => startCyrus()),
  { ...overJmap, skip, takes: inTurn('cyrusJmap') },
);

describe('what Cyrus does that other servers do not', { skip, concurrency: 2 }, () => {
  it('an account without a mailbox: a plain error, and well by itself with the first mail', async (t) => {
    const world = await openWorld(t, () => startCyrus({ noMailbox: true }));
    await world.add();
    let row = await rowOf(world);
    for (; row.phase !== 'offline'; row = await rowOf(world)) await sleep(20);
    assert.deepEqual([row.error?.kind, row.lastSyncedAt], ['server', null]);
    assert.match(row.error?.message ?? '', /account.*yet/);
    const live = entered(world, 'live');
    await world.server.deliver(letters('the first mail', 1));
    await live;
    assert.equal((await world.host().call('emails.list', world.account(), {})).emails.length, 1);
    assert.equal((await rowOf(world)).error, undefined);
    await world.agree();
  });

  it('a deleted mailbox, after which no change can be told: a cheap look at everything, once', async (t) => {
    const world = await openWorld(t, () => startCyrus());
    const { server } = world;
    const box = await server.createMailbox('Full');
    await server.deliver(letters('only here', 20, () => ({ mailboxIds: [box] })));
    const ids = await server.deliver(letters('mail', 1000));
    await world.add();
    await world.agree();
    await server.setKeywords(ids.slice(0, 5), { $flagged: true });
    await server.deleteMailbox(box);
    await server.deliver(letters('after', 3));
    assert.deepEqual(await world.sync(), { result: 'ok' });
    const { counts, bytes, roundTrips } = await lastCycle(world);
    t.diagnostic(`${roundTrips} round trips and ${bytes} bytes for 1,003 emails`);
    assert.deepEqual([counts.created, counts.updated, counts.destroyed], [3, 5, 20]);
    assert.ok(bytes < 250_000 && roundTrips < 20, `${bytes} bytes in ${roundTrips} round trips`);
    await world.agree();
    await world.sync();
    assert.equal((await lastCycle(world)).roundTrips, 1, 'from then on changes are told again');
  });
});
