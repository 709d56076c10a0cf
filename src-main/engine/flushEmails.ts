import type { Outcome } from '../driver/driver.ts';
import { inPieces } from '../lib/async.ts';
import type { WriteDb } from '../store/db.ts';
import { type QueuePlace, queuedOf, setJournal } from '../store/pendingEmails.ts';
import { type BatchEmail, nextBatch, queueStart } from './batch.ts';
import {
  afterStale,
  BATCH_GROWTH,
  BATCH_PART,
  FIRST_BATCH,
  type FlushRun,
  MOST_FRUITLESS,
  RELAXED_FROM,
  send,
} from './flushRun.ts';
import {
  type BatchResult,
  countAttempt,
  type FailedEmail,
  markInflight,
  noResult,
  recordOutcomes,
  sweepDependants,
} from './settle.ts';

/** Emails that go out together, as many as the limit lets; and where in the queue to go on behind them. */
type Batch = { from: QueuePlace; limit: number; emails: BatchEmail[]; next: QueuePlace | null; relaxed: boolean };
type Answered = { batch: Batch; outcomes: Outcome[] };

/**
 * One pass over the queued emails; true when it got anywhere, so that another pass may find more. While one batch is on
 * its way, the answers of the one before are recorded and the next is put together.
 */
export const flushEmails = async (run: FlushRun): Promise<boolean> => {
  try {
    return await onePass(run);
  } finally {
    countAttempts(run);
    run.uncounted.clear();
    run.failing.clear();
    run.fruitless = 0;
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
    const arePlain = outcomes.every(isPlain);
    if (arePlain) run.staleInRow = 0;
    if (arePlain && !outcomes.some(isTogether)) {
      if (!ahead && !batch.next) break;
      batch = ahead ?? (await gatherBatch(run, batch.next ?? queueStart));
      continue;
    }
    if (ahead) await requeue(run, ahead);
    const again = await lookAfter(run, answered);
    answered = null;
    if (again === 'enough') return settled;
    settled ||= again === 'settled';
    const isSame = again === 'stale' || again === 'smaller';
    batch = await gatherBatch(run, isSame ? batch.from : (batch.next ?? queueEnd));
  }
  return (answered ? await record(run, answered) : false) || settled;
};

const queueEnd: QueuePlace = { change: Number.MAX_SAFE_INTEGER, email: 0 };

/** Nothing has to be looked up before the next batch goes out. */
const isPlain = ({ result }: Outcome): boolean => result !== 'stale' && result !== 'unknown';

/** The server failed several at once, or did not answer: it may be for one of them, and nobody can tell which. */
const isTogether = (outcome: Outcome | undefined): boolean =>
  (outcome?.result === 'failed' || outcome?.result === 'unknown') && outcome.together === true;

/** No answer came, and that counts as an attempt where the server did not do it. */
const isLost = (outcome: Outcome | undefined): outcome is Extract<Outcome, { result: 'unknown' }> =>
  outcome?.result === 'unknown' && outcome.counts;

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
  let next: QueuePlace | null = from;
  while (next && emails.size < limit) {
    const at: QueuePlace = next;
    const some = Math.min(EMAILS_AT_ONCE, limit - emails.size);
    const piece = store.read((db) =>
      nextBatch(db, at, { now: clock.now(), limit: some, taken, separately, onlyKeywords }),
    );
    for (const each of piece.emails) emails.set(each.email, each);
    ({ next } = piece);
    if (piece.emails.length > 0) store.write((tx) => markInflight(tx, piece.emails));
    await store.pause();
  }
  // One mark that is on disk puts all before it there.
  if (emails.size > 0) store.write((tx) => markInflight(tx, [...emails.values()].slice(-1)), { durable: true });
  if (emails.size === limit) run.batchSize = limit * BATCH_GROWTH;
  return { from, limit, emails: [...emails.values()], next, relaxed: onlyKeywords };
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

/**
 * Records a batch of which some failed together, or some outcomes are not plain, and asks the server what became of those. Where
 * several emails failed together, one of them may have been the reason: they go again in smaller batches, at no attempt's cost.
 */
const lookAfter = async (
  run: FlushRun,
  answered: Answered,
): Promise<'settled' | 'nothing' | 'smaller' | 'stale' | 'enough'> => {
  const { unknown, stale, done, separately, refused, failed } = await recordAll(run, answered);
  if (unknown.size > 0) await run.pull(new Set());
  const lost = await notDone(run, answered);
  const happened = answered.outcomes.filter(isLost).length - lost.length;
  const together = [...failed, ...lost].filter((each) => each.together);
  // Where not even one email could be tried alone in this pass, all count, so that it has an end.
  const isLast = run.fruitless >= MOST_FRUITLESS && run.uncounted.size === 0;
  const isSmaller = together.length > 1 && !isLast;
  for (const each of lost) if (!each.together) blame(run, each);
  if (!isSmaller) for (const each of together) blame(run, each);
  run.batchSize =
    together.length > 0
      ? Math.max(1, Math.floor(together.length / BATCH_PART))
      : Math.min(FIRST_BATCH, answered.batch.limit * BATCH_GROWTH);
  if (run.fruitless >= MOST_FRUITLESS) return 'enough';
  if (stale) return afterStale(run);
  if (isSmaller) return 'smaller';
  // What a gateway swallowed is due at once, and counts no attempt: it has the time until the next cycle.
  return done + separately.length + refused + happened > 0 ? 'settled' : 'nothing';
};

/** Emails of which no answer came and which, as a pull has told, the server did not change. */
const notDone = async ({ store }: FlushRun, { batch, outcomes }: Answered): Promise<FailedEmail[]> => {
  const undone: FailedEmail[] = [];
  const lost = batch.emails.flatMap((each, index) => {
    const outcome = outcomes[index];
    return isLost(outcome) ? [{ ...each, error: outcome.error, together: isTogether(outcome) }] : [];
  });
  for (const some of inPieces(lost, EMAILS_AT_ONCE)) {
    const queued = store.read((db) =>
      some.filter(({ email, targets }) => queuedOf(db, email).some(({ change }) => change === targets[0]?.change)),
    );
    undone.push(...queued);
    await store.pause();
  }
  return undone;
};

/** Records outcomes, each with its email in one transaction. */
const recordAll = async (run: FlushRun, answered: Answered): Promise<BatchResult> => {
  const { batch, outcomes } = answered;
  const result = noResult();
  await inSteps(run, batch.emails, (tx, some, at) => {
    recordOutcomes(tx, some, outcomes.slice(at, at + some.length), result);
    sweepDependants(tx);
  });
  for (const each of result.failed) if (!each.together) blame(run, each);
  if (result.done > 0) run.fruitless = 0;
  else if (result.failed.length + result.unknown.size > 0) run.fruitless += 1;
  run.pushed(result.done);
  for (const email of result.separately) run.separately.add(email);
  return result;
};

/** The server could not change this email: its changes count an attempt, and it is not sent again in this pass. */
const blame = (run: FlushRun, { email, targets, error }: FailedEmail): void => {
  run.failing.add(email);
  for (const { change } of targets) run.uncounted.set(change, error);
};

/** One attempt for each change, however many of its emails failed: only now, as until then it went on with the others. */
const countAttempts = ({ store, clock, uncounted, failing }: FlushRun): void => {
  if (uncounted.size === 0) return;
  store.write(
    (tx) => {
      for (const [change, error] of uncounted) countAttempt(tx, change, error, clock.now(), failing);
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
