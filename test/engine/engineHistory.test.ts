import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as fc from 'fast-check';
import { openWorld, type World } from '../support/world.ts';
import { act, histories, type Step } from '../support/worldHistory.ts';

/** After the trouble: so many cycles at most until the replica is true. */
const CYCLES = 3;

const settled = async (w: World): Promise<void> => {
  w.server.trouble.reset();
  await w.restart();
  for (let cycle = 1; cycle < CYCLES; cycle++) {
    // What the server asked for is waited for.
    const { retryAt = 0, phase } = w.engine.status();
    if (phase === 'offline') await w.clock.advance(Math.max(0, retryAt - w.clock.now()));
    await w.sync();
  }
  await w.expectTrue();
  w.forget();
  await w.expectTrue();
  assert.equal(w.server.countRequests(), 1, 'an idle cycle is one request');
  assert.equal(w.commits.length, 0, 'and commits nothing');
};

const live = async (history: Step[]): Promise<void> => {
  const w = await openWorld({ mails: 40, limits: { maxObjectsInGet: 10, maxConcurrentRequests: 3 } });
  try {
    for (const step of history) await act(w, step);
    await settled(w);
  } finally {
    await w.end();
  }
};

describe('whatever happens to an account', () => {
  it('its replica ends true', async () => {
    const runs = Number(process.env['TERN_TEST_RUNS'] ?? 60);
    const seed = Number(process.env['TERN_TEST_SEED'] ?? 20_260_101);
    await fc.assert(fc.asyncProperty(histories(), live), { numRuns: runs, seed, interruptAfterTimeLimit: 300_000 });
  });
});
