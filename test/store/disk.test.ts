import { deepEqual, equal, match, ok, throws } from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
  closeSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmdirSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { Store } from '../../src-main/store/db.ts';
import { putEmail } from '../../src-main/store/emails.ts';
import { migrate } from '../../src-main/store/migrate.ts';
import { TernError } from '../../src-shared/errors.ts';
import { remoteEmail } from '../support/builders.ts';
import { storeProcess, temporaryFolder } from '../support/storeProcess.ts';

const storage = (message: RegExp) => (error: unknown) => {
  if (!(error instanceof TernError)) return false;
  equal(error.kind, 'storage');
  match(error.message, message);
  return true;
};

const run = (command: string, words: string[]) => execFileSync(command, words, { stdio: 'pipe' });

/** A closed, migrated database file with so many emails of about 2 kB. */
const databaseIn = (folder: string, emails = 0): string => {
  const file = join(folder, 'mail.sqlite');
  const store = Store.open(file, { create: true });
  migrate(store);
  addEmails(store, emails);
  store.close();
  return file;
};
const addEmails = (store: Store, count: number): void =>
  store.write((tx) => {
    for (let i = 0; i < count; i++) putEmail(tx, remoteEmail({ preview: 'x'.repeat(2000) }));
  });
const countIn = (store: Store): number =>
  store.read((db) => db.get<{ n: number }>('SELECT count(preview) AS n FROM emails')?.n ?? -1);
const isWhole = (store: Store): boolean =>
  store.read((db) => db.get<{ quick_check: string }>('PRAGMA quick_check')?.quick_check) === 'ok';
const readAll = (store: Store): unknown => store.read((db) => db.all('SELECT * FROM emails'));

describe('opening a file', () => {
  it('fails with storage when it is missing and may not be made, and makes nothing', (t) => {
    const folder = temporaryFolder(t);
    const file = join(folder, 'mail.sqlite');
    throws(() => Store.open(file, { create: false }), storage(/missing/));
    equal(statSync(file, { throwIfNoEntry: false }), undefined);
    throws(() => Store.open(join(folder, 'gone', 'mail.sqlite'), { create: true }), storage(/missing/));
  });

  it('fails with storage where its folder is no folder', (t) => {
    const folder = temporaryFolder(t);
    writeFileSync(join(folder, 'plain'), '');
    throws(() => Store.open(join(folder, 'plain', 'mail.sqlite'), { create: true }), storage(/cannot be opened/));
  });

  it('fails with storage where the path is a folder', (t) => {
    throws(() => Store.open(temporaryFolder(t), { create: true }), storage(/cannot be opened/));
  });

  it('keeps the log in WAL mode', (t) => {
    const store = Store.open(databaseIn(temporaryFolder(t)), { create: false });
    t.after(() => store.close());
    deepEqual(
      store.read((db) => [db.get('PRAGMA journal_mode'), db.get('PRAGMA foreign_keys')]),
      [{ journal_mode: 'wal' }, { foreign_keys: 1 }],
    );
  });
});

describe('a damaged file', () => {
  const overwrite = (file: string, from: number, bytes: number): void => {
    const handle = openSync(file, 'r+');
    writeSync(handle, Buffer.alloc(bytes, 0xa5), 0, bytes, from);
    closeSync(handle);
  };

  it('is refused with storage when its header is lost', (t) => {
    const file = databaseIn(temporaryFolder(t), 10);
    overwrite(file, 0, 100);
    throws(() => Store.open(file, { create: false }), storage(/damaged: it is not a database/));
  });

  it('is refused with storage when it was replaced by something else', (t) => {
    const file = join(temporaryFolder(t), 'mail.sqlite');
    writeFileSync(file, 'this is no database\n'.repeat(500));
    throws(() => Store.open(file, { create: false }), storage(/damaged/));
    equal(readFileSync(file, 'utf8'), 'this is no database\n'.repeat(500));
  });

  it('is found damaged by the read that meets it', (t) => {
    const file = databaseIn(temporaryFolder(t), 200);
    const size = statSync(file).size;
    overwrite(file, Math.floor(size / 3), Math.floor(size / 3));
    const store = Store.open(file, { create: false });
    t.after(() => store.close());
    throws(() => readAll(store), storage(/damaged/));
  });

  it('is found damaged when its end is missing', (t) => {
    const file = databaseIn(temporaryFolder(t), 200);
    writeFileSync(file, readFileSync(file).subarray(0, 40_000));
    throws(
      () => {
        const store = Store.open(file, { create: false });
        t.after(() => store.close());
        readAll(store);
      },
      storage(/damaged/),
    );
  });
});

describe('two processes on one file', { concurrency: true }, () => {
  it('the second waits and goes on when the first ends', async (t) => {
    const file = databaseIn(temporaryFolder(t));
    const first = storeProcess(t, 'hold', file);
    equal(await first.line(), 'open');
    const second = storeProcess(t, 'hold', file);
    const order: string[] = [];
    const opened = second.line().then((line) => order.push(`second ${line}`));
    first.end();
    order.push(`first ${await first.line()}`);
    await opened;
    deepEqual(order, ['first closed', 'second open']);
  });

  it('the second goes on when the first is killed, with all that was committed', async (t) => {
    const file = databaseIn(temporaryFolder(t), 3);
    const first = storeProcess(t, 'hold', file);
    await first.line();
    const second = storeProcess(t, 'try', file);
    await first.kill();
    equal(await second.line(), 'open');
    const store = Store.open(file, { create: false });
    t.after(() => store.close());
    equal(countIn(store), 3);
  });

  it('the second is told with storage after 10 s that the file is in use', async (t) => {
    const file = databaseIn(temporaryFolder(t));
    const first = storeProcess(t, 'hold', file);
    await first.line();
    equal(await storeProcess(t, 'try', file).line(), 'storage: the mail database is in use by another process');
  });
});

describe('a small disk', () => {
  /** A file system of 2 MB; undefined, and the test skipped, where this process may not mount one. */
  const smallDisk = (t: TestContext): string | undefined => {
    const folder = mkdtempSync(join(tmpdir(), 'tern-disk-'));
    try {
      run('mount', ['-t', 'tmpfs', '-o', 'size=2m', 'tmpfs', folder]);
    } catch (error) {
      rmdirSync(folder);
      t.skip(`NOT TESTED: no small disk can be mounted here (${String(error).split('\n')[0]})`);
      return undefined;
    }
    t.after(() => {
      run('umount', ['-l', folder]);
      rmdirSync(folder);
    });
    return folder;
  };

  it('when full, fails a write with storage, keeps what was committed and takes writes again once there is room', (t) => {
    const disk = smallDisk(t);
    if (disk === undefined) return;
    const ballast = join(disk, 'ballast');
    writeFileSync(ballast, Buffer.alloc(300_000));
    const store = Store.open(databaseIn(disk), { create: false });
    t.after(() => store.close());
    let kept = 0;
    throws(
      () => {
        for (; kept < 5_000; kept += 20) addEmails(store, 20);
      },
      storage(/^the disk is full$/),
    );
    ok(kept > 0);
    deepEqual([countIn(store), store.inTransaction(), isWhole(store)], [kept, false, true]);
    throws(() => addEmails(store, 100), storage(/^the disk is full$/));
    rmSync(ballast);
    addEmails(store, 20);
    deepEqual([countIn(store), isWhole(store)], [kept + 20, true]);
  });

  it('when read-only, fails with storage', (t) => {
    const disk = smallDisk(t);
    if (disk === undefined) return;
    const file = databaseIn(disk, 3);
    run('mount', ['-o', 'remount,ro', disk]);
    throws(
      () => {
        const store = Store.open(file, { create: false });
        t.after(() => store.close());
        addEmails(store, 1);
      },
      storage(/read-only|cannot be opened/),
    );
    throws(() => Store.open(join(disk, 'new.sqlite'), { create: true }), storage(/read-only|cannot be opened/));
  });
});
