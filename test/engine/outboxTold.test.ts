import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import type { Outcome } from '../../src-main/driver/driver.ts';
import { listMailboxes } from '../../src-main/store/mailboxes.ts';
import { listChanges } from '../../src-main/store/pendingList.ts';
import type { Change } from '../../src-shared/change.ts';
import { TernError } from '../../src-shared/errors.ts';
import { remoteMailbox } from '../support/builders.ts';
import { type FakeWorld, fakeWorld, inboxWith, tell } from '../support/fakeDriver.ts';

/** A replica in step with its server, at rest. */
const resting = async (t: TestContext, ...remoteIds: string[]): Promise<FakeWorld> => {
  const w = await fakeWorld(t, ...remoteIds);
  await w.sync();
  await w.engine.stop();
  return w;
};
const toArchive = (w: FakeWorld, remoteId: string): Change => ({
  type: 'move',
  emails: [String(w.s.emailId(remoteId))],
  role: 'archive',
});
const queue = (w: FakeWorld): string[] =>
  w.s.read((db) => listChanges(db, 'acc')).map(({ type, state, attempts }) => `${type} ${state} ${attempts}`);

describe('P3: what a server tells of an email that it changed', () => {
  const push = (w: FakeWorld, state: Outcome & { result: 'done' }): void => {
    w.push = (emails) => emails.map(() => state);
  };
  const rowOf = (w: FakeWorld, id: number) => w.s.rows(`emails WHERE id = ${id}`)[0];
  const places = (w: FakeWorld, id: number): unknown[] =>
    w.s.rows(`email_mailboxes WHERE email_id = ${id}`).map((row) => row['mailbox_id']);

  it('is its id and its base from then on', async (t) => {
    const w = await resting(t, 'a');
    const id = w.s.emailId('a');
    w.submit(toArchive(w, 'a'));
    push(w, { result: 'done', state: { remoteId: 'b', mailboxIds: ['archive'], keywords: ['$seen'] } });
    w.pulls = [[]];
    await w.sync();
    assert.equal(w.s.emailId('b'), id);
    assert.deepEqual(
      [places(w, id), rowOf(w, id)?.['keywords'], queue(w)],
      [[w.s.mailboxId('archive')], '["$seen"]', []],
    );
  });

  it('shows at once, with what was changed on top until a pull has confirmed it', async (t) => {
    const w = await resting(t, 'a');
    const id = w.s.emailId('a');
    const [inbox, archive] = [w.s.mailboxId('inbox'), w.s.mailboxId('archive')];
    // A copy becomes an email of its own, and the one that was copied stays where it was.
    w.submit({ type: 'mailboxes', emails: [String(id)], patch: { [archive]: true } });
    push(w, { result: 'done', state: { remoteId: 'a', mailboxIds: ['inbox'], keywords: ['work'] } });
    w.pulls = [new TernError('network', 'down')];
    await w.sync();
    assert.deepEqual([places(w, id), rowOf(w, id)?.['keywords']], [[inbox, archive], '["work"]']);
    await w.sync();
    assert.deepEqual([places(w, id), rowOf(w, id)?.['keywords'], rowOf(w, id)?.['pending']], [[inbox], '["work"]', 0]);
  });

  it("counts before the first fill as the server's own word", async (t) => {
    const w = await fakeWorld(t);
    const inbox = remoteMailbox({ remoteId: 'inbox', role: 'inbox', totalEmails: 1, unreadEmails: 1 });
    const { mailboxes, ...first } = inboxWith('a');
    const put = [inbox, ...(mailboxes?.put.filter(({ remoteId }) => remoteId !== 'inbox') ?? [])];
    w.pulls = [[{ ...first, mailboxes: { put, counts: [], destroyed: [] }, filled: false }]];
    await w.sync();
    const counters = (): unknown[] =>
      w.s
        .read((db) => listMailboxes(db, 'acc'))
        .map(({ name, totalEmails, unreadEmails }) => [name, totalEmails, unreadEmails]);
    w.submit(toArchive(w, 'a'));
    const moved = [
      ['archive', 1, 1],
      ['inbox', 0, 0],
    ];
    assert.deepEqual(counters(), moved);
    push(w, { result: 'done', state: { remoteId: 'b', mailboxIds: ['archive'], keywords: [] } });
    w.pulls = [new TernError('network', 'down')];
    await w.sync();
    assert.deepEqual(counters(), moved);
    await w.sync();
    assert.deepEqual(counters(), moved);
  });

  it('may be that it is only marked as deleted: it stays out of sight, and comes back when the mark goes', async (t) => {
    const w = await resting(t, 'a');
    const id = w.s.emailId('a');
    w.submit({ type: 'destroy', emails: [String(id)] });
    push(w, { result: 'done', state: { remoteId: 'a', mailboxIds: ['inbox'], keywords: ['$deleted'] } });
    const told: unknown[] = [];
    w.s.store.onCommit(({ emails }) => told.push(...emails.keys()));
    await w.sync();
    assert.deepEqual([rowOf(w, id)?.['is_hidden'], places(w, id), queue(w)], [1, [], []]);
    assert.deepEqual(told, [], 'it was told to be gone when it was destroyed');
    w.pulls = [[tell({ patched: [{ remoteId: 'a', mailboxIds: ['inbox'], keywords: [] }] })]];
    await w.sync();
    assert.deepEqual([rowOf(w, id)?.['is_hidden'], places(w, id)], [0, [w.s.mailboxId('inbox')]]);
  });

  it('may have been pulled before as another email: that one gives way', async (t) => {
    const w = await resting(t, 'a', 'b');
    const [id, copy] = [w.s.emailId('a'), w.s.emailId('b')];
    w.submit(toArchive(w, 'a'));
    push(w, { result: 'done', state: { remoteId: 'b', mailboxIds: ['archive'], keywords: [] } });
    await w.sync();
    assert.deepEqual([w.s.emailId('b'), rowOf(w, copy), queue(w)], [id, undefined, []]);
  });
});
