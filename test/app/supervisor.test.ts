import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { TernError } from '../../src-shared/errors.ts';
import { settle } from '../support/clock.ts';
import { type Bench, benchOf } from './fakeWorkers.ts';

const MINUTE = 60_000;

/** How a promise went, without waiting for it. */
const outcomeOf = async (promise: Promise<unknown>): Promise<unknown> => {
  let outcome: unknown = 'pending';
  promise.then(
    (value) => (outcome = value),
    (error: TernError) => (outcome = error.kind),
  );
  await settle();
  return outcome;
};

/** How a promise goes in the end. */
const outcomeAtLast = (promise: Promise<unknown>): Promise<unknown> => promise.catch((error: TernError) => error.kind);

/** Crashes the worker of the moment and waits for the next one; answers how long it took, in ms. */
const crashOnce = async (bench: Bench): Promise<number> => {
  const before = bench.workers.length;
  const at = bench.clock.now();
  bench.worker().crash();
  await settle();
  for (let waited = 0; bench.workers.length === before && waited < MINUTE; waited += 10) await bench.clock.advance(10);
  await settle();
  return bench.worker().startedAt - at;
};

describe('a supervised worker', () => {
  it('is opened and answers; calls made before it is open wait for it', async () => {
    const bench = benchOf('well');
    const early = bench.supervisor.call('echo', 1);
    assert.equal(bench.supervisor.state().name, 'starting');
    assert.equal(await early, 1);
    assert.equal(bench.supervisor.state().name, 'ready');
    assert.deepEqual(await bench.supervisor.call('echo', { a: [1] }), { a: [1] });
    assert.equal(bench.workers.length, 1);
  });

  it('asks its host, and its events arrive', async () => {
    const bench = benchOf('well');
    await settle();
    assert.deepEqual(await bench.worker().rpc.call('unseal', 'x'), { name: 'unseal', input: 'x' });
    bench.worker().rpc.emit('changed', { seq: 1 });
    await settle();
    assert.deepEqual(bench.events, [['changed', { seq: 1 }]]);
  });

  it('fails calls under way when it crashes, and answers later ones by its successor', async () => {
    const bench = benchOf('well');
    await settle();
    const underWay = bench.supervisor.call('wait', null);
    await settle();
    bench.worker().crash();
    assert.equal(await outcomeOf(underWay), 'cancelled');
    const next = bench.supervisor.call('echo', 2);
    assert.equal(await outcomeOf(next), 'pending');
    await bench.clock.advance(400);
    assert.equal(await next, 2);
    assert.equal(bench.workers.length, 2);
  });

  it('lets a caller give up, while it starts and while it answers', async () => {
    const bench = benchOf('hang');
    const reason = new TernError('cancelled', 'enough');
    const first = new AbortController();
    const starting = bench.supervisor.call('echo', 1, first.signal);
    first.abort(reason);
    await assert.rejects(starting, reason);
    const ready = benchOf('well');
    await settle();
    const second = new AbortController();
    const answering = ready.supervisor.call('wait', 1, second.signal);
    await settle();
    second.abort(reason);
    await assert.rejects(answering, reason);
    assert.equal(await ready.supervisor.call('echo', 3), 3, 'the worker is none the worse');
  });
});

describe('crashes', () => {
  it('are followed by restarts with growing pauses: 0.2, 0.4, 0.8, 1.6 s, give or take a fifth', async () => {
    const bench = benchOf('well');
    await settle();
    for (const expected of [200, 400, 800, 1600]) {
      const pause = await crashOnce(bench);
      assert.ok(pause >= expected * 0.8 && pause <= expected * 1.2 + 10, `${pause} ms for ${expected}`);
      assert.equal(bench.supervisor.state().name, 'ready');
    }
  });

  it('block the account at the fifth within 5 minutes, for good', async () => {
    const bench = benchOf('well');
    await settle();
    for (let n = 0; n < 4; n++) await crashOnce(bench);
    const waiting = bench.supervisor.call('wait', null);
    await settle();
    bench.worker().crash();
    assert.equal(await outcomeOf(waiting), 'cancelled');
    const state = bench.supervisor.state();
    assert.ok(state.name === 'down');
    assert.deepEqual([state.error.kind, state.retryAt, state.error.detail], ['bug', null, { why: 'crash' }]);
    assert.match(state.error.message, /5 times/);
    await assert.rejects(bench.supervisor.call('echo', 1), state.error);
    await bench.clock.advance(24 * 60 * MINUTE);
    assert.equal(bench.workers.length, 5);
  });

  it('that are rare never block it', async () => {
    const bench = benchOf('well');
    await settle();
    for (let n = 0; n < 20; n++) {
      await crashOnce(bench);
      await bench.clock.advance(76_000);
    }
    assert.equal(bench.supervisor.state().name, 'ready');
  });

  it('count while it opens, too: one that always dies young is blocked', async () => {
    const bench = benchOf('die');
    await bench.clock.advance(MINUTE);
    assert.equal(bench.workers.length, 5);
    assert.equal(bench.supervisor.state().name, 'down');
  });

  it('count as one when it leaves unasked', async () => {
    const bench = benchOf('well');
    await settle();
    await bench
      .worker()
      .rpc.call('x', null)
      .catch(() => undefined);
    const before = bench.workers.length;
    bench.worker().crash('exit code 0');
    await bench.clock.advance(1_000);
    assert.equal(bench.workers.length, before + 1);
  });

  it('are forgotten by revive, which starts it at once', async () => {
    const bench = benchOf('well');
    await settle();
    for (let n = 0; n < 5; n++) await crashOnce(bench);
    assert.equal(bench.supervisor.state().name, 'down');
    await Promise.all([bench.supervisor.revive(), bench.supervisor.revive()]);
    assert.equal(bench.supervisor.state().name, 'ready');
    assert.equal(bench.workers.length, 6, 'one worker, however often it is asked');
    assert.equal(await bench.supervisor.call('echo', 1), 1);
    for (let n = 0; n < 4; n++) await crashOnce(bench);
    assert.equal(bench.supervisor.state().name, 'ready', 'the count began anew');
  });

  it('cut off what was under way: what changes nothing is asked of the next worker, once, and nothing else is', async () => {
    const bench = benchOf('well');
    await settle();
    const [read, change] = [true, false].map((reads) =>
      outcomeAtLast(bench.supervisor.call('wait', null, undefined, reads)),
    );
    await crashOnce(bench);
    assert.deepEqual([await change, bench.worker().calls], ['cancelled', ['wait']]);
    await crashOnce(bench);
    assert.deepEqual([await read, bench.worker().calls], ['cancelled', []]);
    const givenUp = new AbortController();
    const left = outcomeAtLast(bench.supervisor.call('wait', null, givenUp.signal, true));
    await settle();
    givenUp.abort(new TernError('cancelled', 'no matter'));
    assert.deepEqual([await left, bench.worker().calls], ['cancelled', ['wait']]);
  });

  it('whose line closes after the exit was seen disturb neither the successor nor the block', async () => {
    const bench = benchOf('well');
    bench.lineOutlives = true;
    await settle();
    const underWay = outcomeAtLast(bench.supervisor.call('wait', null));
    await crashOnce(bench);
    await bench.clock.advance(2_000);
    assert.equal(await underWay, 'cancelled');
    assert.equal(bench.supervisor.state().name, 'ready');
    assert.equal(await outcomeOf(bench.supervisor.call('echo', 1)), 1);
    for (let n = 0; n < 4; n++) await crashOnce(bench);
    await bench.clock.advance(2_000);
    assert.equal(bench.supervisor.state().name, 'down');
    assert.equal(await outcomeOf(bench.supervisor.call('echo', 1)), 'bug');
    await bench.supervisor.revive();
    await bench.supervisor.stop();
    await bench.clock.advance(2_000);
    assert.equal(bench.supervisor.state().name, 'stopped');
  });

  it('of the start itself count the same', async () => {
    const bench = benchOf('well');
    await settle();
    bench.spawnFailure = Object.assign(new Error('spawn EAGAIN'), { code: 'EAGAIN' });
    bench.worker().crash();
    await bench.clock.advance(5_000);
    assert.equal(bench.supervisor.state().name, 'ready');
    assert.equal(bench.workers.length, 2);
  });
});

describe('a worker that hangs', () => {
  it('while it opens is killed after 30 s and started again', async () => {
    const bench = benchOf('hang', 'well');
    const call = bench.supervisor.call('echo', 1);
    await bench.clock.advance(29_000);
    assert.equal(bench.workers.length, 1);
    await bench.clock.advance(2_000);
    assert.deepEqual([bench.workers[0]?.killed, bench.workers.length], [true, 2]);
    assert.equal(await call, 1);
  });

  it('while it closes is killed', async () => {
    const bench = benchOf('well');
    await settle();
    bench.obedient = false;
    const stopped = bench.supervisor.stop();
    assert.equal(await outcomeOf(stopped), 'pending');
    await bench.clock.advance(3_000);
    await stopped;
    assert.equal(bench.worker().killed, true);
  });
});

describe('a worker that refuses', () => {
  const full = new TernError('storage', 'the disk is full', { detail: { code: 'SQLITE_FULL' } });

  it('for the disk is ended, tried again every minute, and heals by itself', async () => {
    const bench = benchOf(full, full, 'well');
    await settle();
    const state = bench.supervisor.state();
    assert.ok(state.name === 'down');
    assert.deepEqual([state.error.kind, state.error.message], ['storage', 'the disk is full']);
    assert.equal(state.retryAt, bench.clock.now() + MINUTE);
    await assert.rejects(bench.supervisor.call('echo', 1), { kind: 'storage', message: 'the disk is full' });
    assert.equal(bench.worker().running, false, 'no worker stays behind');
    await bench.clock.advance(MINUTE);
    assert.deepEqual([bench.workers.length, bench.supervisor.state().name], [2, 'down']);
    await bench.clock.advance(MINUTE);
    assert.deepEqual([bench.workers.length, bench.supervisor.state().name], [3, 'ready']);
  });

  it('any number of times is never taken for crashing', async () => {
    const bench = benchOf(full);
    await bench.clock.advance(30 * MINUTE);
    const state = bench.supervisor.state();
    assert.ok(state.name === 'down' && state.error.kind === 'storage' && state.retryAt !== null);
  });

  it('is tried again at once by revive, and the old wait starts no second one', async () => {
    const bench = benchOf(full, full, 'well');
    await settle();
    await bench.clock.advance(MINUTE / 2);
    await bench.supervisor.revive();
    assert.deepEqual([bench.workers.length, bench.supervisor.state().name], [2, 'down']);
    await bench.clock.advance(MINUTE / 2 + 1_000);
    assert.equal(bench.workers.length, 2);
    await bench.supervisor.revive();
    assert.equal(bench.supervisor.state().name, 'ready');
    await bench.clock.advance(10 * MINUTE);
    assert.equal(bench.workers.length, 3);
  });

  it('for another reason waits to be revived', async () => {
    const bench = benchOf(new TernError('notFound', 'nothing here'), 'well');
    await bench.clock.advance(60 * MINUTE);
    const state = bench.supervisor.state();
    assert.ok(state.name === 'down' && state.retryAt === null);
    assert.equal(bench.workers.length, 1);
    await bench.supervisor.revive();
    assert.equal(bench.supervisor.state().name, 'ready');
  });
});
