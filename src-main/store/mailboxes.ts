import { type Mailbox, rightNames } from '../../src-shared/model.ts';
import { projectMailbox } from '../../src-shared/project.ts';
import type { MailboxCounts, RemoteMailbox } from '../../src-shared/remote.ts';
import { safeJson } from '../lib/json.ts';
import type { ReadDb, WriteDb } from './db.ts';
import { refreshEmail } from './emailState.ts';
import { deleteMailbox, mailboxBase, receiveMailboxState, refreshMailbox } from './mailboxState.ts';
import { setError, setStage } from './pending.ts';
import { mailboxIsGone } from './pendingDropped.ts';
import { activeOnMailbox } from './pendingMailboxes.ts';

/** Stores what the server says of a mailbox; its local id stays what it was. */
export const putMailbox = (tx: WriteDb, remote: RemoteMailbox): void => {
  const parent = remote.parentRemoteId === null ? null : mailboxId(tx, remote.parentRemoteId);
  const id = knownMailbox(tx, remote.remoteId) ?? adoptLocal(tx, remote, parent) ?? mailboxId(tx, remote.remoteId);
  tx.run(
    'UPDATE mailboxes SET role = ?, sort_order = ?, is_subscribed = ?, rights = ?, server_total = ?, server_unread = ? WHERE id = ?',
    remote.role,
    remote.sortOrder,
    remote.isSubscribed ? 1 : 0,
    JSON.stringify(remote.rights),
    remote.totalEmails,
    remote.unreadEmails,
    id,
  );
  receiveMailboxState(tx, id, { name: remote.name, parent, exists: true });
};

/** The local id of a mailbox that is held. */
export const knownMailbox = (db: ReadDb, remoteId: string): number | undefined =>
  db.get<{ id: number }>('SELECT id FROM mailboxes WHERE remote_id = ?', remoteId)?.id;

/** A mailbox of this name and place that was made here and whose answer was lost, or that was made elsewhere as well. */
const adoptLocal = (tx: WriteDb, { remoteId, name }: RemoteMailbox, parent: number | null): number | undefined => {
  // By what it was made as: it may have been renamed or moved here since.
  const local = tx.get<{ id: number }>(
    `SELECT m.id FROM mailboxes m JOIN mailbox_base b ON b.mailbox_id = m.id
     WHERE m.remote_id IS NULL AND b.name = ? AND b.parent_id IS ?`,
    name,
    parent,
  );
  if (!local) return undefined;
  acceptMailbox(tx, local.id, remoteId);
  return local.id;
};

/** A mailbox made here exists on the server, under this id: its creation is settled. */
export const acceptMailbox = (tx: WriteDb, id: number, remoteId: string): void => {
  // An email that came before the answer may have named it: that placeholder gives way.
  const placeholder = knownMailbox(tx, remoteId);
  if (placeholder !== undefined && placeholder !== id) mergeMailbox(tx, placeholder, id);
  tx.run('UPDATE mailboxes SET remote_id = ? WHERE id = ?', remoteId, id);
  const creation = activeOnMailbox(tx, id).find(({ effect }) => effect.exists === true);
  if (creation) setStage(tx, creation.change, 'acknowledged');
  const base = mailboxBase(tx, id);
  if (base && creation) refreshMailbox(tx, id, projectMailbox(base, [creation.effect]));
};

const mergeMailbox = (tx: WriteDb, from: number, into: number): void => {
  for (const { email_id } of tx.all<{ email_id: number }>(
    'SELECT email_id FROM email_mailboxes WHERE mailbox_id = ?',
    from,
  ))
    tx.changed.email(email_id, 'updated');
  tx.run('UPDATE OR IGNORE email_mailboxes SET mailbox_id = ? WHERE mailbox_id = ?', into, from);
  deleteMailbox(tx, from);
  recountHeld(tx, into);
};

const recountHeld = (tx: WriteDb, id: number): void =>
  void tx.run(
    `UPDATE mailboxes SET held_total = (SELECT count(*) FROM email_mailboxes WHERE mailbox_id = mailboxes.id),
       held_unread = (SELECT coalesce(sum(is_unread), 0) FROM email_mailboxes WHERE mailbox_id = mailboxes.id) WHERE id = ?`,
    id,
  );

/** SQL: whether every email of the account is held. All mailboxes agree on it, so that any of them tells. */
const filledAlready = 'coalesce((SELECT is_filled FROM mailboxes LIMIT 1), 0)';

/** Makes a mailbox that no server knows yet; it shows once a change lies on its base. `id`: one that it had before. */
export const addLocalMailbox = (tx: WriteDb, name: string, parent: number | null, id: number | null = null): number =>
  tx.run(
    `INSERT INTO mailboxes (id, remote_id, name, parent_id, is_subscribed, rights, is_filled)
     VALUES (?, NULL, ?, ?, 1, ?, ${filledAlready})`,
    id,
    name,
    parent,
    JSON.stringify(Object.fromEntries(rightNames.map((right) => [right, true]))),
  ).lastId;

/** The server's id of a mailbox: null for one it does not have yet, undefined for one that is gone. */
export const remoteMailboxId = (db: ReadDb, id: number): string | null | undefined =>
  db.get<{ remote_id: string | null }>('SELECT remote_id FROM mailboxes WHERE id = ?', id)?.remote_id;

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
  return tx.run(`INSERT INTO mailboxes (remote_id, is_filled) VALUES (?, ${filledAlready})`, remoteId).lastId;
};

/** Forgets a mailbox that the server no longer has. False when it was not held. */
export const removeMailbox = (tx: WriteDb, remoteId: string): boolean => {
  const id = knownMailbox(tx, remoteId);
  if (id === undefined) return false;
  for (const { change, effect, stage } of activeOnMailbox(tx, id)) {
    // A deletion of several is settled by the last of them.
    if (effect.exists === false && stage !== 'acknowledged' && othersStand(tx, change, id)) continue;
    const settled = stage === 'acknowledged' || effect.exists === false;
    if (!settled) setError(tx, change, { kind: 'notFound', message: 'the mailbox was deleted elsewhere' });
    setStage(tx, change, settled ? 'acknowledged' : 'failed');
  }
  const lost = mailboxIsGone(tx, id);
  deleteMailbox(tx, id);
  for (const email of lost) refreshEmail(tx, email);
  return true;
};

const othersStand = (db: ReadDb, change: number, mailbox: number): boolean =>
  db.get(
    `SELECT 1 FROM pending_mailboxes t JOIN mailboxes m ON m.id = t.mailbox_id
     WHERE t.change_id = ? AND t.mailbox_id <> ? LIMIT 1`,
    change,
    mailbox,
  ) !== undefined;

/** Remote ids of every mailbox that the server listed. */
export const heldMailboxes = (db: ReadDb): string[] =>
  db
    .all<{ remote_id: string }>(
      `SELECT remote_id FROM mailboxes WHERE remote_id IS NOT NULL
         AND (is_listed = 1 OR id IN (SELECT mailbox_id FROM mailbox_base WHERE is_listed = 1))`,
    )
    .map((row) => row.remote_id);

/** Remote ids of mailboxes that the server made for Tern and no pull has confirmed yet. */
export const madeMailboxes = (db: ReadDb): string[] =>
  db
    .all<{ remote_id: string }>(
      `SELECT m.remote_id FROM pending_changes c JOIN pending_mailboxes t ON t.change_id = c.id
         JOIN mailboxes m ON m.id = t.mailbox_id
       WHERE c.type = 'mailbox' AND c.stage = 'acknowledged' AND m.remote_id IS NOT NULL
         AND json_extract(t.effect, '$.exists') = 1`,
    )
    .map((row) => row.remote_id);

/** Remote ids of mailboxes whose deletion was sent, and no answer came. */
export const unansweredDeletions = (db: ReadDb): string[] =>
  db
    .all<{ remote_id: string }>(
      `SELECT m.remote_id FROM pending_changes c JOIN pending_mailboxes t ON t.change_id = c.id
         JOIN mailboxes m ON m.id = t.mailbox_id
       WHERE c.type = 'mailbox' AND c.outcome_unknown = 1 AND m.remote_id IS NOT NULL
         AND json_extract(t.effect, '$.exists') = 0`,
    )
    .map((row) => row.remote_id);

/** How many emails the fullest mailbox has, as the server counts: no account has fewer. */
export const largestServerTotal = (db: ReadDb): number =>
  db.get<{ n: number | null }>('SELECT max(server_total) AS n FROM mailboxes')?.n ?? 0;

/** From now on counters are counted from the rows held, no longer taken from the server. */
export const markFilled = (tx: WriteDb): void => {
  for (const { id } of tx.all<{ id: number }>('SELECT id FROM mailboxes WHERE is_filled = 0')) tx.changed.mailbox(id);
  tx.run('UPDATE mailboxes SET is_filled = 1, pending_total = 0, pending_unread = 0 WHERE is_filled = 0');
};

type Row = {
  id: number;
  name: string;
  parent_id: number | null;
  role: string | null;
  sort_order: number;
  is_subscribed: number;
  rights: string;
  total: number;
  unread: number;
};

/** SQL for a mailbox's unread count: the server's until every email is held. */
const unreadColumn = 'CASE is_filled WHEN 1 THEN held_unread ELSE max(server_unread + pending_unread, 0) END';

/** Every mailbox as a tree reads: siblings by sortOrder and name, children below their parents. */
export const listMailboxes = (db: ReadDb, account: string): Mailbox[] => {
  const rows = db.all<Row>(
    `SELECT id, name, parent_id, role, sort_order, is_subscribed, rights,
       CASE is_filled WHEN 1 THEN held_total ELSE max(server_total + pending_total, 0) END AS total, ${unreadColumn} AS unread
     FROM mailboxes WHERE is_listed = 1 ORDER BY sort_order, name, id`,
  );
  const byId = new Map(rows.map((row) => [row.id, row]));
  const parentOf = (row: Row): Row | undefined => (row.parent_id === null ? undefined : byId.get(row.parent_id));
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
  const children = Map.groupBy(rows, parentOf);
  const ordered = new Set<Row>();
  const place = (row: Row): void => {
    if (ordered.has(row)) return;
    ordered.add(row);
    children.get(row)?.forEach(place);
  };
  children.get(undefined)?.forEach(place);
  // Parents in a circle have no root to start from.
  rows.forEach(place);
  return [...ordered];
};

const rightsOf = (json: string): RemoteMailbox['rights'] => {
  const stored = (safeJson(json) ?? {}) as Record<string, unknown>;
  return Object.fromEntries(rightNames.map((name) => [name, stored[name] === true])) as RemoteMailbox['rights'];
};

/** What the person may do with a mailbox. */
export const mailboxRights = (db: ReadDb, id: number): RemoteMailbox['rights'] =>
  rightsOf(db.get<{ rights: string }>('SELECT rights FROM mailboxes WHERE id = ?', id)?.rights ?? '{}');

/** Unread emails of the inbox: the number that a person wants beside the account's name. */
export const inboxUnread = (db: ReadDb): number =>
  db.get<{ unread: number | null }>(`SELECT sum(${unreadColumn}) AS unread FROM mailboxes WHERE role = 'inbox'`)
    ?.unread ?? 0;

/** Local ids of mailboxes with a role, as the server names roles. */
export const mailboxesWithRole = (db: ReadDb, role: string): number[] =>
  db.all<{ id: number }>('SELECT id FROM mailboxes WHERE role = ? AND is_listed = 1', role).map(({ id }) => id);

/** A listed mailbox with this name in this place. */
export const mailboxNamed = (db: ReadDb, name: string, parent: number | null): number | undefined =>
  db.get<{ id: number }>('SELECT id FROM mailboxes WHERE name = ? AND parent_id IS ? AND is_listed = 1', name, parent)
    ?.id;

/** Local ids of the listed mailboxes right below one. */
export const childMailboxes = (db: ReadDb, id: number): number[] =>
  db
    .all<{ id: number }>('SELECT id FROM mailboxes WHERE parent_id = ? AND is_listed = 1 ORDER BY id', id)
    .map((row) => row.id);

/** Local ids of the emails shown in a mailbox. */
export const emailsInMailbox = (db: ReadDb, id: number): number[] =>
  db
    .all<{ email_id: number }>('SELECT email_id FROM email_mailboxes WHERE mailbox_id = ? ORDER BY sort_key', id)
    .map((row) => row.email_id);

/** Whether a local id names a mailbox. */
export const mailboxExists = (db: ReadDb, id: number): boolean =>
  db.get('SELECT 1 FROM mailboxes WHERE id = ? AND is_listed = 1', id) !== undefined;

/** Whether every email was held once: the first fill is done. */
export const isFilled = (db: ReadDb): boolean =>
  db.get<{ is_filled: number }>('SELECT is_filled FROM mailboxes LIMIT 1')?.is_filled === 1;
