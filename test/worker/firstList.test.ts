import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createFirstList } from '../../src-main/worker/firstList.ts';
import { fakeClock, settle } from '../support/clock.ts';

/** A first list, and whether it is over yet. */
const watch = (isWanted: boolean) => {
  const clock = fakeClock();
  const list = createFirstList(clock, isWanted);
  let isOver = false;
  void list.over.then(() => {
    isOver = true;
  });
  return { clock, list, isOver: () => isOver };
};

test('the first list is over when it was answered, and no other call is it', async () => {
  const { clock, list, isOver } = watch(true);
  list.answered('row');
  await clock.advance(100);
  assert.equal(isOver(), false);
  list.answered('emails.list');
  await settle();
  assert.equal(isOver(), false, 'the answer goes first');
  await clock.advance(0);
  assert.equal(isOver(), true);
});

test('where nobody wants a list, or there is none yet, nothing waits for it', async () => {
  const asked = watch(true);
  await asked.clock.advance(249);
  assert.equal(asked.isOver(), false);
  await asked.clock.advance(1);
  assert.equal(asked.isOver(), true);
  const made = watch(false);
  await settle();
  assert.equal(made.isOver(), true);
});
