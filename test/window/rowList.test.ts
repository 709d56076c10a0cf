import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Chunk, createRowList } from '../../electron/renderer/lib/rowList.ts';
import { anchored } from '../../electron/renderer/lib/windowOf.ts';
import type { EmailHead } from '../../src-shared/model.ts';

const rowOf = (key: string): EmailHead => ({ id: key }) as EmailHead;

/** A list of chunks, each given as a word whose letters are its rows. */
const listOf = (...words: string[]) => {
  const chunks = words.map((word, id): Chunk => ({ id, keys: word.split(''), rows: word.split('').map(rowOf) }));
  return createRowList(chunks, (key) => chunks.find(({ keys }) => keys.includes(key))?.id);
};
const text = (rows: readonly EmailHead[]): string => rows.map(({ id }) => id).join('');

test('a list in chunks is what the rows would be in one row, wherever it is cut', () => {
  const whole = 'abcdefgh';
  const list = listOf('abc', '', 'd', '', 'efgh', '');
  assert.equal(list.length, whole.length);
  assert.equal(text(list.all()), whole);
  for (let first = 0; first <= whole.length; first++)
    for (let end = first; end <= whole.length + 2; end++)
      assert.equal(text(list.slice(first, end)), whole.slice(first, end), `${first} to ${end}`);
  for (const [place, key] of whole.split('').entries()) {
    assert.equal(list.at(place)?.id, key);
    assert.equal(list.placeOf(key), place);
  }
  assert.deepEqual([list.at(-1), list.at(8), list.placeOf('z')], [undefined, undefined, -1]);
});

test('a list without some rows has the others in their order', () => {
  const list = listOf('abc', 'd', 'efgh');
  const left = list.without(['b', 'd', 'z', 'h']);
  assert.equal(text(left.all()), 'acefg');
  assert.deepEqual([left.placeOf('b'), left.placeOf('c'), left.placeOf('e'), left.placeOf('g')], [-1, 1, 2, 4]);
  assert.equal(list.without(['z']), list);
  assert.equal(text(left.without(['a']).all()), 'cefg');
});

test('a list of nothing has nothing anywhere', () => {
  const list = listOf();
  assert.deepEqual(
    [list.length, list.at(0), list.slice(0, 5), list.placeOf('a'), list.all()],
    [0, undefined, [], -1, []],
  );
});

/** Rows of conversations named by letters; a capital is the same one with something newer in it. */
const datedList = (letters: string) => {
  const rows = letters
    .split('')
    .map((letter): EmailHead => ({ account: 'a', threadId: letter.toLowerCase(), receivedAt: letter }) as EmailHead);
  const keys = rows.map(({ threadId }) => `a/${threadId}`);
  return createRowList([{ id: 0, rows, keys }], (key) => (keys.includes(key) ? 0 : undefined));
};

test('what is seen of a scrolled list stays where it is, whatever comes or goes above it', () => {
  const before = datedList('abcdefgh');
  const scrolled = (top: number, now: string): number => anchored(top, 30, 10, before, datedList(now));
  assert.equal(scrolled(25, 'xyabcdefgh'), 45);
  assert.equal(scrolled(25, 'acdefgh'), 15);
  assert.equal(scrolled(25, 'xCabdefgh'), 35, 'a conversation that goes to the top takes nobody along');
  assert.equal(scrolled(25, 'abdefgh'), 15, 'where the first one goes, the next one stays');
  assert.equal(scrolled(0, 'xabcdefgh'), 0, 'who is at the top sees what is new');
  assert.equal(scrolled(25, 'xyz'), 25);
});
