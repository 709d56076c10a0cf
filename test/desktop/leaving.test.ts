import assert from 'node:assert/strict';
import { it } from 'node:test';
import { createLeaving } from '../../src-main/desktop/leaving.ts';
import { fakeClock, settle } from '../support/clock.ts';

it('a window that is closed twice goes neither time before its page has kept what is written', async () => {
  const clock = fakeClock();
  let asked = 0;
  const leaving = createLeaving(clock, () => void asked++);
  const both = Promise.all([leaving.ask(), leaving.ask()]);
  leaving.answered(false);
  await settle();
  assert.equal(clock.pending(), 0, 'nothing is waited for any more');
  assert.deepEqual([await both, asked], [[false, false], 1]);
  const later = leaving.ask();
  await clock.advance(1_500);
  assert.deepEqual([await later, asked], [true, 2], 'a page that hangs is not waited for');
});
