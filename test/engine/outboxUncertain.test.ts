import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { hasSet } from '../servers/jmap/faults.ts';
import { mails, type World, world } from '../support/world.ts';
import { idsOf, later, onServer, queue, resting, seen, theChange, timesSent } from '../support/worldQueue.ts';
import { tap } from '../support/worldTap.ts';

/** The set is carried out, its answer never comes, and then nothing comes any more. */
const loseAnswerAndMore = (w: World): void => {
  w.server.trouble.failNext('dropAfter', 1, { when: hasSet });
  w.server.trouble.failNext('dropBefore', 1, { when: (request) => !hasSet(request) });
};

/** Methods that the server was asked, in order. */
const asked = (w: World): string[] => w.server.requests.flatMap(({ methods }) => methods);

describe('P5: an unknown outcome', () => {
  it('is stored, told as uncertain, and survives a restart', async (t) => {
    const w = await resting(await world(t, { mails: 1 }));
    const [one = ''] = idsOf(w);
    w.submit({ type: 'keywords', emails: [one], patch: { $seen: true } });
    loseAnswerAndMore(w);
    assert.equal((await w.sync()).result, 'error');
    assert.deepEqual(queue(w), ['keywords uncertain 0']);
    await w.restart();
    assert.deepEqual([queue(w), seen(w, one)?.keywords], [['keywords uncertain 0'], ['$seen']]);
  });

  it('is settled by looking before anything is sent again: a lost answer never doubles', async (t) => {
    const w = await resting(await world(t, { mails: 2 }));
    const [one = '', two = ''] = idsOf(w);
    w.submit({ type: 'keywords', emails: [one], patch: { $seen: true } }, { type: 'destroy', emails: [two] });
    loseAnswerAndMore(w);
    await w.sync();
    w.server.forgetRequests();
    await w.restart();
    await w.expectTrue();
    assert.ok(asked(w).includes('Email/changes'));
    assert.deepEqual([w.server.setCalls().length, queue(w)], [0, []]);
    assert.deepEqual([(await onServer(w, one))?.keywords, await onServer(w, two)], [['$seen'], undefined]);
  });

  it('of a set that never arrived: it is looked for, and then sent again', async (t) => {
    const w = await resting(await world(t, { mails: 1 }));
    const [one = ''] = idsOf(w);
    w.submit({ type: 'keywords', emails: [one], patch: { $seen: true } });
    w.server.trouble.failNext('dropBefore', 2);
    await w.sync();
    assert.deepEqual(queue(w), ['keywords uncertain 0']);
    w.server.forgetRequests();
    await w.sync();
    const methods = asked(w);
    assert.ok(methods.indexOf('Email/changes') < methods.indexOf('Email/set'), methods.join(' '));
    await w.expectTrue();
    assert.equal(timesSent(w, one), 1);
  });

  it('is on disk before the set is written: a program that dies while it waits for the answer knows', async (t) => {
    const w = await resting(await world(t, { mails: 1 }));
    const [one = ''] = idsOf(w);
    w.submit({ type: 'keywords', emails: [one], patch: { $seen: true } });
    const before: [boolean | undefined, string[]][] = [];
    tap(w, ({ name }) => {
      if (name !== 'Email/set') return;
      before.push([w.commits.at(-1)?.durable, queue(w)]);
      // It dies here, and never hears the answer.
      w.crashAt(1);
    });
    await w.sync();
    assert.deepEqual(before, [[true, ['keywords inflight 0']]]);
    assert.ok(w.crashed());
    await w.restart();
    tap(w, () => undefined);
    await w.expectTrue();
    assert.deepEqual([timesSent(w, one), queue(w)], [1, []]);
  });

  it('of changes that went out together is settled together: an earlier one does not come back alone', async (t) => {
    const w = await resting(await world(t, { mails: 2 }));
    const [one = '', two = ''] = idsOf(w);
    w.submit({ type: 'keywords', emails: [one, two], patch: { $seen: true, $flagged: true } });
    w.submit({ type: 'keywords', emails: [one], patch: { $seen: null } });
    w.server.trouble.failNext('dropAfter', 1, { when: hasSet });
    await w.sync();
    assert.deepEqual([timesSent(w, one), queue(w)], [1, []]);
    await w.expectTrue();
    assert.deepEqual(seen(w, one)?.keywords, ['$flagged']);
    w.submit({ type: 'keywords', emails: [two], patch: { $seen: null } });
    w.submit({ type: 'keywords', emails: [two], patch: { $seen: true, work: true } });
    w.submit({ type: 'keywords', emails: [two], patch: { $seen: null } });
    w.server.trouble.failNext('dropBefore', 1, { when: hasSet });
    await w.sync();
    await later(w, 5_000);
    await w.expectTrue();
    assert.deepEqual([queue(w), (await onServer(w, two))?.keywords], [[], ['$flagged', 'work']]);
  });

  it('of some items (serverPartialFail) is read again: what was done is done, the rest is tried again', async (t) => {
    const w = await resting(await world(t, { mails: 2 }));
    const [one = '', two = ''] = idsOf(w);
    w.submit({ type: 'keywords', emails: [one, two], patch: { $seen: true } });
    w.server.trouble.partial((_, id) => (id === one ? { type: 'serverPartialFail' } : null));
    w.server.trouble.refuseItems((_, id) => (id === two ? { type: 'serverPartialFail' } : null));
    await w.sync();
    assert.deepEqual([theChange(w).attempts, theChange(w).emails.length], [1, 1]);
    w.server.trouble.reset();
    await later(w, 5_000);
    await w.expectTrue();
    assert.deepEqual([timesSent(w, one), timesSent(w, two), queue(w)], [1, 2, []]);
  });

  it('frees the queue in the same cycle, where it was done', async (t) => {
    const w = await world(t);
    const box = await w.server.createMailbox('Old');
    const [one = ''] = await w.server.deliver([{ mailboxIds: [box] }]);
    await resting(w);
    const archive = w.server.mailboxId('archive');
    w.submit({ type: 'mailboxes', emails: [one], patch: { [archive]: true, [box]: null } });
    w.submit({ type: 'mailbox', op: 'delete', mailbox: box });
    w.server.trouble.failNext('dropAfter', 1, { when: hasSet });
    await w.sync();
    assert.deepEqual([queue(w), (await onServer(w, one))?.mailboxIds], [[], [archive]]);
    assert.equal(w.server.setCalls('Mailbox/set').length, 1);
  });

  it('may be taken back: the person need not wait for it', async (t) => {
    const w = await resting(await world(t, { mails: 1 }));
    const [one = ''] = idsOf(w);
    const [id = ''] = w.submit({ type: 'keywords', emails: [one], patch: { $seen: true } });
    loseAnswerAndMore(w);
    await w.sync();
    w.discard(id);
    assert.deepEqual([queue(w), seen(w, one)?.keywords], [['keywords uncertain 0', 'keywords queued 0'], []]);
    await w.expectTrue();
    assert.deepEqual([queue(w), (await onServer(w, one))?.keywords], [[], []], 'the server had it all the same');
  });

  it('of one batch of several holds for that batch alone', async (t) => {
    const w = await resting(await world(t, { mails: mails(30), limits: { maxObjectsInSet: 10 } }));
    const all = idsOf(w);
    w.submit({ type: 'keywords', emails: all, patch: { $seen: true } });
    let sets = 0;
    w.server.trouble.failNext('dropAfter', 1, { when: (request) => hasSet(request) && ++sets === 2 });
    await w.sync();
    await w.expectTrue();
    assert.deepEqual(queue(w), []);
    for (const id of all) assert.equal(timesSent(w, id) <= 2, true);
    assert.equal(all.filter((id) => timesSent(w, id) > 1).length <= 10, true, 'only what was on its way behind it');
  });
});

describe('P5: a change that is repeated does no harm', () => {
  it('a destroy of an email that vanished is a success', async (t) => {
    const w = await resting(await world(t, { mails: 1, limits: {} }));
    const [one = ''] = idsOf(w);
    w.submit({ type: 'destroy', emails: [one] });
    w.server.trouble.refuseItems(() => ({ type: 'notFound' }));
    await w.sync();
    assert.deepEqual([queue(w), seen(w, one)], [[], undefined]);
  });

  it('a deletion of a mailbox that vanished is one, too', async (t) => {
    const w = await world(t);
    const box = await w.server.createMailbox('Old');
    await resting(w);
    w.submit({ type: 'mailbox', op: 'delete', mailbox: box });
    w.server.trouble.refuseItems(() => ({ type: 'notFound' }));
    await w.sync();
    assert.deepEqual([queue(w), w.view().mailboxes[box]], [[], undefined]);
  });
});

describe('P5: a mailbox whose answer was lost', () => {
  const boxes = async (w: World, name: string): Promise<number> =>
    Object.values((await w.server.truth()).mailboxes).filter((box) => box.name === name).length;

  it('is adopted by its name and place, and mail goes into it', async (t) => {
    const w = await world(t, { mails: 1 });
    const parent = await w.server.createMailbox('Parent');
    await w.server.createMailbox('Work');
    await resting(w);
    const [one = ''] = idsOf(w);
    const inbox = w.server.mailboxId('inbox');
    w.submit({ type: 'mailbox', op: 'create', name: 'Work', parent });
    const local = w.changes()[0]?.mailbox ?? '';
    w.submit({ type: 'mailboxes', emails: [one], patch: { [local]: true, [inbox]: null } });
    loseAnswerAndMore(w);
    await w.sync();
    assert.deepEqual(queue(w), ['mailbox uncertain 0', 'mailboxes queued 0']);
    await w.restart();
    await w.expectTrue();
    const made = w.server.mailboxId('Parent/Work');
    assert.deepEqual([queue(w), w.server.setCalls('Mailbox/set').length], [[], 1]);
    assert.deepEqual((await onServer(w, one))?.mailboxIds, [made]);
    assert.equal(
      w.store.read((db) => db.get<{ id: number }>('SELECT id FROM mailboxes WHERE remote_id = ?', made)?.id),
      Number(local),
    );
  });

  it('is adopted also where it was renamed or moved here since', async (t) => {
    const w = await world(t);
    const parent = await w.server.createMailbox('Parent');
    await resting(w);
    w.submit({ type: 'mailbox', op: 'create', name: 'First' });
    const local = w.localMailbox('First');
    w.submit({ type: 'mailbox', op: 'rename', mailbox: local, name: 'Second', parent });
    loseAnswerAndMore(w);
    await w.sync();
    await w.restart();
    await w.expectTrue();
    assert.deepEqual([await boxes(w, 'First'), await boxes(w, 'Second'), queue(w)], [0, 1, []]);
    assert.equal(w.view().mailboxes[w.server.mailboxId('Parent/Second')]?.name, 'Second');
    assert.equal(w.localMailbox('Second'), local);
  });

  it('is not taken for one of the same name elsewhere', async (t) => {
    const w = await world(t);
    const parent = await w.server.createMailbox('Parent');
    await resting(w);
    w.submit({ type: 'mailbox', op: 'create', name: 'Work', parent });
    await w.server.createMailbox('Work');
    await w.expectTrue();
    assert.deepEqual([await boxes(w, 'Work'), queue(w)], [2, []]);
    assert.ok(w.server.mailboxId('Parent/Work'));
  });

  it('and that another client made meanwhile is the same one', async (t) => {
    const w = await resting(await world(t));
    w.submit({ type: 'mailbox', op: 'create', name: 'Work' });
    await w.server.createMailbox('Work');
    await w.sync();
    await w.expectTrue();
    assert.deepEqual([await boxes(w, 'Work'), queue(w)], [1, []]);
  });

  it('of a renaming or a deletion: looked at, not sent again', async (t) => {
    const w = await world(t);
    const [one, two] = [await w.server.createMailbox('One'), await w.server.createMailbox('Two')];
    await resting(w);
    w.submit({ type: 'mailbox', op: 'rename', mailbox: one, name: 'New' });
    w.server.trouble.failNext('dropAfter', 2, { when: hasSet });
    w.submit({ type: 'mailbox', op: 'delete', mailbox: two });
    await w.sync();
    await w.expectTrue();
    assert.deepEqual([queue(w), w.server.setCalls('Mailbox/set').length], [[], 2]);
    assert.equal(w.view().mailboxes[one]?.name, 'New');
  });

  it('that the server did not make is made once, later', async (t) => {
    const w = await resting(await world(t));
    w.submit({ type: 'mailbox', op: 'create', name: 'Work' });
    w.server.trouble.failNext('dropBefore', 1, { when: hasSet });
    await w.sync();
    assert.deepEqual(queue(w), ['mailbox queued 1 network']);
    await later(w, 5_000);
    await w.expectTrue();
    assert.deepEqual([await boxes(w, 'Work'), queue(w)], [1, []]);
  });
});
