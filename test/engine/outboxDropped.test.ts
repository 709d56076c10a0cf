import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { hasSet } from '../servers/jmap/faults.ts';
import { type World, world } from '../support/world.ts';
import { idsOf, onServer, queue, resting, rowFaults, seen } from '../support/worldQueue.ts';

/** An email in the inbox that is queued to be moved to a mailbox of its own, at rest. */
const movedTo = async (t: TestContext) => {
  const w = await world(t, { mails: 1 });
  const box = await w.server.createMailbox('Box');
  await resting(w);
  const [one = ''] = idsOf(w);
  const [inbox = '', archive = '', junk = '', trash = ''] = ['inbox', 'archive', 'junk', 'trash'].map((role) =>
    w.server.mailboxId(role),
  );
  const [move = ''] = w.submit({ type: 'mailboxes', emails: [one], patch: { [inbox]: null, [box]: true } });
  return { w, one, box, inbox, archive, junk, trash, move };
};

const placesOf = async (w: World, one: string): Promise<unknown> => {
  assert.deepEqual(rowFaults(w), []);
  return [seen(w, one)?.mailboxIds, (await onServer(w, one))?.mailboxIds];
};

describe('What was done to mail after a change that comes to nothing', () => {
  for (const how of ['undo', 'discard'] as const)
    it(`takes it from where it is still: the change before was taken back (${how})`, async (t) => {
      const { w, one, inbox, trash, move } = await movedTo(t);
      const [del = ''] = w.submit({ type: 'delete', emails: [one] });
      w[how](move);
      assert.deepEqual(seen(w, one)?.mailboxIds, [trash]);
      await w.expectTrue();
      assert.deepEqual(await placesOf(w, one), [[trash], [trash]]);
      assert.deepEqual(w.undo(del).failed, []);
      await w.expectTrue();
      assert.deepEqual(await placesOf(w, one), [[inbox], [inbox]]);
    });

  it('takes it from where it is still: another client deleted the mailbox in between', async (t) => {
    const { w, one, box, archive, junk } = await movedTo(t);
    w.submit({ type: 'mailboxes', emails: [one], patch: { [box]: null, [archive]: true } });
    w.submit({ type: 'mailboxes', emails: [one], patch: { [archive]: null, [junk]: true } });
    await w.server.setKeywords([one], { work: true });
    await w.server.deleteMailbox(box);
    await w.expectTrue();
    assert.deepEqual(queue(w), ['mailboxes failed 0 notFound']);
    assert.deepEqual(await placesOf(w, one), [[junk], [junk]]);
  });

  it('takes it from where it is still: the server refused the change before', async (t) => {
    const { w, one, box, junk } = await movedTo(t);
    w.server.trouble.refuseItems((_, __, patch) =>
      patch?.[`mailboxIds/${box}`] === true || patch?.['keywords/bad'] ? { type: 'forbidden' } : null,
    );
    w.submit({ type: 'keywords', emails: [one], patch: { bad: true } });
    w.submit({ type: 'mailboxes', emails: [one], patch: { [box]: null, [junk]: true } });
    await w.expectTrue();
    assert.deepEqual(queue(w), ['mailboxes failed 0 forbidden', 'keywords failed 0 forbidden']);
    assert.deepEqual(await placesOf(w, one), [[junk], [junk]]);
  });

  it('moves it out of all else also to where it was to be already', async (t) => {
    const { w, one, junk } = await movedTo(t);
    const [first = ''] = w.submit({ type: 'move', emails: [one], role: 'junk' });
    w.submit({ type: 'move', emails: [one], role: 'junk' });
    w.undo(first);
    await w.expectTrue();
    assert.deepEqual([await placesOf(w, one), queue(w)], [[[junk], [junk]], []]);
  });

  it('adds it where it was added, and leaves it where it is: only a move takes it away', async (t) => {
    const { w, one, inbox, box, archive, move } = await movedTo(t);
    w.submit({ type: 'mailboxes', emails: [one], patch: { [box]: true, [archive]: true } });
    w.undo(move);
    await w.expectTrue();
    assert.deepEqual(await placesOf(w, one), [[inbox, archive, box].toSorted(), [inbox, archive, box].toSorted()]);
  });

  it('destroys it where it is still', async (t) => {
    const { w, one, box } = await movedTo(t);
    w.submit({ type: 'destroy', emails: [one] });
    await w.server.setKeywords([one], { work: true });
    await w.server.deleteMailbox(box);
    await w.expectTrue();
    assert.equal(await onServer(w, one), undefined);
    assert.deepEqual(queue(w), ['mailboxes failed 0 notFound']);
  });

  it('does not destroy it where another client put it', async (t) => {
    const { w, one, box, inbox, archive } = await movedTo(t);
    w.submit({ type: 'destroy', emails: [one] });
    await w.server.setMailboxes([one], { [inbox]: null, [archive]: true });
    await w.server.deleteMailbox(box);
    await w.expectTrue();
    assert.deepEqual(await placesOf(w, one), [[archive], [archive]]);
    assert.deepEqual(queue(w), ['mailboxes failed 0 notFound', 'destroy failed 0 conflict']);
  });

  it('destroys it where a move on from there took it', async (t) => {
    const { w, one, box, archive, move } = await movedTo(t);
    w.submit({ type: 'mailboxes', emails: [one], patch: { [box]: null, [archive]: true } });
    w.submit({ type: 'destroy', emails: [one] });
    w.undo(move);
    await w.expectTrue();
    assert.deepEqual([await onServer(w, one), queue(w)], [undefined, []]);
  });

  it('takes it from where a discarded change may have put it, as that may be on the server', async (t) => {
    const { w, one, inbox, junk, move } = await movedTo(t);
    w.server.trouble.failNext('dropAfter', 1, { when: hasSet });
    w.server.trouble.failNext('dropBefore', 1, { when: (request) => !hasSet(request) });
    await w.sync();
    w.discard(move);
    assert.deepEqual([queue(w), seen(w, one)?.mailboxIds], [['mailboxes uncertain 0', 'mailboxes queued 0'], [inbox]]);
    w.discard(move);
    w.submit({ type: 'mailboxes', emails: [one], patch: { [inbox]: null, [junk]: true } });
    await w.expectTrue();
    assert.deepEqual([await placesOf(w, one), queue(w)], [[[junk], [junk]], []]);
  });

  it('is left alone by a change that had failed before and is dismissed', async (t) => {
    const { w, one, box, move } = await movedTo(t);
    w.server.trouble.refuseItems((_, __, patch) =>
      patch?.[`mailboxIds/${box}`] === true ? { type: 'forbidden' } : null,
    );
    await w.expectTrue();
    w.submit({ type: 'move', emails: [one], role: 'archive' });
    await w.expectTrue();
    w.submit({ type: 'destroy', emails: [one] });
    w.discard(move);
    await w.expectTrue();
    assert.deepEqual([await onServer(w, one), queue(w)], [undefined, []]);
  });
});

describe('What was done to a keyword after a change of it that comes to nothing', () => {
  for (const how of ['undo', 'discard', 'refused'] as const)
    for (const [first, second] of [
      [true, null],
      [true, true],
      [null, null],
    ] as const)
      it(`is undone to what was before both: ${how}, ${first} and then ${second}`, async (t) => {
        const w = await resting(await world(t, { mails: [{ keywords: first ? ['other'] : ['other', 'work'] }] }));
        const [one = ''] = idsOf(w);
        const before = seen(w, one)?.keywords;
        const set = (work: true | null, more = {}): string =>
          w.submit({ type: 'keywords', emails: [one], patch: { work, ...more } })[0] ?? '';
        const [change, later] = [set(first, { bad: true }), set(second)];
        if (how === 'refused')
          w.server.trouble.refuseItems((_, __, patch) => (patch?.['keywords/bad'] ? { type: 'forbidden' } : null));
        else w[how](change);
        await w.expectTrue();
        assert.equal(seen(w, one)?.keywords.includes('work'), second === true);
        assert.deepEqual(w.undo(later).failed, []);
        await w.expectTrue();
        assert.deepEqual([seen(w, one)?.keywords, (await onServer(w, one))?.keywords], [before, before]);
      });
});

describe('changes.retry of a move that failed', () => {
  /** The server takes nothing into the mailbox, until it is told to. */
  const failed = async (t: TestContext) => {
    const given = await movedTo(t);
    const { w, box } = given;
    w.server.trouble.refuseItems((_, __, patch) =>
      patch?.[`mailboxIds/${box}`] === true ? { type: 'forbidden' } : null,
    );
    await w.expectTrue();
    w.server.trouble.reset();
    assert.deepEqual(queue(w), ['mailboxes failed 0 forbidden']);
    return given;
  };

  it('moves it', async (t) => {
    const { w, one, box, move } = await failed(t);
    w.retry(move);
    await w.expectTrue();
    assert.deepEqual([await placesOf(w, one), queue(w)], [[[box], [box]], []]);
  });

  for (const when of ['on the server', 'still to be sent'] as const)
    it(`leaves it where it was moved on to (${when}), and says so`, async (t) => {
      const { w, one, trash, move } = await failed(t);
      w.submit({ type: 'delete', emails: [one] });
      if (when === 'on the server') await w.expectTrue();
      w.retry(move);
      await w.expectTrue();
      assert.deepEqual([await placesOf(w, one), queue(w)], [[[trash], [trash]], ['mailboxes failed 0 conflict']]);
    });

  it('is done where it was brought there meanwhile', async (t) => {
    const { w, one, box, inbox, move } = await failed(t);
    await w.server.setMailboxes([one], { [inbox]: null, [box]: true });
    await w.sync();
    w.retry(move);
    await w.expectTrue();
    assert.deepEqual([await placesOf(w, one), queue(w)], [[[box], [box]], []]);
  });
});

describe('changes.undo of a move of mail that has been moved on since', () => {
  it('leaves it where it is, and says so; the others come back', async (t) => {
    const w = await resting(await world(t, { mails: 2 }));
    const [one = '', two = ''] = idsOf(w);
    const [inbox = '', archive = '', junk = ''] = ['inbox', 'archive', 'junk'].map((role) => w.server.mailboxId(role));
    const [move = ''] = w.submit({ type: 'move', emails: [one, two], role: 'archive' });
    await w.expectTrue();
    await w.server.setMailboxes([one], { [archive]: null, [junk]: true });
    await w.sync();
    assert.deepEqual(
      w.undo(move).failed.map(({ id, error }) => [id, error.kind]),
      [[move, 'conflict']],
    );
    await w.expectTrue();
    assert.deepEqual(
      [await placesOf(w, one), await placesOf(w, two)],
      [
        [[junk], [junk]],
        [[inbox], [inbox]],
      ],
    );
  });

  it('does nothing to what is back already, and says nothing of it', async (t) => {
    const w = await resting(await world(t, { mails: 1 }));
    const [move = ''] = w.submit({ type: 'move', emails: idsOf(w), role: 'archive' });
    await w.expectTrue();
    assert.deepEqual([w.undo(move).failed, w.undo(move).failed], [[], []]);
    assert.deepEqual(queue(w), ['mailboxes queued 0']);
    await w.expectTrue();
    assert.deepEqual(await placesOf(w, idsOf(w)[0] ?? ''), [
      [w.server.mailboxId('inbox')],
      [w.server.mailboxId('inbox')],
    ]);
  });
});
