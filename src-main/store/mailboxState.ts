import { type MailboxState, projectMailbox } from '../../src-shared/project.ts';
import type { ReadDb, WriteDb } from './db.ts';
import { activeOnMailbox } from './pendingMailboxes.ts';

type StateRow = { name: string; parent_id: number | null; is_listed: number };

const stateOf = (row: StateRow): MailboxState => ({
  name: row.name,
  parent: row.parent_id,
  exists: row.is_listed === 1,
});

/** What a person sees of a mailbox; undefined for an id that is no row. */
export const mailboxState = (db: ReadDb, id: number): MailboxState | undefined => {
  const row = db.get<StateRow>('SELECT name, parent_id, is_listed FROM mailboxes WHERE id = ?', id);
  return row && stateOf(row);
};

/** What the server has of a mailbox, where unsettled changes lie on it. */
export const mailboxBase = (db: ReadDb, id: number): MailboxState | undefined => {
  const row = db.get<StateRow>('SELECT name, parent_id, is_listed FROM mailbox_base WHERE mailbox_id = ?', id);
  return row && stateOf(row);
};

/** Keeps what the server has of a mailbox beside its row. */
export const writeMailboxBase = (tx: WriteDb, id: number, base: MailboxState): void =>
  void tx.run(
    'INSERT OR REPLACE INTO mailbox_base (mailbox_id, name, parent_id, is_listed) VALUES (?, ?, ?, ?)',
    id,
    base.name,
    base.parent,
    base.exists ? 1 : 0,
  );

/** Brings a mailbox to what the server says of it: the row itself, or the base below what is pending. */
export const receiveMailboxState = (tx: WriteDb, id: number, state: MailboxState): void => {
  if (mailboxBase(tx, id)) refreshMailbox(tx, id, state);
  else showMailboxState(tx, id, state);
};

/**
 * Brings a mailbox's row to its base (a new one, if given) with what is pending on top. Without anything pending the base
 * is the truth and goes, and a mailbox that exists nowhere goes with it.
 */
export const refreshMailbox = (tx: WriteDb, id: number, newBase?: MailboxState): void => {
  const base = newBase ?? mailboxBase(tx, id);
  if (!base) return;
  const active = activeOnMailbox(tx, id);
  showMailboxState(
    tx,
    id,
    projectMailbox(
      base,
      active.map(({ effect }) => effect),
    ),
  );
  if (active.length > 0) return writeMailboxBase(tx, id, base);
  tx.run('DELETE FROM mailbox_base WHERE mailbox_id = ?', id);
  if (!base.exists) deleteMailbox(tx, id);
};

const showMailboxState = (tx: WriteDb, id: number, state: MailboxState): void => {
  tx.run(
    'UPDATE mailboxes SET name = ?, parent_id = ?, is_listed = ? WHERE id = ?',
    state.name,
    state.parent,
    state.exists ? 1 : 0,
    id,
  );
  tx.changed.mailbox(id);
};

/** Deletes a mailbox's rows. Its emails stay: the server says for each of them what became of it. */
export const deleteMailbox = (tx: WriteDb, id: number): void => {
  const inside = 'SELECT email_id, thread_id FROM email_mailboxes WHERE mailbox_id = ?';
  for (const { email_id, thread_id } of tx.all<{ email_id: number; thread_id: number }>(inside, id)) {
    tx.changed.email(email_id, 'updated');
    tx.changed.thread(thread_id);
  }
  tx.run('DELETE FROM email_mailboxes WHERE mailbox_id = ?', id);
  tx.run('DELETE FROM mailbox_base WHERE mailbox_id = ?', id);
  tx.run('UPDATE mailboxes SET parent_id = NULL WHERE parent_id = ?', id);
  tx.run('DELETE FROM mailboxes WHERE id = ?', id);
  tx.changed.mailbox(id);
};
