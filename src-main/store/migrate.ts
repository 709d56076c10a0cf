import { readdirSync, readFileSync } from 'node:fs';
import { TernError } from '../../src-shared/errors.ts';
import { assert } from '../lib/assert.ts';
import { Store } from './db.ts';

/** A numbered SQL script that brings the schema from `version - 1` to `version`. */
export type Migration = { version: number; name: string; sql: string };

const folder = new URL('../../migrations/', import.meta.url);

/** The migrations that come with this version of Tern, in order and without gaps. */
export const loadMigrations = (from: URL = folder): Migration[] =>
  readdirSync(from)
    .filter((name) => /^\d{4}_.*\.sql$/.test(name))
    .toSorted()
    .map((name, index) => {
      const version = Number(name.slice(0, 4));
      if (version !== index + 1) throw new TernError('bug', `migration ${name} is out of sequence`);
      return { version, name, sql: readFileSync(new URL(name, from), 'utf8') };
    });

/**
 * Brings a store to the newest schema: each migration with its `user_version` in one transaction, all or nothing.
 * A database of a newer Tern is refused with `storage`, untouched.
 */
export const migrate = (store: Store, migrations: Migration[] = loadMigrations()): void => {
  const current = schemaVersion(store);
  if (current > migrations.length)
    throw new TernError(
      'storage',
      'this mail database was written by a newer version of Tern; update Tern to open it',
      {
        detail: { schema: current, supported: migrations.length },
      },
    );
  // A table that others refer to is rebuilt by dropping it, which SQLite allows only without them (its own advice).
  store.script('PRAGMA foreign_keys = OFF');
  try {
    for (const { version, name, sql } of migrations.slice(current)) runMigration(store, version, name, sql);
  } finally {
    store.script('PRAGMA foreign_keys = ON');
  }
};

const runMigration = (store: Store, version: number, name: string, sql: string): void => {
  try {
    store.script(`BEGIN IMMEDIATE; ${sql}\nPRAGMA user_version = ${version};`);
    const dangling = store.read((db) => db.all('PRAGMA foreign_key_check'));
    assert(dangling.length === 0, `migration ${name} leaves references to rows that are gone`);
    store.script('COMMIT');
  } catch (error) {
    // A statement that failed leaves the transaction open; one that SQLite rolled back itself does not.
    if (store.inTransaction()) store.script('ROLLBACK');
    throw error;
  }
};

const schemaVersion = (store: Store): number =>
  store.read((db) => db.get<{ user_version: number }>('PRAGMA user_version')?.user_version ?? 0);

/** The schema that the migrations make, as checked in at migrations/schema.sql. */
export const dumpSchema = (): string => {
  const store = Store.open(':memory:', { create: true });
  migrate(store);
  const rows = store.read((db) =>
    db.all<{ sql: string }>(
      "SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%' ORDER BY type = 'trigger', tbl_name, type <> 'table', name",
    ),
  );
  store.close();
  return `-- Generated from the migrations by 'npm run generate'. Do not edit.\n\n${rows.map(({ sql }) => `${sql};\n`).join('\n')}`;
};
