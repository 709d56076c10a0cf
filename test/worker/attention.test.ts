import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createAttention } from '../../src-main/worker/attention.ts';
import { fakeClock, settle } from '../support/clock.ts';

const never = new AbortController().signal;
const notFlushing = (): boolean => false;

describe('B2: what can wait', () => {
  const waiting = (quiet: Promise<void>): { over: boolean } => {
    const state = { over: false };
    void quiet.then(() => {
      state.over = true;
    });
    return state;
  };

  it('goes on at once where nobody asked for anything', async () => {
    await createAttention(fakeClock(), notFlushing).quiet(never);
  });

  it('waits until nobody asked for a quarter of a second', async () => {
    const clock = fakeClock();
    const attention = createAttention(clock, notFlushing);
    attention.called();
    const state = waiting(attention.quiet(never));
    await clock.advance(200);
    attention.called();
    await clock.advance(200);
    assert.equal(state.over, false);
    await clock.advance(50);
    assert.equal(state.over, true);
  });

  it('waits no longer than a second, however busy somebody is', async () => {
    const clock = fakeClock();
    const attention = createAttention(clock, notFlushing);
    attention.called();
    const state = waiting(attention.quiet(never));
    for (let n = 0; n < 9; n++) {
      await clock.advance(100);
      attention.called();
    }
    assert.equal(state.over, false);
    await clock.advance(100);
    assert.equal(state.over, true);
  });

  it('waits for nothing once the account is being closed', async () => {
    const clock = fakeClock();
    const attention = createAttention(clock, notFlushing);
    attention.called();
    const ending = new AbortController();
    const state = waiting(attention.quiet(ending.signal));
    ending.abort();
    await settle();
    assert.equal(state.over, true);
  });

  it('waits while changes are on their way, and half a minute at most', async () => {
    const clock = fakeClock();
    let isFlushing = true;
    const attention = createAttention(clock, () => isFlushing);
    const first = waiting(attention.quiet(never));
    await clock.advance(2_000);
    assert.equal(first.over, false);
    isFlushing = false;
    await clock.advance(100);
    assert.equal(first.over, true);
    isFlushing = true;
    const second = waiting(attention.quiet(never));
    await clock.advance(29_900);
    assert.equal(second.over, false);
    await clock.advance(100);
    assert.equal(second.over, true);
  });
});
