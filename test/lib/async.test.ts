import { deepEqual, equal, rejects, throws } from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import * as fc from 'fast-check';
import { assert, assertNever } from '../../src-main/lib/assert.ts';
import {
  abortReason,
  breathe,
  createQueue,
  drop,
  inOrder,
  raceSignal,
  sleep,
  throwIfAborted,
  withTimeout,
} from '../../src-main/lib/async.ts';
import type { Log } from '../../src-main/lib/log.ts';
import { TernError } from '../../src-shared/errors.ts';
import { fakeClock, settle } from '../support/clock.ts';

const never = new Promise<never>(() => undefined);
const tooLate = new TernError('network', 'too late');
const boom = new Error('boom');
const is = (expected: unknown) => (thrown: unknown) => thrown === expected;

/** Failures that nobody heard of while the test ran. */
const unheard = (t: TestContext): unknown[] => {
  const seen: unknown[] = [];
  const note = (reason: unknown): void => void seen.push(reason);
  process.on('unhandledRejection', note);
  t.after(() => process.off('unhandledRejection', note));
  return seen;
};

describe('asserting', () => {
  it('ends with a bug what must hold and does not', () => {
    assert(1, 'fine');
    throws(
      () => assert(0, 'why'),
      (error) => error instanceof TernError && error.kind === 'bug' && error.message === 'why',
    );
    throws(() => assertNever('x' as never), /unhandled case: "x"/);
  });
});

describe('a signal', () => {
  it('tells its reason, always as a TernError', () => {
    deepEqual(abortReason(AbortSignal.abort(tooLate)), tooLate);
    equal(abortReason(AbortSignal.abort('whatever')).kind, 'cancelled');
    throwIfAborted(new AbortController().signal);
    throws(() => throwIfAborted(AbortSignal.abort(tooLate)), is(tooLate));
  });
});

describe('sleep', () => {
  it('lasts as long as it says', async () => {
    const clock = fakeClock();
    let awake = false;
    const slept = sleep(clock, 100).then(() => (awake = true));
    await clock.advance(99);
    equal(awake, false);
    await clock.advance(1);
    await slept;
    equal(awake, true);
  });

  it('ends at an abort, without an error and without a timer left', async () => {
    const clock = fakeClock();
    const control = new AbortController();
    const slept = sleep(clock, 100, control.signal);
    equal(clock.pending(), 1);
    control.abort();
    await slept;
    await sleep(clock, 100, control.signal);
    equal(clock.pending(), 0);
  });

  it('without an end waits for the abort alone', async () => {
    const clock = fakeClock();
    const control = new AbortController();
    const slept = sleep(clock, null, control.signal);
    equal(clock.pending(), 0);
    control.abort();
    await slept;
  });
});

describe('racing a signal', () => {
  it('answers or fails as the promise does when that is first', async () => {
    const { signal } = new AbortController();
    equal(await raceSignal(Promise.resolve(5), signal), 5);
    await rejects(raceSignal(Promise.reject(boom), signal), is(boom));
  });

  it("fails with the signal's reason when that is first, and the promise's failure is nobody's", async (t) => {
    const failures = unheard(t);
    const control = new AbortController();
    const late = Promise.withResolvers<never>();
    const raced = raceSignal(late.promise, control.signal);
    control.abort(tooLate);
    await rejects(raced, is(tooLate));
    await rejects(raceSignal(never, control.signal), is(tooLate));
    late.reject(boom);
    await settle();
    deepEqual(failures, []);
  });
});

describe('a timeout', () => {
  it('fails with its error when time is over, and not before', async () => {
    const clock = fakeClock();
    let failed: unknown;
    const waited = withTimeout(clock, 100, never, tooLate).catch((error: unknown) => (failed = error));
    await clock.advance(99);
    equal(failed, undefined);
    await clock.advance(1);
    await waited;
    equal(failed, tooLate);
  });

  it('leaves no timer behind, however the promise ends', async () => {
    const clock = fakeClock();
    equal(await withTimeout(clock, 100, Promise.resolve(5), tooLate), 5);
    await rejects(withTimeout(clock, 100, Promise.reject(boom), tooLate), is(boom));
    equal(clock.pending(), 0);
  });
});

describe('what is dropped', () => {
  it('is logged when it fails', async (t) => {
    const failures = unheard(t);
    const logged: unknown[][] = [];
    const log = { error: (...args: unknown[]) => void logged.push(args) } as unknown as Log;
    drop(Promise.reject(boom), log, 'it failed');
    drop(Promise.resolve(), log, 'never');
    await settle();
    deepEqual([logged, failures], [[[{ err: boom }, 'it failed']], []]);
  });
});

describe('a queue', () => {
  it('runs one task at a time, in the order they came; one that fails stops none', async () => {
    const queue = createQueue();
    const log: string[] = [];
    const task = (name: string) => async (): Promise<string> => {
      log.push(`${name} begins`);
      await settle(1);
      log.push(`${name} ends`);
      if (name === 'b') throw boom;
      return name;
    };
    const [a, b, c] = [queue(task('a')), queue(task('b')), queue(task('c'))];
    await rejects(b, is(boom));
    deepEqual([await a, await c], ['a', 'c']);
    deepEqual(log, ['a begins', 'a ends', 'b begins', 'b ends', 'c begins', 'c ends']);
  });
});

describe('running in order', () => {
  it('answers in the order of the items, with as many at once as it may and no more', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(5), { maxLength: 20 }), fc.integer({ min: 1, max: 4 }), async (turns, width) => {
        let running = 0;
        let most = 0;
        const job = async ({ index, turn }: { index: number; turn: number }): Promise<number> => {
          most = Math.max(most, ++running);
          for (let i = 0; i < turn; i++) await Promise.resolve();
          running -= 1;
          return index;
        };
        const results: number[] = [];
        for await (const each of inOrder(
          turns.map((turn, index) => ({ index, turn })),
          () => width,
          job,
        ))
          results.push(each);
        deepEqual(
          results,
          turns.map((_, index) => index),
        );
        equal(most <= width, true, `${most} ran at once, ${width} may`);
      }),
    );
  });

  it('keeps as many under way as it may', async () => {
    const begun: number[] = [];
    const gates = Array.from({ length: 5 }, () => Promise.withResolvers<void>());
    const results = inOrder(
      [0, 1, 2, 3, 4],
      () => 3,
      async (i) => {
        begun.push(i);
        await gates[i]?.promise;
        return i;
      },
    );
    const first = results.next();
    await settle();
    deepEqual(begun, [0, 1, 2]);
    gates[0]?.resolve();
    deepEqual(await first, { done: false, value: 0 });
    const second = results.next();
    await settle();
    deepEqual(begun, [0, 1, 2, 3]);
    gates.forEach(({ resolve }) => resolve());
    await second;
    await results.return();
  });

  it("ends with the first failure in order; the failures behind it are nobody's", async (t) => {
    const failures = unheard(t);
    const results = inOrder(
      [0, 1, 2, 3],
      () => 4,
      async (i) => {
        if (i > 0) throw new Error(`job ${i}`);
        return i;
      },
    );
    deepEqual(await results.next(), { done: false, value: 0 });
    await rejects(results.next(), /job 1/);
    await settle();
    deepEqual(failures, []);
  });

  it('leaves no failure behind when the reader stops', async (t) => {
    const failures = unheard(t);
    for await (const first of inOrder(
      [0, 1, 2],
      () => 3,
      async (i) => (i === 0 ? i : Promise.reject(boom)),
    )) {
      equal(first, 0);
      break;
    }
    await settle();
    deepEqual(failures, []);
  });

  it('takes items as they come and passes their failure on', async () => {
    async function* items(): AsyncGenerator<number> {
      yield 1;
      throw boom;
    }
    const results = inOrder(
      items(),
      () => 1,
      (i) => Promise.resolve(i),
    );
    deepEqual(await results.next(), { done: false, value: 1 });
    await rejects(results.next(), is(boom));
  });
});

describe('breathe', () => {
  it('lets one long task go on in each turn of the event loop, however many there are', async () => {
    let pieces = 0;
    let most = 0;
    const task = async (): Promise<void> => {
      for (let piece = 0; piece < 10; piece++) {
        await breathe();
        pieces += 1;
      }
    };
    let before = 0;
    let done = false;
    const turn = (): void => {
      most = Math.max(most, pieces - before);
      before = pieces;
      if (!done) setImmediate(turn);
    };
    setImmediate(turn);
    await Promise.all([task(), task(), task()]);
    done = true;
    deepEqual([pieces, most], [30, 1]);
  });
});
