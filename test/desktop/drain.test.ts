import assert from 'node:assert/strict';
import { it } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { createDrain } from '../../src-main/desktop/drain.ts';
import { raceSignal } from '../../src-main/lib/async.ts';
import { fakeClock } from '../support/clock.ts';

const started = () => {
  const clock = fakeClock();
  const facts = { clock, closes: 0 };
  const backend = { call: async () => 'answer', close: async () => void facts.closes++ };
  return Object.assign(facts, { drain: createDrain(backend, clock) });
};

it('the end waits for calls under way, and comes once', async () => {
  const { drain, clock } = started();
  const call = Promise.withResolvers<string>();
  const answer = drain.run(() => call.promise);
  const end = drain.end();
  await setImmediate();
  call.resolve('done');
  assert.equal(await answer, 'done');
  await end;
  assert.equal(drain.end(), end);
  assert.equal(clock.pending(), 0);
});

it('the end gives up what takes too long, and then ends the backend', async () => {
  const world = started();
  const hanging = world.drain.run((signal) => raceSignal(new Promise(() => undefined), signal));
  const failed = assert.rejects(hanging, { kind: 'cancelled' });
  const end = world.drain.end();
  await setImmediate();
  assert.equal(world.closes, 0);
  await world.clock.advance(2_000);
  await Promise.all([failed, end]);
  assert.equal(world.closes, 1);
});

it('nothing begins after the end', async () => {
  const { drain } = started();
  await drain.end();
  let isCalled = false;
  await assert.rejects(
    drain.run(async () => (isCalled = true)),
    { kind: 'cancelled' },
  );
  assert.equal(isCalled, false);
  assert.equal(drain.over.aborted, true);
});
