import { deepEqual, equal } from 'node:assert/strict';
import { describe, it } from 'node:test';
import { moveCursor, readCursors } from '../../src-main/store/syncState.ts';
import { openStore } from '../support/store.ts';

describe('a cursor', () => {
  /** Held, believed, wished, and whether it moves; null: no such cursor. */
  const truth: [held: string | null, from: string | null, to: string | null, moves: boolean][] = [
    [null, null, null, true],
    [null, null, 'b', true],
    [null, 'a', null, false],
    [null, 'a', 'b', false],
    ['a', null, null, false],
    ['a', null, 'b', false],
    ['a', 'a', null, true],
    ['a', 'a', 'a', true],
    ['a', 'a', 'b', true],
    ['a', 'x', null, false],
    ['a', 'x', 'a', false],
    ['a', 'x', 'b', false],
  ];
  for (const [held, from, to, moves] of truth)
    it(`that is ${held} ${moves ? 'moves' : 'does not move'} from ${from} to ${to}`, () => {
      const s = openStore();
      s.write((tx) => {
        moveCursor(tx, 'other', null, 'o');
        if (held !== null) moveCursor(tx, 'k', null, held);
      });
      equal(
        s.store.write((tx) => moveCursor(tx, 'k', from, to)),
        moves,
      );
      const now = moves ? to : held;
      deepEqual(s.read(readCursors), { other: 'o', ...(now === null ? {} : { k: now }) });
    });

  it('announces nothing', () => {
    equal(
      openStore().write((tx) => moveCursor(tx, 'k', null, 'a')),
      null,
    );
  });
});
