import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { useLine } from '../../electron/renderer/state/line.ts';
import { dismiss, toasts } from '../../electron/renderer/state/toasts.ts';
import { offer, offerUndo, undoLast } from '../../electron/renderer/state/undo.ts';
import { t as words } from '../../electron/renderer/strings/en.ts';
import { settle } from '../support/clock.ts';

const shown = (): string[] => toasts.value.map(({ text }) => text);

/** A line that notes which changes are taken back, and refuses those that it is told of. */
const lineFor = (t: TestContext, refused: string[] = []) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  for (const { id } of toasts.value) dismiss(id);
  const undone: [account: string | null, ids: string[]][] = [];
  const call = async (_name: string, account: string | null, { ids }: { ids: string[] }) => {
    undone.push([account, ids]);
    const failed = ids.filter((id) => refused.includes(id));
    return { failed: failed.map((id) => ({ id, error: { kind: 'tooLate', message: 'it is too late' } })) };
  };
  useLine({ call: call as never, host: call as never, shell: null, on: () => undefined, ended: new Promise(() => {}) });
  return { undone };
};

describe('what was done', () => {
  it('is taken back once, the latest first, and its offer goes', async (t) => {
    lineFor(t);
    const taken: string[] = [];
    const step = (name: string) => offer(name, async () => void taken.push(name));
    step('one');
    step('two');
    const withdraw = step('three');
    assert.deepEqual(shown(), ['one', 'two', 'three']);
    withdraw();
    assert.deepEqual(shown(), ['one', 'two']);
    toasts.value.at(-1)?.act?.();
    await settle();
    assert.deepEqual([taken, shown()], [['two'], ['one', words.undone]]);
    undoLast();
    await settle();
    undoLast();
    await settle();
    assert.deepEqual([taken, shown().at(-1)], [['two', 'one'], words.nothingToUndo]);
  });

  it('can be taken back at once: those changes are meant, also before the backend has them', async (t) => {
    const { undone } = lineFor(t);
    const made = Promise.withResolvers<Map<string, string[]>>();
    offer('before', () => assert.fail('another step'))();
    offerUndo('Archived', made.promise);
    undoLast();
    await settle();
    assert.deepEqual([undone, shown()], [[], []]);
    made.resolve(
      new Map([
        ['a', ['1', '2']],
        ['b', ['1']],
      ]),
    );
    await settle();
    assert.deepEqual(undone, [
      ['a', ['1', '2']],
      ['b', ['1']],
    ]);
    assert.deepEqual(shown(), [words.undone]);
  });

  it('is no more offered when its time is over: what was done before is taken back then', async (t) => {
    lineFor(t);
    const taken: string[] = [];
    offer('archived', async () => void taken.push('archived'));
    offer('sending', async () => void taken.push('sending'), 5_000);
    t.mock.timers.tick(5_000);
    undoLast();
    await settle();
    assert.deepEqual(taken, ['archived']);
  });

  it('is not offered where nothing came of it', async (t) => {
    const { undone } = lineFor(t);
    offerUndo('Nothing', Promise.resolve(new Map()));
    offerUndo('Failed', Promise.reject(new Error('no')));
    assert.deepEqual(shown(), ['Nothing', 'Failed']);
    await settle();
    assert.deepEqual(shown(), []);
    undoLast();
    await settle();
    assert.deepEqual([undone, shown()], [[], [words.nothingToUndo]]);
  });

  it('is told of where it can no longer be taken back', async (t) => {
    const { undone } = lineFor(t, ['1']);
    const made = new Map([
      ['a', ['1', '2']],
      ['b', ['3']],
    ]);
    offerUndo('Archived', Promise.resolve(made));
    undoLast();
    await settle();
    assert.deepEqual(undone, [...made]);
    assert.deepEqual(
      toasts.value.map(({ tone }) => tone),
      ['bad'],
    );
  });
});
