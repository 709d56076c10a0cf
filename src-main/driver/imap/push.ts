import { abortReason } from '../../lib/async.ts';
import type { Cursors, EmailPush, Outcome, Push, PushOptions } from '../driver.ts';
import type { ImapConnection } from './connection.ts';
import type { Memory } from './context.ts';
import { ImapRefusal } from './errors.ts';
import { readCursor } from './mailboxCursor.ts';
import { parseEmailId } from './names.ts';
import { pushGroup } from './pushEmails.ts';
import { type Missed, outcomeOfRefusal, type PushJob, settle } from './pushJobs.ts';
import { pushMailbox } from './pushMailbox.ts';
import { openMailbox } from './select.ts';

/** What a push works with. */
export type PushParts = {
  connection: ImapConnection;
  memory: Memory;
  note: PushOptions['note'];
  /** Where the replica stands. */
  cursors: Cursors;
  signal: AbortSignal;
};

/** The same with what an earlier push missed. */
type Parts = PushParts & Pick<Missed, 'missedBefore'>;

/** Puts changes to the server, over the one connection that pulls as well (docs/sync.md I8). */
export const push = async (parts: PushParts, what: Push): Promise<Outcome[]> => {
  const missedBefore = new Set(parts.memory.missed);
  return what.type === 'emails'
    ? pushEmails({ ...parts, missedBefore }, what.emails)
    : [await pushMailbox({ ...parts, missedBefore, mailboxes: parts.memory.mailboxes }, what.mailbox)];
};

const stale: Outcome = { result: 'stale' };

const pushEmails = async (parts: Parts, emails: EmailPush[]): Promise<Outcome[]> => {
  const jobs = emails.map((each) => newJob(each));
  const groups = new Map<string, PushJob[]>();
  for (const job of jobs) {
    const id = parseEmailId(job.push.remoteId);
    if (!id) continue;
    const name = `${id.validity} ${id.key}`;
    groups.set(name, [...(groups.get(name) ?? []), job]);
  }
  let done = 0;
  for (const group of groups.values()) {
    try {
      await pushOne(parts, group);
    } catch (error) {
      if (parts.signal.aborted) throw abortReason(parts.signal);
      // Nothing is known to have arrived only where nothing went out before.
      if (done === 0) throw error;
      break;
    }
    done += 1;
    if (parts.connection.closed) break;
  }
  return jobs.map(({ outcome }) => outcome ?? stale);
};

const newJob = (each: EmailPush): PushJob => ({
  push: each,
  uid: parseEmailId(each.remoteId)?.uid ?? 0,
  touched: false,
  outcome: null,
  flags: [],
});

/** Ids hold under one UIDVALIDITY: under another one nothing is written before the pull has found each message again. */
const pushOne = async ({ connection, memory, note, cursors, missedBefore }: Parts, jobs: PushJob[]): Promise<void> => {
  const id = parseEmailId(jobs[0]?.push.remoteId ?? '');
  const mailbox = id && memory.mailboxes.get(id.key);
  if (!id || !mailbox) return;
  const { mailboxes, missed } = memory;
  const generationOf = (key: string): string | null =>
    (readCursor(cursors[`mailbox:${key}`] ?? null) ?? mailboxes.get(key)?.status)?.validity ?? null;
  const where = { mailboxes, missed, missedBefore, generationOf };
  try {
    const { validity, permanentFlags } = await openMailbox(connection, 'SELECT', mailbox.path);
    missed.delete(id.key);
    if (validity !== id.validity) return;
    const place = { ...mailbox, validity };
    await pushGroup({ ...where, connection, place, permanentFlags, jobs, note });
  } catch (error) {
    if (!(error instanceof ImapRefusal)) throw error;
    settle(jobs, outcomeOfRefusal(error, where, id.key));
  }
};
