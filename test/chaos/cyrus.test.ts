import assert from 'node:assert/strict';
import { it } from 'node:test';
import { liveOn, openStage } from './real.ts';
import { cyrus } from './realServers.ts';

const why = cyrus.unavailable();
if (why !== null) {
  if (process.env['TERN_REQUIRE_SERVERS'] === '1') throw new Error(`no Cyrus to test with: ${why}`);
  console.error(`SKIPPED: histories on Cyrus, because ${why}`);
}

it('no change is lost on Cyrus, with kill -9 and a line that is cut', { skip: why ?? false }, async (t) => {
  const stage = await openStage(cyrus);
  t.after(() => stage.stop());
  // `npm run chaos -- cyrus` runs 50.
  for (const seed of [101, 104, 107]) assert.deepEqual((await liveOn(stage, seed)).wrong, [], `seed ${seed}`);
});
