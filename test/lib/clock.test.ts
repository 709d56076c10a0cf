import { deepEqual, equal, match, throws } from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as fc from 'fast-check';
import { backoff } from '../../src-main/lib/backoff.ts';
import { isoTime, systemClock } from '../../src-main/lib/clock.ts';
import { fakeClock } from '../support/clock.ts';

describe('back-off', () => {
  it('doubles up to its cap, a fifth either way', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: -2, max: 5000 }),
        fc.integer({ min: 1, max: 10_000 }),
        fc.integer({ min: 1, max: 1_000_000 }),
        fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
        (attempt, first, cap, random) => {
          const delay = backoff(attempt, first, cap, random);
          let plain = first;
          for (let i = 1; i < attempt && plain < cap; i++) plain *= 2;
          plain = Math.min(plain, cap);
          equal(delay, Math.round(plain * (0.8 + random * 0.4)));
          equal(delay >= Math.floor(plain * 0.8) && delay <= Math.ceil(plain * 1.2), true);
        },
      ),
    );
  });

  it('begins with the first delay, whatever number the first attempt has', () => {
    deepEqual(
      [0, 1, 2, 3, 4, 5].map((attempt) => backoff(attempt, 100, 700, 0.5)),
      [100, 100, 200, 400, 700, 700],
    );
  });
});

describe('the system clock', () => {
  it('makes ids that are UUIDs and never the same', () => {
    const [one, other] = [systemClock.uuid(), systemClock.uuid()];
    match(one, /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    equal(one === other, false);
  });

  it('never runs a timer early, however far away it is', async () => {
    const first = await new Promise((resolve) => {
      const cancel = systemClock.after(2 ** 31, () => resolve('far'));
      systemClock.after(5, () => {
        cancel();
        resolve('near');
      });
    });
    equal(first, 'near');
  });

  it('does not run what was cancelled', async () => {
    const ran: string[] = [];
    systemClock.after(1, () => ran.push('cancelled'))();
    await new Promise<void>((resolve) => void systemClock.after(2, resolve));
    deepEqual(ran, []);
  });

  it('writes moments in UTC', () => equal(isoTime(Date.UTC(2026, 1, 3, 4, 5, 6, 7)), '2026-02-03T04:05:06.007Z'));
});

describe('the fake clock', () => {
  it('runs timers at their moments, in order, also those that timers make', async () => {
    const clock = fakeClock({ start: 1000 });
    const ran: [string, number][] = [];
    const note = (name: string) => (): void => void ran.push([name, clock.now()]);
    clock.after(20, note('b'));
    clock.after(10, () => {
      note('a')();
      clock.after(5, note('a2'));
    });
    clock.after(20, note('c'));
    clock.after(31, note('late'));
    clock.after(15, note('cancelled'))();
    equal(clock.pending(), 4);
    await clock.advance(30);
    deepEqual(ran, [
      ['a', 1010],
      ['a2', 1015],
      ['b', 1020],
      ['c', 1020],
    ]);
    deepEqual([clock.now(), clock.monotonic(), clock.pending()], [1030, 30, 1]);
  });

  it('lets what waits for a timer go on before the next one runs', async () => {
    const clock = fakeClock();
    const seen: string[] = [];
    const tick = async (): Promise<void> => {
      await new Promise<void>((resolve) => void clock.after(10, resolve));
      await Promise.resolve();
      seen.push('waiter');
    };
    void tick();
    clock.after(11, () => seen.push('next'));
    await clock.advance(20);
    deepEqual(seen, ['waiter', 'next']);
  });

  it('repeats chance and ids by its seed and refuses timers that real ones cannot keep', () => {
    const [one, same, other] = [fakeClock({ seed: 7 }), fakeClock({ seed: 7 }), fakeClock({ seed: 8 })];
    const draw = (clock: typeof one) => [clock.random(), clock.random(), clock.uuid()];
    const drawn = draw(one);
    deepEqual(draw(same), drawn);
    equal(draw(other)[0] === drawn[0], false);
    throws(() => one.after(2 ** 31, () => undefined), RangeError);
    throws(() => one.after(Number.NaN, () => undefined), RangeError);
  });
});
