import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { hasSet } from '../servers/jmap/faults.ts';
import { startJmapServer } from '../servers/jmapServer.ts';
import { type World, world } from '../support/world.ts';
import { idsOf, itemsOf, onServer, queue, resting, seen, theChange } from '../support/worldQueue.ts';

const undo = (w: World, id: string | undefined): unknown => w.undo(id ?? '');

describe('J6: what was changed here', () => {
  it('is never sent to another server: the replica is put away first, and the changes fail', async (t) => {
    const w = await world(t, { mails: 3 });
    await w.expectTrue();
    const [one = '', two = ''] = idsOf(w);
    await w.engine.stop();
    w.submit({ type: 'destroy', emails: [one] }, { type: 'keywords', emails: [two], patch: { $flagged: true } });
    const other = await startJmapServer();
    w.onEnd(() => other.stop());
    await other.deliver([{ subject: 'a' }, { subject: 'b' }, { subject: 'c' }]);
    const before = await other.truth();
    assert.ok(other.config.protocol === 'jmap');
    w.account.config = other.config;
    await w.restart();
    await w.sync();
    assert.deepEqual(await other.truth(), before);
    assert.deepEqual(other.setCalls(), []);
    assert.deepEqual(
      w.changes().map(({ type, state, error }) => [type, state, error?.kind]),
      [['keywords', 'failed', 'notFound']],
    );
    assert.equal(Object.keys((await w.server.truth()).emails).length, 3, 'nor to the first one any more');
  });

  it('is not sent before the first pull told which account it is of', async (t) => {
    const w = await world(t, { mails: 1 });
    w.submit({ type: 'mailbox', op: 'create', name: 'Early' });
    await w.expectTrue();
    assert.ok(w.server.mailboxId('Early'));
    assert.deepEqual(
      w.server.setCalls().map(({ args }) => typeof args['ifInState']),
      ['string'],
    );
  });
});

describe('J6: a mailbox that is deleted with what is below it', () => {
  it('stays when another client moved one of them out meanwhile', async (t) => {
    const w = await world(t, { mails: 1 });
    const top = await w.server.createMailbox('Top');
    const below = await w.server.createMailbox('Below', top);
    const [mail = ''] = await w.server.deliver([{ mailboxIds: [below] }]);
    await w.expectTrue();
    await w.engine.stop();
    w.submit({ type: 'mailbox', op: 'delete', mailbox: top, onDestroyRemoveEmails: true });
    await w.server.moveMailbox(below, null);
    await w.sync();
    assert.deepEqual([theChange(w).state, theChange(w).error?.kind], ['failed', 'conflict']);
    assert.deepEqual((await onServer(w, mail))?.mailboxIds, [below]);
    await w.expectTrue();
  });

  it('stays whole when another client put one into it meanwhile', async (t) => {
    const w = await world(t, { mails: 1 });
    const top = await w.server.createMailbox('Top');
    const below = await w.server.createMailbox('Below', top);
    await w.expectTrue();
    await w.engine.stop();
    w.submit({ type: 'mailbox', op: 'delete', mailbox: top, onDestroyRemoveEmails: true });
    await w.server.createMailbox('New', top);
    await w.sync();
    assert.deepEqual([theChange(w).state, theChange(w).error?.kind], ['failed', 'conflict']);
    assert.ok((await w.server.truth()).mailboxes[below], 'nothing of it was deleted');
    await w.expectTrue();
  });
});

describe('P3: an email that nobody deleted is never out of sight', () => {
  it('falls back in the very commit that gives up the mailbox it was to go to', async (t) => {
    const w = await resting(await world(t, { mails: 2 }));
    const [one = ''] = idsOf(w);
    const inbox = w.server.mailboxId('inbox');
    await w.engine.stop();
    w.submit({ type: 'mailbox', op: 'create', name: 'Bad' });
    w.submit({ type: 'mailboxes', emails: [one], patch: { [w.localMailbox('Bad')]: true, [inbox]: null } });
    w.server.trouble.refuseItems(() => ({ type: 'forbidden' }));
    const homeless: unknown[] = [];
    w.hooks.onCommit = () => {
      if (seen(w, one)?.mailboxIds.length === 0) homeless.push(queue(w));
    };
    await w.sync();
    assert.deepEqual(homeless, []);
    assert.deepEqual(seen(w, one)?.mailboxIds, [inbox]);
    assert.deepEqual(
      w.changes().map(({ type, error }) => [type, error?.kind]),
      [
        ['mailbox', 'forbidden'],
        ['mailboxes', 'cancelled'],
      ],
    );
  });

  it('stays where the server has it when the first of two changes is undone', async (t) => {
    const w = await resting(await world(t, { mails: 1 }));
    const [one = ''] = idsOf(w);
    const [inbox, archive] = ['inbox', 'archive'].map((role) => w.server.mailboxId(role));
    assert.ok(inbox && archive);
    await w.engine.stop();
    const [added] = w.submit({ type: 'mailboxes', emails: [one], patch: { [archive]: true } });
    w.submit({ type: 'mailboxes', emails: [one], patch: { [inbox]: null } });
    undo(w, added);
    assert.deepEqual(seen(w, one)?.mailboxIds, [inbox]);
    await w.sync();
    assert.deepEqual([theChange(w).state, theChange(w).error?.kind], ['failed', 'conflict']);
    await w.expectTrue();
  });

  it('and so it does when a move is retried alone, whose mailbox was never made', async (t) => {
    const w = await resting(await world(t, { mails: 1 }));
    const [one = ''] = idsOf(w);
    const inbox = w.server.mailboxId('inbox');
    w.server.trouble.refuseItems(() => ({ type: 'forbidden' }));
    w.submit({ type: 'mailbox', op: 'create', name: 'Bad' });
    const [move = ''] = w.submit({
      type: 'mailboxes',
      emails: [one],
      patch: { [w.localMailbox('Bad')]: true, [inbox]: null },
    });
    await w.sync();
    await w.engine.stop();
    w.retry(move);
    assert.deepEqual(seen(w, one)?.mailboxIds, [inbox]);
  });
});

describe('P4: a server that takes no sets for a while', () => {
  for (const kind of ['http503', 'serverUnavailable'] as const)
    it(`(${kind}) is read all the same, and the changes wait without an attempt`, async (t) => {
      const w = await resting(await world(t, { mails: 1 }));
      const [one = ''] = idsOf(w);
      if (kind === 'http503') w.server.trouble.failNext(kind, 3, { when: hasSet });
      else w.server.trouble.failMethod('Email/set', kind, 3);
      w.submit({ type: 'keywords', emails: [one], patch: { $seen: true } });
      const [mail = ''] = await w.server.deliver([{ subject: 'news' }]);
      const outcome = await w.sync();
      assert.equal(outcome.result, 'error');
      assert.ok(seen(w, mail), 'new mail came');
      assert.deepEqual([theChange(w).state, theChange(w).attempts], ['queued', 0]);
      w.server.trouble.reset();
      await w.expectTrue();
      assert.deepEqual(queue(w), []);
    });

  for (const [what, kind] of [
    ['asks to wait', 'http429'],
    ['refuses the person', 'http401'],
  ] as const)
    it(`and that ${what} is not read either`, async (t) => {
      const w = await resting(await world(t, { mails: 1 }));
      w.submit({ type: 'keywords', emails: idsOf(w), patch: { $seen: true } });
      w.server.trouble.failNext(kind, 1, { when: hasSet, retryAfter: 60 });
      await w.sync();
      assert.deepEqual(w.server.requests.at(-1)?.methods, ['Email/set']);
      assert.deepEqual(queue(w), ['keywords queued 0']);
    });

  it('in the middle of a set that had to be halved: what the first half did is known, and can be undone', async (t) => {
    const w = await resting(await world(t, { mails: 4 }));
    const inbox = w.server.mailboxId('inbox');
    const [id = ''] = w.submit({ type: 'move', emails: idsOf(w), role: 'archive' });
    w.server.trouble.failMethod('Email/set', 'requestTooLarge');
    let sets = 0;
    w.server.trouble.failNext('http429', 1, { when: (request) => hasSet(request) && ++sets === 3 });
    w.server.trouble.failNext('http429', 1, { when: () => sets === 3 });
    await w.sync();
    assert.deepEqual(
      w.server.setCalls().map((set) => [itemsOf(set).length, set.carriedOut]),
      [
        [4, false],
        [2, true],
        [2, false],
      ],
    );
    assert.deepEqual(queue(w), ['move queued 0']);
    w.undo(id);
    await w.expectTrue();
    for (const each of idsOf(w)) assert.deepEqual((await onServer(w, each))?.mailboxIds, [inbox]);
    assert.deepEqual(queue(w), []);
  });
});

describe('roles', () => {
  it('archiving leaves other mailboxes alone, and deleting destroys only what is in Trash alone', async (t) => {
    const w = await world(t, {});
    const label = await w.server.createMailbox('Label');
    const [inbox, archive, trash] = ['inbox', 'archive', 'trash'].map((role) => w.server.mailboxId(role));
    assert.ok(inbox && archive && trash);
    const places = [[inbox, label], [archive, label], [label], [trash], [inbox, trash]];
    const ids = await w.server.deliver(places.map((mailboxIds, n) => ({ subject: `${n}`, mailboxIds })));
    await w.expectTrue();
    w.submit({ type: 'move', emails: ids.slice(0, 3), role: 'archive' }, { type: 'delete', emails: ids.slice(3) });
    await w.expectTrue();
    const after = await Promise.all(ids.map(async (id) => (await onServer(w, id))?.mailboxIds.toSorted()));
    assert.deepEqual(after, [[archive, label].toSorted(), [archive, label].toSorted(), [archive], undefined, [trash]]);
  });
});
