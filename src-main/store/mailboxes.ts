import { type Mailbox, rightNames } from '../../src-shared/model.ts';
import type { MailboxCounts, RemoteMailbox } from '../../src-shared/remote.ts';
import { safeJson } from '../lib/json.ts';
import type { ReadDb, WriteDb } from './db.ts';

/** Stores what the server says of a mailbox; its local id stays what it was. */
export const putMailbox = (tx: WriteDb, remote: RemoteMailbox): void => {
  const id = mailboxId(tx, remote.remoteId);
  tx.run(
    `UPDATE mailboxes SET is_listed = 1, name = ?, parent_remote_id = ?, role = ?, sort_order = ?, is_subscribed = ?,
      rights = ?, server_total = ?, server_unread = ? WHERE id = ?`,
    remote.name,
    remote.parentRemoteId,
    remote.role,
    remote.sortOrder,
    remote.isSubscribed ? 1 : 0,
    JSON.stringify(remote.rights),
    remote.totalEmails,
    remote.unreadEmails,
    id,
  );
  tx.changed.mailbox(id);
};

/** Stores the server's counters of a mailbox; people see them until every email is held. */
export const putCounts = (tx: WriteDb, counts: MailboxCounts): void => {
  const row = tx.get<{ id: number; is_filled: number }>(
    'SELECT id, is_filled FROM mailboxes WHERE remote_id = ?',
    counts.remoteId,
  );
  if (!row) return;
  tx.run(
    'UPDATE mailboxes SET server_total = ?, server_unread = ? WHERE id = ?',
    counts.totalEmails,
    counts.unreadEmails,
    row.id,
  );
  if (row.is_filled === 0) tx.changed.mailbox(row.id);
};

/** The local id of a mailbox, making a placeholder for one that only an email has named so far. */
export const mailboxId = (tx: WriteDb, remoteId: string): number => {
  const known = tx.get<{ id: number }>('SELECT id FROM mailboxes WHERE remote_id = ?', remoteId);
  if (known) return known.id;
  // In an account whose emails are all held, so are those of a new mailbox: it has none yet.
  return tx.run(
    'INSERT INTO mailboxes (remote_id, is_filled) VALUES (?, EXISTS (SELECT 1 FROM mailboxes WHERE is_filled = 1))',
    remoteId,
  ).lastId;
};

/** Forgets a mailbox. Its emails stay: the server says for each of them what became of it. */
export const removeMailbox = (tx: WriteDb, remoteId: string): boolean => {
  const row = tx.get<{ id: number }>('SELECT id FROM mailboxes WHERE remote_id = ?', remoteId);
  if (!row) return false;
  const inside = 'SELECT email_id, thread_id FROM email_mailboxes WHERE mailbox_id = ?';
  for (const { email_id, thread_id } of tx.all<{ email_id: number; thread_id: number }>(inside, row.id)) {
    tx.changed.email(email_id, 'updated');
    tx.changed.thread(thread_id);
  }
  tx.run('DELETE FROM email_mailboxes WHERE mailbox_id = ?', row.id);
  tx.run('DELETE FROM mailboxes WHERE id = ?', row.id);
  tx.changed.mailbox(row.id);
  return true;
};

/** Remote ids of every mailbox that the server listed. */
export const heldMailboxes = (db: ReadDb): string[] =>
  db.all<{ remote_id: string }>('SELECT remote_id FROM mailboxes WHERE is_listed = 1').map((row) => row.remote_id);

/** How many emails the fullest mailbox has, as the server counts: no account has fewer. */
export const largestServerTotal = (db: ReadDb): number =>
  db.get<{ n: number | null }>('SELECT max(server_total) AS n FROM mailboxes')?.n ?? 0;

/** From now on counters are counted from the rows held, no longer taken from the server. */
export const markFilled = (tx: WriteDb): void => {
  for (const { id } of tx.all<{ id: number }>('SELECT id FROM mailboxes WHERE is_filled = 0')) tx.changed.mailbox(id);
  tx.run('UPDATE mailboxes SET is_filled = 1 WHERE is_filled = 0');
};

type Row = {
  id: number;
  remote_id: string;
  name: string;
  parent_remote_id: string | null;
  role: string | null;
  sort_order: number;
  is_subscribed: number;
  rights: string;
  total: number;
  unread: number;
};

/** SQL for a mailbox's unread count: the server's until every email is held. */
const unreadColumn = 'CASE is_filled WHEN 1 THEN held_unread ELSE server_unread END';

/** Every mailbox as a tree reads: siblings by sortOrder and name, children below their parents. */
export const listMailboxes = (db: ReadDb, account: string): Mailbox[] => {
  const rows = db.all<Row>(
    `SELECT id, remote_id, name, parent_remote_id, role, sort_order, is_subscribed, rights,
       CASE is_filled WHEN 1 THEN held_total ELSE server_total END AS total, ${unreadColumn} AS unread
     FROM mailboxes WHERE is_listed = 1 ORDER BY sort_order, name, id`,
  );
  const byRemote = new Map(rows.map((row) => [row.remote_id, row]));
  const parentOf = (row: Row): Row | undefined =>
    row.parent_remote_id === null ? undefined : byRemote.get(row.parent_remote_id);
  const pathOf = (row: Row): string => {
    const names = [row.name];
    const seen = new Set([row]);
    for (let up = parentOf(row); up && !seen.has(up); up = parentOf(up)) {
      names.unshift(up.name);
      seen.add(up);
    }
    return names.join('/');
  };
  return inTreeOrder(rows, parentOf).map((row) => ({
    id: String(row.id),
    account,
    name: row.name,
    path: pathOf(row),
    role: row.role,
    parentId: parentOf(row) ? String(parentOf(row)?.id) : null,
    sortOrder: row.sort_order,
    isSubscribed: row.is_subscribed === 1,
    totalEmails: row.total,
    unreadEmails: row.unread,
    ...rightsOf(row.rights),
  }));
};

const inTreeOrder = (rows: Row[], parentOf: (row: Row) => Row | undefined): Row[] => {
  const ordered = new Set<Row>();
  const place = (row: Row): void => {
    if (ordered.has(row)) return;
    ordered.add(row);
    rows.filter((child) => parentOf(child) === row).forEach(place);
  };
  rows.filter((row) => !parentOf(row)).forEach(place);
  // Parents in a circle have no root to start from.
  rows.forEach(place);
  return [...ordered];
};

const rightsOf = (json: string): RemoteMailbox['rights'] => {
  const stored = (safeJson(json) ?? {}) as Record<string, unknown>;
  return Object.fromEntries(rightNames.map((name) => [name, stored[name] === true])) as RemoteMailbox['rights'];
};

/** Unread emails of the inbox: the number that a person wants beside the account's name. */
export const inboxUnread = (db: ReadDb): number =>
  db.get<{ unread: number | null }>(`SELECT sum(${unreadColumn}) AS unread FROM mailboxes WHERE role = 'inbox'`)
    ?.unread ?? 0;

/** Local ids of mailboxes with a role, as the server names roles. */
export const mailboxesWithRole = (db: ReadDb, role: string): number[] =>
  db.all<{ id: number }>('SELECT id FROM mailboxes WHERE role = ? AND is_listed = 1', role).map(({ id }) => id);

/** Whether a local id names a mailbox. */
export const mailboxExists = (db: ReadDb, id: number): boolean =>
  db.get('SELECT 1 FROM mailboxes WHERE id = ? AND is_listed = 1', id) !== undefined;
