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
    db.all<{ name: string }>(
      "SELECT name FROM pragma_table_list WHERE type = 'table' AND name NOT LIKE 'sqlite~_%' ESCAPE '~'",
    ),
  );
  const empty = tables.map(({ name }) => `DELETE FROM ${name};`).join('');
  // The index has tables of its own, which are not to be written.
  const index = "INSERT INTO email_words (email_words) VALUES ('delete-all');";
  kept.script(`PRAGMA foreign_keys = OFF; ${empty} ${index} PRAGMA foreign_keys = ON;`);
  return kept;
};
