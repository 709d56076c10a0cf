import type { PendingChange } from '../../src-shared/contract.ts';
import { isoTime } from '../lib/clock.ts';
import { storedList } from '../lib/json.ts';
import type { ReadDb } from './db.ts';
import { changesIn, type Stage, type StoredChange } from './pending.ts';

const shown: Stage[] = ['queued', 'inflight', 'failed'];

/** Every change that is not settled, oldest first, as the contract shows it. */
export const listChanges = (db: ReadDb, account: string): PendingChange[] =>
  shown
    .flatMap((stage) => changesIn(db, stage, 0, Number.MAX_SAFE_INTEGER))
    .toSorted((a, b) => a.id - b.id)
    .map((change) => ({
      id: String(change.id),
      account,
      type: change.type,
      emails: unsettledEmails(db, change.id),
      state: stateOf(change),
      attempts: change.attempts,
      ...(change.error ? { error: change.error } : {}),
      createdAt: isoTime(change.createdAt),
      ...mailboxOf(change),
    }));

const stateOf = ({ stage, outcomeUnknown }: StoredChange): PendingChange['state'] => {
  if (outcomeUnknown) return 'uncertain';
  return stage === 'inflight' || stage === 'failed' ? stage : 'queued';
};

const unsettledEmails = (db: ReadDb, change: number): string[] =>
  storedList<number>(
    db.get<{ ids: string }>(
      `SELECT json_group_array(email_id) AS ids FROM pending_emails
       WHERE change_id = ? AND stage IN ('queued', 'inflight', 'failed')`,
      change,
    )?.ids ?? '[]',
  ).map(String);

const mailboxOf = ({ type, payload }: StoredChange): { mailbox?: string; op?: string } => {
  if (type !== 'mailbox') return {};
  const { mailbox, op } = (payload ?? {}) as { mailbox?: number; op?: string };
  return { ...(mailbox === undefined ? {} : { mailbox: String(mailbox) }), ...(op === undefined ? {} : { op }) };
};
