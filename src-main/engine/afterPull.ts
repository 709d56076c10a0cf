import type { Clock } from '../lib/clock.ts';
import type { Store, WriteDb } from '../store/db.ts';
import { refreshEmail } from '../store/emailState.ts';
import { refreshMailbox } from '../store/mailboxState.ts';
import {
  acknowledgedMailboxChanges,
  pruneDone,
  readChange,
  restage,
  type StoredChange,
  setStage,
  unknownOutcomes,
} from '../store/pending.ts';
import { acknowledgedTargets, allTargets, stageTarget } from '../store/pendingEmails.ts';
import { mailboxTargets } from '../store/pendingMailboxes.ts';
import { countAttempt, noAnswer, noLongerUnknown, settleUnknownEmails, sweepDependants } from './settle.ts';
import { settleUnknownMailbox } from './settleMailboxes.ts';

const EMAILS_AT_ONCE = 100;

/**
 * After a pull has committed its last page. Flush and pull never run at the same time, so whatever is acknowledged was so
 * before the pull began: the server's own word has arrived, and the change goes (P3). What was sent without an answer is
 * settled by what the server has now (P5); `lost` names changes of mailboxes for which that counts as an attempt (P4).
 */
export const settleAfterPull = async (store: Store, clock: Clock, lost: ReadonlySet<number>): Promise<void> => {
  let settled = 0;
  for (;;) {
    const confirmed = store.read((db) => acknowledgedTargets(db, EMAILS_AT_ONCE));
    if (confirmed.length === 0) break;
    settled += confirmed.length;
    store.write((tx) => {
      for (const { change, email } of confirmed) {
        stageTarget(tx, change, email, 'done');
        refreshEmail(tx, email);
      }
      restage(tx, ...new Set(confirmed.map((each) => each.change)));
    });
    await store.pause();
  }
  const { mailboxChanges, unknown } = store.read((db) => ({
    mailboxChanges: acknowledgedMailboxChanges(db),
    unknown: unknownOutcomes(db),
  }));
  if (settled + mailboxChanges.length + unknown.length === 0) return;
  store.write((tx) => {
    for (const id of mailboxChanges) finishMailboxChange(tx, id);
    for (const id of settleUnknown(tx, unknown)) if (lost.has(id)) countAttempt(tx, id, noAnswer, clock.now());
    sweepDependants(tx);
  });
  while (store.write((tx) => pruneDone(tx, clock.now()))) await store.pause();
};

/** Settles what was sent without an answer; answers the changes that are to be sent again, wholly or in part. */
const settleUnknown = (tx: WriteDb, unknown: readonly StoredChange[]): Set<number> => {
  const again = new Set<number>();
  for (const { id } of unknown) {
    const change = readChange(tx, id);
    if (!change?.outcomeUnknown) continue;
    if (change.type === 'mailbox') {
      if (!settleUnknownMailbox(tx, change)) continue;
      again.add(id);
    } else for (const each of settleUnknownEmails(tx, change)) again.add(each);
    noLongerUnknown(tx, change);
  }
  return again;
};

/** Also the emails that went with it: what became of them the pull has told. */
const finishMailboxChange = (tx: WriteDb, id: number): void => {
  setStage(tx, id, 'done');
  for (const { mailbox } of mailboxTargets(tx, id)) refreshMailbox(tx, mailbox);
  for (const { email, stage } of allTargets(tx, id)) {
    if (stage === 'done') continue;
    stageTarget(tx, id, email, 'done');
    refreshEmail(tx, email);
  }
};
