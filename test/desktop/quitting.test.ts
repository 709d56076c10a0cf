import assert from 'node:assert/strict';
import { it } from 'node:test';
import { createDrain } from '../../src-main/desktop/drain.ts';
import { createQuitting } from '../../src-main/desktop/quitting.ts';
import { createLog } from '../../src-main/lib/log.ts';
import { fakeClock, settle } from '../support/clock.ts';

it('a window that asks something is not waited for when the system goes down', async () => {
  const clock = fakeClock();
  const facts = { left: 0, exits: 0 };
  const backend = { call: async () => ({ submissions: [] }), close: async () => undefined };
  const quitting = createQuitting({
    drain: createDrain(backend, clock),
    clock,
    log: createLog('shell'),
    askPerson: async () => ({ response: 1 }),
    leave: () => (facts.left++, new Promise(() => undefined)),
    stay: () => undefined,
    unlock: () => undefined,
    exit: () => facts.exits++,
  });
  quitting.begin();
  await settle();
  await clock.advance(60_000);
  assert.deepEqual(facts, { left: 1, exits: 0 }, 'without that, it is');
  quitting.hurry();
  await settle();
  await clock.advance(2_000);
  await settle();
  assert.equal(facts.exits, 1);
});
