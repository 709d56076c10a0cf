import { asTernError, TernError } from '../../../src-shared/errors.ts';
import type { EmailPush, Outcome, PushOptions } from '../driver.ts';
import type { ImapConnection } from './connection.ts';
import { ImapRefusal } from './errors.ts';
import type { Generation } from './fetch.ts';
import type { Matched } from './matching.ts';
import { uidSets } from './uids.ts';

/** One email of a push, on its way through the steps that its change takes. */
export type PushJob = {
  push: EmailPush;
  uid: number;
  /** Whether a command that may have changed something has named it. */
  touched: boolean;
  /** What it came to; null while there are steps left. */
  outcome: Outcome | null;
  /** Its flags as the server last told them. */
  flags: string[];
};

/** Where mailboxes are. */
export type WhereIs = {
  /** As they were last listed, by key; one that is gone is not among them. */
  mailboxes: ReadonlyMap<string, Matched>;
  /** The UIDVALIDITY under which the mail of a key is held; null for one without any of its own. */
  generationOf(key: string): string | null;
} & Missed;

/**
 * Keys of mailboxes that the server could not find under that name, and ids of emails that are not where they were: those
 * found missing, and those that were so when the push before this one ended.
 */
export type Missed = { missed: Set<string>; missedBefore: ReadonlySet<string> };

/** The emails of a push that are in one mailbox, which is open for writing. */
export type PushGroup = WhereIs & {
  connection: ImapConnection;
  place: Generation;
  /** Flags that the mailbox keeps, in lower case; null where it did not say. */
  permanentFlags: ReadonlySet<string> | null;
  jobs: PushJob[];
  note: PushOptions['note'];
};

/** Those that no step has settled yet. */
export const open = (jobs: readonly PushJob[]): PushJob[] => jobs.filter(({ outcome }) => outcome === null);

/** Their UIDs as sequence sets. */
export const setsOf = (jobs: readonly PushJob[]): string[] => uidSets(jobs.map(({ uid }) => uid));

/** Settles jobs. */
export const settle = (jobs: readonly PushJob[], outcome: Outcome): void => {
  for (const job of jobs) job.outcome = outcome;
};

/** A refusal as an outcome (docs/sync.md I8); throws what concerns the account. */
export const outcomeOfRefusal = (error: ImapRefusal, where: Missed, key: string | null): Outcome => {
  if (error.kind === 'auth' || error.kind === 'tls') throw error;
  const outcome: Outcome = { result: error.lasting ? 'refused' : 'failed', error };
  return isMissing(error) && key !== null ? unlessElsewhere(where, key, outcome) : outcome;
};

/** A server that fails at one message of several says no more than that it failed; one that is asked too much says so. */
const mayBeForOne = (outcome: Outcome, { code }: ImapRefusal): outcome is Extract<Outcome, { result: 'failed' }> =>
  outcome.result === 'failed' && code !== 'LIMIT';

const isMissing = ({ code }: ImapRefusal): boolean => code === 'TRYCREATE' || code === 'NONEXISTENT';

/**
 * What it means that a mailbox, by its key, or an email, by its id, is not where it was: another client may have renamed or
 * moved it, so the first time a pull looks for it before anything is given up, or called destroyed.
 */
export const unlessElsewhere = ({ missed, missedBefore }: Missed, name: string, outcome: Outcome): Outcome => {
  if (missedBefore.has(name)) {
    missed.delete(name);
    return outcome;
  }
  missed.add(name);
  return { result: 'stale' };
};

/**
 * Does something for jobs that has to do with the mailbox of that key, or with none but the open one. Where the server refuses it for several, it is tried
 * for fewer, until those are found that it is refused for; where the connection is lost, nobody knows what became of them.
 */
export const doFor = async (
  group: WhereIs,
  key: string | null,
  jobs: PushJob[],
  act: (jobs: PushJob[]) => Promise<void>,
): Promise<void> => {
  if (jobs.length === 0) return;
  for (const job of jobs) job.touched = true;
  try {
    await act(jobs);
    if (key !== null && jobs.every(({ outcome }) => outcome?.result !== 'stale')) group.missed.delete(key);
  } catch (thrown) {
    if (!(thrown instanceof ImapRefusal)) throw asTernError(thrown);
    const left = open(jobs);
    // A mailbox that is not there is so for all of them.
    const isForAll = !thrown.lasting || (key !== null && isMissing(thrown));
    if (left.length <= 1 || isForAll) {
      const outcome = outcomeOfRefusal(thrown, group, key);
      return settle(left, mayBeForOne(outcome, thrown) ? { ...outcome, together: true } : outcome);
    }
    const middle = Math.ceil(left.length / 2);
    await doFor(group, key, left.slice(0, middle), act);
    await doFor(group, key, left.slice(middle), act);
  }
};

/** Groups of jobs by a text that says what is done for them. */
export const groupBy = (jobs: readonly PushJob[], nameOf: (job: PushJob) => string): Map<string, PushJob[]> => {
  const groups = new Map<string, PushJob[]>();
  for (const job of jobs) {
    const name = nameOf(job);
    const group = groups.get(name);
    if (group) group.push(job);
    else groups.set(name, [job]);
  }
  return groups;
};

/** What is put into a mailbox that is no more. */
export const mailboxGone = (): Outcome => ({
  result: 'refused',
  error: new TernError('notFound', 'the mailbox was deleted elsewhere'),
});

/** The server has no such message. */
export const notThere = (): TernError => new TernError('notFound', 'the email was deleted elsewhere');
