import { deepEqual, ok } from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ReadDb, WriteDb } from '../../src-main/store/db.ts';
import { listEmails } from '../../src-main/store/emailPages.ts';
import { readEmail } from '../../src-main/store/emailReads.ts';
import {
  acceptRemoteState,
  countEmailsBetween,
  heldEmails,
  heldEmailsAfter,
  heldIdentities,
  moveEmail,
  patchEmail,
  putEmail,
  removeEmail,
} from '../../src-main/store/emails.ts';
import {
  inboxUnread,
  listMailboxes,
  mailboxExists,
  mailboxesWithRole,
  removeMailbox,
} from '../../src-main/store/mailboxes.ts';
import {
  acknowledgedMailboxChanges,
  changesIn,
  dependants,
  dueMailboxChanges,
  nextDue,
  restage,
  unknownOutcomes,
} from '../../src-main/store/pending.ts';
import {
  acknowledgedTargets,
  activeEffects,
  queuedBehind,
  setJournal,
  stageTarget,
  targetsIn,
  unsettledOf,
} from '../../src-main/store/pendingEmails.ts';
import { activeOnMailbox, changesFreeing } from '../../src-main/store/pendingMailboxes.ts';
import { lastSyncedAt, listCycles } from '../../src-main/store/syncLog.ts';
import { moveCursor } from '../../src-main/store/syncState.ts';
import { hasMerges, mergeThreads } from '../../src-main/store/threadIds.ts';
import { threadCounts, threadEmails } from '../../src-main/store/threads.ts';
import type { RemoteEmail } from '../../src-shared/remote.ts';
import { remoteEmail, remoteMailbox } from '../support/builders.ts';
import { openStore, type TestStore } from '../support/store.ts';
import type { List } from './pagesSupport.ts';

/**
 * Steps of a plan that read a whole table or sort what they read. `SCAN` of a JSON list or a one-row subquery is neither,
 * nor is one of an index that holds only what is asked for.
 */
const slow = (steps: string[]): string[] =>
  steps.filter(
    (step) =>
      (step.startsWith('SCAN ') &&
        !/VIRTUAL TABLE|CONSTANT ROW|INDEX pending_(changes_unknown|changes_dependent|emails_acknowledged|emails_active)$/.test(
          step,
        )) ||
      /TEMP B-TREE/.test(step),
  );

const filled = (): TestStore => {
  const s = openStore();
  s.hold(remoteMailbox({ remoteId: 'inbox', role: 'inbox' }), remoteMailbox({ remoteId: 'trash', role: 'trash' }));
  s.hold(...Array.from({ length: 20 }, (_, i) => remoteEmail({ remoteId: `e${i}`, threadRemoteId: `t${i % 5}` })));
  for (const [n, references] of [['l@x'], ['r@x'], ['l@x', 'r@x']].entries())
    s.hold(unthreaded({ remoteId: `u${n}`, headers: { ...remoteEmail().headers, references } }));
  return s;
};
const unthreaded = (said: Partial<RemoteEmail>): RemoteEmail => remoteEmail({ ...said, threadRemoteId: null });

const from = (list: Partial<List>) => (db: ReadDb) =>
  listEmails(db, 'acc', {
    mailbox: 1,
    filter: {},
    collapseThreads: false,
    limit: 5,
    after: { second: 1_767_225_600, id: 3 },
    ...list,
  });
const text = { from: 'a', to: 'b', subject: 'c', keyword: 'd', flagged: true, hasAttachment: true };
const dates = { before: '2026-01-02T00:00:00Z', after: '2025-01-02T00:00:00Z' };

const reads: [name: string, read: (db: ReadDb) => unknown][] = [
  ['a page of a mailbox', from({})],
  ['a page of its unread emails', from({ filter: { unread: true } })],
  ['a page of its read emails', from({ filter: { unread: false } })],
  ['a page between two dates', from({ filter: dates })],
  ['a page filtered by texts', from({ filter: text })],
  ['a page of all mail', from({ mailbox: null })],
  ['a page of all unread mail', from({ mailbox: null, filter: { unread: true } })],
  ['a page of threads', from({ collapseThreads: true })],
  ['a page of unread threads', from({ collapseThreads: true, filter: { unread: true } })],
  ['a page of filtered threads', from({ collapseThreads: true, filter: { ...text, ...dates } })],
  ['a page of all threads', from({ mailbox: null, collapseThreads: true })],
  ['a page of all unread threads', from({ mailbox: null, collapseThreads: true, filter: { unread: true } })],
  ['the unread count of the inbox', inboxUnread],
  ['mailboxes by role', (db) => mailboxesWithRole(db, 'trash')],
  ['a mailbox by id', (db) => mailboxExists(db, 1)],
  ['an email by id', (db) => readEmail(db, 'acc', 1)],
  ['which emails are held', (db) => heldEmails(db, ['e1', 'e2'])],
  ['by what emails are known again', (db) => heldIdentities(db, ['e1', 'e2'])],
  ['whether threads are to be merged', hasMerges],
  ['held emails in pages', (db) => heldEmailsAfter(db, 'e1', 5)],
  ['how many are held between two', (db) => countEmailsBetween(db, 'e1', 'e5')],
  ['the emails of a thread', (db) => threadEmails(db, 1)],
  ['the counters of a thread', (db) => threadCounts(db, 1)],
  ['the queue behind a place', (db) => queuedBehind(db, 1e12, { change: 5, email: 3 }, 10)],
  ['pending changes of mailboxes that are due', (db) => dueMailboxChanges(db, 1e12)],
  ['pending changes that set a name free', (db) => changesFreeing(db, 'a', null)],
  ['pending changes by stage', (db) => changesIn(db, 'failed', 0, 10)],
  ['pending changes that wait for others', dependants],
  ['pending changes without an answer', unknownOutcomes],
  ['when the next change is due', (db) => nextDue(db, 1e12)],
  ['what is pending on an email', (db) => activeEffects(db, 1)],
  ['what waits for emails', (db) => unsettledOf(db, [1, 2], 1e12)],
  ['the emails of a change', (db) => targetsIn(db, 1, 'queued', 1, 10)],
  ['what no pull has confirmed', (db) => [acknowledgedTargets(db, 10), acknowledgedMailboxChanges(db)]],
  ['what is pending on a mailbox', (db) => activeOnMailbox(db, 1)],
  ['a page of the sync log', (db) => listCycles(db, 'acc', { time: 1e13, rank: 0 }, 10)],
  ['when mail was last synced', lastSyncedAt],
];

describe('without walking or sorting a table', () => {
  for (const [name, read] of reads)
    it(`reads ${name}`, () => {
      const plans = filled().plans(read);
      ok(plans.length > 0);
      for (const { sql, steps } of plans) deepEqual(slow(steps), [], `${sql}\n${steps.join('\n')}`);
    });

  const writes: [name: string, write: (tx: WriteDb) => unknown][] = [
    ['stores an email', (tx) => putEmail(tx, remoteEmail({ threadRemoteId: 't1' }))],
    ['moves an email', (tx) => patchEmail(tx, { remoteId: 'e1', mailboxIds: ['trash'], keywords: ['$seen'] })],
    ['stores an email that its ids thread', (tx) => putEmail(tx, unthreaded({ remoteId: 'new' }))],
    ['merges threads', (tx) => mergeThreads(tx, 100)],
    ['gives an email another id', (tx) => moveEmail(tx, 'e1', { remoteId: 'e2', mailboxIds: ['trash'], keywords: [] })],
    ['takes a told state', (tx) => acceptRemoteState(tx, 1, { remoteId: 'e2', mailboxIds: ['trash'], keywords: [] })],
    ['notes a step', (tx) => setJournal(tx, 1, 'step')],
    ['stages an email of a change', (tx) => stageTarget(tx, 1, 1, 'done')],
    ['removes an email', (tx) => removeEmail(tx, 'e1')],
    ['removes the last email of a thread', (tx) => removeEmail(tx, 'u0')],
    ['removes a mailbox', (tx) => removeMailbox(tx, 'inbox')],
    ['restages a change', (tx) => restage(tx, 1)],
    ['moves a cursor', (tx) => moveCursor(tx, 'email', 'a', 'b')],
  ];
  for (const [name, write] of writes)
    it(name, () => {
      const plans = filled().writePlans(write);
      ok(plans.length > 0);
      for (const { sql, steps } of plans) deepEqual(slow(steps), [], `${sql}\n${steps.join('\n')}`);
    });

  it('lists mailboxes, whose small table alone is read whole', () => {
    const plans = filled().plans((db) => listMailboxes(db, 'acc'));
    deepEqual(
      plans.flatMap(({ steps }) => slow(steps)),
      ['SCAN mailboxes', 'USE TEMP B-TREE FOR ORDER BY'],
    );
  });

  it('would notice a table that is walked or sorted', () => {
    const s = filled();
    deepEqual(slow(s.explain('SELECT * FROM emails ORDER BY subject', [])), [
      'SCAN emails',
      'USE TEMP B-TREE FOR ORDER BY',
    ]);
    deepEqual(slow(s.explain('SELECT * FROM emails WHERE size = 1', [])), ['SCAN emails']);
  });
});

describe('each page is read from the index made for it', () => {
  const indexes: [name: string, list: Partial<List>, index: RegExp][] = [
    ['a mailbox', {}, /SEARCH m USING PRIMARY KEY \(mailbox_id=\? AND sort_key<\?\)/],
    [
      'unread',
      { filter: { unread: true } },
      /SEARCH m USING (COVERING )?INDEX email_mailboxes_unread \(mailbox_id=\? AND sort_key<\?\)/,
    ],
    [
      'threads',
      { collapseThreads: true },
      /SEARCH n USING COVERING INDEX email_mailboxes_by_thread \(mailbox_id=\? AND thread_id=\? AND sort_key>\?\)/,
    ],
    ['all mail', { mailbox: null }, /SEARCH e USING INDEX \w+ \(sort_key<\?\)/],
  ];
  for (const [name, list, index] of indexes)
    it(name, () => {
      const steps = filled()
        .plans(from(list))
        .flatMap((plan) => plan.steps);
      ok(
        steps.some((step) => index.test(step)),
        steps.join('\n'),
      );
    });
});
