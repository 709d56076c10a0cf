import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as fc from 'fast-check';
import type { Grant } from '../../../src-main/app/oauth/grant.ts';
import { asTernError } from '../../../src-shared/errors.ts';
import { type Rig, rigFor } from './rig.ts';

const never = new AbortController().signal;

type Step =
  | { type: 'wait'; minutes: number }
  /** A worker wants a token; `refused`: it was refused with the one that it has. `crashes`: before it has stored what came. */
  | { type: 'ask'; workers: number[]; refused: boolean; crashes: boolean }
  | { type: 'end' }
  | { type: 'down'; requests: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ type: fc.constant('wait' as const), minutes: fc.integer({ min: 1, max: 90 }) }),
  fc.record({
    type: fc.constant('ask' as const),
    workers: fc.uniqueArray(fc.integer({ min: 0, max: 2 }), { minLength: 1 }),
    refused: fc.boolean(),
    crashes: fc.boolean(),
  }),
  fc.constant({ type: 'end' as const }),
  fc.record({ type: fc.constant('down' as const), requests: fc.integer({ min: 1, max: 3 }) }),
);

/** Plays what happens to three workers that share a grant; none of them may ever be sent to the person. */
const play = async (w: Rig, steps: readonly Step[]): Promise<void> => {
  const grant = await w.grant();
  const workers = Array.from({ length: 3 }, (): { stored: Grant; token: string | null } => ({
    stored: grant,
    token: null,
  }));
  const ask = async (worker: (typeof workers)[number], refused: boolean, crashes: boolean): Promise<void> => {
    try {
      const { token, renewed } = await w.oauth.token(worker.stored, refused ? worker.token : null, never);
      assert.ok(!refused || token !== worker.token, 'not the one that was refused');
      if (crashes) worker.token = null;
      else Object.assign(worker, { token, stored: renewed ?? worker.stored });
    } catch (error) {
      assert.equal(asTernError(error).kind, 'server', asTernError(error).message);
    }
  };
  for (const each of steps) {
    if (each.type === 'wait') await w.clock.advance(each.minutes * 60_000);
    if (each.type === 'end') w.server.endTokens();
    if (each.type === 'down') w.server.fail({ kind: 'say', status: 503, body: '' }, each.requests);
    if (each.type !== 'ask') continue;
    const before = w.server.asked.length;
    await Promise.all(
      each.workers.flatMap((at) => workers[at] ?? []).map((worker) => ask(worker, each.refused, each.crashes)),
    );
    assert.ok(w.server.asked.length <= before + each.workers.length);
  }
  w.server.recover();
  await w.clock.advance(90 * 60_000);
  const tokens = await Promise.all(workers.map(({ stored }) => w.oauth.token(stored, null, never)));
  for (const { token } of tokens) assert.equal(await w.server.holderOf(token), 'alice@example.test');
};

describe('OA11: whatever happens to three workers that share a grant', () => {
  it('never uses a refresh token twice, and has a good token for each in the end', async (t) => {
    const w = await rigFor(t, { rotates: true });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 12 }), (steps) => play(w, steps)),
      { numRuns: 40, seed: 7 },
    );
  });
});
