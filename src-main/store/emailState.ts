import { type EmailEffect, type EmailState, project } from '../../src-shared/project.ts';
import { DELETED } from '../../src-shared/remote.ts';
import { storedList } from '../lib/json.ts';
import type { ReadDb, WriteDb } from './db.ts';
import { addPendingCounts, addServerCounts, type Counts } from './mailboxCounts.ts';
import { activeEffects } from './pendingEmails.ts';
import { forgetWords } from './searchIndex.ts';
import { dropThreadIfEmpty } from './threads.ts';

/** What can change of an email's row, and what its mailboxes repeat of it. `pending`: changes that lie on its base. */
export type EmailRow = {
  id: number;
  thread_id: number;
  sort_key: number;
  keywords: string;
  is_unread: number;
  is_hidden: number;
  pending: number;
  /** JSON array of the mailboxes it is shown in, by local id. */
  mailboxes: string;
};

const select = `SELECT id, thread_id, sort_key, keywords, is_unread, is_hidden, pending,
  (SELECT json_group_array(mailbox_id) FROM email_mailboxes WHERE email_id = emails.id) AS mailboxes FROM emails`;
const byId = `${select} WHERE id = ?`;
const byRemoteId = `${select} WHERE remote_id = ?`;

/** An email's row by its local id. */
export const emailRow = (db: ReadDb, id: number): EmailRow | undefined => db.get<EmailRow>(byId, id);

/** The same by the server's id. */
export const emailRowOf = (db: ReadDb, remoteId: string): EmailRow | undefined =>
  db.get<EmailRow>(byRemoteId, remoteId);

const mailboxesOf = (row: EmailRow): number[] => storedList<number>(row.mailboxes).toSorted((a, b) => a - b);

/** What a person sees of an email, by its row as it is now. */
export const effectiveState = (row: EmailRow): EmailState => ({
  keywords: storedList(row.keywords),
  mailboxes: mailboxesOf(row),
  destroyed: row.is_hidden === 1,
});

/** What the server has of an email, where unsettled changes lie on it. */
export const readBase = (db: ReadDb, email: number): EmailState | undefined => {
  const row = db.get<{ keywords: string; mailboxes: string; is_gone: number }>(
    'SELECT keywords, mailboxes, is_gone FROM email_base WHERE email_id = ?',
    email,
  );
  return (
    row && { keywords: storedList(row.keywords), mailboxes: storedList(row.mailboxes), destroyed: row.is_gone === 1 }
  );
};

/** Keeps what the server has of an email beside its row. */
export const writeBase = (tx: WriteDb, email: number, base: EmailState): void =>
  void tx.run(
    'INSERT OR REPLACE INTO email_base (email_id, keywords, mailboxes, is_gone) VALUES (?, ?, ?, ?)',
    email,
    JSON.stringify(base.keywords),
    JSON.stringify(base.mailboxes),
    base.destroyed ? 1 : 0,
  );

/** Brings an email to what the server says of it: the row itself, or the base below what is pending (P3). */
export const receiveState = (tx: WriteDb, row: EmailRow, state: EmailState): 'updated' | 'unchanged' => {
  if (row.pending === 0) return showState(tx, row, state) ? 'updated' : 'unchanged';
  return refreshRow(tx, row, state) ? 'updated' : 'unchanged';
};

/**
 * Folds the earliest effects on an email into its base, as the server accepted them. They lie on it all the same until a
 * pull has confirmed them, so the person sees no difference; the server's counters are ahead of its own word.
 */
export const acceptEffects = (tx: WriteDb, email: number, accepted: readonly EmailEffect[]): void => {
  const base = readBase(tx, email);
  if (!base) return;
  const folded = project(base, accepted);
  writeBase(tx, email, folded);
  const counts = netCounts([base], [folded]);
  addServerCounts(tx, counts);
  addPendingCounts(tx, negated(counts));
};

/** The same where the server told what it has of the email now, which is its base from here on. */
export const acceptState = (tx: WriteDb, email: number, state: EmailState): void => {
  const base = readBase(tx, email);
  if (!base) return;
  addServerCounts(tx, netCounts([base], [state]));
  refreshEmail(tx, email, state);
};

const negated = (counts: Counts): Counts =>
  new Map([...counts].map(([mailbox, { total, unread: unseen }]) => [mailbox, { total: -total, unread: -unseen }]));

/**
 * Brings an email's row to its base (a new one, if given) with what is pending on top; to be called whenever one of them
 * changed. Without anything pending the base is the truth and goes; an email that the server destroyed goes with it.
 * True when a person can see the difference.
 */
export const refreshEmail = (tx: WriteDb, email: number, newBase?: EmailState): boolean => {
  const row = emailRow(tx, email);
  return row ? refreshRow(tx, row, newBase) : false;
};

const refreshRow = (tx: WriteDb, row: EmailRow, newBase?: EmailState): boolean => {
  const oldBase = readBase(tx, row.id);
  if (!oldBase) return false;
  const base = newBase ?? oldBase;
  if (newBase) writeBase(tx, row.id, newBase);
  const effects = activeEffects(tx, row.id);
  const shown = showEffects(tx, row, effects, base, oldBase);
  if (effects.length > 0) return shown;
  tx.run('DELETE FROM email_base WHERE email_id = ?', row.id);
  if (base.destroyed) deleteEmail(tx, row);
  return shown;
};

/**
 * Shows an effect that was just recorded on an email, by its row as it is now. The first one is all that lies on it, and
 * finds its base in what is shown: the same as `refreshEmail` would do, in a third of the statements.
 */
export const showNewEffect = (tx: WriteDb, row: EmailRow, effect: EmailEffect): void => {
  if (row.pending > 0) return void refreshRow(tx, row);
  const base = effectiveState(row);
  writeBase(tx, row.id, base);
  showEffects(tx, row, [effect], base, base);
};

const showEffects = (
  tx: WriteDb,
  row: EmailRow,
  effects: readonly EmailEffect[],
  base: EmailState,
  oldBase: EmailState,
): boolean => {
  const after = somewhere(tx, base, effects);
  const shown = showState(tx, row, after, effects.length);
  addPendingCounts(tx, netCounts([effectiveState(row), base], [after, oldBase]));
  return shown;
};

/**
 * What a person sees of an email with changes. One that they leave in no mailbox (one that was never made, or is gone by
 * now) is shown where the server has it: mail that nobody deleted is never out of sight.
 */
const somewhere = (db: ReadDb, base: EmailState, effects: readonly EmailEffect[]): EmailState => {
  const after = project(base, effects);
  if (after.destroyed || !effects.some(({ mailboxes }) => mailboxes)) return after;
  const listed = db.get(
    'SELECT 1 FROM mailboxes WHERE is_listed = 1 AND id IN (SELECT value FROM json_each(?)) LIMIT 1',
    JSON.stringify(after.mailboxes),
  );
  return listed ? after : { ...after, mailboxes: base.mailboxes };
};

/** What the step from some states to others means for the counters of mailboxes. */
const netCounts = (from: EmailState[], to: EmailState[]): Counts => {
  const net: Counts = new Map();
  const add = (state: EmailState, sign: 1 | -1): void => {
    for (const mailbox of placesOf(state)) {
      const { total, unread: unseen } = net.get(mailbox) ?? { total: 0, unread: 0 };
      net.set(mailbox, { total: total + sign, unread: unseen + sign * unread(state.keywords) });
    }
  };
  for (const state of from) add(state, -1);
  for (const state of to) add(state, 1);
  return net;
};

/** Whether people see nothing of an email: it is destroyed, or marked as deleted, and may come back. */
export const isHidden = ({ destroyed, keywords }: EmailState): boolean => destroyed || keywords.includes(DELETED);

/** The mailboxes that list and count an email. */
const placesOf = (state: EmailState): readonly number[] => (isHidden(state) ? [] : state.mailboxes);

/** Shows a state in the email's own row and its mailboxes. True when a person can see the difference. */
const showState = (tx: WriteDb, row: EmailRow, state: EmailState, pending = row.pending): boolean => {
  const keywords = JSON.stringify(state.keywords);
  const isUnread = unread(state.keywords);
  const hidden = isHidden(state) ? 1 : 0;
  const rowMoved = keywords !== row.keywords || hidden !== row.is_hidden;
  if (rowMoved || pending !== row.pending)
    tx.run(
      'UPDATE emails SET keywords = ?, is_unread = ?, is_hidden = ?, pending = ? WHERE id = ?',
      keywords,
      isUnread,
      hidden,
      pending,
      row.id,
    );
  const unseen = hidden === 1 && row.is_hidden === 1;
  if (pending !== row.pending && !unseen) tx.changed.email(row.id, 'updated');
  if (isUnread !== row.is_unread) {
    tx.run('UPDATE email_mailboxes SET is_unread = ? WHERE email_id = ?', isUnread, row.id);
    for (const mailbox of mailboxesOf(row)) tx.changed.mailbox(mailbox);
  }
  const mailboxesMoved = setMailboxes(tx, { ...row, is_unread: isUnread }, mailboxesOf(row), placesOf(state));
  if (unseen || (!rowMoved && !mailboxesMoved)) return false;
  tx.changed.email(row.id, hidden ? 'destroyed' : 'updated');
  tx.changed.thread(row.thread_id);
  return true;
};

type Place = Pick<EmailRow, 'id' | 'thread_id' | 'sort_key' | 'is_unread'>;

/** Moves an email from the mailboxes that it is in to others, by local id. True when that changed anything. */
export const setMailboxes = (tx: WriteDb, email: Place, from: readonly number[], to: readonly number[]): boolean => {
  const wanted = new Set(to);
  let moved = false;
  for (const mailbox of from) {
    if (wanted.delete(mailbox)) continue;
    tx.run('DELETE FROM email_mailboxes WHERE mailbox_id = ? AND sort_key = ?', mailbox, email.sort_key);
    tx.changed.mailbox(mailbox);
    moved = true;
  }
  for (const mailbox of wanted) {
    const { changes } = tx.run(
      `INSERT INTO email_mailboxes (mailbox_id, sort_key, email_id, thread_id, is_unread)
       SELECT id, ?, ?, ?, ? FROM mailboxes WHERE id = ?`,
      email.sort_key,
      email.id,
      email.thread_id,
      email.is_unread,
      mailbox,
    );
    // A change, or the base below it, may name a mailbox that was deleted since.
    if (changes === 0) continue;
    tx.changed.mailbox(mailbox);
    moved = true;
  }
  return moved;
};

/** Deletes an email's rows, as the server no longer has it. */
export const deleteEmail = (tx: WriteDb, row: EmailRow): void => {
  setMailboxes(tx, row, mailboxesOf(row), []);
  tx.run('DELETE FROM email_base WHERE email_id = ?', row.id);
  tx.run('DELETE FROM emails WHERE id = ?', row.id);
  forgetWords(tx, row.sort_key);
  dropThreadIfEmpty(tx, row.thread_id);
  if (row.is_hidden === 0) tx.changed.email(row.id, 'destroyed');
  tx.changed.thread(row.thread_id);
};

/** What counts as unread: neither $seen nor $draft. */
export const unread = (keywords: readonly string[]): 0 | 1 =>
  keywords.includes('$seen') || keywords.includes('$draft') ? 0 : 1;
