import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { TernError } from '../../src-shared/errors.ts';
import { settle } from '../support/clock.ts';
import { type FakeWorld, fakeWorld, silence } from '../support/fakeDriver.ts';

/** Watches that the test ends, one after the other. */
const hints = (w: FakeWorld) => {
  const open: { resolve(): void; reject(error: unknown): void; signal: AbortSignal }[] = [];
  w.watch = (signal) => new Promise((resolve, reject) => void open.push({ resolve, reject, signal }));
  return open;
};

/** A server that hints as soon as it is watched; not for ever, so that a test of a busy loop ends. */
const hintsAtOnce = (w: FakeWorld): void => {
  let left = 20;
  w.watch = async (signal) => {
    left -= 1;
    if (left <= 0) await silence(signal);
  };
};

describe('C: while the account is live', () => {
  it('a hint of the server begins a cycle at once, by the trigger push', async (t) => {
    const w = await fakeWorld(t);
    const open = hints(w);
    await w.sync();
    assert.equal(open.length, 1);
    open[0]?.resolve();
    await settle();
    assert.deepEqual(w.triggers(), ['start', 'push']);
    assert.equal(open.length, 2, 'and it goes on watching');
  });

  it('a server that hints at once, again and again, gets a cycle a second', async (t) => {
    const w = await fakeWorld(t);
    hintsAtOnce(w);
    await w.sync();
    await settle(50);
    assert.deepEqual(w.triggers(), ['start', 'push']);
    for (const second of [1, 2, 3]) {
      await w.clock.advance(999);
      assert.equal(w.triggers().length, second + 1);
      await w.clock.advance(1);
      assert.equal(w.triggers().length, second + 2);
    }
    assert.equal(w.triggers().lastIndexOf('poll'), -1);
  });

  it('a watch that fails, at once or later, ends in polling', async (t) => {
    const w = await fakeWorld(t);
    w.watch = () => {
      throw new TernError('network', 'no watch here');
    };
    await w.sync();
    await w.clock.advance(29_999);
    assert.deepEqual([w.triggers(), w.engine.status().phase], [['start'], 'live']);
    const open = hints(w);
    await w.clock.advance(1);
    assert.deepEqual(w.triggers(), ['start', 'poll']);
    open[0]?.reject(new TernError('network', 'the line is down'));
    await w.clock.advance(30_000);
    assert.deepEqual([w.triggers(), w.engine.status().phase], [['start', 'poll', 'poll'], 'live']);
  });

  it('whatever else ends the wait ends the watch, and what that says then is no hint', async (t) => {
    const w = await fakeWorld(t);
    const open = hints(w);
    await w.sync();
    await w.sync();
    assert.deepEqual([open[0]?.signal.aborted, open[1]?.signal.aborted], [true, false]);
    open[0]?.resolve();
    await w.clock.advance(30_000);
    assert.deepEqual(w.triggers(), ['start', 'person', 'poll']);
    assert.equal(open[1]?.signal.aborted, true);
    await w.engine.stop();
    assert.deepEqual([open[2]?.signal.aborted, open.length, w.closed.times, w.clock.pending()], [true, 3, 1, 0]);
  });

  it('who asks does not wait for the pause after a hint', async (t) => {
    const w = await fakeWorld(t);
    hintsAtOnce(w);
    await w.sync();
    await settle();
    await w.sync();
    assert.deepEqual(w.triggers(), ['start', 'push', 'person']);
  });

  it('only then is the server watched', async (t) => {
    const w = await fakeWorld(t);
    const open = hints(w);
    w.pulls = [new TernError('network', 'down')];
    await w.sync();
    assert.deepEqual([w.engine.status().phase, open.length], ['offline', 0]);
  });
});

describe('C: a pull is thorough', () => {
  it('when the run begins and when a person asks, and else not', async (t) => {
    const w = await fakeWorld(t, 'a');
    const open = hints(w);
    await w.sync();
    open[0]?.resolve();
    await settle();
    await w.clock.advance(30_000);
    w.submit({ type: 'keywords', emails: [String(w.s.emailId('a'))], patch: { $seen: true } });
    w.engine.changed();
    await settle();
    await w.sync();
    w.watch = silence;
    assert.deepEqual(
      w.triggers().map((trigger, index) => [trigger, w.pulled[index]?.thorough]),
      [
        ['start', true],
        ['push', false],
        ['poll', false],
        ['change', false],
        ['person', true],
      ],
    );
  });
});
