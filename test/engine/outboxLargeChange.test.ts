import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { TernError } from '../../src-shared/errors.ts';
import { type ApiRequest, hasSet } from '../servers/jmap/faults.ts';
import { fakeWorld } from '../support/fakeDriver.ts';
import { mails, type World, world } from '../support/world.ts';
import { idsOf, itemsOf, localEmail, queue, resting, seen, theChange, timesSent } from '../support/worldQueue.ts';
import { tapNth } from '../support/worldTap.ts';

/** Moves time on in steps in which no request is given up, and syncs. */
const waitOut = async (w: World, pause: number): Promise<void> => {
  for (let left = pause; left > 0; left -= 29_000) await w.clock.advance(Math.min(left, 29_000));
  await w.sync();
};

describe('P4: a change of more emails than go out together', () => {
  it('waits for one that fails when each was tried: none is given up that nobody asked for', async (t) => {
    const w = await resting(await world(t, { mails: 60, limits: { maxObjectsInSet: 5 } }));
    const all = idsOf(w);
    const first = all.find((id) => localEmail(w, id) === '1') ?? '';
    w.server.trouble.refuseItems((_, id) => (id === first ? { type: 'serverFail' } : null));
    w.submit({ type: 'keywords', emails: all, patch: { $seen: true } });
    const second = all.find((id) => localEmail(w, id) === '2') ?? '';
    w.submit({ type: 'keywords', emails: [first, second], patch: { $flagged: true } });
    await w.sync();
    assert.deepEqual(
      all.filter((id) => timesSent(w, id) !== 1),
      [],
    );
    assert.deepEqual(queue(w), ['keywords queued 1 server', 'keywords queued 1 server']);
    for (const pause of [5_000, 30_000, 120_000, 600_000]) await waitOut(w, pause);
    assert.deepEqual(queue(w), ['keywords failed 5 server', 'keywords failed 5 server']);
    assert.deepEqual(
      w.changes().map(({ emails }) => emails),
      [['1'], ['1']],
    );
    assert.equal(timesSent(w, first), 5);
    await w.expectTrue();
  });

  it('counts it also where the server takes no more of the others', async (t) => {
    const w = await resting(await world(t, { mails: 60, limits: { maxObjectsInSet: 5 } }));
    const first = idsOf(w).find((id) => localEmail(w, id) === '1') ?? '';
    w.server.trouble.refuseItems((_, id) => (id === first ? { type: 'serverFail' } : null));
    w.submit({ type: 'keywords', emails: idsOf(w), patch: { $seen: true } });
    tapNth(w, 'Email/set', 3, () => w.server.trouble.failNext('http503', 1));
    await w.sync();
    assert.deepEqual([w.engine.status().phase, queue(w)], ['offline', ['keywords queued 1 server']]);
    w.server.trouble.reset();
    await w.clock.advance(5_000);
    await w.sync();
    await w.expectTrue();
    assert.deepEqual(queue(w), []);
  });
});

/** Every set that names this email ends the request with HTTP 500, or fails as a whole. */
const poison = (w: World, kind: 'http500' | 'serverFail', bad: string[]): void => {
  const named = ({ methodCalls }: ApiRequest): boolean =>
    methodCalls.some(([, args]) => bad.some((id) => Object.hasOwn(args['update'] ?? {}, id)));
  if (kind === 'http500') return w.server.trouble.failNext('http500', 1000, { when: named });
  w.server.trouble.failNext('serverFail', 1000, { when: named });
};

/** How many emails each set named, in order. */
const sizes = (w: World): number[] => w.server.setCalls().map((set) => itemsOf(set).length);

/** How often an email was sent by itself. */
const timesAlone = (w: World, id: string): number =>
  w.server.setCalls().filter((set) => itemsOf(set).join() === id).length;

const unseen = async (w: World): Promise<string[]> => {
  const { emails } = await w.server.truth();
  return Object.keys(emails).filter((id) => !emails[id]?.keywords.includes('$seen'));
};

const PAUSES = [5_000, 30_000, 120_000, 600_000];

describe('P2: an email that the server cannot handle', () => {
  for (const kind of ['http500', 'serverFail'] as const)
    it(`takes none of the others of its change along, wherever it stands (${kind})`, async (t) => {
      const w = await resting(await world(t, { mails: mails(600) }));
      const bad = idsOf(w).filter((id) => ['3', '550'].includes(localEmail(w, id)));
      poison(w, kind, bad);
      w.submit({ type: 'keywords', emails: idsOf(w), patch: { $seen: true } });
      await w.sync();
      assert.deepEqual(await unseen(w), bad, 'all others arrive in the first cycle');
      assert.deepEqual(sizes(w).slice(0, 4), [500, 31, 1, 4]);
      assert.equal(theChange(w).attempts, 1);
      for (const pause of PAUSES) await waitOut(w, pause);
      assert.deepEqual([theChange(w).state, theChange(w).attempts, theChange(w).emails.length], ['failed', 5, 2]);
      assert.match(theChange(w).error?.message ?? '', /given up after 5 attempts/);
      assert.deepEqual(
        bad.map((id) => timesAlone(w, id)),
        [5, 5],
      );
      await w.expectTrue();
    });

  it('takes none of the other changes along, whose batches fail with it', async (t) => {
    const w = await resting(await world(t, { mails: 40 }));
    const [bad = '', ...others] = idsOf(w);
    poison(w, 'http500', [bad]);
    for (const id of [bad, ...others]) w.submit({ type: 'keywords', emails: [id], patch: { $seen: true } });
    await w.sync();
    assert.deepEqual(await unseen(w), [bad]);
    for (const pause of PAUSES) await waitOut(w, pause);
    assert.deepEqual(queue(w), ['keywords failed 5 server']);
    assert.equal(timesAlone(w, bad), 5);
    await w.expectTrue();
  });

  it('holds up nobody where its neighbour is such a one, too', async (t) => {
    const w = await resting(await world(t, { mails: mails(600) }));
    const bad = idsOf(w).filter((id) => ['1', '2', '551', '552', '553'].includes(localEmail(w, id)));
    poison(w, 'http500', bad);
    w.submit({ type: 'keywords', emails: idsOf(w), patch: { $seen: true } });
    await w.sync();
    assert.deepEqual(await unseen(w), bad, 'all others arrive in the first cycle');
    assert.deepEqual(
      bad.map((id) => timesAlone(w, id)),
      [1, 1, 1, 1, 1],
    );
  });

  it('costs no other change an attempt, also after a pass in which much was done', async (t) => {
    const w = await resting(await world(t, { mails: mails(600) }));
    const all = idsOf(w).toSorted((one, other) => Number(localEmail(w, one)) - Number(localEmail(w, other)));
    const bad = all.slice(500, 507);
    poison(w, 'serverFail', bad);
    for (const id of all) w.submit({ type: 'keywords', emails: [id], patch: { $seen: true } });
    await w.sync();
    assert.deepEqual(await unseen(w), bad.toSorted());
    assert.deepEqual(
      queue(w),
      bad.map(() => 'keywords queued 1 server'),
    );
  });

  it('is looked for also in that part of a batch which alone the server failed', async (t) => {
    const w = await resting(await world(t, { mails: 40 }));
    const all = idsOf(w);
    const [bad = ''] = all;
    const isLarge = ({ methodCalls }: ApiRequest): boolean =>
      methodCalls.some(([, args]) => Object.keys(args['update'] ?? {}).length > 20);
    w.server.trouble.failNext('limit', 100, { limit: 'maxSizeRequest', when: isLarge });
    poison(w, 'serverFail', [bad]);
    for (const id of all) w.submit({ type: 'keywords', emails: [id], patch: { $seen: true } });
    await w.sync();
    assert.deepEqual(sizes(w), [40, 20, 20, 1, 1, 4, 14]);
    assert.deepEqual([queue(w), await unseen(w)], [['keywords queued 1 server'], [bad]]);
  });

  it('is not looked for anew where the server moved on meanwhile', async (t) => {
    const w = await resting(await world(t, { mails: mails(300) }));
    const bad = idsOf(w).find((id) => localEmail(w, id) === '2') ?? '';
    poison(w, 'serverFail', [bad]);
    w.submit({ type: 'keywords', emails: idsOf(w), patch: { $seen: true } });
    await w.server.setKeywords([bad], { $flagged: true });
    await w.sync();
    assert.deepEqual(sizes(w), [300, 18, 1, 4, 1, 4, 1, 1, 4, 16, 64, 213]);
    assert.deepEqual(await unseen(w), [bad]);
  });

  it('is looked for also where somebody else did the same to another meanwhile', async (t) => {
    const w = await resting(await world(t, { mails: 40 }));
    const all = idsOf(w);
    const bad = all.find((id) => localEmail(w, id) === '1') ?? '';
    const same = all.find((id) => localEmail(w, id) === '40') ?? '';
    poison(w, 'http500', [bad]);
    w.submit({ type: 'keywords', emails: all, patch: { $seen: true } });
    await w.server.setKeywords([same], { $seen: true });
    await w.sync();
    assert.deepEqual(await unseen(w), [bad]);
    assert.deepEqual(sizes(w), [40, 2, 1, 1, 4, 16, 17]);
  });

  it('has the later changes of that email wait, and no others', async (t) => {
    const w = await resting(await world(t, { mails: 40 }));
    const all = idsOf(w);
    const bad = all.find((id) => localEmail(w, id) === '1') ?? '';
    const other = all.find((id) => localEmail(w, id) === '2') ?? '';
    poison(w, 'http500', [bad]);
    w.submit({ type: 'keywords', emails: all, patch: { $seen: true } });
    w.submit({ type: 'keywords', emails: [bad, other], patch: { $seen: null, $flagged: true } });
    await w.sync();
    assert.deepEqual(queue(w), ['keywords queued 1 server', 'keywords queued 1 server']);
    assert.deepEqual(await unseen(w), [bad, other].toSorted());
    w.server.trouble.reset();
    await waitOut(w, 5_000);
    await w.expectTrue();
    assert.deepEqual(await unseen(w), [bad, other].toSorted());
    assert.deepEqual(queue(w), []);
  });

  it('is told of alone by the server that can: no other goes twice', async (t) => {
    const w = await resting(await world(t, { mails: mails(600) }));
    const bad = idsOf(w).find((id) => localEmail(w, id) === '3') ?? '';
    w.server.trouble.refuseItems((_, id) => (id === bad ? { type: 'serverFail' } : null));
    w.submit({ type: 'keywords', emails: idsOf(w), patch: { $seen: true } });
    await w.sync();
    assert.deepEqual([sizes(w), await unseen(w)], [[500, 100], [bad]]);
    for (const pause of PAUSES) await waitOut(w, pause);
    assert.deepEqual(sizes(w).slice(2), [1, 1, 1, 1]);
    assert.deepEqual(queue(w), ['keywords failed 5 server']);
    await w.expectTrue();
  });
});

describe('P2: a server that fails every set', () => {
  for (const kind of ['http500', 'serverFail'] as const)
    it(`gets five in a cycle, and nobody is given up who was not tried alone (${kind})`, async (t) => {
      const w = await resting(await world(t, { mails: 40, limits: { maxObjectsInSet: 32 } }));
      if (kind === 'http500') w.server.trouble.failNext(kind, 1000, { when: hasSet });
      else w.server.trouble.failMethod('Email/set', kind, 1000);
      const all = idsOf(w);
      w.submit({ type: 'keywords', emails: all, patch: { $seen: true } });
      await w.sync();
      assert.deepEqual(sizes(w), [32, 2, 1, 1, 1]);
      for (const pause of PAUSES) await waitOut(w, pause);
      assert.equal(theChange(w).state, 'queued');
      assert.deepEqual(
        new Set(sizes(w).map((size, at) => `${at % 5}: ${size}`)).size,
        5,
        'each cycle has the same five',
      );
      const givenUp = all.filter((id) => seen(w, id)?.keywords.includes('$seen') !== true);
      assert.deepEqual(
        givenUp.map((id) => timesAlone(w, id)),
        [5, 5, 5],
        'the three that it was asked for alone each time',
      );
      w.server.trouble.reset();
      await waitOut(w, 5_000);
      assert.deepEqual(await unseen(w), givenUp);
      assert.deepEqual([theChange(w).state, theChange(w).emails.length], ['failed', 3]);
      await w.expectTrue();
    });

  for (const kind of ['http500', 'serverFail'] as const)
    it(`does not have it asked on and on: after five batches in vain (${kind}) the others wait`, async (t) => {
      const w = await resting(await world(t, { mails: 40, limits: { maxObjectsInSet: 2 } }));
      if (kind === 'http500') w.server.trouble.failNext(kind, 100, { when: hasSet });
      else w.server.trouble.failMethod('Email/set', kind, 100);
      for (const id of idsOf(w)) w.submit({ type: 'keywords', emails: [id], patch: { $seen: true } });
      await w.sync();
      assert.deepEqual(sizes(w), [2, 1, 1, 1, 1]);
      assert.equal(queue(w).filter((each) => each === 'keywords queued 0').length, 36);
      w.server.trouble.reset();
      await waitOut(w, 5_000);
      await w.expectTrue();
      assert.deepEqual(queue(w), []);
    });
});

describe('P4: a server that fails two together, and is elsewhere whenever one comes alone', () => {
  it('costs an attempt all the same, so that it has an end', async (t) => {
    const w = await fakeWorld(t, 'one', 'two');
    await w.sync();
    const failed = { result: 'failed', error: new TernError('server', 'no'), together: true } as const;
    w.push = (emails) => emails.map(() => (emails.length > 1 ? failed : { result: 'stale' }));
    w.submit({
      type: 'keywords',
      emails: ['one', 'two'].map((each) => String(w.s.emailId(each))),
      patch: { $seen: true },
    });
    await w.sync();
    assert.deepEqual(
      w.s.rows('pending_changes').map(({ stage, attempts }) => [stage, attempts]),
      [['queued', 1]],
    );
  });
});
