import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { EventTrouble } from '../servers/jmap/eventSource.ts';
import { settle } from '../support/clock.ts';
import { mails, type World, type WorldOptions, world } from '../support/world.ts';
import { later } from '../support/worldQueue.ts';

type Test = Parameters<typeof world>[0];

/** A replica in step with a server that pushes, which is listened to. */
const listening = async (t: Test, options: WorldOptions = {}, trouble: EventTrouble | null = null): Promise<World> => {
  const w = await world(t, { push: true, mails: 3, ...options });
  w.server.trouble.events(trouble);
  await w.expectTrue();
  await w.until(() => asked(w).length > 0, 'an event source');
  await settle(20);
  w.forget();
  return w;
};

/** The same when it has proven itself: it said that it is there, and a pull began since. */
const trusted = async (t: Test, options: WorldOptions = {}, trouble: EventTrouble | null = null): Promise<World> => {
  const w = await listening(t, options, trouble);
  w.server.events.ping();
  await settle(20);
  await w.sync();
  w.forget();
  return w;
};

const asked = (w: World) => w.server.events.log;
const open = (w: World): number => asked(w).filter((each) => each.open).length;
const held = (w: World): number => Object.keys(w.view().emails).length;
const triggers = (w: World): string[] => w.cycles().map(({ trigger }) => trigger);
/** Cycles by themselves in so long a time, in which the server pings. */
const cyclesIn = async (w: World, ms: number, pings = true): Promise<number> => {
  const before = w.cycles().length;
  for (let left = ms; left > 0; left -= 15_000) {
    await w.clock.advance(15_000);
    if (pings) w.server.events.ping();
    await settle(30);
    await w.until(() => w.engine.status().phase === 'live');
  }
  return w.cycles().length - before;
};

describe('J7: a StateChange', () => {
  it('ends the wait at once, and the pull brings what it is about', async (t) => {
    const w = await listening(t);
    await w.server.deliver(mails(1));
    await w.until(() => held(w) === 4, 'the new mail');
    await w.until(() => triggers(w).at(-1) === 'push', 'the end of the cycle');
    assert.equal(w.clock.monotonic(), 0);
  });

  it('is asked for uncompressed, with pings, until further notice, of what is synced', async (t) => {
    const [request] = asked(await listening(t));
    assert.deepEqual(request, {
      types: 'Email,Mailbox',
      closeAfter: 'no',
      ping: 30,
      lastEventId: null,
      acceptEncoding: 'identity',
      open: true,
    });
  });

  it('that names states which were pulled already ends nothing', async (t) => {
    const w = await listening(t, {}, 'mute');
    await w.server.deliver(mails(1));
    await w.sync();
    const cycles = w.cycles().length;
    w.server.trouble.events(null);
    w.server.events.tell();
    await settle(30);
    await w.clock.advance(5_000);
    await settle(30);
    assert.equal(w.cycles().length, cycles);
  });

  it('of another account ends nothing, and nonsense neither', async (t) => {
    const w = await listening(t, {}, 'otherAccount');
    await w.server.deliver(mails(1));
    await settle(50);
    assert.deepEqual(triggers(w), ['start', 'person'].slice(0, triggers(w).length));
    assert.equal(held(w), 3);
    w.server.trouble.events('garbage');
    await w.server.deliver(mails(1));
    await w.until(() => held(w) === 5, 'what stands beside the nonsense');
  });

  it('that comes while a pull is under way is answered by the next one', async (t) => {
    const w = await listening(t);
    let late = true;
    w.server.trouble.beforeReply(async () => {
      if (late) await w.server.deliver(mails(1));
      late = false;
      await settle(20);
    });
    await w.sync();
    await w.until(() => triggers(w).at(-1) === 'push', 'a cycle for what came too late for the pull');
    assert.equal(held(w), 4);
  });

  it('has its lag in the log, from the hint to the end of the cycle', async (t) => {
    const w = await listening(t);
    w.server.trouble.beforeReply(async () => w.clock.advance(700));
    await w.server.deliver(mails(1));
    await w.until(() => triggers(w).at(-1) === 'push', 'the cycle');
    assert.equal(w.cycles().at(-1)?.lagMs, 700);
    assert.ok(w.cycles().every(({ trigger, lagMs }) => (trigger === 'push') === (lagMs !== undefined)));
  });
});

describe('J7: while push works', () => {
  it('the server is asked every 5 minutes, and else every 30 seconds', async (t) => {
    const w = await trusted(t);
    assert.equal(await cyclesIn(w, 285_000), 0);
    assert.equal(await cyclesIn(w, 15_000), 1);
    assert.equal(triggers(w).at(-1), 'poll');
    w.server.trouble.events({ refuse: 204 });
    w.server.events.drop();
    await w.until(() => open(w) === 0, 'the loss');
    assert.equal(await cyclesIn(w, 120_000), 4);
  });

  it('it counts as working once the server said that it is there, and a pull began since it was opened', async (t) => {
    const w = await listening(t);
    assert.equal(await cyclesIn(w, 60_000, false), 2, 'no ping yet');
    await settle(20);
    assert.equal(await cyclesIn(w, 120_000), 0);
  });

  it('what happened before it was opened is looked for within 30 seconds', async (t) => {
    const w = await listening(t);
    assert.equal(await cyclesIn(w, 30_000), 1);
    assert.equal(await cyclesIn(w, 120_000), 0);
  });

  it('what it does not tell of is found by then, and for an hour it is asked every 30 seconds again', async (t) => {
    const w = await trusted(t, {}, 'mute');
    await w.server.deliver(mails(1));
    assert.equal(await cyclesIn(w, 285_000), 0);
    await cyclesIn(w, 15_000);
    assert.equal(held(w), 4);
    // The verdict falls with the first look after the poll.
    await cyclesIn(w, 30_000);
    for (let minutes = 1; minutes < 60; minutes++) assert.equal(await cyclesIn(w, 60_000), 2, `minute ${minutes}`);
    await cyclesIn(w, 60_000);
    assert.equal(await cyclesIn(w, 240_000), 0, 'after the hour');
  });

  it('while it is not trusted its hints count all the same', async (t) => {
    const w = await trusted(t, {}, 'mute');
    await w.server.deliver(mails(1));
    await cyclesIn(w, 330_000);
    w.server.trouble.events(null);
    await w.server.deliver(mails(1));
    await w.until(() => held(w) === 5, 'the mail it told of');
  });

  it('what it tells of late, and what we do ourselves, takes no trust away', async (t) => {
    const w = await trusted(t, {}, 'mute');
    await w.server.deliver(mails(1));
    await w.sync();
    w.server.trouble.events(null);
    await w.server.deliver(mails(1));
    await w.until(() => held(w) === 5, 'a late word');
    w.server.trouble.events('mute');
    const [id = ''] = Object.keys(w.view().emails);
    w.submit({ type: 'keywords', emails: [id], patch: { $flagged: true } });
    await w.until(() => w.changes().length === 0, 'our own change');
    assert.ok((await cyclesIn(w, 120_000)) <= 1);
  });
});

describe('J7: a server that does not push', () => {
  for (const status of [204, 404, 301, 401] as const)
    it(`and says so by ${status} is polled, and not asked again for an hour`, async (t) => {
      const w = await listening(t, {}, { refuse: status });
      for (let n = 0; n < 4; n++) await later(w, 30_000);
      assert.deepEqual([asked(w).length, triggers(w).at(-1)], [1, 'poll']);
      await w.clock.advance(3_600_000);
      await w.until(() => asked(w).length === 2, 'another try');
    });

  it('and names no event source is polled', async (t) => {
    const w = await world(t, { push: true, mails: 3 });
    w.server.trouble.sessionOverride({ eventSourceUrl: null });
    await w.expectTrue();
    await later(w, 30_000);
    assert.deepEqual([asked(w).length, triggers(w).at(-1)], [0, 'poll']);
  });

  it('with push off new mail is there within 30 seconds', async (t) => {
    const w = await listening(t, { push: false });
    await w.server.deliver(mails(1));
    await later(w, 30_000);
    assert.equal(held(w), 4);
  });
});

describe('J7: an event source', () => {
  it('that is silent from the start is polled beside, and left after 5 minutes', async (t) => {
    const w = await listening(t, {}, 'silent');
    await w.server.deliver(mails(1));
    await later(w, 30_000);
    assert.equal(held(w), 4);
    await cyclesIn(w, 240_000);
    assert.equal(asked(w).length, 1);
    await cyclesIn(w, 60_000);
    assert.equal(asked(w).length, 2);
  });

  it('that falls silent is noticed 15 seconds after a ping was due, and what came meanwhile is looked for', async (t) => {
    const w = await trusted(t);
    w.server.trouble.events('silent');
    await w.server.deliver(mails(1));
    await w.clock.advance(44_000);
    await settle(20);
    assert.deepEqual([asked(w).length, held(w)], [1, 3]);
    await w.clock.advance(3_000);
    await w.until(() => asked(w).length === 2 && held(w) === 4, 'another connection, and the mail');
  });

  it('that pings more slowly than it was asked to gets that time', async (t) => {
    const w = await trusted(t, {}, 'slowPing');
    await cyclesIn(w, 285_000, false);
    assert.equal(asked(w).length, 1);
    await cyclesIn(w, 60_000, false);
    assert.equal(asked(w).length, 2);
  });

  it('that is lost is made anew soon, goes on where it was, and what came meanwhile is looked for', async (t) => {
    const w = await listening(t);
    await w.server.deliver(mails(1));
    await w.until(() => held(w) === 4, 'the mail');
    const [last] = w.server.requests.slice(-1);
    assert.ok(last);
    w.server.events.drop();
    await settle(20);
    w.server.trouble.events('mute');
    await w.server.deliver(mails(1));
    await w.clock.advance(1_200);
    await w.until(() => held(w) === 5, 'what came meanwhile');
    assert.match(asked(w)[1]?.lastEventId ?? '', /^\d+$/);
    assert.ok(w.clock.monotonic() < 3_000);
  });

  it('that hangs up again and again is made anew after ever longer pauses', async (t) => {
    const w = await listening(t, {}, { refuse: 502 });
    for (let seconds = 0; seconds < 120; seconds++) {
      await settle(10);
      await w.clock.advance(1_000);
    }
    assert.ok(asked(w).length > 3 && asked(w).length < 10, `${asked(w).length} times`);
  });

  it('that asks to wait is left alone for as long', async (t) => {
    const w = await listening(t, {}, { refuse: 429, retryAfter: 600 });
    await cyclesIn(w, 570_000);
    assert.equal(asked(w).length, 1);
    await cyclesIn(w, 30_000);
    assert.equal(asked(w).length, 2);
  });

  it('whose line has no end is left alone', async (t) => {
    const w = await listening(t, {}, 'endlessLine');
    await w.until(() => open(w) === 0, 'it is left');
    await cyclesIn(w, 60_000);
    assert.equal(asked(w).length, 1);
  });

  it('is ended with the driver, and there is one at most', async (t) => {
    const w = await listening(t);
    for (let n = 0; n < 3; n++) {
      await w.server.deliver(mails(1));
      await w.sync();
    }
    assert.equal(asked(w).length, 1);
    await w.engine.stop();
    await w.until(() => open(w) === 0, 'the end');
  });
});
