import {
  type MailboxEffect,
  type MailboxState,
  mailboxEffectSchema,
  mailboxStateSchema,
} from '../../src-shared/project.ts';
import { safeJson } from '../lib/json.ts';
import type { ReadDb, WriteDb } from './db.ts';
import type { Stage } from './pending.ts';

/** One change's effect on one mailbox; `overwritten` is what the person saw before. */
export type MailboxTarget = { change: number; mailbox: number; effect: MailboxEffect; overwritten: MailboxState };

type Row = { change_id: number; mailbox_id: number; effect: string; overwritten: string };

const readableEffect = mailboxEffectSchema.catch({});
const readableState = mailboxStateSchema.catch({ name: '', parent: null, exists: true });

const targetOf = (row: Row): MailboxTarget => ({
  change: row.change_id,
  mailbox: row.mailbox_id,
  effect: readableEffect.parse(safeJson(row.effect)),
  overwritten: readableState.parse(safeJson(row.overwritten)),
});

/** Adds a mailbox to a change. */
export const addMailboxTarget = (tx: WriteDb, target: MailboxTarget): void =>
  void tx.run(
    'INSERT INTO pending_mailboxes (change_id, mailbox_id, effect, overwritten) VALUES (?, ?, ?, ?)',
    target.change,
    target.mailbox,
    JSON.stringify(target.effect),
    JSON.stringify(target.overwritten),
  );

/** The mailboxes of a change; of a deletion, children come before their parents. */
export const mailboxTargets = (db: ReadDb, change: number): MailboxTarget[] =>
  db.all<Row>('SELECT * FROM pending_mailboxes WHERE change_id = ? ORDER BY mailbox_id', change).map(targetOf);

/** Changes by which a name in a place becomes free on the server, and that it does not have yet. */
export const changesFreeing = (db: ReadDb, name: string, parent: number | null): number[] =>
  db
    .all<{ change_id: number }>(
      `SELECT t.change_id FROM pending_changes c JOIN pending_mailboxes t ON t.change_id = c.id
       WHERE c.type = 'mailbox' AND c.stage IN ('queued', 'inflight') AND json_extract(t.overwritten, '$.exists') = 1
         AND json_extract(t.overwritten, '$.name') = ? AND json_extract(t.overwritten, '$.parent') IS ?`,
      name,
      parent,
    )
    .map((row) => row.change_id);

/** The changes that lie on a mailbox's base, in order, with their stages. */
export const activeOnMailbox = (db: ReadDb, mailbox: number): (MailboxTarget & { stage: Stage })[] =>
  db
    .all<Row & { stage: Stage }>(
      `SELECT t.*, c.stage FROM pending_mailboxes t JOIN pending_changes c ON c.id = t.change_id
       WHERE t.mailbox_id = ? AND c.stage IN ('queued', 'inflight', 'acknowledged') ORDER BY t.change_id`,
      mailbox,
    )
    .map((row) => ({ ...targetOf(row), stage: row.stage }));
