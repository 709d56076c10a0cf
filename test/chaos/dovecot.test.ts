import assert from 'node:assert/strict';
import { it } from 'node:test';
import { liveOn, openStage } from './real.ts';
import { dovecot } from './realServers.ts';

const why = dovecot.unavailable();
if (why !== null) {
  if (process.env['TERN_REQUIRE_SERVERS'] === '1') throw new Error(`no Dovecot to test with: ${why}`);
  console.error(`SKIPPED: histories on Dovecot, because ${why}`);
}

it('no change is lost on Dovecot, with kill -9 and a line that is cut', { skip: why ?? false }, async (t) => {
  const stage = await openStage(dovecot);
  t.after(() => stage.stop());
  // `npm run chaos -- dovecot` runs 100.
  for (const seed of [101, 104, 107]) assert.deepEqual((await liveOn(stage, seed)).wrong, [], `seed ${seed}`);
});
