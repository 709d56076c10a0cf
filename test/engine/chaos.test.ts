import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { live, seeded, shrink } from '../chaos/history.ts';
import type { Step } from '../chaos/steps.ts';

const fixtures = globSync(fileURLToPath(new URL('fixtures/*.json', import.meta.url))).toSorted();
const read = (file: string): { history: Step[] } => JSON.parse(readFileSync(file, 'utf8')) as { history: Step[] };

/** So many take 6 seconds on an idle machine and 15 on a busy one; .ci/run runs 500, `npm run chaos` 5,000. */
const HISTORIES = 80;

/** What went wrong, with the seed and the shortest history that still fails. */
const story = async (seed: number, wrong: string[]): Promise<string> => {
  const history = await shrink(seeded(seed));
  const how = `npm run chaos -- keep ${seed} NAME makes a fixture of it`;
  return [`seed ${seed}:`, ...wrong.slice(0, 5), JSON.stringify(history), how].join('\n');
};

describe('whatever a person, other clients, the network and crashes do to an account', () => {
  for (const file of fixtures)
    it(`${basename(file, '.json')}, which went wrong once, goes well`, async () => {
      assert.deepEqual((await live(read(file).history)).wrong, []);
    });

  it('no change is lost, and the replica ends true', async () => {
    const first = Number(process.env['TERN_TEST_SEED'] ?? 1);
    for (let seed = first; seed < first + HISTORIES; seed++) {
      const { wrong } = await live(seeded(seed));
      if (wrong.length > 0) assert.fail(await story(seed, wrong));
    }
  });

  it('the same seed is the same history', async () => {
    for (const seed of [3, 57, 111]) {
      const [one, two] = [await live(seeded(seed)), await live(seeded(seed))];
      assert.equal(one.trace, two.trace);
    }
  });
});
