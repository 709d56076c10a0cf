import { type EmailEffect, type MailboxEffect, type MailboxState, projectMailbox } from '../../src-shared/project.ts';
import type { Outcome } from '../driver/driver.ts';
import { assertNever } from '../lib/assert.ts';
import type { WriteDb } from '../store/db.ts';
import { acceptEffects, readBase, refreshEmail } from '../store/emailState.ts';
import { acceptMailbox, knownMailbox } from '../store/mailboxes.ts';
import { mailboxBase, refreshMailbox } from '../store/mailboxState.ts';
import { readChange, type StoredChange, setError, setOutcomeUnknown, setStage } from '../store/pending.ts';
import { allTargets, stageTarget } from '../store/pendingEmails.ts';
import { activeOnMailbox, mailboxTargets } from '../store/pendingMailboxes.ts';

/** Records what became of a change of a mailbox, in one transaction. `failed` and `unknown` are the caller's to count. */
export const recordMailboxOutcome = (tx: WriteDb, change: StoredChange, outcome: Outcome): void => {
  switch (outcome.result) {
    case 'done':
      return acknowledgeMailboxChange(tx, change, outcome.remoteId);
    case 'refused':
      setError(tx, change.id, { kind: outcome.error.kind, message: outcome.error.message });
      return failMailboxChange(tx, change);
    case 'unknown':
      return setOutcomeUnknown(tx, change.id, true);
    case 'failed':
    case 'stale':
      return setStage(tx, change.id, 'queued');
    default:
      return assertNever(outcome);
  }
};

const acknowledgeMailboxChange = (tx: WriteDb, change: StoredChange, remoteId: string | undefined): void => {
  const targets = mailboxTargets(tx, change.id);
  setStage(tx, change.id, 'acknowledged');
  const gone = targets.flatMap(({ mailbox, effect }) => (effect.exists === false ? [mailbox] : []));
  for (const { email, stage } of allTargets(tx, change.id)) {
    if (stage === 'done') continue;
    stageTarget(tx, change.id, email, 'acknowledged');
    acceptEffects(tx, email, [withoutMailboxes(tx, email, gone)]);
  }
  for (const { mailbox, effect } of targets) {
    if (remoteId !== undefined) acceptMailbox(tx, mailbox, remoteId);
    const base = mailboxBase(tx, mailbox);
    if (base) refreshMailbox(tx, mailbox, projectMailbox(base, [effect]));
  }
};

/** What the end of mailboxes does to an email: another client may have put it elsewhere meanwhile, or into them alone. */
const withoutMailboxes = (tx: WriteDb, email: number, gone: readonly number[]): EmailEffect => {
  const stays = readBase(tx, email)?.mailboxes.some((mailbox) => !gone.includes(mailbox));
  return stays ? { mailboxes: Object.fromEntries(gone.map((mailbox) => [mailbox, false])) } : { destroy: true };
};

/** Gives a change of a mailbox up: mailbox and emails fall back to what the server has. */
export const failMailboxChange = (tx: WriteDb, change: StoredChange): void => {
  setStage(tx, change.id, 'failed');
  for (const { mailbox } of mailboxTargets(tx, change.id)) refreshMailbox(tx, mailbox);
  for (const { email } of allTargets(tx, change.id)) {
    stageTarget(tx, change.id, email, 'failed');
    refreshEmail(tx, email);
  }
};

/** A mailbox cannot be found, and may have another name: whatever was to delete it fails, as nobody knows that it did. */
export const failDeletions = (tx: WriteDb, remoteId: string): void => {
  const id = knownMailbox(tx, remoteId);
  for (const { change: of, effect, stage } of id === undefined ? [] : activeOnMailbox(tx, id)) {
    const change = effect.exists === false && stage !== 'acknowledged' ? readChange(tx, of) : undefined;
    if (!change) continue;
    setError(tx, of, { kind: 'conflict', message: 'the mailbox was not found: it was renamed or deleted elsewhere' });
    failMailboxChange(tx, change);
  }
};

const shows = (base: MailboxState, effect: MailboxEffect): boolean =>
  (effect.name ?? base.name) === base.name &&
  (effect.parent === undefined || effect.parent === base.parent) &&
  (effect.exists ?? base.exists) === base.exists;

/** Settles a change of a mailbox whose answer was lost by what the server has now. True when it is to be sent again. */
export const settleUnknownMailbox = (tx: WriteDb, change: StoredChange): boolean => {
  const happened = mailboxTargets(tx, change.id).every(({ mailbox, effect }) => {
    const base = mailboxBase(tx, mailbox);
    // No base: the mailbox is gone, which is what a deletion wants.
    return base ? shows(base, effect) : effect.exists === false;
  });
  if (happened) acknowledgeMailboxChange(tx, change, undefined);
  return !happened;
};
