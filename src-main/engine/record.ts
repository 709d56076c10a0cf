import type { ChangeType } from '../../src-shared/change.ts';
import { type EmailEffect, type EmailState, inverse } from '../../src-shared/project.ts';
import type { ReadDb, WriteDb } from '../store/db.ts';
import { type EmailRow, showNewEffect } from '../store/emailState.ts';
import { remoteMailboxId } from '../store/mailboxes.ts';
import { addChange } from '../store/pending.ts';
import { addTarget } from '../store/pendingEmails.ts';
import { activeOnMailbox } from '../store/pendingMailboxes.ts';

/** An email by its row as it is now, what the person saw of it, and what a change does to it. */
export type Affected = { row: EmailRow; before: EmailState; effect: EmailEffect };

/** Stores a change of emails with its effects, and shows them. Answers the change's id. */
export const recordChange = (
  tx: WriteDb,
  type: ChangeType,
  payload: unknown,
  affected: readonly Affected[],
  now: number,
): number => {
  const named = new Set(affected.flatMap(({ effect }) => Object.keys(effect.mailboxes ?? {})));
  const dependsOn = [...named].flatMap((mailbox) => creationOf(tx, Number(mailbox)) ?? []);
  const change = addChange(tx, { type, payload, dependsOn, now });
  affect(tx, change, affected);
  return change;
};

/** Lays a change's effects on its emails: each then keeps beside it what the server has. */
export const affect = (tx: WriteDb, change: number, affected: readonly Affected[]): void => {
  for (const { row, before, effect } of affected) {
    const overwritten = { mailboxes: before.mailboxes, inverse: inverse(before, effect) };
    addTarget(tx, { change, email: row.id, effect, overwritten });
    showNewEffect(tx, row, effect);
  }
};

/** The change that creates a mailbox which the server does not have yet. */
export const creationOf = (db: ReadDb, mailbox: number): number | undefined =>
  remoteMailboxId(db, mailbox) === null
    ? activeOnMailbox(db, mailbox).find(({ effect }) => effect.exists === true)?.change
    : undefined;
