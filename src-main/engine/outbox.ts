import type { Change, EmailChange } from '../../src-shared/change.ts';
import { TernError } from '../../src-shared/errors.ts';
import type { EmailEffect, EmailState } from '../../src-shared/project.ts';
import type { Clock } from '../lib/clock.ts';
import type { ReadDb, Store, WriteDb } from '../store/db.ts';
import { type EmailRow, effectiveState, emailRow } from '../store/emailState.ts';
import { acknowledgedOf } from '../store/pendingEmails.ts';
import { copiedTo } from './copies.ts';
import { effectOf, localId } from './effects.ts';
import { submitMailboxChange } from './outboxMailboxes.ts';
import { recordChange } from './record.ts';

/** What `changes.submit` answers: an id per change, and per created mailbox its id by the index of its change. */
export type Submitted = { ids: string[]; mailboxes?: Record<string, string> };

/**
 * Records changes and shows them, all or none, on disk when this returns (docs/sync.md P1). Throws `notFound`,
 * `invalid`, `conflict`, `forbidden`, naming the field.
 */
export const submitChanges = (store: Store, clock: Clock, changes: readonly Change[]): Submitted =>
  store.write(
    (tx) => {
      const mailboxes: Record<string, string> = {};
      const ids = changes.map((change, index) => {
        const field = `changes.${index}`;
        if (change.type !== 'mailbox') return String(submitEmailChange(tx, change, field, clock.now()));
        const { id, created } = submitMailboxChange(tx, change, field, clock.now());
        if (created !== undefined) mailboxes[index] = String(created);
        return String(id);
      });
      return { ids, ...(Object.keys(mailboxes).length > 0 ? { mailboxes } : {}) };
    },
    { durable: true },
  );

const submitEmailChange = (tx: WriteDb, change: EmailChange, field: string, now: number): number => {
  const place = (id: string): string => `${field}.emails.${change.emails.indexOf(id)}`;
  const rows = [...new Set(change.emails)].map((id) => neededEmail(tx, id, place));
  const effectOn = effectOf(tx, change, field);
  const { emails: _, type, ...rest } = change;
  return recordChange(
    tx,
    type,
    rest,
    rows.map((row) => {
      const { before, copied } = apartFromCopies(tx, row);
      return { row, before, effect: exceptCopies(effectOn(before), copied, field) };
    }),
    now,
  );
};

/** What the person sees of an email, apart from where it was copied to: those are other emails by now. */
const apartFromCopies = (db: ReadDb, row: EmailRow): { before: EmailState; copied: number[] } => {
  const before = effectiveState(row);
  const copied = row.pending === 0 ? [] : acknowledgedOf(db, row.id).flatMap(copiedTo);
  return { before: { ...before, mailboxes: before.mailboxes.filter((each) => !copied.includes(each)) }, copied };
};

/** An email is not copied again to where it shows already, and not taken from where another one is by now. */
const exceptCopies = (effect: EmailEffect, copied: readonly number[], field: string): EmailEffect => {
  const named = copied.filter((mailbox) => effect.mailboxes?.[mailbox] !== undefined);
  if (named.length === 0) return effect;
  if (named.some((mailbox) => effect.mailboxes?.[mailbox] === false))
    throw new TernError('conflict', 'the email was copied there just now: the copy is another email', { field });
  const mailboxes = Object.entries(effect.mailboxes ?? {}).filter(([mailbox]) => !copied.includes(Number(mailbox)));
  return { ...effect, mailboxes: Object.fromEntries(mailboxes) };
};

const neededEmail = (db: ReadDb, id: string, place: (id: string) => string): EmailRow => {
  const row = emailRow(db, localId(id));
  if (!row || row.is_hidden === 1) throw new TernError('notFound', 'no such email', { field: place(id) });
  return row;
};
