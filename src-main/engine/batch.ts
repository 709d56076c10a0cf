import { TernError } from '../../src-shared/errors.ts';
import { compose, type EmailEffect, type EmailState, project } from '../../src-shared/project.ts';
import type { EmailPush } from '../driver/driver.ts';
import type { ReadDb } from '../store/db.ts';
import { readBase } from '../store/emailState.ts';
import { remoteEmailId } from '../store/emails.ts';
import { remoteMailboxId } from '../store/mailboxes.ts';
import { dueChanges } from '../store/pending.ts';
import { queuedEmails, unsettledOf } from '../store/pendingEmails.ts';
import type { SentEmail } from './settle.ts';

/** One email of a batch. `refused`: it cannot be sent at all, and why. */
export type BatchEmail = SentEmail & { push: EmailPush; refused?: TernError };

/** Where in the queue a batch ended: behind this email of this change. */
export type QueuePlace = { change: number; email: number };
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
  const batch = new Map<number, BatchEmail>();
  let place = start;
  for (;;) {
    const from = place.email > 0 ? place.change - 1 : place.change;
    const changes = dueChanges(db, options.now, from, options.limit - batch.size);
    if (changes.length === 0) return { emails: [...batch.values()], next: null };
    for (const { id, type } of changes) {
      const after = id === place.change ? place.email : 0;
      const wanted = options.limit - batch.size;
      const emails = type === 'mailbox' ? [] : queuedEmails(db, id, after, wanted);
      for (const email of emails) {
        const found = batch.has(email) || options.taken.has(email) ? null : sendable(db, email, options);
        if (found) batch.set(email, found);
      }
      place = { change: id, email: emails.at(-1) ?? 0 };
      if (batch.size >= options.limit) return { emails: [...batch.values()], next: place };
      // A page of a large change: the rest of it comes before the next change.
      if (emails.length === wanted) break;
    }
  }
};

const sendable = (db: ReadDb, email: number, options: BatchOptions): BatchEmail | null => {
  const targets: SentEmail['targets'] = [];
  for (const target of unsettledOf(db, email, options.now)) {
    if (!target.ready || target.stage === 'inflight') break;
    const ends = target.effect.destroy === true || options.separately.has(email);
    if (ends && targets.length > 0) break;
    // A note is about what went out together: that is finished before anything is added to it.
    if (targets[0] && target.journal !== targets[0].journal) break;
    targets.push(target);
    if (ends) break;
  }
  const [first] = targets;
  if (!first) return null;
  const remoteId = remoteEmailId(db, email);
  if (remoteId === undefined) return null;
  const effect = compose(targets.map((target) => target.effect));
  const { keywords = {}, mailboxes = {}, destroy = false } = effect;
  const whole = Object.keys(keywords).some((keyword) => /[/~]/.test(keyword));
  if (options.onlyKeywords && (destroy || whole || Object.keys(mailboxes).length > 0)) return null;
  const base = readBase(db, email) ?? { keywords: [], mailboxes: [], destroyed: false };
  const push: EmailPush = {
    remoteId,
    keywords,
    mailboxes: remoteMailboxes(db, mailboxes),
    destroy,
    journal: first.journal,
    ...(whole ? { wholeKeywords: project(base, [{ keywords }]).keywords } : {}),
  };
  const refused = destroy ? movedMeanwhile(base.mailboxes, first.overwritten.mailboxes) : homeless(db, base, effect);
  return { email, targets, push, ...(refused ? { refused } : {}) };
};

/** Cyrus destroys an email that is put into a mailbox which is gone, or taken from its last one: never sent. */
const homeless = (db: ReadDb, base: EmailState, effect: EmailEffect): TernError | undefined => {
  const named = Object.entries(effect.mailboxes ?? {});
  if (named.length === 0) return undefined;
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
