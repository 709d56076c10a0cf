import { deepEqual, equal, match, throws } from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { watch } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { pathToFileURL } from 'node:url';
import { Store } from '../../src-main/store/db.ts';
import { loadMigrations, type Migration, migrate } from '../../src-main/store/migrate.ts';
import { TernError } from '../../src-shared/errors.ts';
import { storeProcess, temporaryFolder } from '../support/storeProcess.ts';

const migrations = (...scripts: string[]): Migration[] =>
  scripts.map((sql, index) => ({ version: index + 1, name: `000${index + 1}_test.sql`, sql }));
const versionOf = (store: Store): number =>
  store.read((db) => db.get<{ user_version: number }>('PRAGMA user_version')?.user_version ?? -1);
const tablesOf = (store: Store): string[] =>
  store
    .read((db) => db.all<{ name: string }>("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name"))
    .map(({ name }) => name);
const fails = (kind: string, message: RegExp) => (error: unknown) => {
  if (!(error instanceof TernError)) return false;
  equal(error.kind, kind);
  match(error.message, message);
  return true;
};

/** Merged migrations and the SHA-256 of each: a database that ran one will never run it again. */
const merged: Record<string, string> = {
  '0001_account_mailboxes_emails.sql': '5949570a3a04799e30430102c021d84b277616a55d18ecadfe30330ffb6e6a06',
  '0002_pending_changes.sql': '27f332522fc168c53833932bc9d8229f7a172d7436f78dd6d65a7fa16df471a3',
  '0003_threads_and_moves.sql': '96f6d6940844df78af2b755ef41d37a3dfb327000cdd23cada7f7eb152b51431',
  '0004_bodies.sql': '6dd85208631052b06b75563c566772b8ebf46429a60ca1f0ac8f1af843f3e1b7',
  '0005_search.sql': '9d4300cd5783ae58332e68d36852991cf73e952faccf2ad5a74734c5ec14b363',
  '0006_body_failures.sql': '3355a9a3da96471a48a081fb8fb891bf7b4f1ee92a3322ac7158b897fff6ae75',
  '0007_drafts_and_submissions.sql': 'b4d2c31bf9fe7b56f43abdb17ed2a983a3839d821e2fb689a6f825cf08a76cc5',
  '0008_filed_drafts_and_lost_tries.sql': '17bdfc39f20537d6630cffade43a61561cffa900be0ffabcbfb0eb041e56e23a',
  '0009_drafts_kept_here.sql': 'c744cac24997b38fb9dd0998c3cb99bc4307c2b79943d87c1dc964c192547cdd',
  '0010_people.sql': '5a7a16e338f064587ae5da4f40e9150089b2631fe9bcdc121586286900b2b2cd',
};

describe('the migrations', () => {
  it('are numbered without gaps and never edited once merged: add another instead', () => {
    const sums = loadMigrations().map(({ name, sql }) => [name, createHash('sha256').update(sql).digest('hex')]);
    deepEqual(Object.fromEntries(sums), merged);
  });

  const folders: [what: string, names: string[]][] = [
    ['a gap', ['0001_a.sql', '0003_c.sql']],
    ['a number used twice', ['0001_a.sql', '0001_b.sql']],
    ['a beginning other than 1', ['0002_b.sql']],
  ];
  for (const [what, names] of folders)
    it(`are refused with ${what}`, (t) => {
      const folder = join(temporaryFolder(t), 'migrations');
      mkdirSync(folder);
      for (const name of names) writeFileSync(join(folder, name), '');
      throws(() => loadMigrations(pathToFileURL(`${folder}/`)), fails('bug', /out of sequence/));
    });

  it('are read in order, other files aside', (t) => {
    const folder = temporaryFolder(t);
    for (const name of ['0002_b.sql', '0001_a.sql', 'schema.sql', '0003_c.txt'])
      writeFileSync(join(folder, name), name);
    deepEqual(
      loadMigrations(pathToFileURL(`${folder}/`)).map(({ version, sql }) => [version, sql]),
      [
        [1, '0001_a.sql'],
        [2, '0002_b.sql'],
      ],
    );
  });
});

describe('migrating', () => {
  it('runs each migration once', () => {
    const store = Store.open(':memory:', { create: true });
    const [first, second] = ['CREATE TABLE a (x);', 'CREATE TABLE b (x); INSERT INTO a VALUES (1);'];
    migrate(store, migrations(first));
    deepEqual([versionOf(store), tablesOf(store)], [1, ['a']]);
    migrate(store, migrations(first, second));
    migrate(store, migrations(first, second));
    deepEqual([versionOf(store), tablesOf(store)], [2, ['a', 'b']]);
    equal(store.read((db) => db.all('SELECT * FROM a')).length, 1);
  });

  it('takes a script that ends with a comment', () => {
    const store = Store.open(':memory:', { create: true });
    migrate(store, migrations('CREATE TABLE a (x); -- the end'));
    equal(versionOf(store), 1);
  });

  it('leaves the schema and version before it when a migration fails midway, and can be tried again', () => {
    const store = Store.open(':memory:', { create: true });
    const first = 'CREATE TABLE a (x); INSERT INTO a VALUES (1);';
    const broken = 'CREATE TABLE b (x); DROP TABLE a; INSERT INTO nowhere VALUES (1); CREATE TABLE c (x);';
    throws(() => migrate(store, migrations(first, broken)), TernError);
    deepEqual([versionOf(store), tablesOf(store), store.inTransaction()], [1, ['a'], false]);
    equal(store.read((db) => db.all('SELECT * FROM a')).length, 1);
    migrate(store, migrations(first, 'CREATE TABLE b (x);'));
    deepEqual([versionOf(store), tablesOf(store)], [2, ['a', 'b']]);
  });

  it('refuses the database of a newer Tern and leaves its file byte for byte', (t) => {
    const folder = temporaryFolder(t);
    const file = join(folder, 'mail.sqlite');
    const newer = Store.open(file, { create: true });
    migrate(newer, migrations('CREATE TABLE a (x);', 'CREATE TABLE b (x);'));
    newer.close();
    const before = readFileSync(file);
    const older = Store.open(file, { create: false });
    throws(() => migrate(older, migrations('CREATE TABLE a (x);')), fails('storage', /newer version of Tern/));
    older.close();
    deepEqual([readFileSync(file).equals(before), readdirSync(folder)], [true, ['mail.sqlite', 'mail.sqlite-lock']]);
  });
});

describe('kill -9 in a migration', () => {
  const first = 'CREATE TABLE a (x); INSERT INTO a VALUES (1);';
  /** Writes a few MB after the schema changed, so that much is in the log before the commit. */
  const second = (rows: number): string =>
    `DROP TABLE a; CREATE TABLE b (x); CREATE TABLE c (x); INSERT INTO b SELECT randomblob(4000)
     FROM (WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${rows}) SELECT i FROM n);`;

  const logGrowsTo = async (folder: string, bytes: number, signal: AbortSignal): Promise<void> => {
    for await (const { filename } of watch(folder, { signal })) {
      if (!filename?.endsWith('-wal')) continue;
      const log = statSync(join(folder, filename), { throwIfNoEntry: false });
      if (log && log.size >= bytes) return;
    }
  };

  /** Kills a migrating process as soon as its log has grown to so many bytes. */
  const killedAt = async (t: TestContext, bytes: number, rows: number): Promise<Store> => {
    const folder = temporaryFolder(t);
    const file = join(folder, 'mail.sqlite');
    const old = Store.open(file, { create: true });
    migrate(old, migrations(first));
    old.close();
    const over = new AbortController();
    const grown = logGrowsTo(folder, bytes, over.signal).catch(() => undefined);
    const child = storeProcess(t, 'migrate', file, [first, second(rows)]);
    await Promise.race([grown, child.exited]);
    await child.kill();
    over.abort();
    const store = Store.open(file, { create: false });
    t.after(() => store.close());
    return store;
  };

  it('leaves the old schema, in the middle of it', async (t) => {
    const store = await killedAt(t, 1_000_000, 20_000);
    deepEqual([versionOf(store), tablesOf(store)], [1, ['a']]);
    equal(store.read((db) => db.all('SELECT * FROM a')).length, 1);
  });

  for (const bytes of [1, 500_000, 2_500_000])
    it(`leaves the old schema or the new one, never between (${bytes} bytes on)`, async (t) => {
      const store = await killedAt(t, bytes, 600);
      const version = versionOf(store);
      deepEqual(tablesOf(store), version === 1 ? ['a'] : ['b', 'c']);
      if (version === 2) equal(store.read((db) => db.all('SELECT * FROM b')).length, 600);
      migrate(store, migrations(first, second(600)));
      deepEqual([versionOf(store), tablesOf(store)], [2, ['b', 'c']]);
    });
});
