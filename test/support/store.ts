import type { ChangeSet } from '../../src-main/store/changeSet.ts';
import { type ReadDb, Store, type WriteDb } from '../../src-main/store/db.ts';
import { putEmail } from '../../src-main/store/emails.ts';
import { putMailbox } from '../../src-main/store/mailboxes.ts';
import { migrate } from '../../src-main/store/migrate.ts';
import type { RemoteEmail, RemoteMailbox } from '../../src-shared/remote.ts';

type Value = string | number | null;

/** A row as SQLite gives it. */
type Row = Record<string, Value>;

/** A statement that a read ran, and how SQLite would run it, one line a step. */
type Plan = { sql: string; steps: string[] };

/** A migrated store in memory, and what tests ask of one. */
export type TestStore = {
  store: Store;
  read: <T>(fn: (db: ReadDb) => T) => T;
  /** Writes, and answers what the commit announced; null when it announced nothing. */
  write: (fn: (tx: WriteDb) => unknown) => ChangeSet | null;
  /** Stores mailboxes and emails as a server told of them. */
  hold: (...told: (RemoteEmail | RemoteMailbox)[]) => void;
  /** A table's rows, in the order of their primary keys; `query` may narrow them: `"emails WHERE id = 1"`. */
  rows: (query: string) => Row[];
  /** The local id of an email or a mailbox. */
  emailId: (remoteId: string) => number;
  mailboxId: (remoteId: string) => number;
  explain: (sql: string, values: Value[]) => string[];
  /** The plan of every statement that a read runs. */
  plans: (fn: (db: ReadDb) => unknown) => Plan[];
  /** The same of a write; rows that it makes stay. */
  writePlans: (fn: (tx: WriteDb) => unknown) => Plan[];
};

/** A new, empty, migrated store in memory. */
export const openStore = (): TestStore => {
  const store = Store.open(':memory:', { create: true });
  migrate(store);
  const rows = (query: string): Row[] => store.read((db) => db.all<Row>(`SELECT * FROM ${query}`));
  const explain = (sql: string, values: Value[]): string[] =>
    store.read((db) => db.all<{ detail: string }>(`EXPLAIN QUERY PLAN ${sql}`, ...values)).map(({ detail }) => detail);
  const idOf = (table: string, remoteId: string): number => {
    const row = store.read((db) => db.get<{ id: number }>(`SELECT id FROM ${table} WHERE remote_id = ?`, remoteId));
    if (!row) throw new Error(`${remoteId} is not held`);
    return row.id;
  };
  const planOf = ({ sql, values }: Statement): Plan => ({ sql, steps: explain(sql, values) });
  let announced: ChangeSet | null = null;
  store.onCommit((changed) => {
    announced = changed;
  });
  return {
    store,
    rows,
    explain,
    read: (fn) => store.read(fn),
    write: (fn) => {
      announced = null;
      store.write((tx) => void fn(tx));
      return announced;
    },
    hold: (...told) =>
      store.write((tx) => {
        for (const each of told) {
          if ('rights' in each) putMailbox(tx, each);
          else putEmail(tx, each);
        }
      }),
    emailId: (remoteId) => idOf('emails', remoteId),
    mailboxId: (remoteId) => idOf('mailboxes', remoteId),
    plans: (fn) => store.read((db) => statementsOf(db, fn)).map(planOf),
    writePlans: (fn) => store.write((tx) => statementsOf(tx, fn)).map(planOf),
  };
};

type Statement = { sql: string; values: Value[] };

/** What a function runs on a handle. */
const statementsOf = <Db extends ReadDb>(db: Db, fn: (db: Db) => unknown): Statement[] => {
  const ran: Statement[] = [];
  const note = (sql: string, values: Value[]): void => void ran.push({ sql, values });
  const spied = {
    all: <R>(sql: string, ...values: Value[]) => {
      note(sql, values);
      return db.all<R>(sql, ...values);
    },
    get: <R>(sql: string, ...values: Value[]) => {
      note(sql, values);
      return db.get<R>(sql, ...values);
    },
    run: (sql: string, ...values: Value[]) => {
      note(sql, values);
      return (db as unknown as WriteDb).run(sql, ...values);
    },
  };
  fn({ ...db, ...spied });
  return ran;
};
