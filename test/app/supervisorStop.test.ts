import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { TernError } from '../../src-shared/errors.ts';
import { settle } from '../support/clock.ts';
import { benchOf } from './fakeWorkers.ts';

const MINUTE = 60_000;

describe('stopping', () => {
  it('asks the worker, waits for its end and fails later calls', async () => {
    const bench = benchOf('well');
    await settle();
    const underWay = bench.supervisor.call('wait', null);
    await settle();
    await bench.supervisor.stop();
    assert.deepEqual([bench.worker().calls, bench.worker().killed], [['wait', 'close'], false]);
    await assert.rejects(underWay, { kind: 'cancelled' });
    await assert.rejects(bench.supervisor.call('echo', 1), { kind: 'cancelled' });
    await assert.rejects(
      bench.supervisor.revive().then(() => bench.supervisor.call('echo', 1)),
      { kind: 'cancelled' },
    );
    await bench.clock.advance(10 * MINUTE);
    assert.deepEqual([bench.workers.length, bench.supervisor.state().name], [1, 'stopped']);
    assert.equal(bench.clock.pending(), 0, 'no timer is left');
  });

  it('works while it starts, waits after a crash, and is down', async () => {
    const starting = benchOf('hang');
    const waiting = starting.supervisor.call('echo', 1).catch((error: TernError) => error.kind);
    await settle();
    await starting.supervisor.stop();
    assert.equal(await waiting, 'cancelled');
    const pausing = benchOf('well');
    await settle();
    pausing.worker().crash();
    await settle();
    await pausing.supervisor.stop();
    const down = benchOf(new TernError('storage', 'full'));
    await settle();
    await down.supervisor.stop();
    for (const bench of [starting, pausing, down]) {
      await bench.clock.advance(10 * MINUTE);
      assert.deepEqual([bench.workers.length, bench.supervisor.state().name], [1, 'stopped']);
      assert.equal(bench.worker().running, false);
      assert.equal(bench.clock.pending(), 0, 'no timer is left');
    }
  });

  it('twice is the same as once', async () => {
    const bench = benchOf('well');
    await settle();
    await Promise.all([bench.supervisor.stop(), bench.supervisor.stop()]);
    await bench.supervisor.stop();
    assert.equal(bench.supervisor.state().name, 'stopped');
  });
});
