import { accessSync, constants, statSync } from 'node:fs';
import Database from 'better-sqlite3';
import { TernError } from '../../src-shared/errors.ts';
import { assert } from '../lib/assert.ts';
import { breathe } from '../lib/async.ts';
import { type ChangeSet, createChangeSet } from './changeSet.ts';
import { type Checkpoints, createCheckpoints, type LogPages } from './checkpoints.ts';

declare const readable: unique symbol;
declare const writable: unique symbol;

type Value = string | number | null;

/** A value as a column holds it: objects as JSON, truth as 1. */
export const columnValue = (value: object | Value | boolean | undefined): Value => {
  if (value === null || value === undefined) return null;
  if (typeof value === 'object') return JSON.stringify(value);
  return typeof value === 'boolean' ? Number(value) : value;
};

/** A handle that can only read. Every statement is prepared once and kept. */
export type ReadDb = {
  readonly [readable]: true;
  all<Row>(sql: string, ...values: Value[]): Row[];
  get<Row>(sql: string, ...values: Value[]): Row | undefined;
};

/** A handle that can write: it exists only inside `Store.write`, and collects what the commit will announce. */
export type WriteDb = ReadDb & {
  readonly [writable]: true;
  /** Answers how many rows changed and the id of the last inserted one. */
  run(sql: string, ...values: Value[]): { changes: number; lastId: number };
  readonly changed: ChangeSet;
};

type WriteOptions = {
  /** True for what a person did: the commit is on disk, not merely in the log's cache, before it returns. */
  durable?: boolean;
};

const BUSY_WAIT_MS = 10_000;

/** Checkpoints are made elsewhere (checkpoints.ts); in pages, the size at which a commit makes one all the same: 400 MB. */
const CHECKPOINT_BY_ITSELF = 100_000;

const READ_ONLY = 'the mail database cannot be written: the folder or file is read-only';

/** SQLite opens what it cannot write for reading alone, where a log lies beside it, and takes no lock on it. */
const throwIfReadOnly = (file: string): void => {
  try {
    accessSync(file, constants.W_OK);
  } catch (cause) {
    throw new TernError('storage', READ_ONLY, { cause });
  }
};

/**
 * Takes a database for this process: an exclusive lock on an empty file beside it, which goes when the process does.
 * SQLite's own exclusive mode would keep the checkpoints' thread out, too.
 */
const takeLock = (file: string): Database.Database => {
  const lock = new Database(`${file}-lock`, { timeout: BUSY_WAIT_MS });
  try {
    throwIfReadOnly(lock.name);
    // Nothing is ever written, so it needs no journal, and none lies about.
    lock.pragma('journal_mode = MEMORY');
    lock.exec('BEGIN EXCLUSIVE');
    return lock;
  } catch (error) {
    lock.close();
    throw error;
  }
};

/** One account's SQLite file. This process is its only opener; only a commit of `write` announces changes. */
export class Store {
  private readonly raw: Database.Database;
  private readonly statements = new Map<string, Database.Statement>();
  /** Made once: better-sqlite3 takes longer to make one than to run it. */
  private readonly transaction: Database.Transaction<(fn: () => unknown) => unknown>;
  private readonly reader: ReadDb = this.handle(createChangeSet());
  private readonly handlers: ((changed: ChangeSet) => void)[] = [];
  private readonly lock: Database.Database | null;
  private readonly checkpoints: Checkpoints | null;
  /** Whether the next commit is on disk before it returns. */
  private isDurable = false;

  private constructor(raw: Database.Database, lock: Database.Database | null) {
    this.raw = raw;
    this.transaction = raw.transaction((fn) => fn());
    this.lock = lock;
    // Asked for nothing, it copies nothing and tells how long the log is.
    const pages = raw.prepare<[], LogPages>('PRAGMA wal_checkpoint(NOOP)');
    this.checkpoints = lock && createCheckpoints(raw.name, () => pages.get() ?? { log: 0, checkpointed: 0 });
  }

  /**
   * Opens a file (or ':memory:') and takes it for this process alone, waiting up to 10 s for a dying predecessor.
   * Without `create`, a missing file is an error. Throws `storage`.
   */
  static open(file: string, options: { create: boolean }): Store {
    return guarded(() => {
      if (!options.create && statSync(file).size === 0) throw new TernError('storage', 'the mail database is empty');
      const inMemory = file === ':memory:';
      const raw = new Database(file, { timeout: BUSY_WAIT_MS, fileMustExist: !options.create && !inMemory });
      let lock: Database.Database | null = null;
      try {
        if (!inMemory) throwIfReadOnly(file);
        lock = inMemory ? null : takeLock(file);
        raw.pragma('journal_mode = WAL');
        raw.pragma('synchronous = NORMAL');
        raw.pragma(`wal_autocheckpoint = ${CHECKPOINT_BY_ITSELF}`);
        raw.pragma('foreign_keys = ON');
        if (process.platform === 'darwin') {
          raw.pragma('fullfsync = ON');
          raw.pragma('checkpoint_fullfsync = ON');
        }
      } catch (error) {
        raw.close();
        lock?.close();
        throw error;
      }
      return new Store(raw, lock);
    });
  }

  /**
   * Runs a read, in one transaction: SQLite takes and leaves its locks once, not for every statement (measured: a tenth).
   * Reads never wait for writes: both run on this thread, a write in batches.
   */
  read<T>(fn: (db: ReadDb) => T): T {
    const run = (): T => fn(this.reader);
    return guarded(() => (this.raw.inTransaction ? run() : (this.transaction.deferred(run) as T)));
  }

  /** Runs `fn` in one transaction: all of it is committed and then announced, or none of it happened. */
  write<T>(fn: (tx: WriteDb) => T, options: WriteOptions = {}): T {
    assert(!this.raw.inTransaction, 'a write within a write would announce what is not committed');
    const changed = createChangeSet();
    const result = guarded(() => {
      this.setDurable(options.durable === true);
      return this.transaction.immediate(() => fn(this.handle(changed))) as T;
    });
    this.checkpoints?.wrote();
    if (!changed.isEmpty()) this.handlers.forEach((handler) => handler(changed));
    return result;
  }

  /** SQLite ignores it inside a transaction, and to set it costs as much as a small statement: so only where it changes. */
  private setDurable(durable: boolean): void {
    if (durable === this.isDurable) return;
    this.raw.pragma(`synchronous = ${durable ? 'FULL' : 'NORMAL'}`);
    this.isDurable = durable;
  }

  /** Between two batches of a long write: lets reads run, and the disk keep up. */
  async pause(): Promise<void> {
    await breathe();
    await this.checkpoints?.room();
  }

  /** Hears of every commit that changed what a person can see. */
  onCommit(handler: (changed: ChangeSet) => void): void {
    this.handlers.push(handler);
  }

  /** Runs a script of several statements, outside of `write`: for migrations, which are transactions of their own. */
  script(sql: string): void {
    guarded(() => void this.raw.exec(sql));
  }

  /** True while a script has left a transaction open. */
  inTransaction(): boolean {
    return this.raw.inTransaction;
  }

  close(): void {
    this.checkpoints?.stop();
    this.raw.close();
    this.lock?.close();
  }

  private handle(changed: ChangeSet): WriteDb {
    const prepare = (sql: string): Database.Statement => {
      const known = this.statements.get(sql);
      if (known) return known;
      // SQLite compiles a statement anew for every value of a bare parameter that its planner looked at, not of '+?'.
      const made = this.raw.prepare(sql.replaceAll('?', '+?'));
      this.statements.set(sql, made);
      return made;
    };
    return {
      changed,
      all: (sql: string, ...values: Value[]) => prepare(sql).all(...values),
      get: (sql: string, ...values: Value[]) => prepare(sql).get(...values),
      run: (sql: string, ...values: Value[]) => {
        const info = prepare(sql).run(...values);
        return { changes: info.changes, lastId: Number(info.lastInsertRowid) };
      },
    } as unknown as WriteDb;
  }
}

const reasons: Record<string, string> = {
  SQLITE_FULL: 'the disk is full',
  SQLITE_READONLY: READ_ONLY,
  SQLITE_CORRUPT: 'the mail database is damaged',
  SQLITE_NOTADB: 'the mail database is damaged: it is not a database',
  SQLITE_CANTOPEN: 'the mail database cannot be opened: it is missing, or its folder cannot be used',
  SQLITE_BUSY: 'the mail database is in use by another process',
  SQLITE_IOERR_LOCK: 'the mail database cannot be locked: the disk is read-only, or its file system has no locks',
  SQLITE_IOERR: 'the disk reported an error',
  SQLITE_PERM: 'the mail database may not be accessed',
  SQLITE_AUTH: 'the mail database may not be accessed',
};

/** Runs `fn`; what SQLite says of the disk or file becomes a `storage` error, everything else stays as it is. */
const guarded = <T>(fn: () => T): T => {
  try {
    return fn();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT' || error instanceof TypeError)
      throw new TernError('storage', 'the mail database is missing', { cause: error });
    if (!(error instanceof Database.SqliteError)) throw error;
    const code = error.code.split('_').slice(0, 2).join('_');
    const reason = reasons[error.code] ?? reasons[code];
    if (!reason) throw new TernError('bug', `SQLite: ${error.message}`, { cause: error });
    throw new TernError('storage', reason, { cause: error, detail: { code: error.code } });
  }
};
