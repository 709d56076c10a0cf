import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createAttention } from '../../src-main/worker/attention.ts';
import { fakeClock, settle } from '../support/clock.ts';

const never = new AbortController().signal;

describe('B2: what can wait', () => {
  const waiting = (quiet: Promise<void>): { over: boolean } => {
    const state = { over: false };
    void quiet.then(() => {
      state.over = true;
    });
    return state;
  };

  it('goes on at once where nobody asked for anything', async () => {
    await createAttention(fakeClock()).quiet(never);
  });

  it('waits until nobody asked for a quarter of a second', async () => {
    const clock = fakeClock();
    const attention = createAttention(clock);
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
    const attention = createAttention(clock);
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
    const attention = createAttention(clock);
    attention.called();
    const ending = new AbortController();
    const state = waiting(attention.quiet(ending.signal));
    ending.abort();
    await settle();
    assert.equal(state.over, true);
  });
});
