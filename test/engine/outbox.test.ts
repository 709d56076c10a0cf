import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { mails, world } from '../support/world.ts';

const idsOf = (w: { view(): { emails: object } }): string[] => Object.keys(w.view().emails).toSorted();

describe('P1: a change', () => {
  it('shows at once, is sent with the next cycle, and leaves the replica equal to the server', async (t) => {
    const w = await world(t, { mails: 3 });
    await w.expectTrue();
    const [one = '', two = '', three = ''] = idsOf(w);
    const [inbox, archive] = ['inbox', 'archive'].map((role) => w.server.mailboxId(role));
    assert.ok(inbox && archive);
    w.submit({ type: 'keywords', emails: [one], patch: { $seen: true, $flagged: true } });
    w.submit({ type: 'mailboxes', emails: [two], patch: { [archive]: true, [inbox]: null } });
    w.submit({ type: 'destroy', emails: [three] });
    const view = w.view();
    assert.deepEqual(view.emails[one]?.keywords, ['$flagged', '$seen']);
    assert.deepEqual(view.emails[two]?.mailboxIds, [archive]);
    assert.equal(view.emails[three], undefined);
    assert.deepEqual([view.mailboxes[inbox]?.totalEmails, view.mailboxes[inbox]?.unreadEmails], [1, 0]);
    await w.expectTrue();
    const truth = await w.server.truth();
    assert.deepEqual(truth.emails[one]?.keywords, ['$flagged', '$seen']);
    assert.deepEqual(truth.emails[two]?.mailboxIds, [archive]);
    assert.equal(truth.emails[three], undefined);
    assert.deepEqual(w.changes(), []);
    w.forget();
    await w.expectTrue();
    assert.equal(w.server.setCalls().length, 0, 'a further cycle sends nothing');
  });

  it('of a thousand emails is one row and two requests', async (t) => {
    const w = await world(t, { mails: mails(1200) });
    await w.expectTrue();
    w.forget();
    w.submit({ type: 'keywords', emails: idsOf(w), patch: { $seen: true } });
    assert.equal(w.changes().length, 1);
    await w.expectTrue();
    assert.equal(w.server.setCalls('Email/set').length, 2);
  });

  it('makes, renames and deletes mailboxes, with mail in them, before the server knows of any', async (t) => {
    const w = await world(t, { mails: 2 });
    await w.expectTrue();
    const [one = ''] = idsOf(w);
    w.submit({ type: 'mailbox', op: 'create', name: 'Projects' });
    const box = w.localMailbox('Projects');
    w.submit({ type: 'mailboxes', emails: [one], patch: { [box]: true, [w.server.mailboxId('inbox')]: null } });
    w.submit({ type: 'mailbox', op: 'create', name: 'Tern', parent: box });
    w.submit({ type: 'mailbox', op: 'rename', mailbox: box, name: 'Work' });
    await w.expectTrue();
    const made = w.server.mailboxId('Work');
    assert.deepEqual((await w.server.truth()).emails[one]?.mailboxIds, [made]);
    assert.ok(w.server.mailboxId('Work/Tern'));
    w.submit({ type: 'mailbox', op: 'delete', mailbox: box, onDestroyRemoveEmails: true });
    assert.deepEqual(Object.keys(w.view().emails).length, 1);
    await w.expectTrue();
    assert.equal((await w.server.truth()).emails[one], undefined);
  });
});
