import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { hasSet } from '../servers/jmap/faults.ts';
import { type World, world } from '../support/world.ts';
import {
  idsOf,
  localEmail,
  onServer,
  patchesOf,
  queue,
  resting,
  seen,
  theChange,
  timesSent,
} from '../support/worldQueue.ts';

const permanent: [type: string, kind: string, says: RegExp][] = [
  ['notFound', 'notFound', /no longer on the server/],
  ['forbidden', 'forbidden', /does not allow it/],
  ['invalidPatch', 'invalid', /does not accept this change/],
  ['invalidProperties', 'invalid', /does not accept these values/],
  ['tooLarge', 'tooLarge', /too large/],
  ['willDestroy', 'server', /willDestroy/],
  ['aTypeNobodyKnows', 'server', /aTypeNobodyKnows/],
];

describe('P4: an item error for good', () => {
  for (const [type, kind, says] of permanent)
    it(`${type} drops that item at once, and says why`, async (t) => {
      const w = await resting(await world(t, { mails: 3 }));
      const [one = '', two = '', three = ''] = idsOf(w);
      w.server.trouble.refuseItems((_, id) => (id === one ? { type, description: 'for a reason' } : null));
      w.submit({ type: 'keywords', emails: [one, two], patch: { $seen: true } });
      w.submit({ type: 'keywords', emails: [three], patch: { $seen: true } });
      await w.expectTrue();
      const { state, attempts, error, emails } = theChange(w);
      assert.deepEqual([state, attempts, error?.kind, emails], ['failed', 0, kind, [localEmail(w, one)]]);
      assert.match(error?.message ?? '', says);
      assert.match(error?.message ?? '', /for a reason/);
      assert.deepEqual(
        [seen(w, one)?.keywords, seen(w, two)?.keywords, seen(w, three)?.keywords],
        [[], ['$seen'], ['$seen']],
      );
      assert.equal(timesSent(w, one), 1);
    });

  it('of two changes of one email that were refused together, only the bad one is dropped', async (t) => {
    const w = await resting(await world(t, { mails: 1 }));
    const [one = ''] = idsOf(w);
    const bad = 'keywords/bad';
    w.server.trouble.refuseItems((_, __, patch) => (patch && bad in patch ? { type: 'invalidPatch' } : null));
    w.submit({ type: 'keywords', emails: [one], patch: { $seen: true } });
    const [wrong = ''] = w.submit({ type: 'keywords', emails: [one], patch: { bad: true } });
    w.submit({ type: 'keywords', emails: [one], patch: { $flagged: true } });
    await w.expectTrue();
    assert.equal(theChange(w).id, wrong);
    assert.deepEqual((await onServer(w, one))?.keywords, ['$flagged', '$seen']);
    assert.deepEqual(patchesOf(w, one).slice(1), [
      { 'keywords/$seen': true },
      { [bad]: true },
      { 'keywords/$flagged': true },
    ]);
  });

  it('of a mailbox says so as well: it falls back', async (t) => {
    const w = await world(t);
    const box = await w.server.createMailbox('Old');
    await resting(w);
    w.server.trouble.refuseItems(() => ({ type: 'forbidden' }));
    w.submit({ type: 'mailbox', op: 'rename', mailbox: box, name: 'New' });
    await w.expectTrue();
    const { state, error, mailbox, op } = theChange(w);
    assert.deepEqual([state, error?.kind, op], ['failed', 'forbidden', 'rename']);
    assert.ok(mailbox);
    assert.equal(w.view().mailboxes[box]?.name, 'Old');
  });

  it('lets what the person did to the same email afterwards go out in the same cycle', async (t) => {
    const w = await resting(await world(t, { mails: 1 }));
    const [one = ''] = idsOf(w);
    w.server.trouble.refuseItems((_, __, patch) => (patch ? { type: 'forbidden' } : null));
    w.submit({ type: 'keywords', emails: [one], patch: { $seen: true } }, { type: 'destroy', emails: [one] });
    await w.sync();
    assert.deepEqual([queue(w), await onServer(w, one)], [['keywords failed 0 forbidden'], undefined]);
  });
});

describe('P4: a method error for good', () => {
  for (const [type, kind] of [
    ['forbidden', 'forbidden'],
    ['accountReadOnly', 'forbidden'],
    ['unknownMethod', 'server'],
  ] as const)
    it(`${type} drops every item`, async (t) => {
      const w = await resting(await world(t, { mails: 2 }));
      w.server.trouble.failMethod('Email/set', type);
      w.submit({ type: 'keywords', emails: idsOf(w), patch: { $seen: true } });
      await w.expectTrue();
      assert.deepEqual([queue(w), theChange(w).emails.length], [[`keywords failed 0 ${kind}`], 2]);
      assert.equal(w.server.setCalls().length, 1);
    });

  /** Fails every set of more than so many items, in the way that the server fails for what it cannot take at once. */
  const spoiltBy = async (w: World, bad: string): Promise<void> => {
    w.server.trouble.refuseItems((_, id) => (id === bad ? { type: 'forbidden' } : null));
    w.server.trouble.failMethod('Email/set', 'invalidArguments');
  };

  it('that one item brings on all is not held against the others: the set is halved', async (t) => {
    const w = await resting(await world(t, { mails: 4 }));
    const [one = ''] = idsOf(w);
    await spoiltBy(w, one);
    w.submit({ type: 'keywords', emails: idsOf(w), patch: { $seen: true } });
    await w.expectTrue();
    assert.deepEqual(
      w.server.setCalls().map(({ args }) => Object.keys(args['update'] ?? {}).length),
      [4, 2, 2],
    );
    assert.equal(theChange(w).emails.length, 1);
  });

  it('a request that is too large is halved as well, however the server says so', async (t) => {
    const w = await resting(await world(t, { mails: 4 }));
    w.server.trouble.failMethod('Email/set', 'requestTooLarge');
    w.server.trouble.failNext('limit', 1, { limit: 'maxObjectsInSet', when: hasSet });
    w.submit({ type: 'keywords', emails: idsOf(w), patch: { $seen: true } });
    await w.expectTrue();
    assert.deepEqual(queue(w), []);
    assert.deepEqual(
      w.server.setCalls().map(({ args }) => Object.keys(args['update'] ?? {}).length),
      [4, 2, 1, 1, 2],
    );
  });

  it('of one item alone is its own', async (t) => {
    const w = await resting(await world(t, { mails: 1 }));
    w.server.trouble.failMethod('Email/set', 'requestTooLarge');
    w.submit({ type: 'keywords', emails: idsOf(w), patch: { $seen: true } });
    await w.expectTrue();
    assert.deepEqual(queue(w), ['keywords failed 0 tooLarge']);
  });

  it('as HTTP of one item alone is its own, too, and stops no cycle', async (t) => {
    const w = await resting(await world(t, { mails: 1 }));
    w.server.trouble.failNext('limit', 1, { limit: 'maxSizeRequest', when: hasSet });
    w.submit({ type: 'keywords', emails: idsOf(w), patch: { $seen: true } });
    await w.expectTrue();
    assert.deepEqual(queue(w), ['keywords failed 0 tooLarge']);
  });
});
