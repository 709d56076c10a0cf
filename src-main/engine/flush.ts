import { remedyFor, type TernError } from '../../src-shared/errors.ts';
import type { Outcome } from '../driver/driver.ts';
import type { ReadDb, Store } from '../store/db.ts';
import {
  dependants,
  dueMailboxChanges,
  endWaitsBeyond,
  hasWork,
  orphanInflight,
  readChange,
  type StoredChange,
  setStage,
  unknownOutcomes,
} from '../store/pending.ts';
import { moveCursors } from './apply.ts';
import { flushEmails } from './flushEmails.ts';
import { afterStale, FIRST_BATCH, type FlushParts, type FlushRun, send } from './flushRun.ts';
import { mailboxPush } from './mailboxPush.ts';
import { countAttempt, PAUSES, sweepDependants } from './settle.ts';
import { recordMailboxOutcome } from './settleMailboxes.ts';

/**
 * Sends what is queued and due, in batches, until nothing is left that can go (docs/sync.md P2). What was sent without an
 * answer is looked after first: nothing goes out again before the server was asked what became of it (P5). Answers why the
 * server takes no sets just now, where that is no reason not to read; throws what is.
 */
export const flush = async (parts: FlushParts): Promise<TernError | null> => {
  const { store } = parts;
  // What was under way when the program, or the last flush, was cut off: nobody heard the answer.
  orphanInflight(store);
  if (!store.read(hasWork)) return null;
  endWaitsBeyond(store, parts.clock.now(), Math.max(...PAUSES));
  if (store.read(unknownOutcomes).length > 0) await parts.pull(new Set());
  const run: FlushRun = {
    ...parts,
    staleInRow: 0,
    fruitless: 0,
    batchSize: FIRST_BATCH,
    separately: new Set(),
    failing: new Set(),
    uncounted: new Map(),
    refused: null,
  };
  try {
    do sweep(store);
    while ((await flushMailboxes(run)) || (await flushEmails(run)));
  } catch (error) {
    if (error !== run.refused || !mayRead(run)) throw error;
  }
  return run.refused;
};

/** A server may take no sets for a while and answer all else; one that asked to wait, or refused the person, is left alone. */
const mayRead = ({ refused, signal }: FlushRun): boolean =>
  refused !== null &&
  !signal.aborted &&
  remedyFor(refused.kind) === 'retry' &&
  refused.kind !== 'bug' &&
  refused.retryAfter === undefined;

const sweep = (store: Store): void => {
  if (store.read(dependants).length > 0) store.write(sweepDependants, { durable: true });
};

/** Sends the changes of mailboxes that are due, one by one; true when any was settled. */
const flushMailboxes = async (run: FlushRun): Promise<boolean> => {
  let settled = false;
  for (const change of run.store.read((db) => dueMailboxChanges(db, run.clock.now()))) {
    const result = await sendMailbox(run, change);
    if (result === 'enough') return settled;
    settled ||= result === 'settled';
    if (result === 'settled') run.staleInRow = 0;
  }
  run.staleInRow = 0;
  return settled;
};

const sendMailbox = async (run: FlushRun, due: StoredChange): Promise<'settled' | 'enough' | 'nothing'> => {
  if (run.store.read((db) => takesMail(db, due))) await run.pull(new Set());
  for (;;) {
    const outcome = await tryMailbox(run, due.id);
    if (outcome?.result === 'stale') {
      if ((await afterStale(run)) === 'enough') return 'enough';
      continue;
    }
    if (outcome?.result === 'unknown') await run.pull(new Set(outcome.counts ? [due.id] : []));
    if (outcome?.result === 'done') run.pushed(1);
    return outcome?.result === 'done' || outcome?.result === 'refused' ? 'settled' : 'nothing';
  }
};

/**
 * Mail that goes with a mailbox has to be known as it is: the mailboxes' state, which the set insists on, does not move
 * with every email, and is ahead of the emails held when the program died within a pull.
 */
const takesMail = (db: ReadDb, due: StoredChange): boolean => {
  const mailbox = mailboxPush(db, due);
  return !('refused' in mailbox) && mailbox.op === 'delete' && mailbox.removeEmails;
};

/** One attempt at a change of a mailbox; undefined where it was taken back or settled meanwhile. */
const tryMailbox = async (run: FlushRun, id: number): Promise<Outcome | undefined> => {
  const { store, clock } = run;
  const change = store.read((db) => readChange(db, id));
  if (change?.stage !== 'queued') return undefined;
  const mailbox = store.read((db) => mailboxPush(db, change));
  const stage = (to: 'inflight' | 'queued'): void => store.write((tx) => setStage(tx, id, to), { durable: true });
  stage('inflight');
  const [outcome = unsent] =
    'refused' in mailbox
      ? [{ result: 'refused' as const, error: mailbox.refused }]
      : await send(run, { type: 'mailbox', mailbox }, noEmails, async () => stage('queued'));
  store.write(
    (tx) => {
      recordMailboxOutcome(tx, change, outcome);
      if (outcome.result === 'done') moveCursors(tx, outcome.cursors ?? []);
      if (outcome.result === 'failed') countAttempt(tx, id, outcome.error, clock.now());
      // What depends on it falls back in the same moment: mail in a mailbox that was not made would be out of sight.
      sweepDependants(tx);
    },
    { durable: true },
  );
  return outcome;
};

/** A mailbox has no emails to note anything of. */
const noEmails = { relaxed: false, note: async (): Promise<void> => undefined };

const unsent: Outcome = { result: 'stale' };
