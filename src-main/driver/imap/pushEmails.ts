import { asTernError, TernError } from '../../../src-shared/errors.ts';
import { DELETED, type RemoteEmailState } from '../../../src-shared/remote.ts';
import type { Outcome } from '../driver.ts';
import { atom, uidSet } from './connection.ts';
import { flagOf, keywordsOf } from './convert.ts';
import { copyTo } from './copy.ts';
import { copiedUids } from './copyUid.ts';
import { codeOf } from './errors.ts';
import { isBin } from './gmail.ts';
import { emailId } from './names.ts';
import { remove, storeFlags } from './pushFlags.ts';
import {
  doFor,
  groupBy,
  mailboxGone,
  notThere,
  open,
  type PushGroup,
  type PushJob,
  setsOf,
  settle,
  unlessElsewhere,
} from './pushJobs.ts';
import { pushLabels } from './pushLabels.ts';
import { moveTo } from './pushMoves.ts';
import { searchUids } from './search.ts';
import { flagsOf, openMailbox } from './select.ts';
import { uidSets } from './uids.ts';

/**
 * Carries out what was asked for the emails of one mailbox (docs/sync.md I8): flags are added and removed, never replaced;
 * copies come before moves; nothing is expunged but by its UID. Each job has its outcome then. A connection that is lost
 * leaves those whose commands went out unknown, the others as they were.
 */
export const pushGroup = async (group: PushGroup): Promise<void> => {
  try {
    await storeKeywords(group);
    await look(group);
    if (group.place.labels) {
      await pushLabels(group);
      await destroyByTrash(group);
    } else await copyAll(group);
    await moveAll(group);
    await destroyAll(group);
    for (const job of open(group.jobs)) job.outcome = { result: 'done', ...stateIn(group, job) };
  } catch (thrown) {
    const error = asTernError(thrown);
    if (error.kind !== 'network' && error.kind !== 'tooLarge') throw error;
    for (const job of open(group.jobs))
      job.outcome = job.touched ? { result: 'unknown', error, counts: true, together: true } : { result: 'stale' };
    if (!group.jobs.some(({ touched }) => touched)) throw error;
  }
};

/** What the server has of an email that stays where it is. Labels are what the push made of them. */
const stateIn = ({ place }: PushGroup, { uid, flags }: PushJob): { state?: RemoteEmailState } => {
  const remoteId = emailId(place.key, place.validity, uid);
  return place.labels ? {} : { state: { remoteId, mailboxIds: [place.key], keywords: keywordsOf(flags) } };
};

const storeKeywords = async (group: PushGroup): Promise<void> => {
  const changing = open(group.jobs).filter(({ push }) => !push.destroy && Object.keys(push.keywords).length > 0);
  for (const job of changing) {
    const kept = Object.entries(job.push.keywords).filter(([, on]) => on);
    const foreign = kept.find(([keyword]) => !mayKeep(group, flagOf(keyword)));
    if (foreign)
      job.outcome = {
        result: 'refused',
        error: new TernError('unsupported', `the server does not keep the keyword ${foreign[0]}`),
      };
  }
  for (const jobs of groupBy(open(changing), ({ push }) => JSON.stringify(push.keywords)).values()) {
    for (const [sign, on] of [
      ['+FLAGS', true],
      ['-FLAGS', false],
    ] as const) {
      const flags = Object.entries(jobs[0]?.push.keywords ?? {}).flatMap(([name, value]) => (value === on ? name : []));
      if (flags.length > 0)
        await doFor(group, null, open(jobs), (some) => storeFlags(group, some, sign, flags.map(flagOf)));
    }
  }
};

/** PERMANENTFLAGS (RFC 9051 section 7.1): `\*` allows new keywords. */
const mayKeep = ({ permanentFlags }: PushGroup, flag: string): boolean =>
  permanentFlags === null ||
  permanentFlags.has(flag.toLowerCase()) ||
  (permanentFlags.has('\\*') && !flag.startsWith('\\'));

/** What is there, and with which flags. */
const look = async (group: PushGroup): Promise<void> => {
  const jobs = open(group.jobs);
  const seen = new Map<number, string[]>();
  for (const set of setsOf(jobs))
    await group.connection.run('UID FETCH', [uidSet(set), [atom('UID'), atom('FLAGS')]], {
      FETCH: (response) => {
        for (const { uid, flags } of flagsOf(response)) seen.set(uid, flags);
      },
    });
  const unseen = jobs.filter(({ uid }) => !seen.has(uid)).map(({ uid }) => uid);
  const there = new Set(await searchUids(group.connection, Math.min(...unseen), Math.max(...unseen)));
  for (const job of jobs) {
    const flags = seen.get(job.uid);
    if (flags) job.flags = flags;
    else job.outcome = there.has(job.uid) ? untold : missing(group, job);
  }
};

/** It is there, and the server left it out of its answer. */
const untold: Outcome = { result: 'failed', error: new TernError('server', 'the server does not tell of this email') };

/** One that is gone cannot be changed, and needs not be destroyed. */
const missing = (group: PushGroup, { push: { remoteId, destroy } }: PushJob): Outcome =>
  unlessElsewhere(group, remoteId, destroy ? { result: 'done' } : { result: 'refused', error: notThere() });

/** Keys of the mailboxes that an email is put into, and the one it moves to; null for an email that stays where it is. */
const placesOf = ({ place, mailboxes }: PushGroup, { push }: PushJob): { copies: string[]; target: string | null } => {
  const into = Object.entries(push.mailboxes).flatMap(([key, on]) => (on && key !== place.key ? key : []));
  // Labels have gone on already; only spam and trash are somewhere else.
  if (place.labels) return { copies: [], target: into.find((key) => isBin(mailboxes.get(key))) ?? null };
  if (push.mailboxes[place.key] !== false) return { copies: into, target: null };
  const target = into.at(-1) ?? null;
  // Out of Gmail's trash a message comes back whole, and is one wherever it is shown.
  return { copies: mailboxes.get(target ?? '')?.isView ? [] : into.slice(0, -1), target };
};

/** An email that is copied and moves as well is copied first. */
const copyAll = async (group: PushGroup): Promise<void> => {
  const targets = new Map<string, PushJob[]>();
  for (const job of open(group.jobs).filter(({ push }) => !push.destroy))
    for (const key of placesOf(group, job).copies) targets.set(key, [...(targets.get(key) ?? []), job]);
  for (const [key, jobs] of targets)
    await doFor(group, key, open(jobs), async (some) => void (await copyTo(group, key, some, false)));
};

const moveAll = async (group: PushGroup): Promise<void> => {
  const target = (job: PushJob): string => placesOf(group, job).target ?? '';
  const moving = open(group.jobs).filter((job) => !job.push.destroy && target(job) !== '');
  for (const [key, jobs] of groupBy(moving, target)) {
    await moveTo(group, key, open(jobs));
  }
};

const destroyAll = async (group: PushGroup): Promise<void> => {
  const destroying = open(group.jobs).filter(({ push }) => push.destroy);
  await doFor(group, null, destroying, async (jobs) => {
    const expunged = await remove(group, jobs);
    for (const job of jobs) {
      const { remoteId } = job.push;
      const marked = { remoteId, mailboxIds: [group.place.key], keywords: [...keywordsOf(job.flags), DELETED] };
      job.outcome = expunged ? { result: 'done' } : { result: 'done', state: marked };
    }
  });
};

/**
 * Gmail destroys only what is in the trash: what is in All Mail goes there first. Cut off in between it is in the trash, and
 * the change fails as one whose email was moved meanwhile.
 */
const destroyByTrash = async (group: PushGroup): Promise<void> => {
  const jobs = open(group.jobs).filter(({ push }) => push.destroy);
  const trash = [...group.mailboxes.values()].find(({ attributes }) => attributes.has('\\trash'));
  if (jobs.length === 0) return;
  if (!trash) return settle(jobs, mailboxGone());
  await doFor(group, trash.key, jobs, async (some) => {
    const told: string[][] = [];
    for (const set of setsOf(some)) {
      const { code } = await group.connection.run('UID MOVE', [uidSet(set), trash.path], {
        OK: (response) => told.push(codeOf(response)),
      });
      told.push(code);
    }
    const { validity } = await openMailbox(group.connection, 'SELECT', trash.path);
    const places = told.flatMap(copiedUids).filter(([, place]) => place.validity === validity);
    const there = new Map(places.map(([from, { uid }]) => [from, uid]));
    for (const set of uidSets([...there.values()])) {
      await group.connection.run('UID STORE', [uidSet(set), atom('+FLAGS.SILENT'), [atom('\\Deleted')]]);
      await group.connection.run('UID EXPUNGE', [uidSet(set)]);
    }
    // One whose place is not told is in the trash, and that is what the next pull finds.
    for (const job of some)
      job.outcome = there.has(job.uid)
        ? { result: 'done' }
        : { result: 'unknown', error: new TernError('server', 'the server did not say where it is'), counts: false };
    await openMailbox(group.connection, 'SELECT', group.place.path);
  });
};
