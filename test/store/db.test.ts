import assert, { deepEqual, equal, throws } from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ChangeSet } from '../../src-main/store/changeSet.ts';
import type { ReadDb, Store, WriteDb } from '../../src-main/store/db.ts';
import { TernError } from '../../src-shared/errors.ts';
import { openStore } from '../support/store.ts';

const heard = (store: Store): ChangeSet[] => {
  const sets: ChangeSet[] = [];
  store.onCommit((changed) => sets.push(changed));
  return sets;
};
const addThread = (tx: WriteDb, remoteId: string): number => {
  const { lastId } = tx.run('INSERT INTO threads (remote_id) VALUES (?)', remoteId);
  tx.changed.thread(lastId);
  return lastId;
};

describe('a write', () => {
  it('announces what it changed, once, after the commit', () => {
    const { store, rows } = openStore();
    const seen: unknown[] = [];
    store.onCommit((changed) => seen.push([...changed.threads], rows('threads').length, store.inTransaction()));
    const id = store.write((tx) => addThread(tx, 'a'));
    deepEqual(seen, [[id], 1, false]);
  });

  it('announces nothing and leaves nothing when it throws', () => {
    const { store, rows } = openStore();
    const sets = heard(store);
    const boom = new Error('boom');
    throws(
      () =>
        store.write((tx) => {
          addThread(tx, 'a');
          throw boom;
        }),
      (error) => error === boom,
    );
    deepEqual([sets, rows('threads'), store.inTransaction()], [[], [], false]);
  });

  it('announces nothing when it changed nothing a person can see', () => {
    const { store, rows } = openStore();
    const sets = heard(store);
    store.write(() => undefined);
    store.write((tx) => tx.run("INSERT INTO sync_state (key, value) VALUES ('k', 'v')"));
    deepEqual([sets.length, rows('sync_state').length], [0, 1]);
  });

  it('tells every listener', () => {
    const { store } = openStore();
    const [first, second] = [heard(store), heard(store)];
    store.write((tx) => addThread(tx, 'a'));
    deepEqual([first.length, second.length], [1, 1]);
  });

  it('cannot be a promise: the transaction would end before the work', () => {
    const { store, rows } = openStore();
    throws(() => store.write((tx) => Promise.resolve(addThread(tx, 'a'))));
    deepEqual(rows('threads'), []);
  });

  it('announces nothing of a write within it before the outer one is committed', () => {
    const { store } = openStore();
    const sets = heard(store);
    throws(() =>
      store.write(() => {
        store.write((tx) => addThread(tx, 'inner'));
        throw new Error('boom');
      }),
    );
    equal(sets.length, 0);
  });

  it('is committed with synchronous=FULL when durable, and the next with NORMAL', () => {
    const { store } = openStore();
    const level = (db: ReadDb): number | undefined =>
      db.get<{ synchronous: number }>('PRAGMA synchronous')?.synchronous;
    const [NORMAL, FULL] = [1, 2];
    equal(store.write(level), NORMAL);
    equal(store.write(level, { durable: true }), FULL);
    equal(store.write(level), NORMAL);
    throws(() =>
      store.write(
        () => {
          throw new Error('boom');
        },
        { durable: true },
      ),
    );
    equal(store.write(level), NORMAL);
  });

  it('answers how many rows changed and the last id', () => {
    const { store } = openStore();
    deepEqual(
      store.write((tx) => [
        tx.run("INSERT INTO threads (remote_id) VALUES ('a'), ('b')"),
        tx.run('DELETE FROM threads').changes,
      ]),
      [{ changes: 2, lastId: 2 }, 2],
    );
  });
});

describe('a read', () => {
  it('is one transaction, also when it fails, and belongs to the write around it', () => {
    const { store } = openStore();
    equal(
      store.read(() => store.inTransaction()),
      true,
    );
    throws(() => store.read(() => assert.fail('no')), /no/);
    equal(store.inTransaction(), false);
    equal(
      store.write((tx) => {
        addThread(tx, 'a');
        return store.read((db) => db.get<{ n: number }>('SELECT count(*) AS n FROM threads')?.n);
      }),
      1,
    );
  });
});

describe('handles', () => {
  it('that read cannot write, as the compiler sees it', () => {
    const check = (db: ReadDb, tx: WriteDb): void => {
      const reading: ReadDb = tx;
      // @ts-expect-error: a read handle has no run
      db.run('DELETE FROM emails');
      // @ts-expect-error: a read handle announces nothing
      db.changed.mailbox(1);
      // @ts-expect-error: a read handle is no write handle
      const writing: WriteDb = db;
      // @ts-expect-error: neither handle can be made by hand
      const made: ReadDb = { all: () => [], get: () => undefined, iterate: () => [][Symbol.iterator]() };
      void [reading, writing, made];
    };
    equal(typeof check, 'function');
  });
});

describe('foreign keys', () => {
  it('are enforced', () => {
    const { store } = openStore();
    throws(
      () => store.write((tx) => tx.run("INSERT INTO attachments VALUES (99, '1', NULL, NULL, 'a/b', 1, NULL, NULL)")),
      (error) => error instanceof TernError && error.kind === 'bug' && /FOREIGN KEY/.test(error.message),
    );
  });
});
