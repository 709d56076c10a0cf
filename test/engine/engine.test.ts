import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { TernError } from '../../src-shared/errors.ts';
import { settle } from '../support/clock.ts';
import { mails, type World, world } from '../support/world.ts';
import { tap, tapNth } from '../support/worldTap.ts';

const phases = (w: World): string[] => w.phases.map(({ phase }) => phase);

describe('the engine', () => {
  it('goes through its phases in order, and tells each once', async (t) => {
    const w = await world(t, { mails: 10 });
    await w.expectTrue();
    assert.deepEqual(phases(w), ['connecting', 'flushing', 'syncing', 'live']);
    w.forget();
    await w.expectTrue();
    assert.deepEqual(phases(w), ['flushing', 'syncing', 'live']);
    w.forget();
    w.server.trouble.failNext('http500');
    await w.sync();
    await w.expectTrue();
    assert.deepEqual(phases(w), ['flushing', 'syncing', 'offline', 'connecting', 'flushing', 'syncing', 'live']);
    assert.equal(w.phases[2]?.error?.kind, 'server');
    w.forget();
    await w.engine.stop();
    assert.deepEqual(phases(w), ['stopped']);
  });

  it('sync.now waits for a cycle that began after the call', async (t) => {
    const w = await world(t, { mails: 10 });
    await w.expectTrue();
    w.forget();
    const hold = Promise.withResolvers<void>();
    let calls = 0;
    tap(w, async ({ name }) => {
      if (name !== 'Mailbox/changes') return;
      calls += 1;
      if (calls === 1) await hold.promise;
    });
    const first = w.sync();
    await w.until(() => calls === 1);
    // The answer under way was made before this.
    const [id = ''] = await w.server.deliver([{}]);
    const order: string[] = [];
    const second = w.sync().then(() => order.push(`second ${w.view().emails[id] !== undefined}`));
    const third = w.sync().then(() => order.push(`third ${w.view().emails[id] !== undefined}`));
    hold.resolve();
    await first.then(() => order.push('first'));
    await Promise.all([second, third]);
    assert.deepEqual(order, ['first', 'second true', 'third true']);
    assert.equal(calls, 2, 'two who ask at once get one cycle');
  });

  it('polls every 30 s', async (t) => {
    const w = await world(t, { mails: 10 });
    await w.expectTrue();
    w.forget();
    for (let minute = 1; minute <= 3; minute++) {
      await w.server.deliver([{}]);
      await w.clock.advance(29_999);
      assert.equal(w.server.countRequests(), minute - 1);
      await w.clock.advance(1);
      await w.until(() => w.cycles().length === minute + 1);
    }
    assert.deepEqual(
      w.cycles().map(({ trigger, counts }) => [trigger, counts.created]),
      [
        ['start', 10],
        ['poll', 1],
        ['poll', 1],
        ['poll', 1],
      ],
    );
    await w.expectTrue();
  });

  it('logs each cycle: trigger, times, counts, round trips, outcome', async (t) => {
    const w = await world(t, { mails: 10 });
    const start = w.clock.now();
    await w.sync();
    await w.clock.advance(1000);
    const [id = ''] = await w.server.deliver([{}]);
    await w.server.createMailbox('new');
    tapNth(w, 'Email/changes', 1, () => w.clock.advance(700));
    await w.sync();
    await w.server.destroy([id]);
    w.server.trouble.failNext('dropAfter');
    await w.sync();
    await w.sync();
    const [first, second, third, fourth] = w.cycles();
    assert.equal(first?.trigger, 'start');
    assert.equal(first?.startedAt, new Date(start).toISOString());
    assert.equal(first?.roundTrips, w.server.countRequests() - 4);
    assert.ok((first?.bytes ?? 0) > 3000);
    assert.deepEqual(second?.counts, { mailboxes: 1, created: 1, updated: 0, destroyed: 0, pushed: 0 });
    assert.deepEqual([second?.trigger, second?.result, second?.roundTrips], ['person', 'ok', 1]);
    assert.equal(Date.parse(second?.finishedAt ?? '') - Date.parse(second?.startedAt ?? ''), 700);
    assert.deepEqual([third?.result, third?.error?.kind, third?.roundTrips], ['error', 'network', 1]);
    assert.deepEqual([fourth?.result, fourth?.counts.destroyed, fourth?.error], ['ok', 1, undefined]);
  });

  it('counts what a cycle did before it failed', async (t) => {
    const w = await world(t, { mails: 100, limits: { maxObjectsInGet: 20 } });
    tapNth(w, 'Email/get', 4, () => w.server.trouble.failNext('http500', 5));
    await w.sync();
    const [cycle] = w.cycles();
    assert.equal(cycle?.result, 'error');
    assert.equal(cycle?.counts.created, Object.keys(w.view().emails).length);
  });

  it('is woken from a wait by who asks, whatever the wait is for', async (t) => {
    const w = await world(t, { mails: 10 });
    await w.server.changePassword('other');
    assert.equal((await w.sync()).error?.kind, 'auth');
    await w.server.changePassword('secret');
    await w.expectTrue();
    assert.deepEqual(phases(w).slice(-5), ['blocked', 'connecting', 'flushing', 'syncing', 'live']);
  });

  it('stops during a cycle: its requests end, nothing is committed any more, who waits is told', async (t) => {
    const w = await world(t, { mails: 200, limits: { maxObjectsInGet: 20 } });
    w.engine.start();
    const hold = Promise.withResolvers<void>();
    w.onEnd(async () => hold.resolve());
    let gets = 0;
    tap(w, async ({ name }) => {
      if (name === 'Email/get') gets += 1;
      if (gets > 5) await hold.promise;
    });
    const asked = w.engine.syncNow();
    await w.until(() => gets > 5);
    await w.engine.stop();
    assert.equal((await asked).error?.kind, 'cancelled');
    assert.equal(w.clock.pending(), 0);
    const commits = w.commits.length;
    hold.resolve();
    await w.clock.advance(600_000);
    assert.equal(w.commits.length, commits);
    assert.deepEqual(w.cycles(), [], 'a cycle that was cut off leaves no trace');
    assert.deepEqual(await w.engine.syncNow(), {
      result: 'error',
      error: { kind: 'cancelled', message: 'the account is paused' },
    });
    w.server.trouble.beforeReply(null);
    w.engine.start();
    await w.until(() => w.engine.status().phase === 'live');
    await w.expectTrue();
    assert.ok((w.cycles()[0]?.counts.created ?? 0) < 200, 'and it goes on where it was');
  });

  it('commits nothing that was read before it was stopped and not written yet', async (t) => {
    const w = await world(t, { mails: 200, limits: { maxObjectsInGet: 20 } });
    // The second and third page are there when the first one of the walk is committed.
    let gets = 0;
    tap(w, async ({ name, asked }) => {
      if (name !== 'Email/get' || !Array.isArray(asked['ids']) || asked['ids'].length === 0) return;
      gets += 1;
      if (gets > 1) return;
      await w.until(() => gets >= 3);
      await settle(20);
    });
    let stopped: Promise<void> | undefined;
    let after = 0;
    w.hooks.onCommit = ({ held }) => {
      if (stopped) after += 1;
      if (held >= 40) stopped ??= w.engine.stop();
    };
    w.engine.start();
    await w.until(() => stopped !== undefined);
    await stopped;
    assert.equal(after, 0);
    w.hooks.onCommit = null;
    await w.expectTrue();
  });

  it('goes on when what follows a cycle fails, as on a full disk, and tries it again', async (t) => {
    const w = await world(t, { mails: 10 });
    let times = 0;
    w.hooks.onRested = () => {
      times += 1;
      throw new TernError('storage', 'the disk is full');
    };
    w.engine.start();
    await w.until(() => times === 1);
    await settle();
    await w.clock.advance(30_000);
    await w.until(() => times === 2);
    await w.expectTrue();
  });

  it('stops during a wait, and while it is stopped nothing happens', async (t) => {
    const w = await world(t, { mails: 10 });
    await w.expectTrue();
    await w.engine.stop();
    w.forget();
    await w.engine.stop();
    await w.clock.advance(3600_000);
    assert.equal(w.server.countRequests(), 0);
    assert.deepEqual(phases(w), []);
    w.engine.start();
    w.engine.start();
    await w.until(() => w.engine.status().phase === 'live');
    assert.equal(w.server.countRequests('Mailbox/changes'), 1);
    await w.expectTrue();
  });

  it('announces by commits alone what changed, once', async (t) => {
    const w = await world(t, { mails: 20 });
    await w.expectTrue();
    const ids = Object.keys(w.view().emails);
    w.forget();
    await w.server.setKeywords(ids.slice(0, 3), { $seen: true });
    await w.server.deliver(mails(2));
    await w.server.destroy(ids.slice(5, 6));
    await w.expectTrue();
    const sums = w.commits.map(({ created, updated, destroyed }) => [created, updated, destroyed]);
    assert.deepEqual(
      sums.filter((sum) => sum.some((n) => n > 0)),
      [[2, 3, 1]],
    );
    w.forget();
    // What is touched and stays what it was is no change.
    await w.server.override(ids[0] ?? '', {});
    await w.expectTrue();
    assert.equal(
      w.commits.every(({ created, updated, destroyed, mailboxes }) => created + updated + destroyed + mailboxes === 0),
      true,
    );
  });
});
