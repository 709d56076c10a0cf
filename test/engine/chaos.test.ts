import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { Server } from '../chaos/actor.ts';
import { live, seeded, shrink } from '../chaos/history.ts';
import { imap } from '../chaos/imap.ts';
import { jmap } from '../chaos/jmap.ts';
import { moving } from '../chaos/moving.ts';
import type { Protocol } from '../chaos/protocol.ts';
import type { Step } from '../chaos/steps.ts';

const [jmapMoves, imapMoves] = [moving(jmap), moving(imap)];
const lives = {
  jmap: (history: Step[]) => live(jmap, history),
  imap: (history: Step[]) => live(imap, history),
  'jmap-moves': (history: Step[]) => live(jmapMoves, history),
  'imap-moves': (history: Step[]) => live(imapMoves, history),
};

type Fixture = { protocol?: keyof typeof lives; history: Step[] };

const fixtures = globSync(fileURLToPath(new URL('fixtures/*.json', import.meta.url))).toSorted();
const read = (file: string): Fixture => JSON.parse(readFileSync(file, 'utf8')) as Fixture;

/** What went wrong, with the seed and the shortest history that still fails. */
const story = async <S extends Server>(protocol: Protocol<S>, seed: number, wrong: string[]): Promise<string> => {
  const history = await shrink(protocol, seeded(protocol, seed));
  const how = `npm run chaos -- keep ${protocol.name} ${seed} NAME makes a fixture of it`;
  return [`seed ${seed}:`, ...wrong.slice(0, 5), JSON.stringify(history), how].join('\n');
};

const firstSeed = Number(process.env['TERN_TEST_SEED'] ?? 1);

const liveMany = async <S extends Server>(protocol: Protocol<S>, count: number): Promise<void> => {
  for (let seed = firstSeed; seed < firstSeed + count; seed++) {
    const { wrong } = await live(protocol, seeded(protocol, seed));
    if (wrong.length > 0) assert.fail(await story(protocol, seed, wrong));
  }
};

const repeats = async <S extends Server>(protocol: Protocol<S>): Promise<void> => {
  for (const seed of [3, 57, 111]) {
    const [one, two] = [await live(protocol, seeded(protocol, seed)), await live(protocol, seeded(protocol, seed))];
    assert.equal(one.trace, two.trace, `seed ${seed}`);
  }
};

describe('whatever a person, other clients, the network and crashes do to an account', () => {
  for (const file of fixtures)
    it(`${basename(file, '.json')}, which went wrong once, goes well`, async () => {
      const { protocol = 'jmap', history } = read(file);
      assert.deepEqual((await lives[protocol](history)).wrong, []);
    });

  // So many take 6 seconds on an idle machine and 15 on a busy one; .ci/run runs 500, `npm run chaos` 5,000.
  it('no change is lost, and the replica ends true', () => liveMany(jmap, 80));

  it('nor is it over IMAP, whatever the server can', () => liveMany(imap, 30));

  it('mail that is only moved ends in one place, where it was moved last', async () => {
    await liveMany(jmapMoves, 60);
    await liveMany(imapMoves, 20);
  });

  it('the same seed is the same history', async () => {
    await repeats(jmap);
    await repeats(imap);
  });
});
