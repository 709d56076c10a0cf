import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { world } from '../support/world.ts';
import { idsOf, later, namesOf, onServer, queue, resting, rowFaults, seen } from '../support/worldQueue.ts';

describe('P2: what depends on another change', () => {
  it('waits for it: mail into a mailbox that the server does not have yet', async (t) => {
    const w = await resting(await world(t, { mails: 2 }));
    const [one = '', two = ''] = idsOf(w);
    const inbox = w.server.mailboxId('inbox');
    w.submit({ type: 'mailbox', op: 'create', name: 'Work' });
    const work = w.localMailbox('Work');
    w.submit({ type: 'keywords', emails: [one], patch: { $flagged: true } });
    w.submit({ type: 'mailboxes', emails: [one], patch: { [work]: true, [inbox]: null } });
    w.submit({ type: 'keywords', emails: [two], patch: { $seen: true } });
    assert.deepEqual(seen(w, one)?.mailboxIds, [`local ${work}`]);
    w.server.trouble.failMethod('Mailbox/set', 'serverFail');
    await w.sync();
    assert.deepEqual(queue(w), ['mailbox queued 1 server', 'mailboxes queued 0']);
    assert.deepEqual((await onServer(w, two))?.keywords, ['$seen'], 'what does not depend on it goes out');
    assert.deepEqual(
      (await onServer(w, one))?.keywords,
      ['$flagged'],
      'also of the same mail, when it was done before',
    );
    await later(w, 5_000);
    await w.expectTrue();
    assert.deepEqual((await onServer(w, one))?.mailboxIds, [w.server.mailboxId('Work')]);
    assert.equal(w.localMailbox('Work'), work, 'its id is what it was');
  });

  it('goes level by level for mailboxes within mailboxes', async (t) => {
    const w = await resting(await world(t));
    w.submit({ type: 'mailbox', op: 'create', name: 'A' });
    w.submit({ type: 'mailbox', op: 'create', name: 'B', parent: w.localMailbox('A') });
    w.submit({ type: 'mailbox', op: 'create', name: 'C', parent: w.localMailbox('B') });
    w.submit({ type: 'mailbox', op: 'rename', mailbox: w.localMailbox('C'), name: 'D', parent: w.localMailbox('A') });
    await w.expectTrue();
    assert.equal(w.view().mailboxes[w.server.mailboxId('A/D')]?.parentId, w.server.mailboxId('A'));
    assert.ok(w.server.mailboxId('A/B'));
    assert.deepEqual(namesOf(w), ['A', 'B', 'D']);
  });

  it('is cancelled with it, and says so', async (t) => {
    const w = await resting(await world(t, { mails: 1 }));
    const [one = ''] = idsOf(w);
    const inbox = w.server.mailboxId('inbox');
    w.submit({ type: 'mailbox', op: 'create', name: 'Work' });
    w.submit({ type: 'mailbox', op: 'create', name: 'Sub', parent: w.localMailbox('Work') });
    w.submit({ type: 'mailboxes', emails: [one], patch: { [w.localMailbox('Sub')]: true, [inbox]: null } });
    w.submit({ type: 'keywords', emails: [one], patch: { $seen: true } });
    w.server.trouble.refuseItems((method) => (method === 'Mailbox/set' ? { type: 'forbidden' } : null));
    await w.expectTrue();
    assert.deepEqual(queue(w), [
      'mailbox failed 0 forbidden',
      'mailbox failed 0 cancelled',
      'mailboxes failed 0 cancelled',
    ]);
    assert.match(w.changes()[2]?.error?.message ?? '', /a change that it depends on failed/);
    assert.deepEqual(seen(w, one), { keywords: ['$seen'], mailboxIds: [inbox] });
    assert.deepEqual(namesOf(w), []);
    assert.deepEqual(rowFaults(w), []);
  });

  it('is cancelled with it also when the person gives that up', async (t) => {
    const w = await resting(await world(t, { mails: 1 }));
    const [one = ''] = idsOf(w);
    const [id = ''] = w.submit({ type: 'mailbox', op: 'create', name: 'Work' });
    w.submit({ type: 'mailboxes', emails: [one], patch: { [w.localMailbox('Work')]: true } });
    w.discard(id);
    assert.deepEqual(queue(w), ['mailboxes failed 0 cancelled']);
    assert.deepEqual(seen(w, one)?.mailboxIds, [w.server.mailboxId('inbox')]);
    await w.expectTrue();
  });
});

describe('P2: a name that another change sets free', () => {
  it('is taken only then: a mailbox deleted, once its mail has left, and made anew', async (t) => {
    const w = await world(t);
    const old = await w.server.createMailbox('Box');
    const [kept = ''] = await w.server.deliver([{ mailboxIds: [old] }]);
    await resting(w);
    const archive = w.server.mailboxId('archive');
    w.submit({ type: 'mailboxes', emails: [kept], patch: { [archive]: true, [old]: null } });
    w.submit({ type: 'mailbox', op: 'delete', mailbox: old });
    w.submit({ type: 'mailbox', op: 'create', name: 'Box' });
    await w.expectTrue();
    assert.deepEqual([queue(w), namesOf(w)], [[], ['Box']]);
    assert.notEqual(w.server.mailboxId('Box'), old);
    assert.deepEqual((await onServer(w, kept))?.mailboxIds, [archive]);
  });

  it('is taken only then: two mailboxes that swap their names', async (t) => {
    const w = await world(t);
    const [a, b] = [await w.server.createMailbox('A'), await w.server.createMailbox('B')];
    await resting(w);
    w.submit({ type: 'mailbox', op: 'rename', mailbox: a, name: 'C' });
    w.submit({ type: 'mailbox', op: 'rename', mailbox: b, name: 'A' });
    w.submit({ type: 'mailbox', op: 'rename', mailbox: a, name: 'B' });
    w.server.trouble.failMethod('Mailbox/set', 'serverFail');
    await w.sync();
    assert.deepEqual(queue(w), ['mailbox queued 1 server', 'mailbox queued 0', 'mailbox queued 0']);
    await later(w, 5_000);
    await w.expectTrue();
    assert.deepEqual([queue(w), w.server.mailboxId('A'), w.server.mailboxId('B')], [[], b, a]);
  });
});

describe('P2: a mailbox that is deleted', () => {
  it('waits for mail that was moved out of it before, and never destroys it', async (t) => {
    const w = await world(t);
    const box = await w.server.createMailbox('Old');
    const [kept = ''] = await w.server.deliver([{ mailboxIds: [box] }]);
    await resting(w);
    const archive = w.server.mailboxId('archive');
    w.submit({ type: 'mailboxes', emails: [kept], patch: { [archive]: true, [box]: null } });
    w.submit({ type: 'mailbox', op: 'delete', mailbox: box, onDestroyRemoveEmails: true });
    w.server.trouble.failMethod('Email/set', 'serverFail');
    await w.sync();
    assert.deepEqual(w.server.setCalls('Mailbox/set'), [], 'nothing is deleted while the mail is in it');
    assert.deepEqual(seen(w, kept)?.mailboxIds, [archive]);
    await later(w, 5_000);
    await w.expectTrue();
    assert.deepEqual((await onServer(w, kept))?.mailboxIds, [archive]);
    assert.deepEqual(namesOf(w), []);
  });

  it('is kept when moving the mail out of it failed', async (t) => {
    const w = await world(t);
    const box = await w.server.createMailbox('Old');
    const [kept = ''] = await w.server.deliver([{ mailboxIds: [box] }]);
    await resting(w);
    w.submit({ type: 'mailboxes', emails: [kept], patch: { [w.server.mailboxId('archive')]: true, [box]: null } });
    w.submit({ type: 'mailbox', op: 'delete', mailbox: box, onDestroyRemoveEmails: true });
    w.server.trouble.refuseItems((method) => (method === 'Email/set' ? { type: 'forbidden' } : null));
    await w.expectTrue();
    assert.deepEqual(queue(w), ['mailboxes failed 0 forbidden', 'mailbox failed 0 cancelled']);
    assert.deepEqual(await onServer(w, kept), { keywords: [], mailboxIds: [box] });
    assert.deepEqual(w.server.setCalls('Mailbox/set'), []);
  });

  it('takes its mail and everything below along, and leaves what is elsewhere as well', async (t) => {
    const w = await world(t);
    const box = await w.server.createMailbox('Old');
    const below = await w.server.createMailbox('Below', box);
    const inbox = w.server.mailboxId('inbox');
    const [gone = '', deep = '', both = ''] = await w.server.deliver([
      { mailboxIds: [box, below] },
      { mailboxIds: [below] },
      { mailboxIds: [below, inbox] },
    ]);
    await resting(w);
    w.submit({ type: 'mailbox', op: 'delete', mailbox: box, onDestroyRemoveEmails: true });
    assert.deepEqual([seen(w, gone), seen(w, deep), seen(w, both)?.mailboxIds], [undefined, undefined, [inbox]]);
    assert.deepEqual(namesOf(w), []);
    await w.expectTrue();
    assert.deepEqual(Object.keys((await w.server.truth()).emails), [both]);
    assert.deepEqual(rowFaults(w), []);
  });

  it('takes along what was changed in its mail before: nothing of that has failed', async (t) => {
    const w = await world(t, { mails: 1 });
    const box = await w.server.createMailbox('Box');
    const [gone = ''] = await w.server.deliver([{ mailboxIds: [box] }]);
    await resting(w);
    w.submit({ type: 'keywords', emails: [gone], patch: { $flagged: true } });
    w.submit({ type: 'mailbox', op: 'delete', mailbox: box, onDestroyRemoveEmails: true });
    await w.expectTrue();
    assert.deepEqual([queue(w), await onServer(w, gone)], [[], undefined]);
  });

  it('takes its mail along only as a whole: what was changed in that before goes out alone', async (t) => {
    const w = await world(t);
    const box = await w.server.createMailbox('Box');
    const inbox = w.server.mailboxId('inbox');
    const mail = await w.server.deliver([{ mailboxIds: [box] }, { mailboxIds: [box, inbox] }]);
    await resting(w);
    w.submit({ type: 'keywords', emails: mail, patch: { $flagged: true } });
    w.submit({ type: 'mailbox', op: 'delete', mailbox: box, onDestroyRemoveEmails: true });
    w.server.trouble.failMethod('Mailbox/set', 'stateMismatch', 100);
    await w.sync();
    const states = await Promise.all(mail.map((id) => onServer(w, id)));
    assert.deepEqual(
      states.map((state) => [state?.keywords, state?.mailboxIds]),
      [
        [['$flagged'], [box]],
        [['$flagged'], [box, inbox].toSorted()],
      ],
    );
    assert.deepEqual(queue(w), ['mailbox queued 0']);
    w.server.trouble.reset();
    await w.expectTrue();
    assert.deepEqual([queue(w), Object.keys((await w.server.truth()).emails)], [[], mail.slice(1)]);
  });

  it('is kept when mail has come into it meanwhile, and says so', async (t) => {
    const w = await world(t);
    const box = await w.server.createMailbox('Old');
    const [old = ''] = await w.server.deliver([{ mailboxIds: [box] }]);
    await resting(w);
    w.submit({ type: 'mailbox', op: 'delete', mailbox: box, onDestroyRemoveEmails: true });
    const [fresh = ''] = await w.server.deliver([{ mailboxIds: [box] }]);
    await w.sync();
    await w.expectTrue();
    assert.deepEqual(queue(w), ['mailbox failed 0 conflict']);
    assert.match(w.changes()[0]?.error?.message ?? '', /mail has come into the mailbox meanwhile/);
    assert.deepEqual(idsOf(w), [old, fresh].toSorted());
    assert.deepEqual(namesOf(w), ['Old']);
  });

  it('with mailboxes below: mail that comes into one of them at that very moment is not destroyed', async (t) => {
    const w = await world(t);
    const box = await w.server.createMailbox('Old');
    await w.server.createMailbox('First', box);
    const second = await w.server.createMailbox('Second', box);
    await resting(w);
    w.submit({ type: 'mailbox', op: 'delete', mailbox: box, onDestroyRemoveEmails: true });
    const [fresh = ''] = await w.server.deliver([{ mailboxIds: [second] }]);
    await w.sync();
    assert.ok((await w.server.truth()).emails[fresh], 'the mail is still there');
    await w.expectTrue();
    assert.deepEqual(queue(w), ['mailbox failed 0 conflict']);
  });

  it('that another client deleted is a success, and a change of it fails visibly', async (t) => {
    const w = await world(t);
    const [one, two] = [await w.server.createMailbox('One'), await w.server.createMailbox('Two')];
    await resting(w);
    w.submit({ type: 'mailbox', op: 'delete', mailbox: one });
    w.submit({ type: 'mailbox', op: 'rename', mailbox: two, name: 'New' });
    await w.server.deleteMailbox(one);
    await w.server.deleteMailbox(two);
    await w.expectTrue();
    assert.deepEqual(queue(w), ['mailbox failed 0 notFound']);
    assert.deepEqual([w.changes()[0]?.op, namesOf(w)], ['rename', []]);
  });

  it('or left by another client, never leaves an email in no mailbox at all', async (t) => {
    const w = await world(t);
    const [inbox, archive] = [w.server.mailboxId('inbox'), w.server.mailboxId('archive')];
    const [one = ''] = await w.server.deliver([{ mailboxIds: [inbox, archive] }]);
    await resting(w);
    w.submit({ type: 'mailboxes', emails: [one], patch: { [inbox]: null } });
    await w.server.setMailboxes([one], { [archive]: null });
    await w.expectTrue();
    assert.deepEqual(queue(w), ['mailboxes failed 0 conflict']);
    assert.deepEqual((await onServer(w, one))?.mailboxIds, [inbox]);
    assert.deepEqual(
      w.server.setCalls().map(({ carriedOut }) => carriedOut),
      [false],
      'nothing is sent once that is known',
    );
  });

  it('that mail was to be moved to: the mail stays where it is and says why', async (t) => {
    const w = await world(t, { mails: 1 });
    const box = await w.server.createMailbox('Box');
    await resting(w);
    const [one = ''] = idsOf(w);
    const inbox = w.server.mailboxId('inbox');
    w.submit({ type: 'mailboxes', emails: [one], patch: { [box]: true, [inbox]: null } });
    await w.server.deleteMailbox(box);
    // The state of the emails moves, too, so that the pull comes before the change.
    await w.server.deliver([{}]);
    await w.expectTrue();
    assert.deepEqual(queue(w), ['mailboxes failed 0 notFound']);
    assert.deepEqual((await onServer(w, one))?.mailboxIds, [inbox]);
  });
});
