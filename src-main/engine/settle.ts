import { compose, satisfies } from '../../src-shared/project.ts';
import type { RemoteEmailState } from '../../src-shared/remote.ts';
import type { Outcome } from '../driver/driver.ts';
import { assertNever } from '../lib/assert.ts';
import type { WriteDb } from '../store/db.ts';
import { acceptEffects, readBase, refreshEmail } from '../store/emailState.ts';
import { acceptRemoteState } from '../store/emails.ts';
import {
  dependants,
  readChange,
  restage,
  type StoredChange,
  setAttempts,
  setDependsOn,
  setError,
  setOutcomeUnknown,
  setStage,
} from '../store/pending.ts';
import { failTarget } from '../store/pendingDropped.ts';
import { allTargets, type EmailTarget, inflightOf, stageTargets, targetsIn } from '../store/pendingEmails.ts';
import type { StoredError } from '../store/storedError.ts';
import { settleCopies } from './copies.ts';
import { failMailboxChange } from './settleMailboxes.ts';

/** So often a change is put to the server and fails before it is given up, with these pauses in between, in ms. */
const ATTEMPTS = 5;
export const PAUSES = [5_000, 30_000, 120_000, 600_000];

/** One email with the changes that went out for it together, in order. */
export type SentEmail = { email: number; targets: EmailTarget[] };

/** One that the server could not change, with its reason. `together`: which may be another email of its batch. */
export type FailedEmail = SentEmail & { error: StoredError; together: boolean };

/** What became of a batch, beyond what is recorded with each email. */
export type BatchResult = {
  done: number;
  refused: number;
  stale: boolean;
  /** Emails whose changes were refused together: each has to be sent by itself, to tell which it was. */
  separately: number[];
  failed: FailedEmail[];
  /** Changes without an answer. */
  unknown: Set<number>;
};

/** The result of a batch of which nothing is known yet. */
export const noResult = (): BatchResult => ({
  done: 0,
  refused: 0,
  stale: false,
  separately: [],
  failed: [],
  unknown: new Set(),
});

/** Records what became of some emails of a batch, in one transaction (docs/sync.md P5), and adds to its result. */
export const recordOutcomes = (
  tx: WriteDb,
  sent: readonly SentEmail[],
  outcomes: readonly Outcome[],
  result: BatchResult,
): void => {
  const done = sent.flatMap(({ targets }, index) => (outcomes[index]?.result === 'done' ? targets : []));
  stageTargets(tx, done, 'acknowledged');
  for (const [index, each] of sent.entries()) recordOutcome(tx, each, outcomes[index] ?? { result: 'stale' }, result);
  restage(tx, ...changesOf(sent));
  for (const change of result.unknown) setOutcomeUnknown(tx, change, true);
};

const changesOf = (sent: readonly SentEmail[]): Set<number> =>
  new Set(sent.flatMap(({ targets }) => targets.map(({ change }) => change)));

const recordOutcome = (tx: WriteDb, { email, targets }: SentEmail, outcome: Outcome, result: BatchResult): void => {
  switch (outcome.result) {
    case 'done':
      result.done += 1;
      return acknowledge(tx, email, targets, outcome.state);
    case 'refused':
      if (targets.length > 1) {
        result.separately.push(email);
        return stageTargets(tx, targets, 'queued');
      }
      result.refused += 1;
      return refuse(tx, email, targets, outcome.error);
    case 'failed':
      result.failed.push({ email, targets, error: outcome.error, together: outcome.together === true });
      return stageTargets(tx, targets, 'queued');
    case 'unknown':
      for (const { change } of targets) result.unknown.add(change);
      return;
    case 'stale':
      result.stale = true;
      return stageTargets(tx, targets, 'queued');
    default:
      assertNever(outcome);
  }
};

/** Before a batch is written to the server: should the answer never come, it is known that it may have arrived. */
export const markInflight = (tx: WriteDb, sent: readonly SentEmail[]): void => {
  stageTargets(
    tx,
    sent.flatMap(({ targets }) => targets),
    'inflight',
  );
  restage(tx, ...changesOf(sent));
};

/** The server has it, its targets are staged so: folded into the base, and still shown on top until a pull has confirmed it (P3). */
const acknowledge = (tx: WriteDb, email: number, targets: readonly EmailTarget[], state?: RemoteEmailState): void => {
  const effects = targets.map(({ effect }) => effect);
  if (!state) return acceptEffects(tx, email, effects);
  acceptRemoteState(tx, email, state);
  settleCopies(tx, email, targets, compose(effects));
  refreshEmail(tx, email);
};

const refuse = (tx: WriteDb, email: number, targets: readonly EmailTarget[], error: StoredError): void => {
  for (const target of targets) {
    failTarget(tx, target);
    setError(tx, target.change, { kind: error.kind, message: error.message });
  }
  refreshEmail(tx, email);
};

/** Why a change counts an attempt to which no answer came. */
export const noAnswer = { kind: 'network', message: 'the server did not answer, and did not do it' } as const;

/**
 * Counts an attempt that failed: later again, or, after the fifth, never. What is given up are the emails that were `tried`;
 * the change goes on with others that it still has, from its first attempt.
 */
export const countAttempt = (
  tx: WriteDb,
  id: number,
  error: StoredError,
  now: number,
  tried: Emails = everyEmail,
): void => {
  const change = readChange(tx, id);
  // Nothing is left of one that failed.
  if (!change || change.stage === 'failed') return;
  const attempts = change.attempts + 1;
  setAttempts(tx, id, attempts, now + (PAUSES[attempts - 1] ?? 0));
  const told = { kind: error.kind, message: error.message };
  if (attempts < ATTEMPTS) {
    // Where some emails were refused for good, that stays the reason to be told.
    if (targetsIn(tx, id, 'failed', 0, 1).length === 0) setError(tx, id, told);
  } else {
    failChange(tx, change, { ...told, message: `given up after ${ATTEMPTS} attempts: ${told.message}` }, tried);
    if (readChange(tx, id)?.stage === 'queued') setAttempts(tx, id, 0, now);
  }
};

type Emails = { has(email: number): boolean };
const everyEmail: Emails = { has: () => true };

/** Gives up what is left of a change, of some emails or of all: the view falls back to what the server has. */
const failChange = (tx: WriteDb, change: StoredChange, error: StoredError, emails: Emails = everyEmail): void => {
  setError(tx, change.id, error);
  const left = allTargets(tx, change.id).filter(({ email, stage }) => stage === 'queued' && emails.has(email));
  for (const target of left) {
    failTarget(tx, target);
    refreshEmail(tx, target.email);
  }
  if (change.type === 'mailbox') failMailboxChange(tx, change);
  restage(tx, change.id);
};

/** Lets go on what waited for a change that is settled, and gives up what waited for one that failed. */
export const sweepDependants = (tx: WriteDb): void => {
  for (const change of dependants(tx)) {
    const stages = change.dependsOn.map((id) => ({ id, stage: readChange(tx, id)?.stage ?? 'failed' }));
    if (stages.some(({ stage }) => stage === 'failed')) {
      setDependsOn(tx, change.id, []);
      failChange(tx, change, { kind: 'cancelled', message: 'a change that it depends on failed' });
    } else {
      const waiting = stages.flatMap(({ id, stage }) => (stage === 'queued' || stage === 'inflight' ? [id] : []));
      if (waiting.length < stages.length) setDependsOn(tx, change.id, waiting);
    }
  }
};

/**
 * Settles emails of a change whose answer was lost by what the server has now: done, or to be sent again. What went out
 * together for an email is settled together: a later change may undo what an earlier one of the same patch did, and sent
 * again alone, the earlier one would win. Answers the changes that are to be sent again.
 */
export const settleUnknownEmails = (tx: WriteDb, change: StoredChange): Set<number> => {
  const again = new Set<number>();
  for (;;) {
    const page = targetsIn(tx, change.id, 'inflight');
    if (page.length === 0) return again;
    for (const { email } of page) {
      const sent = inflightOf(tx, email);
      const base = readBase(tx, email);
      const happened = base !== undefined && satisfies(base, compose(sent.map(({ effect }) => effect)));
      stageTargets(tx, sent, happened ? 'done' : 'queued');
      if (!happened) for (const each of sent) again.add(each.change);
      refreshEmail(tx, email);
    }
  }
};

/** A change is no longer under way: its stage is what its emails say, or, of a mailbox, to be sent again. */
export const noLongerUnknown = (tx: WriteDb, change: StoredChange): void => {
  setOutcomeUnknown(tx, change.id, false);
  if (change.type === 'mailbox') setStage(tx, change.id, 'queued');
  else restage(tx, change.id);
};
