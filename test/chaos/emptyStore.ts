import { Store } from '../../src-main/store/db.ts';
import { migrate } from '../../src-main/store/migrate.ts';

let kept: Store | undefined;

/** A new replica. Making one costs as much as a whole history, so all of them use one, emptied. */
export const emptyStore = (): Store => {
  if (!kept) {
    kept = Store.open(':memory:', { create: true });
    migrate(kept);
  }
  const tables = kept.read((db) =>
    db.all<{ name: string }>("SELECT name FROM sqlite_schema WHERE type = 'table' AND name <> 'sqlite_stat1'"),
  );
  const empty = tables.map(({ name }) => `DELETE FROM ${name};`).join('');
  kept.script(`PRAGMA foreign_keys = OFF; ${empty} PRAGMA foreign_keys = ON;`);
  return kept;
};
