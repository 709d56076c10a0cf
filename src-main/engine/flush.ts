import { type Cursors, type Driver, type Outcome, type Push } from '../driver/driver.ts';
import { inPieces } from '../lib/async.ts';
import type { Clock } from '../lib/clock.ts';
import type { Store, WriteDb } from '../store/db.ts';
import {
  dependants,
  dueMailboxChanges,
  hasWork,
  readChange,
  type StoredChange,
  setStage,
  unknownOutcomes,
} from '../store/pending.ts';
import { readCursors } from '../store/syncState.ts';
import { type BatchEmail, nextBatch, type QueuePlace, queueStart } from './batch.ts';
import { mailboxPush } from './mailboxPush.ts';
import { type BatchResult, countAttempt, markInflight, noResult, recordOutcomes, sweepDependants } from './settle.ts';
import { recordMailboxOutcome } from './settleMailboxes.ts';

/** What a flush works with. `pull` brings the replica to the server's present and settles what it can by it. */
export type FlushParts = {
  store: Store;
  clock: Clock;
  driver: Driver;
  signal: AbortSignal;
  /** Told how many emails or mailboxes were changed. */
  pushed(count: number): void;
  pull(lost: ReadonlySet<number>): Promise<void>;
};

/**
 * From the third stale answer in a row, sets of keywords insist on nothing; moves and all else still do: Cyrus destroys an
 * email that is moved to a mailbox which is gone. After so many, what is left has the time until the next cycle.
 */
const RELAXED_FROM = 2;
const MOST_STALE = 6;

/**
 * Sends what is queued and due, in batches, until nothing is left that can go (docs/sync.md P2). What was sent without an
 * answer is looked after first: nothing goes out again before the server was asked what became of it (P5).
 */
export const flush = async (parts: FlushParts): Promise<void> => {
  const { store } = parts;
  if (!store.read(hasWork)) return;
  if (store.read(unknownOutcomes).length > 0) await parts.pull(new Set());
  const run: Run = { ...parts, staleInRow: 0, separately: new Set() };
  do sweep(store);
  while ((await flushMailboxes(run)) || (await flushEmails(run)));
};

const sweep = (store: Store): void => {
  if (store.read(dependants).length > 0) store.write(sweepDependants, { durable: true });
};

type Run = FlushParts & { staleInRow: number; separately: Set<number> };

/** One pass over the queued emails; true when it got anywhere, so that another pass may find more. */
const flushEmails = async (run: Run): Promise<boolean> => {
  let settled = false;
  for (let place: QueuePlace | null = queueStart; place; ) {
    const { emails, next, relaxed } = await gatherBatch(run, place);
    if (emails.length > 0) {
      const again = await sendEmails(run, emails, relaxed);
      if (again === 'enough') return false;
      settled ||= again === 'settled';
      if (again === 'stale') continue;
    }
    place = next;
  }
  return settled;
};

/** So many emails of a batch are looked up, marked or recorded at a time: some 3 ms, so that reads get their turn. */
const EMAILS_AT_ONCE = 25;

type Gathered = { emails: BatchEmail[]; next: QueuePlace | null };

const gatherBatch = async (run: Run, from: QueuePlace): Promise<Gathered & { relaxed: boolean }> => {
  if (run.staleInRow >= RELAXED_FROM) {
    const keywords = await gather(run, from, true);
    if (keywords.emails.length > 0) return { ...keywords, relaxed: true };
  }
  return { ...(await gather(run, from, false)), relaxed: false };
};

/** Marks what it gathers as under way in the same turn: whoever takes a change back from then on is told that it is. */
const gather = async (run: Run, from: QueuePlace, onlyKeywords: boolean): Promise<Gathered> => {
  const { store, clock, driver, separately } = run;
  const limit = driver.pushLimit();
  const emails = new Map<number, BatchEmail>();
  let place: QueuePlace | null = from;
  while (place && emails.size < limit) {
    const at: QueuePlace = place;
    const some = Math.min(EMAILS_AT_ONCE, limit - emails.size);
    const piece = store.read((db) =>
      nextBatch(db, at, { now: clock.now(), limit: some, taken: emails, separately, onlyKeywords }),
    );
    for (const each of piece.emails) emails.set(each.email, each);
    place = piece.next;
    if (piece.emails.length > 0) store.write((tx) => markInflight(tx, piece.emails));
    await store.pause();
  }
  // One mark that is on disk puts all before it there.
  if (emails.size > 0) store.write((tx) => markInflight(tx, [...emails.values()].slice(-1)), { durable: true });
  return { emails: [...emails.values()], next: place };
};

const sendEmails = async (
  run: Run,
  batch: BatchEmail[],
  relaxed: boolean,
): Promise<'settled' | 'stale' | 'enough' | 'nothing'> => {
  const refused = batch.filter((each) => each.refused);
  const sent = batch.filter((each) => !each.refused);
  await record(run, refused, refused.map(refusalOf));
  if (sent.length === 0) return 'settled';
  const outcomes = await send(run, { type: 'emails', emails: sent.map(({ push }) => push) }, relaxed, async () => {
    await record(run, sent, []);
  });
  const result = await record(run, sent, outcomes);
  run.pushed(result.done);
  for (const email of result.separately) run.separately.add(email);
  if (result.unknown.size > 0) await run.pull(countingOf(result.unknown));
  if (result.stale) return afterStale(run);
  run.staleInRow = 0;
  return result.done > 0 || result.separately.length > 0 ? 'settled' : 'nothing';
};

const refusalOf = ({ refused }: BatchEmail): Outcome =>
  refused ? { result: 'refused', error: refused } : { result: 'stale' };

const countingOf = (unknown: ReadonlyMap<number, boolean>): Set<number> =>
  new Set([...unknown].flatMap(([change, counts]) => (counts ? [change] : [])));

/** Records outcomes, each with its email in one transaction, and then the attempts they cost: one for each change. */
const record = async (run: Run, sent: BatchEmail[], outcomes: readonly Outcome[]): Promise<BatchResult> => {
  const result = noResult();
  await inSteps(run, sent, (tx, some, at) => recordOutcomes(tx, some, outcomes.slice(at, at + some.length), result));
  if (result.attempts.size > 0)
    run.store.write(
      (tx) => {
        for (const [change, error] of result.attempts) countAttempt(tx, change, error, run.clock.now());
      },
      { durable: true },
    );
  return result;
};

/** A transaction for every few emails; with the last one all are on disk. */
const inSteps = async (
  { store }: Run,
  emails: BatchEmail[],
  step: (tx: WriteDb, some: BatchEmail[], at: number) => void,
): Promise<void> => {
  const pieces = inPieces(emails, EMAILS_AT_ONCE);
  for (const [index, some] of pieces.entries()) {
    store.write((tx) => step(tx, some, index * EMAILS_AT_ONCE), { durable: index === pieces.length - 1 });
    await store.pause();
  }
};

/** The server moved on: what it has comes first, then the same changes on top of it. No attempt of theirs. */
const afterStale = async (run: Run): Promise<'stale' | 'enough'> => {
  run.staleInRow += 1;
  if (run.staleInRow >= MOST_STALE) return 'enough';
  await run.pull(new Set());
  return 'stale';
};

/** Puts a push to the server. Where that throws, nothing was done, and `undo` takes the mark away. */
const send = async (run: Run, push: Push, relaxed: boolean, undo: () => Promise<void>): Promise<Outcome[]> => {
  const cursors: Cursors = run.store.read(readCursors);
  try {
    return await run.driver.push(push, { cursors, relaxed }, run.signal);
  } catch (error) {
    await undo();
    throw error;
  }
};

/** Sends the changes of mailboxes that are due, one by one; true when any was settled. */
const flushMailboxes = async (run: Run): Promise<boolean> => {
  let settled = false;
  for (const change of run.store.read((db) => dueMailboxChanges(db, run.clock.now()))) {
    const result = await sendMailbox(run, change);
    if (result === 'enough') return settled;
    settled ||= result === 'settled';
  }
  run.staleInRow = 0;
  return settled;
};

const sendMailbox = async (run: Run, due: StoredChange): Promise<'settled' | 'enough' | 'nothing'> => {
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

/** One attempt at a change of a mailbox; undefined where it was taken back or settled meanwhile. */
const tryMailbox = async (run: Run, id: number): Promise<Outcome | undefined> => {
  const { store, clock } = run;
  const change = store.read((db) => readChange(db, id));
  if (change?.stage !== 'queued') return undefined;
  const mailbox = store.read((db) => mailboxPush(db, change));
  const stage = (to: 'inflight' | 'queued'): void => store.write((tx) => setStage(tx, id, to), { durable: true });
  stage('inflight');
  const [outcome = unsent] =
    'refused' in mailbox
      ? [{ result: 'refused' as const, error: mailbox.refused }]
      : await send(run, { type: 'mailbox', mailbox }, false, async () => stage('queued'));
  store.write(
    (tx) => {
      recordMailboxOutcome(tx, change, outcome);
      if (outcome.result === 'failed') countAttempt(tx, id, outcome.error, clock.now());
    },
    { durable: true },
  );
  return outcome;
};

const unsent: Outcome = { result: 'stale' };
