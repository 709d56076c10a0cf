import type { Outcome } from '../driver/driver.ts';
import { inPieces } from '../lib/async.ts';
import type { WriteDb } from '../store/db.ts';
import type { ChangeError } from '../store/pending.ts';
import { type QueuePlace, setJournal } from '../store/pendingEmails.ts';
import { type BatchEmail, type Company, nextBatch, queueStart } from './batch.ts';
import { afterStale, BATCH_GROWTH, FIRST_BATCH, type FlushRun, RELAXED_FROM, send } from './flushRun.ts';
import { type BatchResult, countAttempt, markInflight, noResult, recordOutcomes, sweepDependants } from './settle.ts';

/** Emails that go out together, and where in the queue to go on behind them. */
type Batch = { from: QueuePlace; emails: BatchEmail[]; next: QueuePlace | null; relaxed: boolean };
type Answered = { batch: Batch; outcomes: Outcome[] };

/**
 * One pass over the queued emails; true when it got anywhere, so that another pass may find more. While one batch is on
 * its way, the answers of the one before are recorded and the next is put together.
 */
export const flushEmails = async (run: FlushRun): Promise<boolean> => {
  try {
    return await onePass(run);
  } finally {
    countAttempts(run, run.uncounted);
    run.uncounted.clear();
    run.failing.clear();
  }
};

const onePass = async (run: FlushRun): Promise<boolean> => {
  let settled = false;
  let answered: Answered | null = null;
  let batch = await gatherBatch(run, queueStart);
  while (batch.emails.length > 0) {
    const flight = sendBatch(run, batch);
    // Whoever fails first is told of below; the other must not be told of as unhandled meanwhile.
    flight.catch(() => undefined);
    if (answered) settled = (await record(run, answered)) || settled;
    const ahead = batch.next && run.staleInRow === 0 ? await gatherBatch(run, batch.next) : null;
    const outcomes = await flight.catch(async (error: unknown) => {
      if (ahead) await requeue(run, ahead);
      throw error;
    });
    answered = { batch, outcomes };
    if (outcomes.every(isPlain)) {
      run.staleInRow = 0;
      if (run.fruitless >= MOST_FRUITLESS) {
        if (ahead) await requeue(run, ahead);
        break;
      }
      if (!ahead && !batch.next) break;
      batch = ahead ?? (await gatherBatch(run, batch.next ?? queueStart));
      continue;
    }
    if (ahead) await requeue(run, ahead);
    const again = await lookAfter(run, answered);
    answered = null;
    if (again === 'enough') return settled;
    settled ||= again === 'settled';
    batch = await gatherBatch(run, again === 'stale' ? batch.from : (batch.next ?? queueEnd));
  }
  return (answered ? await record(run, answered) : false) || settled;
};

const queueEnd: QueuePlace = { change: Number.MAX_SAFE_INTEGER, email: 0 };

/** Nothing has to be looked up before the next batch goes out. */
const isPlain = ({ result }: Outcome): boolean => result !== 'stale' && result !== 'unknown';

/** After so many batches in a row of which the server did nothing, what is left has the time until the next cycle. */
const MOST_FRUITLESS = 5;

/** So many emails of a batch are looked up, marked or recorded at a time: some 3 ms, so that reads get their turn. */
const EMAILS_AT_ONCE = 50;

const gatherBatch = async (run: FlushRun, from: QueuePlace): Promise<Batch> => {
  if (run.staleInRow >= RELAXED_FROM) {
    const keywords = await gather(run, from, true);
    if (keywords.emails.length > 0) return keywords;
  }
  return gather(run, from, false);
};

/** Marks what it gathers as under way in the same turn: whoever takes a change back from then on is told that it is. */
const gather = async (run: FlushRun, from: QueuePlace, onlyKeywords: boolean): Promise<Batch> => {
  const { store, clock, driver, separately } = run;
  const limit = Math.min(run.batchSize, driver.pushLimit());
  const emails = new Map<number, BatchEmail>();
  const taken = { has: (email: number): boolean => emails.has(email) || run.failing.has(email) };
  const company: Company = { changes: new Set(), attempts: 0 };
  let next: QueuePlace | null = from;
  let isFull = false;
  while (next && !isFull && emails.size < limit) {
    const at: QueuePlace = next;
    const some = Math.min(EMAILS_AT_ONCE, limit - emails.size);
    const piece = store.read((db) =>
      nextBatch(db, at, { now: clock.now(), limit: some, taken, company, separately, onlyKeywords }),
    );
    for (const each of piece.emails) emails.set(each.email, each);
    ({ next, isFull } = piece);
    if (piece.emails.length > 0) store.write((tx) => markInflight(tx, piece.emails));
    await store.pause();
  }
  // One mark that is on disk puts all before it there.
  if (emails.size > 0) store.write((tx) => markInflight(tx, [...emails.values()].slice(-1)), { durable: true });
  if (emails.size === limit) run.batchSize = limit * BATCH_GROWTH;
  return { from, emails: [...emails.values()], next, relaxed: onlyKeywords };
};

/** Puts a batch to the server; what cannot be sent at all is refused here. */
const sendBatch = async (run: FlushRun, batch: Batch): Promise<Outcome[]> => {
  const sent = batch.emails.filter((each) => !each.refused);
  const push = { type: 'emails' as const, emails: sent.map((each) => each.push) };
  const options = { relaxed: batch.relaxed, note: (notes: Map<string, string | null>) => noteSteps(run, sent, notes) };
  const outcomes = sent.length === 0 ? [] : await send(run, push, options, () => requeue(run, batch));
  return batch.emails.map(
    ({ refused }) => (refused ? { result: 'refused', error: refused } : outcomes.shift()) ?? { result: 'stale' },
  );
};

/** Keeps the driver's notes, by remote id, with the changes under way: on disk when it resolves. */
const noteSteps = (run: FlushRun, sent: BatchEmail[], notes: Map<string, string | null>): Promise<void> => {
  const noted = sent.filter(({ push }) => notes.has(push.remoteId));
  return inSteps(run, noted, (tx, some) => {
    for (const { email, push } of some) setJournal(tx, email, notes.get(push.remoteId) ?? null);
  });
};

const requeue = async (run: FlushRun, { emails }: Batch): Promise<void> => {
  const result = noResult();
  await inSteps(run, emails, (tx, some) => recordOutcomes(tx, some, [], result));
};

/** Records a batch all of whose outcomes are plain; true when that settled anything. */
const record = async (run: FlushRun, answered: Answered): Promise<boolean> => {
  const { done, separately, refused } = await recordAll(run, answered);
  return done + separately.length + refused > 0;
};

/** Records a batch of which some outcomes are not plain, and asks the server what became of those. */
const lookAfter = async (run: FlushRun, answered: Answered): Promise<'settled' | 'nothing' | 'stale' | 'enough'> => {
  const { unknown, stale, done, separately, refused } = await recordAll(run, answered);
  const counting = new Set([...unknown].flatMap(([change, counts]) => (counts ? [change] : [])));
  run.batchSize = FIRST_BATCH;
  if (unknown.size > 0) await run.pull(counting);
  if (run.fruitless >= MOST_FRUITLESS) return 'enough';
  if (stale) return afterStale(run);
  // What a gateway swallowed is due at once, and counts no attempt: it has the time until the next cycle.
  return done + separately.length + refused + counting.size > 0 ? 'settled' : 'nothing';
};

/**
 * Records outcomes, each with its email in one transaction, and then the attempts they cost: one for each change. A change that
 * got on with other emails goes on until each of its emails was tried: else one that cannot be changed would have those given up
 * that nobody asked for.
 */
const recordAll = async (run: FlushRun, { batch, outcomes }: Answered): Promise<BatchResult> => {
  const result = noResult();
  await inSteps(run, batch.emails, (tx, some, at) => {
    recordOutcomes(tx, some, outcomes.slice(at, at + some.length), result);
    sweepDependants(tx);
  });
  const { attempts, moved } = result;
  for (const email of result.failing) run.failing.add(email);
  for (const [change, error] of attempts) run.uncounted.set(change, error);
  const stuck = new Map([...attempts].filter(([change]) => !moved.has(change)));
  for (const change of stuck.keys()) run.uncounted.delete(change);
  countAttempts(run, stuck);
  if (result.done > 0) run.fruitless = 0;
  else if (attempts.size + result.unknown.size > 0) run.fruitless += 1;
  run.pushed(result.done);
  for (const email of result.separately) run.separately.add(email);
  return result;
};

const countAttempts = (run: FlushRun, attempts: ReadonlyMap<number, ChangeError>): void => {
  if (attempts.size === 0) return;
  run.store.write(
    (tx) => {
      for (const [change, error] of attempts) countAttempt(tx, change, error, run.clock.now());
      sweepDependants(tx);
    },
    { durable: true },
  );
};

/** A transaction for every few emails; with the last one all are on disk. */
const inSteps = async (
  { store }: FlushRun,
  emails: BatchEmail[],
  step: (tx: WriteDb, some: BatchEmail[], at: number) => void,
): Promise<void> => {
  const pieces = inPieces(emails, EMAILS_AT_ONCE);
  for (const [index, some] of pieces.entries()) {
    store.write((tx) => step(tx, some, index * EMAILS_AT_ONCE), { durable: index === pieces.length - 1 });
    await store.pause();
  }
};
