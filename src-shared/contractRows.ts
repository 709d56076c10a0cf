import * as z from 'zod';
import { changeTypes } from './change.ts';
import { wireErrorSchema } from './errors.ts';
import { id, phaseNames, triggers } from './model.ts';

const time = z.iso.datetime();

/** An account as `accounts.list` shows it. `name`: as recipients see it; `label`: as the person calls it. One whose database can't be opened is `blocked` with error `storage`. */
export const accountRowSchema = z.object({
  id,
  email: z.string(),
  name: z.string(),
  label: z.string().optional(),
  protocol: z.enum(['jmap', 'imap']),
  phase: z.enum(phaseNames),
  error: wireErrorSchema.optional(),
  retryAt: time.optional(),
  lastSyncedAt: time.nullable(),
  pending: z.int(),
  unread: z.int(),
  order: z.int(),
  colour: z.string().nullable(),
});
export type AccountRow = z.infer<typeof accountRowSchema>;

/** One sync cycle, as the sync log keeps it. `lagMs`: from the server's push to the end of the cycle. */
export const cycleSchema = z.object({
  account: id,
  trigger: z.enum(triggers),
  startedAt: time,
  finishedAt: time,
  result: z.enum(['ok', 'error']),
  error: wireErrorSchema.pick({ kind: true, message: true }).optional(),
  counts: z.object({
    mailboxes: z.int(),
    created: z.int(),
    updated: z.int(),
    destroyed: z.int(),
    pushed: z.int(),
  }),
  roundTrips: z.int(),
  bytes: z.int(),
  lagMs: z.int().optional(),
});
export type Cycle = z.infer<typeof cycleSchema>;

/**
 * A change that is not settled. `emails`: those of it that are not. `patch` and `role` as they were submitted; `mailbox`, `op` and
 * `name` of a change of type 'mailbox', `draft` of one of type 'draft' or 'send', `submission` of one of type 'send'.
 */
export const pendingChangeSchema = z.object({
  id,
  account: id,
  type: z.enum([...changeTypes, 'draft', 'send']),
  emails: z.array(id),
  state: z.enum(['queued', 'inflight', 'uncertain', 'failed']),
  attempts: z.int(),
  error: wireErrorSchema.pick({ kind: true, message: true }).optional(),
  createdAt: time,
  mailbox: id.optional(),
  op: z.string().optional(),
  name: z.string().optional(),
  patch: z.record(z.string(), z.literal(true).nullable()).optional(),
  role: z.string().optional(),
  draft: id.optional(),
  submission: id.optional(),
});
export type PendingChange = z.infer<typeof pendingChangeSchema>;
