import { TernError } from '../../../src-shared/errors.ts';
import type { Outcome } from '../driver.ts';
import { atom, uidSet } from './connection.ts';
import { keywordsOf } from './convert.ts';
import { copyTo } from './copy.ts';
import { copiedUids, type Destination } from './copyUid.ts';
import { codeOf, ImapRefusal } from './errors.ts';
import { forgetTarget, noteTarget } from './journal.ts';
import { emailId } from './names.ts';
import { remove } from './pushFlags.ts';
import { doFor, mailboxGone, open, type PushGroup, type PushJob, setsOf, settle, unlessElsewhere } from './pushJobs.ts';
import { flagsOf, openMailbox } from './select.ts';

/** Moves messages of the open mailbox to another one, each once whatever happens (docs/sync.md I8). */
export const moveTo = async (group: PushGroup, key: string, jobs: PushJob[]): Promise<void> => {
  if (!group.connection.has('MOVE')) return doFor(group, key, jobs, (some) => moveBySteps(group, key, some));
  const mailbox = group.mailboxes.get(key);
  if (!mailbox) return settle(jobs, unlessElsewhere(group, key, mailboxGone()));
  const { path, isView = false } = mailbox;
  // What is in a view is in All Mail, and its id tells it from all others (Gmail).
  if (!isView) await doFor(group, key, jobs, async (some) => void (await noteTarget(group, mailbox, some, true)));
  await doFor(group, key, open(jobs), (some) => move(group, key, path, some));
  // An answer came for each: what is not done has not left.
  await forgetTarget(
    group,
    key,
    jobs.filter(({ outcome }) => outcome?.result !== 'done'),
  );
};

/** MOVE (RFC 6851): COPYUID tells where to. What moved without being told is found by the next pull. */
const move = async (group: PushGroup, key: string, path: string, jobs: PushJob[]): Promise<void> => {
  const told: string[][] = [];
  try {
    for (const set of setsOf(jobs)) {
      const { code } = await group.connection.run('UID MOVE', [uidSet(set), path], {
        OK: (response) => told.push(codeOf(response)),
      });
      told.push(code);
    }
  } finally {
    const places = new Map(told.flatMap(copiedUids));
    for (const job of jobs) {
      const place = places.get(job.uid);
      if (place) job.outcome = movedTo(group, key, place, job);
    }
  }
  const unsaid = open(jobs);
  if (unsaid.length === 0) return;
  const stay = await presentUids(group, unsaid);
  // The server did what it was asked, whether or not the pull that comes now can tell the message again.
  for (const job of unsaid) job.outcome = stay.has(job.uid) ? notMoved : { result: 'done' };
};

const notMoved: Outcome = { result: 'failed', error: new TernError('server', 'the server did not move it') };

/**
 * Where a message is now. Under another UIDVALIDITY than the one that the key stands for it is in a mailbox that took over
 * the name meanwhile: which one the pull finds out, as it does for a view. A copy has what its message had when it was made: a mark as deleted that
 * came after is none of its own.
 */
const movedTo = (
  group: PushGroup,
  key: string,
  { validity, uid, keywords }: Destination,
  { flags }: PushJob,
): Outcome => {
  if (validity !== group.generationOf(key) || group.mailboxes.get(key)?.isView) return { result: 'done' };
  const state = { remoteId: emailId(key, validity, uid), mailboxIds: [key], keywords: keywords ?? keywordsOf(flags) };
  return { result: 'done', state };
};

const presentUids = async (group: PushGroup, jobs: readonly PushJob[]): Promise<Set<number>> => {
  const present = new Set<number>();
  for (const set of setsOf(jobs))
    await group.connection.run('UID FETCH', [uidSet(set), [atom('UID'), atom('FLAGS')]], {
      FETCH: (response) => {
        for (const { uid } of flagsOf(response)) present.add(uid);
      },
    });
  return present;
};

/** Without MOVE: copied, seen there, and only then taken away here. */
const moveBySteps = async (group: PushGroup, key: string, jobs: PushJob[]): Promise<void> => {
  const places = await copyTo(group, key, jobs, true);
  const copied = open(jobs).filter(({ uid }) => places.has(uid));
  const lost: Outcome = { result: 'failed', error: new TernError('server', 'the copy cannot be found') };
  settle(
    open(jobs).filter(({ uid }) => !places.has(uid)),
    lost,
  );
  try {
    await remove(group, copied);
  } catch (error) {
    const [only, ...others] = copied;
    const place = places.get(only?.uid ?? 0);
    if (error instanceof ImapRefusal && error.lasting && only && place && others.length === 0)
      await takeCopyBack(group, key, only, place);
    throw error;
  }
  for (const job of copied) {
    const place = places.get(job.uid);
    if (place) job.outcome = movedTo(group, key, place, job);
  }
};

/**
 * A message that may not be taken away where it is, and stays there unmarked, is not to be there twice: its copy goes. Throws
 * where the server refuses that for now: then all of it is tried again.
 */
const takeCopyBack = async (group: PushGroup, key: string, job: PushJob, copy: Destination): Promise<void> => {
  const path = group.mailboxes.get(key)?.path;
  if (path === undefined || !(await isUnmarked(group, job))) return;
  let refusal: ImapRefusal | null = null;
  try {
    const { validity } = await openMailbox(group.connection, 'SELECT', path);
    if (validity === copy.validity) await remove(group, [{ ...job, uid: copy.uid }]);
  } catch (error) {
    if (!(error instanceof ImapRefusal)) throw error;
    refusal = error;
  }
  await openMailbox(group.connection, 'SELECT', group.place.path);
  if (refusal?.lasting === false) throw refusal;
};

const isUnmarked = async (group: PushGroup, job: PushJob): Promise<boolean> => {
  let unmarked = false;
  await group.connection.run('UID FETCH', [uidSet(String(job.uid)), [atom('UID'), atom('FLAGS')]], {
    FETCH: (response) => {
      for (const { uid, flags } of flagsOf(response))
        unmarked ||= uid === job.uid && !flags.some((flag) => flag.toLowerCase() === '\\deleted');
    },
  });
  return unmarked;
};
