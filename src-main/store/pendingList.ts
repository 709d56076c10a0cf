import * as z from 'zod';
import { type PendingChange, pendingChangeSchema } from '../../src-shared/contractRows.ts';
import { isoTime } from '../lib/clock.ts';
import { storedList } from '../lib/json.ts';
import type { ReadDb } from './db.ts';
import { changesIn, type Stage, type StoredChange } from './pending.ts';

const shown: Stage[] = ['queued', 'inflight', 'failed'];

/** Every change that is not settled, oldest first, as the contract shows it. */
export const listChanges = (db: ReadDb, account: string): PendingChange[] => {
  const emails = unsettledEmails(db);
  return shown
    .flatMap((stage) => changesIn(db, stage, 0, Number.MAX_SAFE_INTEGER))
    .toSorted((a, b) => a.id - b.id)
    .map((change) => ({
      id: String(change.id),
      account,
      type: change.type,
      emails: emails.get(change.id) ?? [],
      state: stateOf(change),
      attempts: change.attempts,
      ...(change.error ? { error: change.error } : {}),
      createdAt: isoTime(change.createdAt),
      ...askedFor(change),
    }));
};

const stateOf = ({ stage, outcomeUnknown }: StoredChange): PendingChange['state'] => {
  if (outcomeUnknown) return 'uncertain';
  return stage === 'inflight' || stage === 'failed' ? stage : 'queued';
};

/** In one query: one for each of a hundred thousand changes takes ten times as long. */
const unsettledEmails = (db: ReadDb): Map<number, string[]> =>
  new Map(
    db
      .all<{ id: number; emails: string }>(
        `SELECT c.id, json_group_array(t.email_id) AS emails FROM pending_changes c
         JOIN pending_emails t ON t.change_id = c.id AND t.stage IN ('queued', 'inflight', 'failed')
         WHERE c.stage IN ('queued', 'inflight', 'failed') GROUP BY c.id`,
      )
      .map(({ id, emails }) => [id, storedList<number>(emails).map(String)]),
  );

/** What was asked for, as far as lists show it; what Tern does by itself asks for nothing. */
const asked = z.object({
  mailbox: z.int().optional(),
  op: z.string().optional(),
  name: z.string().optional(),
  patch: pendingChangeSchema.shape.patch,
  role: z.string().optional(),
});

const askedFor = ({ payload }: StoredChange): Partial<PendingChange> => {
  const { mailbox, ...rest } = asked.safeParse(payload ?? {}).data ?? {};
  return { ...rest, ...(mailbox === undefined ? {} : { mailbox: String(mailbox) }) };
};
