import * as z from 'zod';
import { TernError } from '../../../src-shared/errors.ts';
import { safeJson } from '../../lib/json.ts';
import { isSelectable, readStatus } from './list.ts';
import type { Matched } from './matching.ts';
import { mailboxGone, type PushGroup, type PushJob, settle, unlessElsewhere } from './pushJobs.ts';

/** What a mailbox was before an email was put into it; `moves`: the email was to leave where it is. */
const targetSchema = z.object({ validity: z.string(), next: z.int(), moves: z.boolean().optional() });
const journalSchema = z.record(z.string(), targetSchema);
/** What is noted of an email before it is put into mailboxes, by their keys. */
export type Journal = z.infer<typeof journalSchema>;

/** A note of ours; one that cannot be read says nothing. */
export const readJournal = (text: string | null | undefined): Journal => {
  const parsed = journalSchema.safeParse(text == null ? null : safeJson(text));
  return parsed.success ? parsed.data : {};
};

/**
 * Notes the target's UIDVALIDITY and UIDNEXT, on disk, before emails are put into it: what came of that is found by what is
 * new since then (docs/sync.md I8). False where the name stands for another mailbox by now, as one that was rotated: nothing
 * may go there before a pull has found out which is which. The jobs are settled then.
 */
export const noteTarget = async (
  group: PushGroup,
  { key, path, attributes }: Matched,
  jobs: readonly PushJob[],
  moves: boolean,
): Promise<boolean> => {
  if (!isSelectable({ attributes })) {
    settle(jobs, { result: 'refused', error: new TernError('unsupported', 'this mailbox holds no mail of its own') });
    return false;
  }
  const now = await readStatus(group.connection, path);
  if (!now) {
    settle(jobs, unlessElsewhere(group, key, mailboxGone()));
    return false;
  }
  if (now.validity !== group.generationOf(key)) {
    const error = new TernError('server', 'the server numbers this mailbox anew each time');
    settle(jobs, unlessElsewhere(group, key, { result: 'failed', error }));
    return false;
  }
  const notes = new Map<string, string>();
  for (const { push } of jobs) {
    push.journal = JSON.stringify({
      ...readJournal(push.journal),
      [key]: { validity: now.validity, next: now.next, moves },
    });
    notes.set(push.remoteId, push.journal);
  }
  await group.note(notes);
  return true;
};

/** Takes back what was noted of emails that surely did not go there: nothing of their change is on the server. */
export const forgetTarget = async (group: PushGroup, key: string, jobs: readonly PushJob[]): Promise<void> => {
  const notes = new Map<string, string | null>();
  for (const { push } of jobs) {
    const { [key]: noted, ...others } = readJournal(push.journal);
    if (!noted) continue;
    push.journal = Object.keys(others).length > 0 ? JSON.stringify(others) : null;
    notes.set(push.remoteId, push.journal);
  }
  if (notes.size > 0) await group.note(notes);
};
