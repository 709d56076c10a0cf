import { TernError } from '../../src-shared/errors.ts';
import { compose, type EmailEffect, type EmailState, project } from '../../src-shared/project.ts';
import type { EmailPush } from '../driver/driver.ts';
import type { ReadDb } from '../store/db.ts';
import { readBase } from '../store/emailState.ts';
import { remoteMailboxId } from '../store/mailboxes.ts';
import { type EmailQueue, type QueuePlace, queuedBehind, unsettledOf } from '../store/pendingEmails.ts';
import type { SentEmail } from './settle.ts';

/** One email of a batch. `refused`: it cannot be sent at all, and why. */
export type BatchEmail = SentEmail & { push: EmailPush; refused?: TernError };

export const queueStart: QueuePlace = { change: 0, email: 0 };

/** How a piece of a batch is put together. `separately`: emails of which only one change goes at a time. */
export type BatchOptions = {
  now: number;
  limit: number;
  /** Emails that are in the batch already. */
  taken: { has(email: number): boolean };
  separately: ReadonlySet<number>;
  /** Only emails whose changes mean the same whatever the server has by now. */
  onlyKeywords: boolean;
};

/**
 * The next emails of the queue that are due, each with all that can go out for it in one patch (docs/sync.md P2), and
 * where to go on. An email whose earlier change is under way or has to wait is passed over: order holds per email alone.
 */
export const nextBatch = (
  db: ReadDb,
  start: QueuePlace,
  options: BatchOptions,
): { emails: BatchEmail[]; next: QueuePlace | null } => {
  const batch: BatchEmail[] = [];
  for (let place = start; ; ) {
    const wanted = options.limit - batch.length;
    const page = queuedBehind(db, options.now, place, wanted);
    const met = new Set(page.map(({ email }) => email).filter((email) => !options.taken.has(email)));
    for (const { email } of batch) met.delete(email);
    for (const queue of unsettledOf(db, [...met], options.now)) {
      const email = sendable(db, queue, options);
      if (email) batch.push(email);
    }
    place = page.at(-1) ?? place;
    if (page.length < wanted) return { emails: batch, next: null };
    if (batch.length >= options.limit) return { emails: batch, next: place };
  }
};

const sendable = (
  db: ReadDb,
  { email, remoteId, targets: waiting }: EmailQueue,
  options: BatchOptions,
): BatchEmail | null => {
  const targets: SentEmail['targets'] = [];
  for (const target of waiting) {
    if (!target.ready || target.stage === 'inflight') break;
    const ends = target.effect.destroy === true || options.separately.has(email);
    if (ends && targets.length > 0) break;
    // A note is about what went out together: that is finished before anything is added to it.
    if (targets[0] && target.journal !== targets[0].journal) break;
    targets.push(target);
    if (ends) break;
  }
  const [first] = targets;
  if (!first || remoteId === null) return null;
  const effect = compose(targets.map((target) => target.effect));
  const { keywords = {}, mailboxes = {}, destroy = false } = effect;
  const whole = Object.keys(keywords).some((keyword) => /[/~]/.test(keyword));
  const moves = Object.keys(mailboxes).length > 0;
  if (options.onlyKeywords && (destroy || whole || moves)) return null;
  // Read only where it matters: most changes are of keywords alone.
  const base = (): EmailState => readBase(db, email) ?? { keywords: [], mailboxes: [], destroyed: false };
  const push: EmailPush = {
    remoteId,
    keywords,
    mailboxes: remoteMailboxes(db, mailboxes),
    destroy,
    journal: first.journal,
    ...(whole ? { wholeKeywords: project(base(), [{ keywords }]).keywords } : {}),
  };
  const refused = destroy
    ? movedMeanwhile(base().mailboxes, first.overwritten.mailboxes)
    : moves && homeless(db, base(), effect);
  return { email, targets, push, ...(refused ? { refused } : {}) };
};

/** Cyrus destroys an email that is put into a mailbox which is gone, or taken from its last one: never sent. */
const homeless = (db: ReadDb, base: EmailState, effect: EmailEffect): TernError | undefined => {
  const named = Object.entries(effect.mailboxes ?? {});
  const exists = (mailbox: number): boolean => remoteMailboxId(db, mailbox) != null;
  if (named.some(([mailbox, on]) => on && !exists(Number(mailbox))))
    return new TernError('notFound', 'the mailbox was deleted elsewhere');
  if (project(base, [effect]).mailboxes.some(exists)) return undefined;
  return new TernError('conflict', 'the email was taken from its other mailboxes meanwhile: it would be in none');
};

/** By the server's ids; one that is gone cannot be left. */
const remoteMailboxes = (db: ReadDb, mailboxes: Record<string, boolean>): Record<string, boolean> =>
  Object.fromEntries(
    Object.entries(mailboxes).flatMap(([mailbox, on]) => {
      const remote = remoteMailboxId(db, Number(mailbox));
      return remote == null ? [] : [[remote, on]];
    }),
  );

/** Nobody wants to destroy what has been put somewhere else since. */
const movedMeanwhile = (now: readonly number[], seen: readonly number[]): TernError | undefined => {
  const same = now.length === seen.length && now.every((mailbox) => seen.includes(mailbox));
  return same ? undefined : new TernError('conflict', 'the email was moved elsewhere meanwhile: it was not destroyed');
};
