import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { hasSet } from '../servers/jmap/faults.ts';
import { world } from '../support/world.ts';
import {
  idsOf,
  later,
  localEmail,
  namesOf,
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

describe('changes.list', () => {
  it('shows every state, oldest first, and nothing that succeeded', async (t) => {
    const w = await resting(await world(t, { mails: 4 }));
    const [one = '', two = '', three = '', four = ''] = idsOf(w);
    w.server.trouble.refuseItems((_, id) =>
      id === one ? { type: 'forbidden' } : id === two ? { type: 'overQuota' } : null,
    );
    for (const id of [one, two, three]) w.submit({ type: 'keywords', emails: [id], patch: { $seen: true } });
    const inflight: string[][] = [];
    tap(w, ({ name }) => {
      if (name === 'Email/set') inflight.push(queue(w));
    });
    await w.sync();
    assert.deepEqual(inflight, [['keywords inflight 0', 'keywords inflight 0', 'keywords inflight 0']]);
    assert.deepEqual(queue(w), ['keywords failed 0 forbidden', 'keywords queued 1 quota']);
    w.submit({ type: 'destroy', emails: [four] });
    w.server.trouble.failNext('dropAfter', 1, { when: hasSet });
    w.server.trouble.failNext('dropBefore', 1, { when: (request) => !hasSet(request) });
    await w.sync();
    assert.deepEqual(queue(w), ['keywords failed 0 forbidden', 'keywords queued 1 quota', 'destroy uncertain 0']);
  });

  it('names the emails of a change that are not settled', async (t) => {
    const w = await resting(await world(t, { mails: 3 }));
    const [one = '', two = ''] = idsOf(w);
    w.server.trouble.refuseItems((_, id) => (id === one || id === two ? { type: 'serverFail' } : null));
    w.submit({ type: 'keywords', emails: idsOf(w), patch: { $seen: true } });
    await w.sync();
    assert.deepEqual(theChange(w).emails.toSorted(), [localEmail(w, one), localEmail(w, two)].toSorted());
  });
});

describe('changes.retry', () => {
  it('puts a failed change back, shows it, and sends it at once with all its attempts', async (t) => {
    const w = await resting(await world(t, { mails: 2 }));
    const [one = '', two = ''] = idsOf(w);
    w.server.trouble.refuseItems((_, id) => (id === one ? { type: 'forbidden' } : null));
    const [id = ''] = w.submit({ type: 'keywords', emails: [one, two], patch: { $seen: true } });
    await w.sync();
    w.server.trouble.refuseItems(null);
    await w.engine.stop();
    w.retry(id);
    assert.deepEqual([queue(w), seen(w, one)?.keywords], [['keywords queued 0'], ['$seen']]);
    await w.expectTrue();
    assert.deepEqual([queue(w), timesSent(w, one), timesSent(w, two)], [[], 2, 1]);
    assert.deepEqual((await onServer(w, one))?.keywords, ['$seen']);
  });

  it('makes a waiting change due now', async (t) => {
    const w = await resting(await world(t, { mails: 1 }));
    const [one = ''] = idsOf(w);
    w.server.trouble.failMethod('Email/set', 'serverFail');
    const [id = ''] = w.submit({ type: 'keywords', emails: [one], patch: { $seen: true } });
    await w.sync();
    await w.engine.stop();
    w.retry(id);
    assert.deepEqual(queue(w), ['keywords queued 0 server']);
    w.engine.start();
    await w.until(() => w.changes().length === 0);
    assert.equal(timesSent(w, one), 2);
  });

  it('brings a failed mailbox back under the id it had, with the mail that was to go into it', async (t) => {
    const w = await resting(await world(t, { mails: 1 }));
    const [one = ''] = idsOf(w);
    const inbox = w.server.mailboxId('inbox');
    const [create = ''] = w.submit({ type: 'mailbox', op: 'create', name: 'Work' });
    const local = w.localMailbox('Work');
    const [move = ''] = w.submit({ type: 'mailboxes', emails: [one], patch: { [local]: true, [inbox]: null } });
    w.server.trouble.refuseItems((method) => (method === 'Mailbox/set' ? { type: 'forbidden' } : null));
    await w.sync();
    assert.deepEqual(queue(w), ['mailbox failed 0 forbidden', 'mailboxes failed 0 cancelled']);
    w.server.trouble.reset();
    await w.engine.stop();
    w.retry(move, create);
    assert.deepEqual([w.localMailbox('Work'), seen(w, one)?.mailboxIds], [local, [`local ${local}`]]);
    w.server.trouble.failMethod('Mailbox/set', 'serverFail');
    await w.sync();
    assert.deepEqual(queue(w), ['mailbox queued 1 server', 'mailboxes queued 0'], 'the mail waits for it again');
    await later(w, 5_000);
    await w.expectTrue();
    assert.deepEqual([queue(w), (await onServer(w, one))?.mailboxIds], [[], [w.server.mailboxId('Work')]]);
  });

  it('brings mailboxes within mailboxes back, which wait for each other again', async (t) => {
    const w = await resting(await world(t));
    w.submit({ type: 'mailbox', op: 'create', name: 'Work' });
    w.submit({ type: 'mailbox', op: 'create', name: 'Sub', parent: w.localMailbox('Work') });
    w.server.trouble.refuseItems(() => ({ type: 'forbidden' }));
    await w.sync();
    assert.deepEqual(queue(w), ['mailbox failed 0 forbidden', 'mailbox failed 0 cancelled']);
    w.server.trouble.reset();
    w.server.trouble.failMethod('Mailbox/set', 'serverFail');
    await w.engine.stop();
    w.retry(...w.changes().map(({ id }) => id));
    await w.sync();
    assert.deepEqual(queue(w), ['mailbox queued 1 server', 'mailbox queued 0']);
    await later(w, 5_000);
    await w.expectTrue();
    assert.ok(w.server.mailboxId('Work/Sub'));
  });

  it('of a mailbox whose name was taken meanwhile is a conflict, and changes nothing', async (t) => {
    const w = await resting(await world(t));
    w.server.trouble.refuseItems(() => ({ type: 'forbidden' }));
    const [id = ''] = w.submit({ type: 'mailbox', op: 'create', name: 'Work' });
    await w.sync();
    w.server.trouble.reset();
    await w.server.createMailbox('Work');
    await w.expectTrue();
    assert.equal(refusal(() => w.retry(id))[0], 'conflict');
    assert.deepEqual(queue(w), ['mailbox failed 0 forbidden']);
    await w.expectTrue();
  });

  const deletedInVain = async (t: TestContext, more: { onDestroyRemoveEmails?: boolean } = {}) => {
    const w = await resting(await world(t));
    const box = await w.server.createMailbox('Old');
    await w.sync();
    const [id = ''] = w.submit({ type: 'mailbox', op: 'delete', mailbox: box, ...more });
    const [fresh = ''] = await w.server.deliver([{ mailboxIds: [box] }]);
    await w.sync();
    await w.expectTrue();
    assert.deepEqual([queue(w), namesOf(w)], [['mailbox failed 0 conflict'], ['Old']]);
    return { w, id, fresh };
  };

  it('of a mailbox that mail came into deletes it with what is in it now, under its id', async (t) => {
    const { w, id } = await deletedInVain(t, { onDestroyRemoveEmails: true });
    await w.engine.stop();
    w.retry(id);
    assert.deepEqual([w.changes().map((each) => each.id), namesOf(w), idsOf(w)], [[id], [], []]);
    w.engine.start();
    await w.expectTrue();
    assert.deepEqual([queue(w), namesOf(w), rowFaults(w)], [[], [], []]);
    assert.deepEqual(Object.keys((await w.server.truth()).emails), []);
  });

  it('of a mailbox that was to be deleted empty, and is not, is a conflict that says what to do', async (t) => {
    const { w, id, fresh } = await deletedInVain(t);
    assert.throws(() => w.retry(id), { kind: 'conflict', message: /move or delete what is in it/ });
    assert.deepEqual(queue(w), ['mailbox failed 0 conflict']);
    await w.server.destroy([fresh]);
    await w.sync();
    w.retry(id);
    await w.expectTrue();
    assert.deepEqual([queue(w), namesOf(w)], [[], []]);
  });

  it('of a change whose email is gone leaves that failed, with its reason, and sends the rest', async (t) => {
    const w = await resting(await world(t, { mails: 2 }));
    const [one = '', two = ''] = idsOf(w);
    const [id = ''] = w.submit({ type: 'keywords', emails: [one, two], patch: { $seen: true } });
    w.server.trouble.refuseItems((_, email) => (email === two ? { type: 'forbidden' } : null));
    await w.server.destroy([one]);
    await w.expectTrue();
    assert.equal(theChange(w).emails.length, 2);
    w.server.trouble.refuseItems(null);
    w.retry(id);
    await w.expectTrue();
    assert.deepEqual([theChange(w).state, theChange(w).emails.length], ['failed', 1]);
    assert.ok(theChange(w).error?.message);
    assert.deepEqual((await onServer(w, two))?.keywords, ['$seen']);
  });
});

describe('changes.discard', () => {
  it('gives up what is queued and dismisses what failed: the view is what the server has', async (t) => {
    const w = await resting(await world(t, { mails: 2 }));
    const before = w.view();
    const [one = '', two = ''] = idsOf(w);
    const [first = '', second = ''] = w.submit(
      { type: 'keywords', emails: [one], patch: { $seen: true } },
      { type: 'destroy', emails: [two] },
    );
    w.discard(second);
    assert.ok(seen(w, two));
    w.server.trouble.refuseItems(() => ({ type: 'forbidden' }));
    await w.sync();
    w.discard(first);
    assert.deepEqual([w.changes(), w.view(), rowFaults(w)], [[], before, []]);
    await w.expectTrue();
  });

  it('lets what waited behind it go at once', async (t) => {
    const w = await world(t, { mails: 1 });
    await w.expectTrue();
    const [one = ''] = idsOf(w);
    w.server.trouble.failMethod('Email/set', 'serverFail');
    const [first = ''] = w.submit({ type: 'keywords', emails: [one], patch: { $seen: true } });
    await w.until(() => theChange(w).attempts === 1);
    w.submit({ type: 'keywords', emails: [one], patch: { $flagged: true } });
    await w.sync();
    assert.equal(w.changes().length, 2);
    w.discard(first);
    await w.until(() => w.changes().length === 0);
    assert.deepEqual((await onServer(w, one))?.keywords, ['$flagged']);
  });

  it('is a conflict while the change is on its way', async (t) => {
    const w = await resting(await world(t, { mails: 1 }));
    const [one = ''] = idsOf(w);
    const [id = ''] = w.submit({ type: 'keywords', emails: [one], patch: { $seen: true } });
    const [create = ''] = w.submit({ type: 'mailbox', op: 'create', name: 'New' });
    const refused: unknown[] = [];
    tap(w, ({ name }) => {
      if (name === 'Email/set') refused.push(refusal(() => w.discard(id)));
      if (name === 'Mailbox/set') refused.push(refusal(() => w.discard(create)));
    });
    await w.sync();
    assert.deepEqual(refused, [
      ['conflict', 'ids'],
      ['conflict', 'ids'],
    ]);
    assert.deepEqual((await onServer(w, one))?.keywords, ['$seen']);
  });

  it('takes back only what the server does not have yet', async (t) => {
    const w = await resting(await world(t, { mails: 2 }));
    const [one = '', two = ''] = idsOf(w);
    w.server.trouble.refuseItems((_, email) => (email === one ? { type: 'serverFail' } : null));
    const [id = ''] = w.submit({ type: 'keywords', emails: [one, two], patch: { $seen: true } });
    await w.sync();
    w.discard(id);
    assert.deepEqual([queue(w), seen(w, one)?.keywords, seen(w, two)?.keywords], [[], [], ['$seen']]);
    await w.expectTrue();
    assert.equal(w.undo(id).failed.length, 0, 'what was sent can be undone still');
    assert.deepEqual(seen(w, two)?.keywords, []);
    await w.expectTrue();
  });
});

describe('roles', () => {
  const roles = ['archive', 'junk', 'trash', 'inbox'] as const;
  for (const role of roles)
    it(`a move to ${role} puts it there and takes it from ${role === 'archive' ? 'the inbox alone' : 'everywhere else'}`, async (t) => {
      const w = await world(t);
      const [inbox, target, label] = [
        w.server.mailboxId('inbox'),
        w.server.mailboxId(role),
        await w.server.createMailbox('Label'),
      ];
      const [one = '', two = ''] = await w.server.deliver([{ mailboxIds: [inbox, label] }, { mailboxIds: [label] }]);
      await resting(w);
      w.submit({ type: 'move', emails: [one, two], role });
      await w.expectTrue();
      const both = [target, label].toSorted();
      assert.deepEqual((await onServer(w, one))?.mailboxIds, role === 'archive' ? both : [target]);
      assert.deepEqual((await onServer(w, two))?.mailboxIds, [target]);
    });

  it('a delete moves to Trash, and destroys what is in Trash', async (t) => {
    const w = await world(t);
    const [inbox, trash] = [w.server.mailboxId('inbox'), w.server.mailboxId('trash')];
    const [one = '', two = ''] = await w.server.deliver([{ mailboxIds: [inbox] }, { mailboxIds: [trash] }]);
    await resting(w);
    w.submit({ type: 'delete', emails: [one, two] });
    assert.deepEqual([seen(w, one)?.mailboxIds, seen(w, two)], [[trash], undefined]);
    await w.expectTrue();
    assert.deepEqual([(await onServer(w, one))?.mailboxIds, await onServer(w, two)], [[trash], undefined]);
  });
});
