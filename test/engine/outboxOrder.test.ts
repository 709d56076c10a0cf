import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { hasSet } from '../servers/jmap/faults.ts';
import { mails, world } from '../support/world.ts';
import { idsOf, itemsOf, later, onServer, patchesOf, queue, resting, seen, timesSent } from '../support/worldQueue.ts';
import { tapNth } from '../support/worldTap.ts';

describe('P2: changes of one email', () => {
  it('go out as one patch, key by key, the last one winning, and each is recorded', async (t) => {
    const w = await resting(await world(t, { mails: 1 }));
    const [one = ''] = idsOf(w);
    const [inbox, archive, junk] = ['inbox', 'archive', 'junk'].map((role) => w.server.mailboxId(role));
    assert.ok(inbox && archive && junk);
    w.submit({ type: 'keywords', emails: [one], patch: { $seen: true, $flagged: true } });
    w.submit({ type: 'mailboxes', emails: [one], patch: { [archive]: true, [inbox]: null } });
    w.submit({ type: 'keywords', emails: [one], patch: { $seen: null, work: true } });
    w.submit({ type: 'mailboxes', emails: [one], patch: { [junk]: true } });
    await w.expectTrue();
    assert.deepEqual(patchesOf(w, one), [
      {
        'keywords/$seen': null,
        'keywords/$flagged': true,
        'keywords/work': true,
        [`mailboxIds/${archive}`]: true,
        [`mailboxIds/${inbox}`]: null,
        [`mailboxIds/${junk}`]: true,
      },
    ]);
    assert.deepEqual(queue(w), []);
    assert.deepEqual(await onServer(w, one), {
      keywords: ['$flagged', 'work'],
      mailboxIds: [archive, junk].toSorted(),
    });
  });

  it('a destroy goes by itself, after what was done before it', async (t) => {
    const w = await resting(await world(t, { mails: 1 }));
    const [one = ''] = idsOf(w);
    w.submit({ type: 'keywords', emails: [one], patch: { $seen: true } }, { type: 'destroy', emails: [one] });
    await w.expectTrue();
    assert.deepEqual(
      w.server.setCalls().map(({ args }) => [Object.keys(args['update'] ?? {}), args['destroy'] ?? []]),
      [
        [[one], []],
        [[], [one]],
      ],
    );
  });

  it('keep their order: what comes while an earlier one is on its way goes out after it', async (t) => {
    const w = await resting(await world(t, { mails: 1 }));
    const [one = ''] = idsOf(w);
    w.submit({ type: 'keywords', emails: [one], patch: { $seen: true } });
    tapNth(w, 'Email/set', 1, () => {
      w.submit({ type: 'keywords', emails: [one], patch: { $seen: null, $flagged: true } });
    });
    await w.sync();
    await w.expectTrue();
    assert.deepEqual(patchesOf(w, one), [
      { 'keywords/$seen': true },
      { 'keywords/$seen': null, 'keywords/$flagged': true },
    ]);
    assert.deepEqual(seen(w, one)?.keywords, ['$flagged']);
  });

  it('keep their order: what came later waits while an earlier one has to', async (t) => {
    const w = await resting(await world(t, { mails: 1 }));
    const [one = ''] = idsOf(w);
    w.submit({ type: 'keywords', emails: [one], patch: { $seen: true } });
    w.server.trouble.failMethod('Email/set', 'serverFail');
    await w.sync();
    w.submit({ type: 'keywords', emails: [one], patch: { $seen: null } });
    await w.sync();
    assert.equal(timesSent(w, one), 1);
    await later(w, 5_000);
    await w.expectTrue();
    assert.deepEqual(patchesOf(w, one), [{ 'keywords/$seen': true }, { 'keywords/$seen': null }]);
    assert.deepEqual(await onServer(w, one), seen(w, one));
  });
});

describe('P2: one bad change', () => {
  it('holds up no other: not one that has to wait', async (t) => {
    const w = await resting(await world(t, { mails: 2 }));
    const [one = '', two = ''] = idsOf(w);
    w.server.trouble.refuseItems((_, id) => (id === one ? { type: 'serverFail' } : null));
    w.submit({ type: 'keywords', emails: [one], patch: { $seen: true } });
    w.submit({ type: 'keywords', emails: [two], patch: { $seen: true } });
    await w.sync();
    assert.deepEqual(queue(w), ['keywords queued 1 server']);
    assert.deepEqual((await onServer(w, two))?.keywords, ['$seen']);
    w.submit({ type: 'keywords', emails: [two], patch: { $seen: null } });
    await w.sync();
    assert.deepEqual((await onServer(w, two))?.keywords, []);
    assert.equal(timesSent(w, one), 1);
  });

  it('does not take the others of its own change along: each email counts for itself', async (t) => {
    const w = await resting(await world(t, { mails: 3 }));
    const all = idsOf(w);
    const [one = '', two = ''] = all;
    w.server.trouble.refuseItems((_, id) =>
      id === one ? { type: 'serverFail' } : id === two ? { type: 'forbidden' } : null,
    );
    w.submit({ type: 'keywords', emails: all, patch: { $seen: true } });
    await w.sync();
    assert.deepEqual(w.changes()[0]?.emails.length, 2);
    w.server.trouble.refuseItems(null);
    await later(w, 5_000);
    assert.deepEqual([timesSent(w, one), timesSent(w, two)], [2, 1]);
    assert.deepEqual(queue(w), ['keywords failed 1 forbidden']);
    await w.expectTrue();
  });
});

describe('P2: a change is sent', () => {
  it('right after it was submitted, while the account is live', async (t) => {
    const w = await world(t, { mails: 1 });
    await w.expectTrue();
    const [one = ''] = idsOf(w);
    w.submit({ type: 'keywords', emails: [one], patch: { $seen: true } });
    await w.until(() => w.changes().length === 0, 'the change is sent without the clock');
    assert.deepEqual((await onServer(w, one))?.keywords, ['$seen']);
    await w.until(() => w.engine.status().phase === 'live');
    assert.equal(w.cycles().at(-1)?.trigger, 'change');
    assert.equal(w.cycles().at(-1)?.counts.pushed, 1);
  });

  it('before anything is read in a cycle', async (t) => {
    const w = await resting(await world(t, { mails: 1 }));
    const [one = ''] = idsOf(w);
    w.submit({ type: 'keywords', emails: [one], patch: { $seen: true } });
    await w.sync();
    const methods = w.server.requests.flatMap((request) => request.methods);
    assert.equal(methods[0], 'Email/set');
  });

  it('during a long first fill, which then goes on where it was', async (t) => {
    const w = await world(t, { mails: mails(400), limits: { maxObjectsInGet: 20 } });
    const heldWhenSent: number[] = [];
    let submitted = false;
    w.hooks.onCommit = ({ held }) => {
      if (held < 100 || submitted) return;
      submitted = true;
      w.submit({ type: 'keywords', emails: [idsOf(w)[0] ?? ''], patch: { $seen: true } });
    };
    tapNth(w, 'Email/get', 12, () => w.clock.advance(2_000));
    const first = w.sync();
    await w.until(() => w.server.setCalls().length > 0, 'the change is sent');
    heldWhenSent.push(idsOf(w).length);
    await first;
    assert.ok((heldWhenSent[0] ?? 400) < 400, `sent when ${heldWhenSent[0]} were held`);
    assert.equal(w.cycles()[0]?.counts.pushed, 1, 'in the same cycle');
    await w.expectTrue();
  });

  it('in batches that a server takes: 1,000 at a time, or as many as it allows', async (t) => {
    const w = await resting(await world(t, { mails: mails(25), limits: { maxObjectsInSet: 10 } }));
    w.submit({ type: 'keywords', emails: idsOf(w), patch: { $seen: true } });
    await w.expectTrue();
    assert.deepEqual(
      w.server.setCalls().map((set) => itemsOf(set).length),
      [10, 10, 5],
    );
  });

  it('by the next cycle that gets through, when it could not be sent at once', async (t) => {
    const w = await world(t, { mails: 1 });
    await w.expectTrue();
    const [one = ''] = idsOf(w);
    w.server.trouble.failNext('http503', 2);
    await w.sync();
    assert.equal(w.engine.status().phase, 'offline');
    w.submit({ type: 'keywords', emails: [one], patch: { $seen: true } });
    assert.deepEqual([seen(w, one)?.keywords, queue(w)], [['$seen'], ['keywords queued 0']]);
    await w.sync();
    await w.expectTrue();
    assert.deepEqual([(await onServer(w, one))?.keywords, timesSent(w, one)], [['$seen'], 2]);
    assert.equal(w.server.setCalls().filter(({ carriedOut }) => carriedOut).length, 1);
  });

  it('by none that the server cannot take now: also what was put together meanwhile can be given up at once', async (t) => {
    const w = await resting(await world(t, { mails: 2, limits: { maxObjectsInSet: 1 } }));
    for (const id of idsOf(w)) w.submit({ type: 'keywords', emails: [id], patch: { $seen: true } });
    w.server.trouble.failNext('http503', 1, { when: hasSet });
    await w.sync();
    assert.deepEqual(queue(w), ['keywords queued 0', 'keywords queued 0']);
    w.discard(...w.changes().map(({ id }) => id));
    await w.expectTrue();
    assert.deepEqual(
      w.server.setCalls().map(({ carriedOut }) => carriedOut),
      [false],
    );
  });

  it('a set is put to the server before any other request: `hasSet` sees it first', async (t) => {
    const w = await resting(await world(t, { mails: 1 }));
    w.server.trouble.failNext('http500', 1, { when: hasSet });
    w.submit({ type: 'keywords', emails: idsOf(w), patch: { $seen: true } });
    await w.sync();
    assert.deepEqual(queue(w), ['keywords queued 1 server']);
  });
});
