import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { hasSet } from '../servers/jmap/faults.ts';
import { type LoggedSet } from '../servers/jmap/site.ts';
import { mails, type World, world } from '../support/world.ts';
import { idsOf, itemsOf, onServer, queue, resting, seen } from '../support/worldQueue.ts';
import { tap, tapNth } from '../support/worldTap.ts';

const guarded = ({ args }: LoggedSet): boolean => typeof args['ifInState'] === 'string' || '#ifInState' in args;
const relaxed = ({ args }: LoggedSet): boolean => '#ifInState' in args;

/** Delivers a mail at every request that asks what changed or changes anything, before it is worked on by the next one. */
const busy = (w: World, requests = Number.POSITIVE_INFINITY): void => {
  let left = requests;
  tap(w, async ({ name }) => {
    if (name === 'Email/changes' || name === 'Email/set') {
      left -= 1;
      if (left >= 0) await w.server.deliver([{}]);
    }
  });
};

describe('J6: ifInState', () => {
  it('is on every set: of emails, of mailboxes, and on each call of a tree that goes', async (t) => {
    const w = await world(t, { mails: 3 });
    const box = await w.server.createMailbox('Old');
    await w.server.createMailbox('A', box);
    await w.server.createMailbox('B', box);
    await resting(w);
    const [one = '', two = '', three = ''] = idsOf(w);
    w.submit({ type: 'keywords', emails: [one], patch: { $seen: true } });
    w.submit({ type: 'move', emails: [two], role: 'archive' }, { type: 'destroy', emails: [three] });
    w.submit({ type: 'mailbox', op: 'create', name: 'New' });
    w.submit({ type: 'mailbox', op: 'rename', mailbox: w.localMailbox('New'), name: 'Newer' });
    w.submit({ type: 'mailbox', op: 'delete', mailbox: box, onDestroyRemoveEmails: true });
    await w.expectTrue();
    const sets = w.server.setCalls();
    assert.equal(sets.filter(({ method }) => method === 'Mailbox/set').length, 5);
    assert.deepEqual(
      sets.filter((set) => !guarded(set)),
      [],
    );
  });

  it('begins with a small batch and goes on with larger ones, until an answer is lost or stale', async (t) => {
    const w = await resting(await world(t, { mails: mails(1600) }));
    const sizes = (): number[] => w.server.setCalls().map((set) => itemsOf(set).length);
    w.submit({ type: 'keywords', emails: idsOf(w), patch: { $seen: true } });
    await w.expectTrue();
    assert.deepEqual(sizes(), [500, 1000, 100]);
    w.forget();
    w.submit({ type: 'keywords', emails: idsOf(w), patch: { $flagged: true } });
    w.server.trouble.failNext('dropAfter', 1, { when: hasSet });
    await w.sync();
    await w.expectTrue();
    assert.deepEqual(sizes(), [500, 500, 600]);
    w.forget();
    w.submit({ type: 'keywords', emails: idsOf(w), patch: { $answered: true } });
    tapNth(w, 'Email/set', 1, async () => void (await w.server.deliver([{}])));
    await w.expectTrue();
    assert.deepEqual(sizes(), [500, 1000, 500, 600]);
  });

  it('moves with our own sets, so that batches do not trip each other', async (t) => {
    const w = await resting(await world(t, { mails: mails(1000), limits: { maxObjectsInSet: 500 } }));
    w.submit({ type: 'keywords', emails: idsOf(w), patch: { $seen: true } });
    await w.expectTrue();
    const sets = w.server.setCalls();
    assert.deepEqual(
      sets.map((set) => [itemsOf(set).length, set.carriedOut]),
      [
        [500, true],
        [500, true],
      ],
    );
    assert.notEqual(sets[0]?.args['ifInState'], sets[1]?.args['ifInState']);
    // The state of a set is no cursor: the next pull brings what happened since the last one.
    assert.equal(w.cycles().at(-1)?.counts.pushed, 1000);
  });

  it('is never taken for a cursor: another client\u2019s change between our set and the pull comes', async (t) => {
    const w = await resting(await world(t, { mails: 2 }));
    const [one = '', two = ''] = idsOf(w);
    w.submit({ type: 'keywords', emails: [one], patch: { $seen: true } });
    w.server.trouble.ignoreIfInState(true);
    await w.server.setKeywords([two], { $flagged: true });
    await w.expectTrue();
    assert.deepEqual(seen(w, two)?.keywords, ['$flagged']);
  });
});

describe('J6: a stale state', () => {
  it('between two of our own batches is told once: after the pull the guard is the cursor again', async (t) => {
    const w = await resting(await world(t, { mails: 4, limits: { maxObjectsInSet: 2 } }));
    // Another client is first between the first batch and the second.
    tapNth(w, 'Email/set', 1, async () => void (await w.server.deliver([{}])));
    w.submit({ type: 'move', emails: idsOf(w), role: 'archive' });
    await w.expectTrue();
    assert.deepEqual(
      w.server.setCalls().map(({ carriedOut }) => carriedOut),
      [true, false, true],
    );
  });

  it('costs no attempt: what the server has is pulled, the change laid on it, and tried again at once', async (t) => {
    const w = await resting(await world(t, { mails: 2 }));
    const [one = '', two = ''] = idsOf(w);
    const archive = w.server.mailboxId('archive');
    w.submit({ type: 'mailboxes', emails: [one], patch: { [archive]: true } });
    await w.server.setKeywords([one, two], { $flagged: true });
    await w.expectTrue();
    assert.deepEqual([w.cycles().length, queue(w)], [2, []]);
    assert.deepEqual(
      w.server.setCalls().map(({ carriedOut }) => carriedOut),
      [false, true],
    );
    assert.ok((await onServer(w, one))?.mailboxIds.includes(archive));
  });

  it('comes to no verifying of everything: only what changed is read', async (t) => {
    const w = await resting(await world(t, { mails: 5 }));
    w.submit({ type: 'keywords', emails: idsOf(w), patch: { $seen: true } });
    await w.server.deliver([{}]);
    await w.expectTrue();
    assert.equal(w.server.countRequests('Email/query'), 0);
  });

  it('is met from the third in a row by a back-reference, for keywords alone', async (t) => {
    const w = await resting(await world(t, { mails: 2 }));
    const [one = '', two = ''] = idsOf(w);
    w.submit({ type: 'keywords', emails: [one], patch: { $seen: true } });
    w.submit({ type: 'move', emails: [two], role: 'archive' });
    w.server.trouble.failMethod('Email/set', 'stateMismatch', 2);
    await w.expectTrue();
    const sets = w.server.setCalls();
    assert.deepEqual(sets.map(relaxed), [false, false, true, false, false]);
    assert.deepEqual(sets.slice(2).map(itemsOf), [[one], [two], [two]]);
    const request = w.server.requests.find(({ sets: within }) => within.some(relaxed));
    assert.deepEqual(request?.methods, ['Email/changes', 'Email/set']);
    assert.deepEqual(queue(w), []);
  });

  it('counts in a row: after one that was met, the next set insists on what was pulled again', async (t) => {
    const w = await resting(await world(t, { mails: 2, limits: { maxObjectsInSet: 1 } }));
    w.submit({ type: 'keywords', emails: idsOf(w), patch: { $seen: true } });
    w.server.trouble.failMethod('Email/set', 'stateMismatch', 2);
    await w.expectTrue();
    assert.deepEqual(w.server.setCalls().map(relaxed), [false, false, true, false, false]);
  });

  it('met so vouches for nothing that goes out after it: what no pull has brought is still seen first', async (t) => {
    const w = await resting(await world(t, { mails: 2 }));
    const [one = '', two = ''] = idsOf(w);
    const [inbox, archive] = [w.server.mailboxId('inbox'), w.server.mailboxId('archive')];
    w.submit({ type: 'keywords', emails: [one], patch: { $seen: true } }, { type: 'destroy', emails: [two] });
    w.server.trouble.failMethod('Email/set', 'stateMismatch', 2);
    // Another client is in time before the keywords, and after the pull.
    let sets = 0;
    let moved = false;
    tap(w, async ({ name }) => {
      if (name === 'Email/set') sets += 1;
      if (name !== 'Email/changes' || sets < 2 || moved) return;
      moved = true;
      await w.server.setMailboxes([two], { [archive]: true, [inbox]: null });
    });
    await w.expectTrue();
    assert.deepEqual((await onServer(w, two))?.mailboxIds, [archive], 'moved elsewhere, so not destroyed');
    assert.deepEqual(queue(w), ['destroy failed 0 conflict']);
    assert.deepEqual((await onServer(w, one))?.keywords, ['$seen']);
  });

  it('never makes a move or a destroy insist less', async (t) => {
    const w = await resting(await world(t, { mails: 3 }));
    const [one = '', two = '', three = ''] = idsOf(w);
    w.submit({ type: 'move', emails: [one], role: 'archive' }, { type: 'destroy', emails: [two] });
    w.submit({ type: 'mailbox', op: 'create', name: 'New' });
    w.submit({ type: 'keywords', emails: [three], patch: { $seen: true } });
    w.submit({ type: 'move', emails: [three], role: 'junk' });
    for (const method of ['Email/set', 'Mailbox/set']) w.server.trouble.failMethod(method, 'stateMismatch', 9);
    await w.sync();
    const sets = w.server.setCalls();
    assert.ok(sets.length > 4);
    assert.deepEqual(
      sets.filter((set) => relaxed(set) || !guarded(set)),
      [],
    );
    assert.ok(w.changes().every(({ attempts, state }) => attempts === 0 && state === 'queued'));
  });

  it('an account that gets a mail with every request still gets its flags through', async (t) => {
    const w = await resting(await world(t, { mails: 3 }));
    const all = idsOf(w);
    w.submit({ type: 'keywords', emails: all, patch: { $seen: true } });
    await w.server.deliver([{}]);
    busy(w);
    await w.sync();
    for (const id of all) assert.deepEqual((await onServer(w, id))?.keywords, ['$seen']);
    tap(w, () => undefined);
    await w.expectTrue();
    assert.deepEqual(queue(w), []);
  });

  it('one that gets a few mails while it is flushed gets its moves and destroys through', async (t) => {
    const w = await resting(await world(t, { mails: 2 }));
    const [one = '', two = ''] = idsOf(w);
    w.submit({ type: 'move', emails: [one], role: 'archive' }, { type: 'destroy', emails: [two] });
    await w.server.deliver([{}]);
    busy(w, 3);
    await w.sync();
    assert.deepEqual((await onServer(w, one))?.mailboxIds, [w.server.mailboxId('archive')]);
    assert.equal(await onServer(w, two), undefined);
    assert.ok(w.server.setCalls().filter(({ carriedOut }) => !carriedOut).length > 1);
    tap(w, () => undefined);
    await w.expectTrue();
  });

  it('without end leaves the moves to the next cycle, and the cycle ends well', async (t) => {
    const w = await resting(await world(t, { mails: 1 }));
    const [one = ''] = idsOf(w);
    w.submit({ type: 'move', emails: [one], role: 'archive' });
    await w.server.deliver([{}]);
    busy(w);
    assert.equal((await w.sync()).result, 'ok');
    assert.deepEqual(queue(w), ['move queued 0']);
    assert.ok(w.server.setCalls().length <= 6);
    tap(w, () => undefined);
    await w.expectTrue();
    assert.deepEqual(queue(w), []);
  });
});

describe('J6: a destroy', () => {
  it('is sent only if the email is where the person saw it, else it fails as conflict', async (t) => {
    const w = await resting(await world(t, { mails: 2 }));
    const [one = '', two = ''] = idsOf(w);
    const [inbox, archive] = [w.server.mailboxId('inbox'), w.server.mailboxId('archive')];
    w.submit({ type: 'destroy', emails: [one, two] });
    await w.server.setMailboxes([one], { [archive]: true, [inbox]: null });
    await w.expectTrue();
    assert.deepEqual(queue(w), ['destroy failed 0 conflict']);
    assert.deepEqual([(await onServer(w, one))?.mailboxIds, await onServer(w, two)], [[archive], undefined]);
    assert.match(w.changes()[0]?.error?.message ?? '', /moved elsewhere meanwhile/);
  });

  it('after our own move counts from where the person saw it then', async (t) => {
    const w = await resting(await world(t, { mails: 1 }));
    const [one = ''] = idsOf(w);
    w.submit({ type: 'delete', emails: [one] });
    w.submit({ type: 'delete', emails: [one] });
    assert.equal(seen(w, one), undefined);
    await w.expectTrue();
    assert.deepEqual([queue(w), await onServer(w, one)], [[], undefined]);
  });

  it('does not mind a flag that changed meanwhile', async (t) => {
    const w = await resting(await world(t, { mails: 1 }));
    const [one = ''] = idsOf(w);
    w.submit({ type: 'destroy', emails: [one] });
    await w.server.setKeywords([one], { $flagged: true });
    await w.expectTrue();
    assert.deepEqual([queue(w), await onServer(w, one)], [[], undefined]);
  });

  it('that failed so can be tried again by who sees where the email is now', async (t) => {
    const w = await resting(await world(t, { mails: 1 }));
    const [one = ''] = idsOf(w);
    const [inbox, archive] = [w.server.mailboxId('inbox'), w.server.mailboxId('archive')];
    const [id = ''] = w.submit({ type: 'destroy', emails: [one] });
    await w.server.setMailboxes([one], { [archive]: true, [inbox]: null });
    await w.sync();
    assert.deepEqual(queue(w), ['destroy failed 0 conflict']);
    w.retry(id);
    await w.expectTrue();
    assert.deepEqual([queue(w), await onServer(w, one)], [[], undefined]);
  });
});

describe('J6: a server that ignores ifInState', () => {
  it('gets its changes all the same, and the replica ends true', async (t) => {
    const w = await resting(await world(t, { mails: 3 }));
    w.server.trouble.ignoreIfInState(true);
    const [one = '', two = '', three = ''] = idsOf(w);
    w.submit({ type: 'keywords', emails: [one], patch: { $seen: true } });
    w.submit({ type: 'move', emails: [two], role: 'archive' }, { type: 'destroy', emails: [three] });
    await w.server.setKeywords([one, two], { $flagged: true });
    await w.server.deliver([{}]);
    await w.expectTrue();
    assert.deepEqual(queue(w), []);
    assert.deepEqual((await onServer(w, one))?.keywords, ['$flagged', '$seen']);
  });
});
