import type { MailboxChange } from '../../src-shared/change.ts';
import { TernError } from '../../src-shared/errors.ts';
import type { MailboxEffect } from '../../src-shared/project.ts';
import type { ReadDb, WriteDb } from '../store/db.ts';
import { effectiveState, emailRow } from '../store/emailState.ts';
import {
  addLocalMailbox,
  childMailboxes,
  emailsInMailbox,
  mailboxExists,
  mailboxNamed,
  mailboxRights,
} from '../store/mailboxes.ts';
import { mailboxBase, mailboxState, refreshMailbox, writeMailboxBase } from '../store/mailboxState.ts';
import { addChange } from '../store/pending.ts';
import { changesMoving, changesNaming } from '../store/pendingEmails.ts';
import { activeOnMailbox, addMailboxTarget, changesFreeing } from '../store/pendingMailboxes.ts';
import { localId } from './effects.ts';
import { affect } from './record.ts';

type Rename = Extract<MailboxChange, { op: 'rename' }>;
type Deletion = Extract<MailboxChange, { op: 'delete' }>;

/**
 * Records the creation, renaming or deletion of a mailbox and shows it. `created` is the new mailbox's local id; `again`: the id
 * that a deletion had before.
 */
export const submitMailboxChange = (
  tx: WriteDb,
  change: MailboxChange,
  field: string,
  now: number,
  again?: number,
): { id: number; created?: number } => {
  switch (change.op) {
    case 'create':
      return createMailbox(tx, change.name, neededParent(tx, change.parent, field), field, now);
    case 'rename':
      return { id: renameMailbox(tx, change, field, now) };
    case 'delete':
      return { id: removeMailbox(tx, change, field, now, again) };
  }
};

const createMailbox = (
  tx: WriteDb,
  name: string,
  parent: number | null,
  field: string,
  now: number,
): { id: number; created: number } => {
  refuseTakenName(tx, name, parent, `${field}.name`);
  if (parent !== null) requireRight(tx, parent, 'mayCreateChild', `${field}.parent`);
  const created = addLocalMailbox(tx, name, parent);
  const payload = { op: 'create', mailbox: created, name, parent };
  const dependsOn = [...new Set([...unsettledOn(tx, parent), ...changesFreeing(tx, name, parent)])];
  const id = addChange(tx, { type: 'mailbox', payload, dependsOn, now });
  layOn(tx, id, created, { exists: true, name, parent });
  return { id, created };
};

const renameMailbox = (tx: WriteDb, change: Rename, field: string, now: number): number => {
  const mailbox = neededMailbox(tx, change.mailbox, `${field}.mailbox`);
  requireRight(tx, mailbox, 'mayRename', `${field}.mailbox`);
  const state = mailboxState(tx, mailbox);
  const name = change.name ?? state?.name ?? '';
  const parent = change.parent === undefined ? (state?.parent ?? null) : neededParent(tx, change.parent, field);
  if (parent !== null && treeOf(tx, mailbox).includes(parent))
    throw new TernError('invalid', 'a mailbox cannot be put into itself', { field: `${field}.parent` });
  if (mailboxNamed(tx, name, parent) !== mailbox) refuseTakenName(tx, name, parent, `${field}.name`);
  const effect = {
    ...(change.name === undefined ? {} : { name }),
    ...(change.parent === undefined ? {} : { parent }),
  };
  const dependsOn = new Set([
    ...unsettledOn(tx, mailbox),
    ...unsettledOn(tx, change.parent === undefined ? null : parent),
    ...changesFreeing(tx, name, parent),
  ]);
  const payload = { op: 'rename', mailbox, ...effect };
  const id = addChange(tx, { type: 'mailbox', payload, dependsOn: [...dependsOn], now });
  layOn(tx, id, mailbox, effect);
  return id;
};

/** Everything below goes with it. What was to leave it before is sent before: else it would be destroyed as well. */
const removeMailbox = (tx: WriteDb, change: Deletion, field: string, now: number, again?: number): number => {
  const mailbox = neededMailbox(tx, change.mailbox, `${field}.mailbox`);
  requireRight(tx, mailbox, 'mayDelete', `${field}.mailbox`);
  const tree = treeOf(tx, mailbox);
  const emails = [...new Set(tree.flatMap((each) => emailsInMailbox(tx, each)))];
  const removeEmails = change.onDestroyRemoveEmails === true;
  if (!removeEmails && (tree.length > 1 || emails.length > 0))
    throw new TernError(
      'conflict',
      'the mailbox is not empty: move or delete what is in it first, or delete all of it',
      {
        field: `${field}.mailbox`,
      },
    );
  const gone = Object.fromEntries(tree.map((each) => [each, false]));
  const affected = emails.flatMap((email) => {
    const row = emailRow(tx, email);
    if (!row) return [];
    const before = effectiveState(row);
    const orphaned = before.mailboxes.every((each) => tree.includes(each));
    return [{ row, before, effect: orphaned ? { destroy: true } : { mailboxes: gone } }];
  });
  const dependsOn = [
    ...tree.flatMap((each) => [...unsettledOn(tx, each), ...changesNaming(tx, each)]),
    // What is to stay has to be elsewhere on the server, too.
    ...affected.flatMap(({ row, effect }) => (effect.destroy || row.pending === 0 ? [] : changesMoving(tx, row.id))),
  ];
  const payload = { op: 'delete', mailbox, tree, removeEmails };
  const id = addChange(tx, { id: again, type: 'mailbox', payload, dependsOn: [...new Set(dependsOn)], now });
  affect(tx, id, affected);
  for (const each of tree) layOn(tx, id, each, { exists: false });
  return id;
};

/** A mailbox with everything below it, children before their parents. */
const treeOf = (db: ReadDb, mailbox: number, seen = new Set<number>()): number[] => {
  if (seen.has(mailbox)) return [];
  seen.add(mailbox);
  return [...childMailboxes(db, mailbox).flatMap((child) => treeOf(db, child, seen)), mailbox];
};

/** Lays a change on a mailbox, keeping beside it what the server has. */
const layOn = (tx: WriteDb, change: number, mailbox: number, effect: MailboxEffect): void => {
  const overwritten = mailboxState(tx, mailbox) ?? { name: '', parent: null, exists: false };
  if (!mailboxBase(tx, mailbox)) writeMailboxBase(tx, mailbox, overwritten);
  addMailboxTarget(tx, { change, mailbox, effect, overwritten });
  refreshMailbox(tx, mailbox);
};

const unsettledOn = (db: ReadDb, mailbox: number | null): number[] =>
  mailbox === null
    ? []
    : activeOnMailbox(db, mailbox).flatMap(({ change, stage }) => (stage === 'acknowledged' ? [] : [change]));

const neededMailbox = (db: ReadDb, id: string, field: string): number => {
  if (!mailboxExists(db, localId(id))) throw new TernError('notFound', 'no such mailbox', { field });
  return localId(id);
};

const neededParent = (db: ReadDb, id: string | null | undefined, field: string): number | null =>
  id == null ? null : neededMailbox(db, id, `${field}.parent`);

const refuseTakenName = (db: ReadDb, name: string, parent: number | null, field: string): void => {
  if (mailboxNamed(db, name, parent) !== undefined)
    throw new TernError('conflict', 'there is a mailbox of this name already', { field });
};

const requireRight = (
  db: ReadDb,
  mailbox: number,
  right: 'mayCreateChild' | 'mayRename' | 'mayDelete',
  field: string,
): void => {
  if (!mailboxRights(db, mailbox)[right])
    throw new TernError('forbidden', 'the server does not let you change this mailbox', { field });
};
