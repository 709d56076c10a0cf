import assert from 'node:assert/strict';
import { it } from 'node:test';
import { createRevival } from '../../src-main/desktop/crashes.ts';
import { fakeClock } from '../support/clock.ts';

it('crashes of a page that are far apart are never too many', async () => {
  const clock = fakeClock();
  const facts = { reloads: 0, asked: 0 };
  const revive = createRevival({
    clock,
    reload: () => void facts.reloads++,
    askPerson: async () => ({ response: facts.asked++ }),
    quit: () => undefined,
  });
  for (let crash = 0; crash < 20; crash++) {
    await revive();
    await clock.advance(150_000);
  }
  assert.deepEqual(facts, { reloads: 20, asked: 0 });
});
