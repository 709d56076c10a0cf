import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { cyrusAvailable, startCyrus } from '../servers/cyrus.ts';
import { dovecotAvailable, startDovecot } from '../servers/dovecot.ts';
import { type PushingServer, withEventSource } from '../servers/eventProxy.ts';
import { skipWithout } from '../servers/skipWithout.ts';
import { until } from '../support/processes.ts';
import { changed, lastCycle, letters, openWorld, ownHome, type World } from './world.ts';

const skip = {
  Cyrus: skipWithout(cyrusAvailable(), 'push on Cyrus'),
  Dovecot: skipWithout(dovecotAvailable(), 'push on Dovecot'),
};

/** A mail that comes is told of once, by a cycle that the server set off; how soon is printed, and measured by the benchmark of push. */
const expectAtOnce = async (world: World, t: TestContext): Promise<void> => {
  const { events } = world.host();
  for (let n = 0; n < 3; n++) {
    const created = changed(world, ({ emails }) => (emails?.created.length ?? 0) > 0);
    const [letter = {}] = letters('at once', 1);
    await world.server.deliver([{ ...letter, receivedAt: new Date() }]);
    const began = performance.now();
    const id = (await created).emails?.created[0];
    const ms = Math.round(performance.now() - began);
    t.diagnostic(`changed after ${ms} ms`);
    await until('notify', () =>
      events.some(({ event, data }) => event === 'notify' && 'email' in data && data.email === id),
    );
    assert.equal((await lastCycle(world)).trigger, 'push');
    // A server that hints again and again gets a cycle a second.
    await sleep(1_100);
  }
  assert.equal(events.filter(({ event }) => event === 'notify').length, 3);
  await world.agree();
};

describe('new mail becomes a changed event, without anybody asking', { concurrency: 2 }, () => {
  it('on Cyrus behind a proxy that speaks EventSource', { skip: skip.Cyrus }, async (t) => {
    let server: PushingServer | undefined;
    const world = await openWorld(t, async () => {
      server = await withEventSource(await startCyrus());
      return server;
    });
    await world.server.deliver(letters('before', 5));
    await world.add();
    await world.agree();
    await until('an event source', () => (server?.listeners() ?? 0) > 0);
    await sleep(200);
    await expectAtOnce(world, t);
  });

  it('on Dovecot under IDLE', { skip: skip.Dovecot }, async (t) => {
    const world = await openWorld(t, () => startDovecot(), ownHome(t));
    await world.server.deliver(letters('before', 5));
    await world.add();
    await world.agree();
    // Settled in IDLE: what came by then is told.
    await sleep(3_000);
    await expectAtOnce(world, t);
  });
});
