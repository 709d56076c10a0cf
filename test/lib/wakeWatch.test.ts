import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { watchForWake } from '../../src-main/lib/wakeWatch.ts';
import { fakeClock } from '../support/clock.ts';

const watched = () => {
  const clock = fakeClock();
  const state = { wakes: 0, addresses: '10.0.0.2', slept: 0 };
  const now = (): number => clock.now() + state.slept;
  const end = watchForWake({ clock: { ...clock, now }, addresses: () => state.addresses, woke: () => state.wakes++ });
  return { clock, state, end };
};

describe('a machine that does not say when it wakes', () => {
  it('is found to have slept when more time went by than was waited', async () => {
    const { clock, state } = watched();
    await clock.advance(600_000);
    assert.equal(state.wakes, 0);
    state.slept = 3_600_000;
    await clock.advance(10_000);
    assert.equal(state.wakes, 1);
    await clock.advance(600_000);
    assert.equal(state.wakes, 1);
  });

  it('is found to have another network by its addresses', async () => {
    const { clock, state, end } = watched();
    state.addresses = '';
    await clock.advance(10_000);
    state.addresses = '192.168.1.5';
    await clock.advance(60_000);
    assert.equal(state.wakes, 2);
    end();
    assert.equal(clock.pending(), 0);
  });
});
