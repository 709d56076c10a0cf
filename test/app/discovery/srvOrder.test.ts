import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { srvOrder } from '../../../src-main/app/discovery/srvOrder.ts';
import { fakeClock } from '../../support/clock.ts';

const record = (name: string, priority: number, weight: number) => ({ name, port: 1, priority, weight });

describe('servers of SRV records (RFC 2782)', () => {
  const clock = fakeClock();
  const order = (...records: ReturnType<typeof record>[]): string[] => srvOrder(records, clock).map(({ name }) => name);

  it('come by priority', () => {
    assert.deepEqual(order(record('c', 3, 9), record('a', 1, 0), record('b', 2, 5)), ['a', 'b', 'c']);
  });

  it('come by lot within a priority, as often as their weights say', () => {
    let heavy = 0;
    for (let n = 0; n < 4_000; n++) if (order(record('light', 0, 1), record('heavy', 0, 3))[0] === 'heavy') heavy += 1;
    assert.ok(heavy > 2_800 && heavy < 3_200, String(heavy));
  });

  it('come all where nobody has a weight', () => {
    assert.deepEqual(order(record('a', 0, 0), record('b', 0, 0)).toSorted(), ['a', 'b']);
  });

  it("are none where the domain says so with '.'", () => {
    assert.deepEqual(order(record('', 0, 0)), []);
    assert.deepEqual(order(record('.', 0, 0)), []);
    assert.deepEqual(srvOrder([{ ...record('a', 0, 0), port: 0 }], clock), []);
  });

  it('are four at most', () => {
    assert.equal(order(...Array.from({ length: 1_000 }, (_, n) => record(`m${n}`, n % 7, n))).length, 4);
  });
});
