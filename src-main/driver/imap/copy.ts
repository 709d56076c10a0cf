import { z } from 'zod';
import type { HeldIdentity } from '../../../src-shared/remote.ts';
import { safeJson } from '../../lib/json.ts';
import { atom, uidSet } from './connection.ts';
import { copiedUids, type Destination } from './copyUid.ts';
import { fetchSet } from './fetch.ts';
import { identityOf } from './moves.ts';
import { parseEmailId } from './names.ts';
import { mailboxGone, type PushGroup, type PushJob, setsOf, settle, unlessElsewhere } from './pushJobs.ts';
import { openMailbox } from './select.ts';
import { digitsOf, listOf, numberOf, pairsOf } from './tokens.ts';
import { LARGEST_UID } from './uids.ts';

/** What is noted of an email before it is copied: by the mailbox's key, what that was before. */
const journalSchema = z.record(z.string(), z.object({ validity: z.string(), next: z.int() }));
type Journal = z.infer<typeof journalSchema>;

/**
 * Copies messages to a mailbox, each once whatever happens: the target's UIDNEXT is on disk before, so that after a lost
 * answer or a crash the copy is looked for there and not made again (docs/sync.md I8). Answers where each copy is, by UID.
 */
export const copyTo = async (group: PushGroup, key: string, jobs: PushJob[]): Promise<Map<number, Destination>> => {
  const path = group.mailboxes.get(key)?.path;
  const found = new Map<number, Destination>();
  if (path === undefined) {
    settle(jobs, unlessElsewhere(group, key, mailboxGone()));
    return found;
  }
  const resumed = jobs.filter(({ push }) => journalOf(push.journal)[key] !== undefined);
  for (const [uid, place] of await lookFor(group, key, path, resumed)) found.set(uid, place);
  const left = jobs.filter(({ uid }) => !found.has(uid));
  if (left.length === 0) return found;
  const before = await statusOf(group, path);
  await group.note(
    new Map(
      left.map(({ push }) => {
        push.journal = JSON.stringify({ ...journalOf(push.journal), [key]: before });
        return [push.remoteId, push.journal];
      }),
    ),
  );
  for (const set of setsOf(left)) {
    const { code } = await group.connection.run('UID COPY', [uidSet(set), path]);
    for (const [uid, place] of copiedUids(code)) found.set(uid, place);
  }
  // Without UIDPLUS nothing says where the copies are.
  const untold = left.filter(({ uid }) => !found.has(uid));
  for (const [uid, place] of await lookFor(group, key, path, untold)) found.set(uid, place);
  return found;
};

const journalOf = (text: string | null): Journal => {
  const parsed = journalSchema.safeParse(text === null ? null : safeJson(text));
  return parsed.success ? parsed.data : {};
};

const statusOf = async ({ connection }: PushGroup, path: string): Promise<Journal[string]> => {
  let before = { validity: '0', next: 1 };
  await connection.run('STATUS', [path, [atom('UIDVALIDITY'), atom('UIDNEXT')]], {
    STATUS: (response) => {
      const items = pairsOf(listOf(response.attributes?.[1]));
      before = { validity: digitsOf(items.get('UIDVALIDITY')) ?? '0', next: numberOf(items.get('UIDNEXT')) ?? 1 };
    },
  });
  return before;
};

/** Copies that were made since the target was what the journal says, known by what they are, in the order of their UIDs. */
const lookFor = async (
  group: PushGroup,
  key: string,
  path: string,
  jobs: readonly PushJob[],
): Promise<Map<number, Destination>> => {
  const found = new Map<number, Destination>();
  if (jobs.length === 0) return found;
  const { connection, place } = group;
  const wanted = new Map<string, number[]>();
  for (const set of setsOf(jobs))
    for (const email of await fetchSet(connection, place, set, 'identity')) {
      const uid = parseEmailId(email.remoteId)?.uid;
      if (uid !== undefined)
        wanted.set(nameOf(identityOf(email)), [...(wanted.get(nameOf(identityOf(email))) ?? []), uid]);
    }
  const { validity } = await openMailbox(connection, 'EXAMINE', path);
  const notes = jobs
    .flatMap(({ push }) => journalOf(push.journal)[key] ?? [])
    .filter((note) => note.validity === validity);
  const first = Math.min(...notes.map(({ next }) => next));
  const copies =
    notes.length === 0
      ? []
      : await fetchSet(connection, { key, path, validity }, `${first}:${LARGEST_UID}`, 'identity');
  for (const copy of copies.toSorted((a, b) => (a.remoteId < b.remoteId ? -1 : 1))) {
    const there = parseEmailId(copy.remoteId)?.uid;
    const uid = wanted.get(nameOf(identityOf(copy)))?.shift();
    if (there !== undefined && there >= first && uid !== undefined)
      found.set(uid, { validity, uid: there, keywords: copy.keywords });
  }
  await openMailbox(connection, 'SELECT', place.path);
  return found;
};

const nameOf = ({ messageId, size, receivedAt }: HeldIdentity): string => `${size} ${receivedAt} ${messageId ?? ''}`;
