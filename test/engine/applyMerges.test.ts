import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { remoteEmail } from '../support/builders.ts';
import { fakeWorld, tell } from '../support/fakeDriver.ts';

/** An email of a server without threads that answers these. */
const answering = (remoteId: string, ...references: string[]) =>
  remoteEmail({ remoteId, threadRemoteId: null, headers: { ...remoteEmail({ remoteId }).headers, references } });
const family = (root: string) => Array.from({ length: 300 }, (_, n) => answering(`${root}${n}`, root));

describe('a merge of large threads', () => {
  it('is over when the pull is, also where the program died in the middle of it', async (t) => {
    const w = await fakeWorld(t);
    await w.sync();
    w.pulls = [[tell({ put: [...family('p'), ...family('q')] })]];
    await w.sync();
    const threads = (): number => new Set(w.s.rows('emails').map((row) => row['thread_id'])).size;
    assert.equal(threads(), 2);
    w.pulls = [[tell({ put: [answering('both', 'p', 'q')] })]];
    w.crashAt(2);
    await w.sync();
    assert.equal(threads(), 2, 'it takes more than a commit');
    await w.restart();
    await w.sync();
    assert.deepEqual([threads(), w.s.rows('thread_merges')], [1, []]);
  });
});
