import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { retryChanges } from '../../src-main/engine/outboxUndo.ts';
import { hasSet } from '../servers/jmap/faults.ts';
import { world } from '../support/world.ts';
import { idsOf, later, onServer, queue, resting, theChange } from '../support/worldQueue.ts';
import { tapNth } from '../support/worldTap.ts';

describe('what random histories found', () => {
  it('P5: two changes of an email whose answer was lost together keep their order', async (t) => {
    const w = await resting(await world(t, { mails: 1 }));
    const [one = ''] = idsOf(w);
    const [inbox, junk] = ['inbox', 'junk'].map((role) => w.server.mailboxId(role));
    assert.ok(inbox && junk);
    w.submit({ type: 'mailboxes', emails: [one], patch: { [junk]: true } });
    w.submit({ type: 'mailboxes', emails: [one], patch: { [junk]: null } });
    w.server.trouble.failNext('dropAfter', 1, { when: hasSet });
    await w.expectTrue();
    assert.deepEqual((await onServer(w, one))?.mailboxIds, [inbox], 'the last word counts');
    assert.deepEqual(w.changes(), []);
  });

  it('P5: and so they do where the server has by itself what the later one wants', async (t) => {
    const w = await resting(await world(t, { mails: 1 }));
    const [one = ''] = idsOf(w);
    w.submit({ type: 'keywords', emails: [one], patch: { $flagged: true, work: true } });
    w.submit({ type: 'keywords', emails: [one], patch: { $flagged: null } });
    w.server.trouble.failNext('dropBefore', 1, { when: hasSet });
    await w.sync();
    await later(w, 5_000);
    await w.expectTrue();
    assert.deepEqual((await onServer(w, one))?.keywords, ['work']);
  });

  it('a failed change whose emails are gone stays failed, with its reason, when it is retried', async (t) => {
    const w = await resting(await world(t, { mails: 1 }));
    const [one = ''] = idsOf(w);
    w.submit({ type: 'keywords', emails: [one], patch: { $seen: true } });
    await w.server.destroy([one]);
    await w.expectTrue();
    retryChanges(w.store, w.clock, [theChange(w).id]);
    const { state, error } = theChange(w);
    assert.deepEqual([state, error?.kind], ['failed', 'notFound']);
  });

  it('and so does one of which some emails are gone, when the others were retried and are done', async (t) => {
    const w = await resting(await world(t, { mails: 2 }));
    const [one = '', two = ''] = idsOf(w);
    w.submit({ type: 'keywords', emails: [one, two], patch: { $seen: true } });
    w.server.trouble.refuseItems((_, id) => (id === two ? { type: 'forbidden' } : null));
    await w.server.destroy([one]);
    await w.expectTrue();
    w.server.trouble.refuseItems(null);
    retryChanges(w.store, w.clock, [theChange(w).id]);
    await w.expectTrue();
    const { state, error } = theChange(w);
    assert.deepEqual([state, error !== undefined], ['failed', true]);
    assert.deepEqual((await onServer(w, two))?.keywords, ['$seen']);
  });

  it('J3: a mailbox made here and deleted elsewhere at once, which no change tells, is gone here, too', async (t) => {
    const w = await resting(await world(t, { mails: 1 }));
    w.submit({ type: 'mailbox', op: 'create', name: 'Brief' });
    tapNth(w, 'Mailbox/set', 1, () => w.server.deleteMailbox(w.server.mailboxId('Brief')));
    await w.expectTrue();
    w.forget();
    await w.expectTrue();
    assert.equal(w.server.countRequests(), 1, 'a mailbox is asked for until it is confirmed, no longer');
  });

  it('a mailbox is deleted only after what stays in another one has got there', async (t) => {
    const w = await resting(await world(t, { mails: 1 }));
    const [one = ''] = idsOf(w);
    const [inbox, archive] = ['inbox', 'archive'].map((role) => w.server.mailboxId(role));
    assert.ok(inbox && archive);
    await w.server.setMailboxes([one], { [archive]: true, [inbox]: null });
    await resting(w);
    w.submit({ type: 'mailboxes', emails: [one], patch: { [inbox]: true } });
    w.submit({ type: 'mailbox', op: 'delete', mailbox: archive, onDestroyRemoveEmails: true });
    await w.expectTrue();
    assert.deepEqual((await onServer(w, one))?.mailboxIds, [inbox]);
  });

  it('nor is it while another client leaves mail in it alone that was to stay elsewhere', async (t) => {
    const w = await resting(await world(t, { mails: 1 }));
    const [one = ''] = idsOf(w);
    const [inbox, archive] = ['inbox', 'archive'].map((role) => w.server.mailboxId(role));
    assert.ok(inbox && archive);
    await w.server.setMailboxes([one], { [archive]: true });
    await resting(w);
    w.submit({ type: 'mailbox', op: 'delete', mailbox: archive, onDestroyRemoveEmails: true });
    await w.server.setMailboxes([one], { [inbox]: null });
    await w.expectTrue();
    assert.deepEqual((await onServer(w, one))?.mailboxIds, [archive]);
    const { state, error } = theChange(w);
    assert.deepEqual([state, error?.kind], ['failed', 'conflict']);
  });

  it('nor where it shows elsewhere only by what is still to be sent', async (t) => {
    const w = await resting(await world(t, { mails: 1 }));
    const [one = ''] = idsOf(w);
    const [inbox, archive, junk] = ['inbox', 'archive', 'junk'].map((role) => w.server.mailboxId(role));
    assert.ok(inbox && archive && junk);
    await w.server.setMailboxes([one], { [archive]: true });
    await resting(w);
    w.submit({ type: 'mailbox', op: 'delete', mailbox: archive, onDestroyRemoveEmails: true });
    w.submit({ type: 'mailboxes', emails: [one], patch: { [junk]: true } });
    await w.server.setMailboxes([one], { [inbox]: null });
    await w.expectTrue();
    assert.deepEqual((await onServer(w, one))?.mailboxIds, [archive, junk].toSorted());
    assert.deepEqual(queue(w), ['mailbox failed 0 conflict']);
  });

  it('an email that another client took out of a mailbox in time outlives it, here as on the server', async (t) => {
    const w = await resting(await world(t, { mails: 1 }));
    const [one = ''] = idsOf(w);
    const [inbox, archive] = ['inbox', 'archive'].map((role) => w.server.mailboxId(role));
    assert.ok(inbox && archive);
    await w.server.setMailboxes([one], { [archive]: true, [inbox]: null });
    await resting(w);
    w.submit({ type: 'mailbox', op: 'delete', mailbox: archive, onDestroyRemoveEmails: true });
    await w.server.setMailboxes([one], { [archive]: null, [inbox]: true });
    await w.expectTrue();
    assert.deepEqual((await onServer(w, one))?.mailboxIds, [inbox]);
    assert.equal(w.view().mailboxes[archive], undefined);
  });

  it('the deletion of a mailbox goes on when another client deletes one below it first', async (t) => {
    const w = await world(t, { mails: 1 });
    const box = await w.server.createMailbox('Above');
    const below = await w.server.createMailbox('Below', box);
    await resting(w);
    w.submit({ type: 'mailbox', op: 'delete', mailbox: box, onDestroyRemoveEmails: true });
    await w.server.deleteMailbox(below);
    await w.expectTrue();
    assert.equal((await w.server.truth()).mailboxes[box], undefined);
    assert.deepEqual(w.changes(), []);
  });
});
