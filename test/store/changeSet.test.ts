import { deepEqual, equal } from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as fc from 'fast-check';
import { type ChangeSet, createChangeSet } from '../../src-main/store/changeSet.ts';

type Fate = 'created' | 'updated' | 'destroyed';

const fatesOf = (set: ChangeSet): [number, Fate][] => [...set.emails].toSorted(([a], [b]) => a - b);

const setOf = (steps: [number, Fate][]): ChangeSet => {
  const set = createChangeSet();
  for (const [id, fate] of steps) set.email(id, fate);
  return set;
};

/** Lives of rows as they can happen: ids are never used twice, so nothing follows a destruction. */
const lives = fc
  .array(fc.tuple(fc.integer({ min: 1, max: 6 }), fc.constantFrom<Fate>('created', 'updated', 'destroyed')), {
    maxLength: 40,
  })
  .chain((wishes) =>
    fc.record({ wishes: fc.constant(wishes), heldBefore: fc.uniqueArray(fc.integer({ min: 1, max: 3 })) }),
  )
  .map(({ wishes, heldBefore }) => {
    const held = new Set(heldBefore);
    const gone = new Set<number>();
    const steps = wishes.filter(([id, fate]) => {
      if (gone.has(id) || held.has(id) === (fate === 'created')) return false;
      if (fate === 'created') held.add(id);
      if (fate === 'destroyed') gone.add(id);
      return true;
    });
    return { steps, heldBefore: new Set(heldBefore), held, gone };
  });

describe('a change set', () => {
  const rules: [first: Fate, then: Fate, net: Fate | null][] = [
    ['created', 'updated', 'created'],
    ['created', 'destroyed', null],
    ['updated', 'updated', 'updated'],
    ['updated', 'destroyed', 'destroyed'],
  ];
  for (const [first, then, net] of rules)
    it(`says ${net ?? 'nothing'} of what was ${first}, then ${then}`, () => {
      const expected = net === null ? [] : [[7, net]];
      deepEqual(
        fatesOf(
          setOf([
            [7, first],
            [7, then],
          ]),
        ),
        expected,
      );
      const merged = setOf([[7, first]]);
      merged.merge(setOf([[7, then]]));
      deepEqual(fatesOf(merged), expected);
    });

  it('tells the net effect of any sequence of changes, however it is cut into transactions', () => {
    fc.assert(
      fc.property(lives, fc.array(fc.nat({ max: 40 }), { maxLength: 5 }), ({ steps, heldBefore, held, gone }, cuts) => {
        const net = [...new Set(steps.map(([id]) => id))]
          .filter((id) => heldBefore.has(id) || !gone.has(id))
          .map((id): [number, Fate] => {
            if (gone.has(id)) return [id, 'destroyed'];
            return [id, heldBefore.has(id) && held.has(id) ? 'updated' : 'created'];
          })
          .toSorted(([a], [b]) => a - b);
        deepEqual(fatesOf(setOf(steps)), net);
        const whole = createChangeSet();
        const ends = [...new Set([...cuts, steps.length])].toSorted((a, b) => a - b);
        ends.forEach((end, index) => whole.merge(setOf(steps.slice(ends[index - 1] ?? 0, end))));
        deepEqual(fatesOf(whole), net);
      }),
    );
  });

  it('unites mailboxes and threads, and is empty only without any', () => {
    const [one, other] = [createChangeSet(), createChangeSet()];
    equal(one.isEmpty(), true);
    one.mailbox(1);
    other.mailbox(1);
    other.mailbox(2);
    other.thread(3);
    one.merge(other);
    deepEqual([[...one.mailboxes], [...one.threads]], [[1, 2], [3]]);
    equal(one.isEmpty(), false);
    const thread = createChangeSet();
    thread.thread(1);
    const email = createChangeSet();
    email.email(1, 'updated');
    deepEqual([thread.isEmpty(), email.isEmpty()], [false, false]);
  });
});
