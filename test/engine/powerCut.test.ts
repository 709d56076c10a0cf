import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { skipWithout } from '../servers/skipWithout.ts';
import { type DiskStep, traceDisk, tracingMissing, undone } from '../support/diskTrace.ts';
import { temporaryFolder } from '../support/storeProcess.ts';

const script = fileURLToPath(new URL('../support/powerCutChild.ts', import.meta.url));
const relied = new Set(['saved', 'filed', 'asked', 'handed over', 'done', 'discarded']);
const skip = skipWithout(tracingMissing(), 'power cuts');

const wordsOf = (steps: readonly DiskStep[]): string[] =>
  steps.flatMap((step) => (step.does === 'say' ? step.word : []));
const renamedTo = (steps: readonly DiskStep[]): string[] =>
  steps.flatMap((step) => (step.does === 'rename' ? (/(?:drafts|outbox)\/.*$/.exec(step.to)?.[0] ?? []) : []));

describe('D1, S1, S2: the power is cut while a person writes and sends', { skip }, () => {
  it('undoes nothing that was told, and no file that a row names', (t) => {
    const all = traceDisk(script, join(temporaryFolder(t), 'trace'));
    // What the desk itself is made of lies there before.
    const steps = all.slice(all.findIndex((step) => step.does === 'say'));
    assert.deepEqual(wordsOf(steps), [
      'begun',
      'saved',
      'filed',
      'saved',
      'asked',
      'handed over',
      'done',
      'saved',
      'discarded',
    ]);
    assert.deepEqual(
      renamedTo(steps).map((path) => path.replace(/[\w-]{36}/, 'file')),
      ['drafts/file', 'drafts/1-1.eml', 'outbox/1.eml', 'outbox/1.copy.eml', 'drafts/file'],
    );
    assert.deepEqual(undone(steps, relied), []);
  });
});
