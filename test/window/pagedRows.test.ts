import assert from 'node:assert/strict';
import { test } from 'node:test';
import { rowKey, threadKey } from '../../electron/renderer/lib/keys.ts';
import { createPagedRows, type PagedRows, type ReadPage } from '../../electron/renderer/lib/pagedRows.ts';
import { withRow } from '../../electron/renderer/lib/withRow.ts';
import type { EmailHead } from '../../src-shared/model.ts';
import { settle } from '../support/clock.ts';

const PAGE = 10;

/** A row by a number that grows with time: `n` is its id and its moment. */
const rowOf = (n: number, thread = n): EmailHead =>
  ({
    id: String(n),
    account: 'a',
    threadId: String(thread),
    receivedAt: new Date(n * 1000).toISOString(),
  }) as EmailHead;

const keyOf = (n: number): string => threadKey('a', String(n));
const numberOf = ({ id }: EmailHead): number => Number(id);

/** Mail that a list is read from, as the backend does: newest first, by a cursor that names a place and no page. */
const mail = (count: number) => {
  const held = { rows: Array.from({ length: count }, (_, n) => rowOf(n)).toReversed(), reads: 0 };
  const read: ReadPage = async (after) => {
    held.reads++;
    const behind = held.rows.filter((row) => after === undefined || numberOf(row) < Number(after));
    const rows = behind.slice(0, PAGE);
    const last = rows.at(-1);
    return { rows, next: last && behind.length > PAGE ? last.id : null, partial: false };
  };
  return { held, read };
};

const fail = (error: unknown): never => {
  throw error;
};
const numbers = (list: PagedRows): number[] => list.rows.value.all().map(numberOf);

const readTo = async (list: PagedRows, at: number): Promise<void> => {
  while (list.rows.value.length <= at && list.hasMore.value) {
    list.look(at - 5, at);
    await settle();
  }
};

test('pages are read ahead of what is looked at, and no further', async () => {
  const { held, read } = mail(1000);
  const list = createPagedRows(read, fail);
  await settle();
  assert.deepEqual(numbers(list), [999, 998, 997, 996, 995, 994, 993, 992, 991, 990]);
  await readTo(list, 100);
  assert.ok(list.rows.value.length < 250, String(list.rows.value.length));
  assert.deepEqual(numbers(list), held.rows.slice(0, list.rows.value.length).map(numberOf));
});

test('after a change the list is what it would be if it were read anew, wherever one looks', async () => {
  const { held, read } = mail(300);
  const list = createPagedRows(read, fail);
  await readTo(list, 299);
  const changes: ((rows: EmailHead[]) => EmailHead[])[] = [
    (rows) => [rowOf(1001), rowOf(1000), ...rows],
    (rows) => rows.filter((row) => numberOf(row) % 7 !== 0),
    // The rows at the edges of pages, and a page of them whole.
    (rows) => rows.filter((_, at) => at % PAGE !== 0),
    (rows) => [...rows.slice(0, 30), ...rows.slice(45)],
    (rows) => [...Array.from({ length: 35 }, (_, n) => rowOf(2000 - n)), ...rows],
    (rows) => rows.slice(0, -3),
  ];
  for (const [index, change] of changes.entries()) {
    held.rows = change(held.rows);
    await list.refresh();
    for (let at = 0; at < held.rows.length; at += 8) {
      list.look(at, at + 15);
      await settle();
    }
    assert.deepEqual(numbers(list), held.rows.map(numberOf), `change ${index}`);
  }
});

test('a change costs as many reads as there are pages on screen, however long the list', async () => {
  const { held, read } = mail(1000);
  const list = createPagedRows(read, fail);
  await readTo(list, 999);
  list.look(700, 715);
  await settle();
  held.reads = 0;
  await list.refresh();
  assert.ok(held.reads <= 6, `${held.reads} reads`);
});

test('a change looks at the rows of the pages that are read again, and at no others', async () => {
  let looks = 0;
  const { read } = mail(3000);
  const counting: ReadPage = async (after) => {
    const page = await read(after);
    const rows = page.rows.map((row) => ({
      ...row,
      get threadId() {
        looks++;
        return row.threadId;
      },
    }));
    return { ...page, rows };
  };
  const list = createPagedRows(counting, fail);
  await readTo(list, 2999);
  assert.equal(list.rows.value.length, 3000);
  looks = 0;
  await list.refresh();
  const rows = list.rows.value.without([keyOf(2500)]);
  assert.deepEqual([rows.length, rows.placeOf(keyOf(2500)), rows.placeOf(keyOf(5))], [2999, -1, 2993]);
  assert.deepEqual(rows.slice(498, 500).map(numberOf), [2501, 2499]);
  assert.ok(looks < 300, `${looks} looks`);
});

test('a conversation that moves to the top is listed once, there', async () => {
  const { held, read } = mail(40);
  const list = createPagedRows(read, fail);
  await readTo(list, 39);
  list.look(0, 5);
  held.rows = [rowOf(50, 3), ...held.rows.filter((row) => numberOf(row) !== 3)];
  await list.refresh();
  assert.equal(list.rows.value.all().filter(({ threadId }) => threadId === '3').length, 1);
  assert.equal(numbers(list)[0], 50);
});

test('an empty list is ready, and fills when mail comes', async () => {
  const { held, read } = mail(0);
  const list = createPagedRows(read, fail);
  await settle();
  assert.deepEqual([list.ready.value, list.hasMore.value, numbers(list)], [true, false, []]);
  held.rows = [rowOf(1)];
  await list.refresh();
  assert.deepEqual(numbers(list), [1]);
});

test('what changes while rows are read is read in its turn: the first page, and one that is read again', async () => {
  const { held, read } = mail(3);
  const waiting: (() => void)[] = [];
  const list = createPagedRows(async (after) => {
    const page = await read(after);
    await new Promise<void>((resolve) => waiting.push(resolve));
    return page;
  }, fail);
  /** Mail comes once the rows of before were read, and before they are there. */
  const change = async (n: number): Promise<void> => {
    await settle();
    held.rows = [rowOf(n), ...held.rows];
    const refreshed = list.refresh();
    for (let turns = 0; turns < 4; turns++) {
      waiting.shift()?.();
      await settle();
    }
    await refreshed;
  };
  await change(10);
  assert.deepEqual(numbers(list), [10, 2, 1, 0]);
  void list.refresh();
  await change(11);
  assert.deepEqual(numbers(list), [11, 10, 2, 1, 0]);
});

test('a page that could not be read again is read at the next look', async () => {
  const { held, read } = mail(3);
  let fails = false;
  const list = createPagedRows(
    async (after) => {
      if (fails) throw new Error('not now');
      return read(after);
    },
    () => undefined,
  );
  await settle();
  held.rows = [rowOf(10), ...held.rows];
  fails = true;
  await list.refresh();
  fails = false;
  list.look(0, 1);
  await settle();
  assert.deepEqual(numbers(list), [10, 2, 1, 0]);
});

test('a row that the list has no more is put where it belongs by its time, and found there', async () => {
  const { held, read } = mail(25);
  held.rows = held.rows.filter((row) => numberOf(row) !== 15);
  const list = createPagedRows(read, fail);
  await readTo(list, 23);
  const all = withRow(list.rows.value, rowOf(15));
  const whole = Array.from({ length: 25 }, (_, n) => 24 - n);
  assert.deepEqual(all.all().map(numberOf), whole);
  for (const [at, n] of whole.entries()) {
    assert.equal(numberOf(all.at(at) ?? rowOf(-1)), n);
    assert.equal(all.placeOf(rowKey(rowOf(n))), at);
    assert.deepEqual(all.slice(at, at + 4).map(numberOf), whole.slice(at, at + 4));
  }
  assert.equal(all.placeOf('nobody'), -1);
  const less = all.without([15, 20].map((n) => rowKey(rowOf(n))));
  assert.deepEqual(
    less.all().map(numberOf),
    whole.filter((n) => n !== 15 && n !== 20),
  );
  assert.equal(all.without([rowKey(rowOf(20))]).placeOf(rowKey(rowOf(15))), 8);
  assert.equal(withRow(all, rowOf(15)), all);
});
