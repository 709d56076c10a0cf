import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createTrials } from '../../src-main/app/trials.ts';
import type { WorkerEnd, WorkerProcess } from '../../src-main/platform.ts';
import { portPair } from '../../src-main/rpc/port.ts';
import { createRpc } from '../../src-main/rpc/rpc.ts';
import { TernError } from '../../src-shared/errors.ts';
import { fakeClock, settle } from '../support/clock.ts';

type Tried = { killed: boolean; asked: unknown; answer(output: unknown): void };

/** Trials whose workers have no process, and answer when the test says so. */
const bench = () => {
  const workers: Tried[] = [];
  const clock = fakeClock();
  const spawnWorker = (): WorkerProcess => {
    const [mine, theirs] = portPair();
    const ended = Promise.withResolvers<WorkerEnd>();
    const answered = Promise.withResolvers<unknown>();
    const worker: Tried = { killed: false, asked: undefined, answer: answered.resolve };
    const end = (reason: string): void => {
      mine.close();
      ended.resolve({ clean: reason === '', reason });
    };
    createRpc(theirs, async (name, input) => {
      if (name === 'close') return end('');
      worker.asked = input;
      return answered.promise;
    });
    workers.push(worker);
    const kill = (): void => {
      worker.killed = true;
      end('SIGKILL');
    };
    return { port: mine, ended: ended.promise, kill };
  };
  return { workers, trials: createTrials({ clock, spawnWorker }) };
};
const input = {
  config: { protocol: 'jmap' as const, sessionUrl: 'https://example.test' },
  credential: { type: 'bearer' as const, token: 'x' },
};
const never = new AbortController().signal;

describe('trials', () => {
  it('have a worker each, two at a time, which is asked to go when it has answered', async () => {
    const { workers, trials } = bench();
    const outcomes = [1, 2, 3].map(() => trials.run(input, never));
    await settle();
    assert.equal(workers.length, 2);
    assert.deepEqual(workers[0]?.asked, input);
    workers[0]?.answer('well');
    assert.equal(await outcomes[0], 'well');
    await settle();
    assert.deepEqual([workers.length, workers[0]?.killed], [3, false]);
    for (const worker of workers) worker.answer('well');
    await Promise.all(outcomes);
  });

  it('end at once with their workers when nobody wants them any more, or Tern ends', async () => {
    const { workers, trials } = bench();
    const control = new AbortController();
    const [given, other] = [trials.run(input, control.signal), trials.run(input, never)];
    await settle();
    control.abort(new TernError('cancelled', 'enough'));
    await assert.rejects(given, { kind: 'cancelled', message: 'enough' });
    assert.deepEqual(
      workers.map(({ killed }) => killed),
      [true, false],
    );
    const stopped = trials.stop();
    await assert.rejects(other, { kind: 'cancelled' });
    await stopped;
    assert.equal(workers[1]?.killed, true);
    await assert.rejects(trials.run(input, never), { kind: 'cancelled' });
    assert.equal(workers.length, 2);
  });
});
