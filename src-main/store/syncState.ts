import type { ReadDb, WriteDb } from './db.ts';

/** Every cursor by its key; an account that never synced has none. */
export const readCursors = (db: ReadDb): Record<string, string> =>
  Object.fromEntries(
    db.all<{ key: string; value: string }>('SELECT key, value FROM sync_state').map(({ key, value }) => [key, value]),
  );

/**
 * Moves a cursor by compare-and-set: only from the value it is believed to have, null meaning none.
 * False when it had moved meanwhile: the caller rolls its rows back and pulls again.
 */
export const moveCursor = (tx: WriteDb, key: string, from: string | null, to: string | null): boolean => {
  if (from === null && to === null) return tx.get('SELECT 1 FROM sync_state WHERE key = ?', key) === undefined;
  if (to === null) return tx.run('DELETE FROM sync_state WHERE key = ? AND value = ?', key, from).changes === 1;
  if (from === null)
    return tx.run('INSERT OR IGNORE INTO sync_state (key, value) VALUES (?, ?)', key, to).changes === 1;
  return tx.run('UPDATE sync_state SET value = ? WHERE key = ? AND value = ?', to, key, from).changes === 1;
};
