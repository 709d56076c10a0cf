import { deepEqual, equal, throws } from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Delta } from '../../src-main/driver/driver.ts';
import { applyDelta, noCounts } from '../../src-main/engine/apply.ts';
import { submitChanges } from '../../src-main/engine/outbox.ts';
import { discardChanges, retryChanges } from '../../src-main/engine/outboxUndo.ts';
import { noResult, recordOutcomes } from '../../src-main/engine/settle.ts';
import { listEmails } from '../../src-main/store/emailPages.ts';
import { readEmail } from '../../src-main/store/emailReads.ts';
import { readBase } from '../../src-main/store/emailState.ts';
import { patchEmail } from '../../src-main/store/emails.ts';
import { listMailboxes, markFilled } from '../../src-main/store/mailboxes.ts';
import { unsettledOf } from '../../src-main/store/pendingEmails.ts';
import { threadCounts, threadEmails } from '../../src-main/store/threads.ts';
import { type Change, changeSchema } from '../../src-shared/change.ts';
import { TernError } from '../../src-shared/errors.ts';
import { remoteEmail, remoteMailbox } from '../support/builders.ts';
import { fakeClock } from '../support/clock.ts';
import { openStore, type TestStore } from '../support/store.ts';

const clock = fakeClock();
const inInbox = (remoteId: string, ...keywords: string[]) => ({ remoteId, mailboxIds: ['inbox'], keywords });

/** Two emails of one thread in the inbox. */
const pair = (filled: boolean, ...keywords: string[]): TestStore => {
  const s = openStore();
  s.hold(remoteMailbox({ remoteId: 'inbox', role: 'inbox', totalEmails: 2, unreadEmails: 2 }));
  s.hold(remoteMailbox({ remoteId: 'archive', role: 'archive' }));
  s.hold(remoteEmail({ ...inInbox('one'), threadRemoteId: 't' }));
  s.hold(remoteEmail({ ...inInbox('two', ...keywords), threadRemoteId: 't' }));
  if (filled) s.write(markFilled);
  return s;
};
const mark = (s: TestStore, on: boolean, ...also: string[]) =>
  s.write((tx) => patchEmail(tx, inInbox('two', ...(on ? ['$deleted'] : []), ...also)));
const submit = (s: TestStore, ...changes: Change[]): string[] => submitChanges(s.store, clock, changes).ids;
const idOf = (s: TestStore): string => String(s.emailId('two'));

/** Everywhere an email could be seen: a list, all mail, its thread, by id, the mailboxes' counters. */
const sightings = (s: TestStore) =>
  s.read((db) => {
    const id = s.emailId('two');
    const thread = Number(s.rows(`emails WHERE id = ${id}`)[0]?.['thread_id']);
    const ids = (mailbox: number | null, collapseThreads = false): boolean =>
      listEmails(db, 'acc', { mailbox, filter: {}, collapseThreads, limit: 9, after: null }).rows.some(
        (row) => row.id === String(id),
      );
    const { size, unread } = threadCounts(db, thread);
    return {
      listed: [ids(s.mailboxId('inbox')), ids(s.mailboxId('inbox'), true), ids(null), ids(null, true)],
      read: readEmail(db, 'acc', id) !== undefined,
      thread: [threadEmails(db, thread).length, size, unread],
      held: s.rows("mailboxes WHERE remote_id = 'inbox'").map((row) => [row['held_total'], row['held_unread']])[0],
    };
  });
const everywhere = { listed: [true, true, true, true], read: true, thread: [2, 2, 2], held: [2, 2] };
const nowhere = { listed: [false, false, false, false], read: false, thread: [1, 1, 1], held: [1, 1] };

describe('an email that is marked as deleted', () => {
  for (const filled of [false, true])
    it(`is nowhere, and everywhere again when the mark goes (${filled ? 'after' : 'before'} the first fill)`, () => {
      const s = pair(filled);
      deepEqual(sightings(s), everywhere);
      const gone = mark(s, true);
      deepEqual(sightings(s), nowhere);
      deepEqual([...(gone?.emails ?? [])], [[s.emailId('two'), 'destroyed']]);
      equal(mark(s, true, '$flagged'), null, 'what changes of it nobody is told');
      const back = mark(s, false);
      deepEqual(sightings(s), everywhere);
      deepEqual([...(back?.emails ?? [])], [[s.emailId('two'), 'updated']]);
      deepEqual([...(back?.mailboxes ?? [])], [s.mailboxId('inbox')]);
    });

  it('is nowhere from the beginning, and announced when the mark goes', () => {
    const s = pair(true, '$deleted');
    deepEqual(sightings(s), nowhere);
    equal(mark(s, false)?.emails.get(s.emailId('two')), 'updated');
    deepEqual(sightings(s), everywhere);
  });

  it('goes for good without a word', async () => {
    const s = pair(true, '$deleted');
    const id = s.emailId('two');
    const told: unknown[] = [];
    s.store.onCommit(({ emails }) => told.push([...emails]));
    const counts = noCounts();
    const delta: Delta = { emails: { put: [], patched: [], destroyed: ['two'] }, cursors: [] };
    await applyDelta(s.store, delta, counts);
    deepEqual([counts.destroyed, told, s.rows(`emails WHERE id = ${id}`)], [1, [[]], []]);
  });

  it('is nowhere with changes on top, which stay, and show when the mark goes', () => {
    const s = pair(true);
    const [inbox, archive] = [s.mailboxId('inbox'), s.mailboxId('archive')];
    submit(s, { type: 'keywords', emails: [idOf(s)], patch: { $flagged: true } });
    submit(s, { type: 'mailboxes', emails: [idOf(s)], patch: { [archive]: true, [inbox]: null } });
    mark(s, true);
    deepEqual(sightings(s), { ...nowhere, listed: [false, false, false, false] });
    deepEqual(s.rows(`email_mailboxes WHERE email_id = ${idOf(s)}`), []);
    deepEqual(
      s.read((db) => readBase(db, s.emailId('two'))),
      { keywords: ['$deleted'], mailboxes: [inbox], destroyed: false },
    );
    mark(s, false);
    const email = s.read((db) => readEmail(db, 'acc', s.emailId('two')));
    deepEqual([email?.keywords, email?.mailboxIds, email?.pending], [{ $flagged: true }, { [archive]: true }, true]);
  });

  it('leaves the counters right before the first fill, whatever is pending on it', () => {
    const s = pair(false);
    const counters = () =>
      s
        .read((db) => listMailboxes(db, 'acc'))
        .map(({ name, totalEmails, unreadEmails }) => [name, totalEmails, unreadEmails]);
    const [change = ''] = submit(s, { type: 'keywords', emails: [idOf(s)], patch: { $seen: true } });
    deepEqual(counters(), [
      ['archive', 0, 0],
      ['inbox', 2, 1],
    ]);
    // The server's own counters are what it says next; what is pending on a hidden email adds nothing to them.
    mark(s, true);
    deepEqual(counters(), [
      ['archive', 0, 0],
      ['inbox', 2, 2],
    ]);
    mark(s, false);
    deepEqual(counters(), [
      ['archive', 0, 0],
      ['inbox', 2, 1],
    ]);
    discardChanges(s.store, clock, [change]);
    deepEqual(counters(), [
      ['archive', 0, 0],
      ['inbox', 2, 2],
    ]);
  });

  it('cannot be changed; a change of it that failed stays so when it is tried again', () => {
    const s = pair(true);
    const [change = ''] = submit(s, { type: 'keywords', emails: [idOf(s)], patch: { $seen: true } });
    s.write((tx) => {
      const sent = unsettledOf(tx, [s.emailId('two')], clock.now());
      recordOutcomes(tx, sent, [{ result: 'refused', error: new TernError('forbidden', 'no') }], noResult());
    });
    mark(s, true);
    throws(() => submit(s, { type: 'destroy', emails: [idOf(s)] }), { kind: 'notFound' });
    retryChanges(s.store, clock, [change]);
    deepEqual(
      s.rows('pending_emails').map(({ stage }) => stage),
      ['failed'],
    );
    mark(s, false);
    retryChanges(s.store, clock, [change]);
    deepEqual(s.read((db) => readEmail(db, 'acc', s.emailId('two')))?.keywords, { $seen: true });
  });
});

describe('the keyword $deleted', () => {
  it('is none that a person can set or take away, in whatever case', () => {
    for (const keyword of ['$deleted', '$Deleted'])
      for (const value of [true, null]) {
        const parsed = changeSchema.safeParse({ type: 'keywords', emails: ['1'], patch: { [keyword]: value } });
        deepEqual(
          parsed.error?.issues.map(({ path }) => path),
          [['patch', keyword]],
        );
      }
  });
});
