import type { Cycle } from '../../src-shared/contractRows.ts';
import { TernError } from '../../src-shared/errors.ts';
import { type CursorMove, type Delta, ROWS_AT_ONCE } from '../driver/driver.ts';
import type { Store, WriteDb } from '../store/db.ts';
import { emailRowOf } from '../store/emailState.ts';
import { moveEmail, patchEmail, putEmail, removeEmail } from '../store/emails.ts';
import { markFilled, putCounts, putMailbox, removeMailbox } from '../store/mailboxes.ts';
import { moveCursor } from '../store/syncState.ts';
import { hasMerges, mergeThreads } from '../store/threadIds.ts';
import { failDeletions } from './settleMailboxes.ts';

/** How many objects a cycle touched, by what happened to them. */
export type Counts = Cycle['counts'];

/** Counts of a cycle that did nothing yet. */
export const noCounts = (): Counts => ({ mailboxes: 0, created: 0, updated: 0, destroyed: 0, pushed: 0 });

/**
 * Commits a delta: its rows in batches, its cursors with the last of them by compare-and-set (docs/sync.md J1).
 * A lost compare-and-set rolls that batch back and throws `conflict`: pull again. `arrived`: told the local ids of new mail.
 */
export const applyDelta = async (
  store: Store,
  delta: Delta,
  counts: Counts,
  arrived: (emails: number[]) => void = () => undefined,
): Promise<void> => {
  const steps = stepsOf(delta);
  do {
    const batch = steps.splice(0, ROWS_AT_ONCE);
    const done = noCounts();
    const made: number[] = [];
    store.write((tx) => {
      for (const step of batch) step(tx, done, made);
      mergeThreads(tx, MERGED_AT_ONCE);
      if (steps.length === 0) moveCursors(tx, delta.cursors);
    });
    for (const key of Object.keys(done) as (keyof Counts)[]) counts[key] += done[key];
    if (made.length > 0) arrived(made);
    await store.pause();
  } while (steps.length > 0);
};

/** So many emails and ids of threads go over to another one in a commit: some 2 ms of work. */
const MERGED_AT_ONCE = 100;

/** Ends merges of threads that were too large to go with the emails that showed them to be one. */
export const finishMerges = async (store: Store): Promise<void> => {
  while (store.read(hasMerges)) {
    store.write((tx) => mergeThreads(tx, MERGED_AT_ONCE));
    await store.pause();
  }
};

/** `made` takes the local ids of new mail. */
type Step = (tx: WriteDb, counts: Counts, made: number[]) => void;

/** Mailboxes come before the emails in them and go after them. */
const stepsOf = ({ mailboxes, emails, filled }: Delta, arrived = new Set(emails?.arrived)): Step[] => [
  ...(mailboxes?.put ?? []).map(
    (mailbox): Step =>
      (tx, counts) => {
        putMailbox(tx, mailbox);
        counts.mailboxes += 1;
      },
  ),
  ...(mailboxes?.counts ?? []).map(
    (mailbox): Step =>
      (tx) =>
        putCounts(tx, mailbox),
  ),
  ...(emails?.moved ?? []).map(
    ({ from, to }): Step =>
      (tx, counts) =>
        tally(counts, moveEmail(tx, from, to)),
  ),
  ...(emails?.put ?? []).map(
    (email): Step =>
      (tx, counts, made) => {
        const outcome = putEmail(tx, email);
        tally(counts, outcome);
        if (outcome === 'created' && arrived.has(email.remoteId)) made.push(emailRowOf(tx, email.remoteId)?.id ?? 0);
      },
  ),
  ...(emails?.patched ?? []).map(
    (state): Step =>
      (tx, counts) =>
        tally(counts, patchEmail(tx, state)),
  ),
  ...(emails?.destroyed ?? []).map(
    (id): Step =>
      (tx, counts) => {
        if (removeEmail(tx, id)) counts.destroyed += 1;
      },
  ),
  ...(mailboxes?.destroyed ?? []).map(
    (id): Step =>
      (tx, counts) => {
        if (removeMailbox(tx, id)) counts.mailboxes += 1;
      },
  ),
  ...(mailboxes?.lost ?? []).map(
    (id): Step =>
      (tx, counts) => {
        failDeletions(tx, id);
        if (removeMailbox(tx, id)) counts.mailboxes += 1;
      },
  ),
  ...(filled ? [markFilled] : []),
];

const tally = (counts: Counts, outcome: 'created' | 'updated' | 'unchanged'): void => {
  if (outcome !== 'unchanged') counts[outcome] += 1;
};

/** Moves cursors by compare-and-set; throws `conflict` where one had moved. */
export const moveCursors = (tx: WriteDb, moves: CursorMove[]): void => {
  for (const { key, from, to } of moves)
    if (!moveCursor(tx, key, from, to)) throw new TernError('conflict', `the ${key} cursor had moved: pulling again`);
};
