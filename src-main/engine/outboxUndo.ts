import type { ChangeType } from '../../src-shared/change.ts';
import { asTernError, TernError, toWire, type WireError } from '../../src-shared/errors.ts';
import { type EmailEffect, type EmailState, inverse } from '../../src-shared/project.ts';
import type { Clock } from '../lib/clock.ts';
import type { Store, WriteDb } from '../store/db.ts';
import { type EmailRow, effectiveState, emailRow, refreshEmail, writeBase } from '../store/emailState.ts';
import { addLocalMailbox, mailboxNamed } from '../store/mailboxes.ts';
import { mailboxBase, mailboxState, refreshMailbox, writeMailboxBase } from '../store/mailboxState.ts';
import {
  readChange,
  removeChange,
  restage,
  type StoredChange,
  setAttempts,
  setDependsOn,
  setError,
  setStage,
} from '../store/pending.ts';
import { dropTarget } from '../store/pendingDropped.ts';
import { allTargets, type EmailTarget, seenAnew, stageTarget, targetsIn } from '../store/pendingEmails.ts';
import { mailboxTargets } from '../store/pendingMailboxes.ts';
import { copiedTo } from './copies.ts';
import { localId } from './effects.ts';
import { deletionOf } from './mailboxPush.ts';
import { submitMailboxChange } from './outboxMailboxes.ts';
import { creationOf, recordChange } from './record.ts';
import { sweepDependants } from './settle.ts';

/** Every change by its id, or none: an unknown one refuses the call. */
const neededChanges = (tx: WriteDb, ids: readonly string[]): StoredChange[] =>
  ids.map((id, index) => {
    const change = readChange(tx, localId(id));
    if (!change) throw new TernError('notFound', 'no such change', { field: `ids.${index}` });
    return change;
  });

/** Puts failed changes back into the queue, and makes waiting ones due now, with all their attempts ahead of them. */
export const retryChanges = (store: Store, clock: Clock, ids: readonly string[]): { ids: string[] } =>
  store.write(
    (tx) => {
      for (const change of neededChanges(tx, ids).toSorted((a, b) => a.id - b.id)) retry(tx, change, clock.now());
      return { ids: [...ids] };
    },
    { durable: true },
  );

const retry = (tx: WriteDb, change: StoredChange, now: number): void => {
  const deletion = change.type === 'mailbox' && change.stage === 'failed' ? deletionOf(tx, change) : undefined;
  if (deletion) {
    // With what is in the mailbox by now: the person has been told of that, and asks again.
    takeBack(tx, change);
    return void submitMailboxChange(tx, deletion, 'ids', now, change.id);
  }
  setAttempts(tx, change.id, 0, now);
  const failed = allTargets(tx, change.id).filter(({ stage }) => stage === 'failed');
  if (change.type === 'mailbox' && change.stage === 'failed') retryMailbox(tx, change);
  const parents = mailboxTargets(tx, change.id).flatMap(({ effect }) => effect.parent ?? []);
  const dependsOn = new Set(parents.flatMap((parent) => creationOf(tx, parent) ?? []));
  // An email that is gone, or marked as deleted, stays failed, with the reason: there is nothing to send.
  const there = failed.flatMap(({ email, effect }) => {
    const row = emailRow(tx, email);
    return row && (row.is_hidden === 0 || row.pending > 0) ? [{ email, effect, row }] : [];
  });
  const held = there.filter(({ row, effect }) => !wouldDouble(effectiveState(row), effect));
  if (held.length < there.length) setError(tx, change.id, { kind: movedOn.kind, message: movedOn.message });
  for (const { email, effect, row } of held) {
    const before = effectiveState(row);
    if (row.pending === 0) writeBase(tx, email, before);
    const overwritten = { mailboxes: before.mailboxes, inverse: inverse(before, effect) };
    seenAnew(tx, { change: change.id, email, overwritten });
    stageTarget(tx, change.id, email, 'queued');
    refreshEmail(tx, email);
    for (const mailbox of Object.keys(effect.mailboxes ?? {})) {
      const creation = creationOf(tx, Number(mailbox));
      if (creation !== undefined && creation !== change.id) dependsOn.add(creation);
    }
  }
  if (held.length === 0 && change.type !== 'mailbox') return;
  if (change.stage === 'failed') {
    setDependsOn(tx, change.id, [...dependsOn]);
    if (held.length === failed.length) setError(tx, change.id, null);
  }
  restage(tx, change.id);
};

const movedOn = new TernError('conflict', 'the email has been moved on since: it stays there');

/** A move of an email that has left all that it takes it from, as by what was done later: it would be in one place more. */
const wouldDouble = ({ mailboxes: now }: EmailState, { mailboxes = {} }: EmailEffect): boolean => {
  const named = (wanted: boolean): number[] =>
    Object.entries(mailboxes).flatMap(([mailbox, on]) => (on === wanted ? [Number(mailbox)] : []));
  const from = named(false);
  return from.length > 0 && !from.some((id) => now.includes(id)) && !named(true).every((id) => now.includes(id));
};

const retryMailbox = (tx: WriteDb, change: StoredChange): void => {
  setStage(tx, change.id, 'queued');
  for (const { mailbox, effect } of mailboxTargets(tx, change.id)) {
    const state = mailboxState(tx, mailbox);
    // A creation that failed left nothing behind; it comes back under the id the caller knows.
    if (!state && effect.exists) {
      if (mailboxNamed(tx, effect.name ?? '', effect.parent ?? null) !== undefined)
        throw new TernError('conflict', 'there is a mailbox of this name already');
      addLocalMailbox(tx, effect.name ?? '', effect.parent ?? null, mailbox);
    }
    const base = mailboxState(tx, mailbox);
    if (base && !mailboxBase(tx, mailbox)) writeMailboxBase(tx, mailbox, base);
    refreshMailbox(tx, mailbox);
  }
};

/**
 * Gives up what of these changes is not on the server, and dismisses what failed; what may be there is undone. Throws
 * `conflict` while one is sent.
 */
export const discardChanges = (store: Store, clock: Clock, ids: readonly string[]): { ids: string[] } =>
  store.write(
    (tx) => {
      for (const change of neededChanges(tx, ids)) {
        if (isUnderWay(tx, change))
          throw new TernError('conflict', 'the change is on its way to the server', { field: 'ids' });
        takeBack(tx, change, undoUncertain(tx, change, clock.now()));
      }
      sweepDependants(tx);
      return { ids: [...ids] };
    },
    { durable: true },
  );

/** Also what was begun: half of it may be on the server, so it is finished, or fails, first. */
const isUnderWay = (tx: WriteDb, change: StoredChange): boolean =>
  allTargets(tx, change.id).some(({ stage, journal }) => journal !== null && stage !== 'acknowledged') ||
  (!change.outcomeUnknown && (change.stage === 'inflight' || targetsIn(tx, change.id, 'inflight', 0, 1).length > 0));

/**
 * Undoes what was sent without an answer: only dropped, it would come to light where it may have gone after a later change
 * had taken it from where it was, and be in both. Answers those emails: their change is still to be settled.
 */
const undoUncertain = (tx: WriteDb, change: StoredChange, now: number): Set<number> => {
  if (change.type === 'mailbox') return new Set();
  const undone = allTargets(tx, change.id).filter(
    (target) => target.stage === 'inflight' && whyNot(tx, target) === null,
  );
  const affected = undone.flatMap((target) => inverseOf(tx, target));
  if (affected.length > 0) recordChange(tx, inverseType(change), { undoes: change.id }, affected, now);
  return new Set(undone.map(({ email }) => email));
};

const inverseType = ({ type }: StoredChange): ChangeType => (type === 'keywords' ? 'keywords' : 'mailboxes');

/** Takes a change back where the server does not have it: the view is what it was without. */
const takeBack = (tx: WriteDb, change: StoredChange, undone: ReadonlySet<number> = new Set()): void => {
  const targets = allTargets(tx, change.id);
  const taken = targets.filter(
    ({ stage, email }) => stage !== 'acknowledged' && stage !== 'done' && !undone.has(email),
  );
  const mailboxes = mailboxTargets(tx, change.id);
  for (const target of taken) dropTarget(tx, target);
  const whole = taken.length === targets.length && (change.type !== 'mailbox' || change.stage !== 'acknowledged');
  if (whole) removeChange(tx, change.id);
  else restage(tx, change.id);
  // Mailboxes first: where an email is seen depends on which of them are.
  if (whole) for (const { mailbox } of mailboxes) refreshMailbox(tx, mailbox);
  for (const { email } of taken) refreshEmail(tx, email);
};

/** What an undo did, and what it could not take back, with the reason. */
export type Undone = { ids: string[]; failed: { id: string; error: WireError }[] };

/**
 * Takes changes back, the latest first: those still queued are as if they had never been, those on the server get their
 * inverse, from the values the rows had. What cannot be undone is told by id; the others are undone all the same.
 */
export const undoChanges = (store: Store, clock: Clock, ids: readonly string[]): Undone =>
  store.write(
    (tx) => {
      const result: Undone = { ids: [], failed: [] };
      for (const change of neededChanges(tx, ids).toSorted((a, b) => b.id - a.id)) {
        const id = String(change.id);
        try {
          undo(tx, change, clock.now());
          result.ids.push(id);
        } catch (error) {
          if (asTernError(error).kind === 'bug') throw error;
          result.failed.push({ id, error: toWire(error) });
        }
      }
      sweepDependants(tx);
      return result;
    },
    { durable: true },
  );

const undo = (tx: WriteDb, change: StoredChange, now: number): void => {
  if (change.type === 'mailbox') {
    if (change.stage === 'queued' || change.stage === 'failed') takeBack(tx, change);
    else undoMailboxChange(tx, change, now);
    return;
  }
  const sent = allTargets(tx, change.id).filter(isSent);
  const reasons = sent.map((target) => whyNot(tx, target));
  const affected = sent.flatMap((target, index) => (reasons[index] ? [] : inverseOf(tx, target)));
  if (sent.length === 0) takeBack(tx, change);
  else removeUnsent(tx, change);
  if (affected.length > 0) recordChange(tx, inverseType(change), { undoes: change.id }, affected, now);
  // The others are undone: this one is told of.
  const reason = reasons.find((each) => each !== null);
  if (reason) throw reason;
};

/** Why what was done to an email on the server cannot be taken back; null where it can. */
const whyNot = (tx: WriteDb, target: EmailTarget): TernError | null => {
  if (target.effect.destroy)
    return new TernError('unsupported', 'what was destroyed on the server cannot be brought back');
  if (copiedTo(target).length > 0)
    return new TernError('unsupported', 'what was copied on the server is another email by now: it can be deleted');
  return isMovedOn(tx, target) ? movedOn : null;
};

/** Whether an email is, as the person sees it, nowhere that a move had put it. */
const hasLeft = (row: EmailRow, { overwritten }: EmailTarget): boolean => {
  const put = Object.entries(overwritten.inverse.mailboxes ?? {}).flatMap(([id, on]) => (on ? [] : [Number(id)]));
  return put.length > 0 && !effectiveState(row).mailboxes.some((mailbox) => put.includes(mailbox));
};

/** It has left for somewhere else than it came from: brought back, it would be in both. */
const isMovedOn = (tx: WriteDb, target: EmailTarget): boolean => {
  const row = emailRow(tx, target.email);
  if (!row || row.is_hidden === 1 || !hasLeft(row, target)) return false;
  const { mailboxes } = effectiveState(row);
  return Object.entries(target.overwritten.inverse.mailboxes ?? {}).some(
    ([mailbox, on]) => on && !mailboxes.includes(Number(mailbox)),
  );
};

/** Also what was begun and is waiting to be finished: half of it may be on the server. */
const isSent = ({ stage, journal }: EmailTarget): boolean =>
  journal !== null || (stage !== 'queued' && stage !== 'failed');

const removeUnsent = (tx: WriteDb, change: StoredChange): void => {
  const unsent = allTargets(tx, change.id).filter((target) => !isSent(target));
  for (const target of unsent) {
    dropTarget(tx, target);
    refreshEmail(tx, target.email);
  }
  restage(tx, change.id);
};

const inverseOf = (tx: WriteDb, target: EmailTarget): Parameters<typeof recordChange>[3] => {
  const row = emailRow(tx, target.email);
  const { keywords = {}, mailboxes = {} } = target.overwritten.inverse;
  if (!row || row.is_hidden === 1 || Object.keys(keywords).length + Object.keys(mailboxes).length === 0) return [];
  // Back already, by what was done later.
  if (hasLeft(row, target)) return [];
  return [{ row, before: effectiveState(row), effect: { keywords, mailboxes } }];
};

const undoMailboxChange = (tx: WriteDb, change: StoredChange, now: number): void => {
  for (const { mailbox, effect, overwritten } of mailboxTargets(tx, change.id)) {
    const id = String(mailbox);
    if (effect.exists === false)
      throw new TernError('unsupported', 'a mailbox that was deleted on the server cannot be brought back');
    if (effect.exists) submitMailboxChange(tx, { type: 'mailbox', op: 'delete', mailbox: id }, 'ids', now);
    else {
      const parent = overwritten.parent === null ? null : String(overwritten.parent);
      const back = {
        ...(effect.name === undefined ? {} : { name: overwritten.name }),
        ...(effect.parent === undefined ? {} : { parent }),
      };
      submitMailboxChange(tx, { type: 'mailbox', op: 'rename', mailbox: id, ...back }, 'ids', now);
    }
  }
};
