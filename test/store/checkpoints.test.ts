import { deepEqual, equal, ok } from 'node:assert/strict';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { Store } from '../../src-main/store/db.ts';
import { migrate } from '../../src-main/store/migrate.ts';
import { storeProcess, temporaryFolder } from '../support/storeProcess.ts';

const open = (t: TestContext): { store: Store; file: string; logSize: () => number } => {
  const file = join(temporaryFolder(t), 'mail.sqlite');
  const store = Store.open(file, { create: true });
  t.after(() => store.close());
  migrate(store);
  return { store, file, logSize: () => statSync(`${file}-wal`).size };
};

const ROWS = 25;
const padding = 'x'.repeat(1000);
/** One batch, as large as those of a first fill. */
const writeBatch = (store: Store, batch: number): void =>
  store.write((tx) => {
    for (let n = 0; n < ROWS; n++) tx.run('INSERT INTO threads (remote_id) VALUES (?)', `${batch} ${n} ${padding}`);
  });
const held = (store: Store): number =>
  store.read((db) => db.get<{ n: number }>('SELECT count(*) AS n FROM threads')?.n ?? 0);

describe('checkpoints', () => {
  it('keep the log short however long a write goes on, and lose nothing', async (t) => {
    const { store, file, logSize } = open(t);
    let longest = 0;
    for (let batch = 0; batch < 1_000; batch++) {
      writeBatch(store, batch);
      longest = Math.max(longest, logSize());
      await store.pause();
    }
    ok(longest < 48_000_000, `the log grew to ${longest} bytes`);
    ok(statSync(file).size > 10_000_000, 'the rows are in the database itself');
    equal(held(store), 1_000 * ROWS);
  });

  it('are not made by commits: what is written without a pause stays in the log', (t) => {
    const { store, file, logSize } = open(t);
    const before = statSync(file).size;
    for (let batch = 0; batch < 100; batch++) writeBatch(store, batch);
    ok(logSize() > 5_000_000, `the log has ${logSize()} bytes`);
    deepEqual([statSync(file).size, held(store)], [before, 100 * ROWS]);
  });

  it('do not stand in the way of closing, nor of the next process', async (t) => {
    const { store, file } = open(t);
    for (let batch = 0; batch < 100; batch++) writeBatch(store, batch);
    store.close();
    equal(await storeProcess(t, 'try', file).line(), 'open');
    const again = Store.open(file, { create: false });
    t.after(() => again.close());
    equal(held(again), 100 * ROWS);
  });
});
