import type { HeldIdentity } from '../../../src-shared/remote.ts';
import { uidSet } from './connection.ts';
import { copiedUids, type Destination } from './copyUid.ts';
import { fetchSet } from './fetch.ts';
import { noteTarget, readJournal } from './journal.ts';
import { identityOf } from './moves.ts';
import { parseEmailId } from './names.ts';
import { mailboxGone, type PushGroup, type PushJob, setsOf, settle, unlessElsewhere } from './pushJobs.ts';
import { openMailbox } from './select.ts';
import { LARGEST_UID } from './uids.ts';

/**
 * Copies messages to a mailbox, each once whatever happens: the target's UIDNEXT is on disk before, so that after a lost
 * answer or a crash the copy is looked for there and not made again (docs/sync.md I8). `moves`: they are to leave where they
 * are. Answers where each copy is, by UID.
 */
export const copyTo = async (
  group: PushGroup,
  key: string,
  jobs: PushJob[],
  moves: boolean,
): Promise<Map<number, Destination>> => {
  const mailbox = group.mailboxes.get(key);
  const found = new Map<number, Destination>();
  if (!mailbox) {
    settle(jobs, unlessElsewhere(group, key, mailboxGone()));
    return found;
  }
  const { path } = mailbox;
  const resumed = jobs.filter(({ push }) => readJournal(push.journal)[key] !== undefined);
  for (const [uid, place] of await lookFor(group, key, path, resumed)) found.set(uid, place);
  const left = jobs.filter(({ uid }) => !found.has(uid));
  if (left.length === 0) return found;
  if (!(await noteTarget(group, mailbox, left, moves))) return found;
  for (const set of setsOf(left)) {
    const { code } = await group.connection.run('UID COPY', [uidSet(set), path]);
    for (const [uid, place] of copiedUids(code)) found.set(uid, place);
  }
  // Without UIDPLUS nothing says where the copies are.
  const untold = left.filter(({ uid }) => !found.has(uid));
  for (const [uid, place] of await lookFor(group, key, path, untold)) found.set(uid, place);
  return found;
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
    .flatMap(({ push }) => readJournal(push.journal)[key] ?? [])
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
