import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { OAuth } from '../../src-main/app/oauth/oauth.ts';
import { createTrials } from '../../src-main/app/trials.ts';
import type { WorkerEnd, WorkerProcess } from '../../src-main/platform.ts';
import { portPair } from '../../src-main/rpc/port.ts';
import { createRpc, type Rpc } from '../../src-main/rpc/rpc.ts';
import { TernError } from '../../src-shared/errors.ts';
import { fakeClock, settle } from '../support/clock.ts';

type Tried = { killed: boolean; asked: unknown; host: Rpc; answer(output: unknown): void };

/** Trials whose workers have no process, and answer when the test says so. */
const bench = () => {
  const workers: Tried[] = [];
  /** What was asked of the one sign-in there is. */
  const wanted: (string | null)[] = [];
  const forTrial: OAuth['forTrial'] = async (handle, refused) => {
    if (handle !== 'good') throw new TernError('notFound', 'over');
    wanted.push(refused);
    return { username: 'alice', token: `token ${wanted.length}` };
  };
  const clock = fakeClock();
  const spawnWorker = (): WorkerProcess => {
    const [mine, theirs] = portPair();
    const ended = Promise.withResolvers<WorkerEnd>();
    const answered = Promise.withResolvers<unknown>();
    const host = createRpc(theirs, async (name, input) => {
      if (name === 'close') return end('');
      worker.asked = input;
      return answered.promise;
    });
    const worker: Tried = { killed: false, asked: undefined, host, answer: answered.resolve };
    const end = (reason: string): void => {
      mine.close();
      ended.resolve({ clean: reason === '', reason });
    };
    workers.push(worker);
    const kill = (): void => {
      worker.killed = true;
      end('SIGKILL');
    };
    return { port: mine, ended: ended.promise, kill };
  };
  return { workers, wanted, trials: createTrials({ platform: { clock, spawnWorker }, oauth: { forTrial } }) };
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

  it('of a sign-in by OAuth are told who signs in; tokens come one by one, for as long as the trial goes on', async () => {
    const { workers, wanted, trials } = bench();
    const outcome = trials.run({ ...input, credential: { type: 'oauth', handle: 'good' } }, never);
    await settle();
    const [worker] = workers;
    assert.ok(worker);
    assert.deepEqual(worker.asked, { ...input, credential: { type: 'oauth', username: 'alice' } });
    const given = await worker.host.call('accessToken', { sealed: '', refused: 'token 0' });
    assert.deepEqual(given, { token: 'token 2', freshUntil: null, sealed: null });
    assert.deepEqual(wanted, [null, 'token 0']);
    await assert.rejects(worker.host.call('unseal', { sealed: '' }), { kind: 'bug' });
    worker.answer('well');
    assert.equal(await outcome, 'well');
    const over = trials.run({ ...input, credential: { type: 'oauth', handle: 'bad' } }, never);
    await assert.rejects(over, { kind: 'notFound' });
    assert.equal(workers.length, 1, 'no process was started for it');
  });

  it('with anything else have no use for a token', async () => {
    const { workers, trials } = bench();
    const outcome = trials.run(input, never);
    await settle();
    await assert.rejects(workers[0]?.host.call('accessToken', { sealed: '', refused: null }) ?? Promise.resolve(), {
      kind: 'bug',
    });
    workers[0]?.answer('well');
    await outcome;
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
