import { deepEqual, equal } from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Delta } from '../../src-main/driver/driver.ts';
import { applyDelta, type Counts, noCounts } from '../../src-main/engine/apply.ts';
import { submitChanges } from '../../src-main/engine/outbox.ts';
import { readEmail } from '../../src-main/store/emailReads.ts';
import { readBase } from '../../src-main/store/emailState.ts';
import { listChanges } from '../../src-main/store/pendingList.ts';
import type { Change } from '../../src-shared/change.ts';
import { remoteEmail, remoteMailbox } from '../support/builders.ts';
import { fakeClock } from '../support/clock.ts';
import { openStore, type TestStore } from '../support/store.ts';

const clock = fakeClock();

const holding = (...remoteIds: string[]): TestStore => {
  const s = openStore();
  s.hold(remoteMailbox({ remoteId: 'inbox', role: 'inbox' }), remoteMailbox({ remoteId: 'archive', role: 'archive' }));
  s.hold(...remoteIds.map((remoteId) => remoteEmail({ remoteId, subject: 'the one', threadRemoteId: 't' })));
  return s;
};
const archived = (remoteId: string, ...keywords: string[]) => ({ remoteId, mailboxIds: ['archive'], keywords });
const take = async (s: TestStore, emails: Partial<NonNullable<Delta['emails']>>): Promise<Counts> => {
  const counts = noCounts();
  await applyDelta(s.store, { emails: { put: [], patched: [], destroyed: [], ...emails }, cursors: [] }, counts);
  return counts;
};
const submit = (s: TestStore, change: Change): void => void submitChanges(s.store, clock, [change]);
const emailOf = (s: TestStore, remoteId: string) => s.read((db) => readEmail(db, 'acc', s.emailId(remoteId)));
const changesOf = (s: TestStore) =>
  s.read((db) => listChanges(db, 'acc')).map(({ type, state, error }) => [type, state, error?.kind]);

describe('an email that is held under another id by now', () => {
  it('keeps its local id and all that is known of it, and is where the server has it', async () => {
    const s = holding('a');
    const id = s.emailId('a');
    const counts = await take(s, { moved: [{ from: 'a', to: archived('b', '$seen') }] });
    deepEqual(counts, { ...noCounts(), updated: 1 });
    equal(s.emailId('b'), id);
    const email = emailOf(s, 'b');
    deepEqual(
      [email?.subject, email?.keywords, email?.mailboxIds],
      ['the one', { $seen: true }, { [s.mailboxId('archive')]: true }],
    );
  });

  it('is counted though nothing of it can be seen to have changed', async () => {
    const s = holding('a');
    let told = 0;
    s.store.onCommit(() => (told += 1));
    const counts = await take(s, {
      moved: [{ from: 'a', to: { remoteId: 'b', mailboxIds: ['inbox'], keywords: [] } }],
    });
    deepEqual([counts.updated, told], [1, 0]);
  });

  it('keeps what is pending on it, on top of what the server has there', async () => {
    const s = holding('a');
    submit(s, { type: 'keywords', emails: [String(s.emailId('a'))], patch: { $flagged: true } });
    await take(s, { moved: [{ from: 'a', to: archived('b', '$seen') }] });
    deepEqual(emailOf(s, 'b')?.keywords, { $flagged: true, $seen: true });
    deepEqual(
      s.read((db) => readBase(db, s.emailId('b'))),
      { keywords: ['$seen'], mailboxes: [s.mailboxId('archive')], destroyed: false },
    );
    deepEqual(changesOf(s), [['keywords', 'queued', undefined]]);
  });

  it('takes the place of a row that was made for it before it was recognised; what was pending on that one fails', async () => {
    const s = holding('a', 'b');
    const [id, copy] = [s.emailId('a'), s.emailId('b')];
    submit(s, { type: 'keywords', emails: [String(id)], patch: { $flagged: true } });
    submit(s, { type: 'destroy', emails: [String(copy)] });
    submit(s, { type: 'keywords', emails: [String(id)], patch: { $seen: true } });
    const told: unknown[] = [];
    s.store.onCommit(({ emails }) => told.push([...emails]));
    const counts = await take(s, { moved: [{ from: 'a', to: archived('b') }] });
    equal(s.emailId('b'), id);
    deepEqual([counts.updated, counts.destroyed, s.rows('emails').length], [1, 0, 1]);
    deepEqual(told, [[[id, 'updated']]], 'the copy was told to be gone when it was destroyed');
    deepEqual(changesOf(s), [
      ['keywords', 'queued', undefined],
      ['destroy', 'failed', 'conflict'],
      ['keywords', 'queued', undefined],
    ]);
    deepEqual(s.rows(`email_base WHERE email_id = ${copy}`), []);
  });

  it('tells that the row which gave way is gone', async () => {
    const s = holding('a', 'b');
    const [id, copy] = [s.emailId('a'), s.emailId('b')];
    const told: unknown[] = [];
    s.store.onCommit(({ emails, threads }) => told.push([[...emails].toSorted(([a], [b]) => a - b), [...threads]]));
    await take(s, { moved: [{ from: 'a', to: archived('b') }] });
    const [row] = s.rows('emails');
    deepEqual(told, [
      [
        [
          [id, 'updated'],
          [copy, 'destroyed'],
        ],
        [row?.['thread_id']],
      ],
    ]);
  });

  it('that is not held is left alone, as is all of a delta that comes twice', async () => {
    const s = holding('b');
    deepEqual(await take(s, { moved: [{ from: 'a', to: archived('b') }] }), noCounts());
    deepEqual(emailOf(s, 'b')?.mailboxIds, { [s.mailboxId('inbox')]: true });
    const twice = { moved: [{ from: 'b', to: archived('c') }] };
    await take(s, twice);
    deepEqual(await take(s, twice), noCounts());
    deepEqual(emailOf(s, 'c')?.mailboxIds, { [s.mailboxId('archive')]: true });
  });

  it('is moved before anything is put or destroyed', async () => {
    const s = holding('a');
    const id = s.emailId('a');
    const counts = await take(s, {
      destroyed: ['a'],
      put: [remoteEmail({ remoteId: 'b', mailboxIds: ['archive'], keywords: ['$seen'] })],
      patched: [archived('b', '$seen', 'work')],
      moved: [{ from: 'a', to: archived('b') }],
    });
    deepEqual([counts.created, counts.destroyed, s.emailId('b')], [0, 0, id]);
    deepEqual(emailOf(s, 'b')?.keywords, { $seen: true, work: true });
  });

  it('may be marked as deleted there, and seen again', async () => {
    const s = holding('a');
    await take(s, { moved: [{ from: 'a', to: archived('b', '$deleted') }] });
    equal(emailOf(s, 'b'), undefined);
    await take(s, { moved: [{ from: 'b', to: archived('c') }] });
    equal(emailOf(s, 'c')?.subject, 'the one');
  });
});
