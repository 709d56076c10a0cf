import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { world } from '../support/world.ts';
import {
  idsOf,
  onServer,
  queue,
  refusal,
  resting,
  rowFaults,
  seen,
  theChange,
  timesSent,
} from '../support/worldQueue.ts';
import { tap } from '../support/worldTap.ts';

describe('changes.undo', () => {
  it('of a queued change: it is as if it had never been, and nothing is sent', async (t) => {
    const w = await resting(await world(t, { mails: 3 }));
    const before = w.view();
    const [one = '', two = '', three = ''] = idsOf(w);
    const ids = w.submit(
      { type: 'keywords', emails: [one, two], patch: { $seen: true } },
      { type: 'delete', emails: [two] },
      { type: 'destroy', emails: [three] },
      { type: 'mailbox', op: 'create', name: 'New' },
      { type: 'mailbox', op: 'rename', mailbox: w.server.mailboxId('archive'), name: 'Else' },
    );
    assert.deepEqual(w.undo(...ids), { ids: ids.toReversed(), failed: [] });
    assert.deepEqual([w.view(), w.changes(), rowFaults(w)], [before, [], []]);
    await w.expectTrue();
    assert.deepEqual(w.server.setCalls(), []);
  });

  it('is on disk before it is answered', async (t) => {
    const w = await resting(await world(t, { mails: 1 }));
    const [id = ''] = w.submit({ type: 'keywords', emails: idsOf(w), patch: { $seen: true } });
    w.forget();
    w.undo(id);
    const [again = ''] = w.submit({ type: 'keywords', emails: idsOf(w), patch: { $seen: true } });
    w.retry(again);
    w.discard(again);
    assert.deepEqual(
      w.commits.map(({ durable }) => durable),
      [true, true, true, true],
    );
  });

  it('of a sent change is its inverse, email by email, from the values the rows had', async (t) => {
    const mails = [{ keywords: ['$seen', 'work'] }, { keywords: ['$flagged'] }, { keywords: [] }];
    const w = await world(t, { mails });
    await w.expectTrue();
    const all = idsOf(w);
    const before = w.view();
    const [id = ''] = w.submit({ type: 'keywords', emails: all, patch: { $seen: true, $flagged: true, work: null } });
    await w.expectTrue();
    assert.deepEqual(w.undo(id), { ids: [id], failed: [] });
    assert.deepEqual(w.view(), before);
    await w.expectTrue();
    assert.deepEqual([w.view(), queue(w)], [before, []]);
  });

  it('of a sent change leaves alone what others did to the same email since', async (t) => {
    const w = await world(t, { mails: [{ keywords: ['$seen'] }] });
    await w.expectTrue();
    const [one = ''] = idsOf(w);
    const [id = ''] = w.submit({ type: 'keywords', emails: [one], patch: { $seen: true, $flagged: true } });
    await w.expectTrue();
    await w.server.setKeywords([one], { $seen: null, work: true });
    await w.sync();
    w.undo(id);
    await w.expectTrue();
    assert.deepEqual((await onServer(w, one))?.keywords, ['work']);
  });

  it('of a move that was sent brings it back to every mailbox it was in', async (t) => {
    const w = await world(t);
    const [inbox, archive, junk] = ['inbox', 'archive', 'junk'].map((role) => w.server.mailboxId(role));
    assert.ok(inbox && archive && junk);
    const [one = ''] = await w.server.deliver([{ mailboxIds: [inbox, archive] }]);
    await w.expectTrue();
    const [id = ''] = w.submit({ type: 'move', emails: [one], role: 'junk' });
    await w.expectTrue();
    assert.deepEqual((await onServer(w, one))?.mailboxIds, [junk]);
    w.undo(id);
    await w.expectTrue();
    assert.deepEqual((await onServer(w, one))?.mailboxIds, [inbox, archive].toSorted());
  });

  it('of a move out of a mailbox that is gone by now fails visibly, and takes the email from nowhere', async (t) => {
    const w = await resting(await world(t, { mails: 1 }));
    const [one = ''] = idsOf(w);
    const [inbox, archive, junk] = ['inbox', 'archive', 'junk'].map((role) => w.server.mailboxId(role));
    assert.ok(inbox && archive && junk);
    const old = await w.server.createMailbox('Old');
    await w.server.setMailboxes([one], { [old]: true, [archive]: true, [inbox]: null });
    await w.expectTrue();
    const [move = ''] = w.submit({ type: 'mailboxes', emails: [one], patch: { [old]: null, [junk]: true } });
    await w.expectTrue();
    await w.server.deleteMailbox(old);
    await w.expectTrue();
    w.undo(move);
    await w.expectTrue();
    assert.deepEqual((await onServer(w, one))?.mailboxIds, [archive, junk].toSorted());
    assert.deepEqual(queue(w), ['mailboxes failed 0 notFound']);
  });

  it('of a change that is on its way: its inverse follows it', async (t) => {
    const w = await resting(await world(t, { mails: 1 }));
    const [one = ''] = idsOf(w);
    const [id = ''] = w.submit({ type: 'keywords', emails: [one], patch: { $seen: true } });
    tap(w, ({ name }) => {
      if (name === 'Email/set' && timesSent(w, one) === 1) w.undo(id);
    });
    await w.sync();
    await w.expectTrue();
    assert.deepEqual([seen(w, one)?.keywords, queue(w), timesSent(w, one)], [[], [], 2]);
  });

  it('of several takes the latest back first', async (t) => {
    const w = await world(t, { mails: 1 });
    await w.expectTrue();
    const [one = ''] = idsOf(w);
    const ids = ([true, null] as const).map(
      (on) => w.submit({ type: 'keywords', emails: [one], patch: { $seen: on } })[0] ?? '',
    );
    await w.expectTrue();
    assert.deepEqual(w.undo(...ids).failed, []);
    await w.expectTrue();
    assert.deepEqual((await onServer(w, one))?.keywords, []);
  });

  it('goes for seven days, and no longer', async (t) => {
    const w = await world(t, { mails: 2 });
    await w.expectTrue();
    const [one = '', two = ''] = idsOf(w);
    const minute = 60_000;
    const settleAnother = async (on: true | null): Promise<void> => {
      w.submit({ type: 'keywords', emails: [two], patch: { $flagged: on } });
      await w.expectTrue();
    };
    const [id = ''] = w.submit({ type: 'keywords', emails: [one], patch: { $seen: true } });
    await w.expectTrue();
    await w.engine.stop();
    await w.clock.advance(7 * 24 * 60 * minute - minute);
    await w.restart();
    await settleAnother(true);
    assert.deepEqual(w.undo(id).failed, []);
    await w.clock.advance(2 * minute);
    await settleAnother(null);
    assert.throws(() => w.undo(id), { kind: 'notFound' });
  });

  it('may itself be undone', async (t) => {
    const w = await world(t, { mails: 1 });
    await w.expectTrue();
    const [one = ''] = idsOf(w);
    const [id = ''] = w.submit({ type: 'keywords', emails: [one], patch: { $seen: true } });
    await w.expectTrue();
    await w.engine.stop();
    w.undo(id);
    const back = theChange(w);
    assert.deepEqual([back.type, seen(w, one)?.keywords], ['keywords', []]);
    w.undo(back.id);
    assert.deepEqual(seen(w, one)?.keywords, ['$seen']);
    await w.expectTrue();
  });

  it('of a change that failed in part takes back what was done and dismisses the rest', async (t) => {
    const w = await resting(await world(t, { mails: 2 }));
    const [one = '', two = ''] = idsOf(w);
    w.server.trouble.refuseItems((_, email) => (email === one ? { type: 'forbidden' } : null));
    const [id = ''] = w.submit({ type: 'keywords', emails: [one, two], patch: { $seen: true } });
    await w.sync();
    w.server.trouble.reset();
    w.undo(id);
    assert.equal(w.changes().filter((change) => change.state === 'failed').length, 0);
    await w.expectTrue();
    assert.deepEqual([(await onServer(w, two))?.keywords, timesSent(w, one), queue(w)], [[], 1, []]);
  });

  it('of a mailbox that is just being made deletes it afterwards', async (t) => {
    const w = await resting(await world(t));
    const [id = ''] = w.submit({ type: 'mailbox', op: 'create', name: 'New' });
    tap(w, ({ name }) => {
      if (name === 'Mailbox/set' && w.server.setCalls().length === 1) assert.deepEqual(w.undo(id).failed, []);
    });
    await w.sync();
    await w.expectTrue();
    assert.deepEqual([queue(w), w.server.setCalls().length], [[], 2]);
    assert.throws(() => w.server.mailboxId('New'));
  });

  it('of what was destroyed on the server is `unsupported`; the others are undone all the same', async (t) => {
    const w = await world(t, { mails: 2 });
    await w.expectTrue();
    const [one = '', two = ''] = idsOf(w);
    const [flag = '', gone = ''] = w.submit(
      { type: 'keywords', emails: [one], patch: { $seen: true } },
      { type: 'destroy', emails: [two] },
    );
    await w.expectTrue();
    const { ids, failed } = w.undo(flag, gone);
    assert.deepEqual([ids, failed.map(({ id, error }) => [id, error.kind])], [[flag], [[gone, 'unsupported']]]);
    await w.expectTrue();
    assert.deepEqual((await onServer(w, one))?.keywords, []);
  });

  it('of a deletion that moved some mail and destroyed the rest brings back what was moved, and tells of the rest', async (t) => {
    const w = await world(t, { mails: 2 });
    await w.expectTrue();
    const [one = '', two = ''] = idsOf(w);
    w.submit({ type: 'delete', emails: [one] });
    await w.expectTrue();
    const [gone = ''] = w.submit({ type: 'delete', emails: [one, two] });
    await w.expectTrue();
    const { ids, failed } = w.undo(gone);
    assert.deepEqual([ids, failed.map(({ id, error }) => [id, error.kind])], [[], [[gone, 'unsupported']]]);
    await w.expectTrue();
    assert.deepEqual((await onServer(w, two))?.mailboxIds, [w.server.mailboxId('inbox')]);
  });

  it('of a mailbox made on the server deletes it, unless there is mail in it', async (t) => {
    const w = await world(t, { mails: 1 });
    await w.expectTrue();
    const [empty = '', full = ''] = w.submit(
      { type: 'mailbox', op: 'create', name: 'Empty' },
      { type: 'mailbox', op: 'create', name: 'Full' },
    );
    await w.expectTrue();
    await w.server.setMailboxes(idsOf(w), { [w.server.mailboxId('Full')]: true });
    await w.expectTrue();
    const { ids, failed } = w.undo(empty, full);
    assert.deepEqual([ids, failed.map(({ id, error }) => [id, error.kind])], [[empty], [[full, 'conflict']]]);
    await w.expectTrue();
    assert.throws(() => w.server.mailboxId('Empty'));
  });

  it('of a mailbox renamed and moved on the server brings name and place back, each only if it was changed', async (t) => {
    const w = await world(t);
    const [parent, box] = [await w.server.createMailbox('Parent'), await w.server.createMailbox('Box')];
    await w.expectTrue();
    const [moved = ''] = w.submit({ type: 'mailbox', op: 'rename', mailbox: box, parent });
    await w.expectTrue();
    await w.server.renameMailbox(box, 'Theirs');
    await w.sync();
    w.undo(moved);
    await w.expectTrue();
    const { name, parentId } = (await w.server.truth()).mailboxes[box] ?? {};
    assert.deepEqual([name, parentId], ['Theirs', null]);
  });

  it('of a mailbox deleted on the server is `unsupported`', async (t) => {
    const w = await world(t);
    const box = await w.server.createMailbox('Box');
    await w.expectTrue();
    const [id = ''] = w.submit({ type: 'mailbox', op: 'delete', mailbox: box });
    await w.expectTrue();
    assert.deepEqual(
      w.undo(id).failed.map(({ error }) => error.kind),
      ['unsupported'],
    );
  });

  it('names what nobody knows and does nothing', async (t) => {
    const w = await resting(await world(t, { mails: 1 }));
    const [id = ''] = w.submit({ type: 'keywords', emails: idsOf(w), patch: { $seen: true } });
    assert.deepEqual(
      refusal(() => w.undo(id, '999')),
      ['notFound', 'ids.1'],
    );
    assert.deepEqual(
      refusal(() => w.discard(id, 'x')),
      ['notFound', 'ids.1'],
    );
    assert.deepEqual(
      refusal(() => w.retry(id, '-1')),
      ['notFound', 'ids.1'],
    );
    assert.deepEqual(queue(w), ['keywords queued 0']);
  });

  it('is possible for a week, and for the last thousand', async (t) => {
    const w = await world(t, { mails: 1 });
    await w.expectTrue();
    const [one = ''] = idsOf(w);
    const [old = ''] = w.submit({ type: 'keywords', emails: [one], patch: { $seen: true } });
    await w.expectTrue();
    await w.engine.stop();
    await w.clock.advance(7 * 24 * 3_600_000 + 1);
    const [id = ''] = w.submit({ type: 'keywords', emails: [one], patch: { $flagged: true } });
    await w.expectTrue();
    assert.deepEqual(
      refusal(() => w.undo(old)),
      ['notFound', 'ids.0'],
    );
    assert.deepEqual(w.undo(id).ids, [id]);
    await w.expectTrue();
  });
});
