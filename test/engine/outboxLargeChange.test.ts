import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type ApiRequest, hasSet } from '../servers/jmap/faults.ts';
import { type World, world } from '../support/world.ts';
import { idsOf, localEmail, queue, resting, timesSent } from '../support/worldQueue.ts';
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

describe('P2: an email that the server cannot handle', () => {
  it('takes none of the other changes along, whose batches fail with it', async (t) => {
    const w = await resting(await world(t, { mails: 40 }));
    const [bad = '', ...others] = idsOf(w);
    const when = ({ methodCalls }: ApiRequest): boolean =>
      methodCalls.some(([, args]) => Object.hasOwn(args['update'] ?? {}, bad));
    w.server.trouble.failNext('http500', 100, { when });
    for (const id of [bad, ...others]) w.submit({ type: 'keywords', emails: [id], patch: { $seen: true } });
    await w.sync();
    for (const pause of [5_000, 30_000, 120_000, 600_000]) await waitOut(w, pause);
    assert.deepEqual(queue(w), ['keywords failed 5 network']);
    const { emails } = await w.server.truth();
    assert.deepEqual(
      others.filter((id) => !emails[id]?.keywords.includes('$seen')),
      [],
    );
    assert.equal(timesSent(w, bad), 5);
    await w.expectTrue();
  });

  for (const kind of ['http500', 'serverFail'] as const)
    it(`does not have it asked on and on: after five batches in vain (${kind}) the others wait`, async (t) => {
      const w = await resting(await world(t, { mails: 40, limits: { maxObjectsInSet: 2 } }));
      if (kind === 'http500') w.server.trouble.failNext(kind, 100, { when: hasSet });
      else w.server.trouble.failMethod('Email/set', kind, 100);
      for (const id of idsOf(w)) w.submit({ type: 'keywords', emails: [id], patch: { $seen: true } });
      await w.sync();
      const tried = w.server.setCalls().length;
      assert.ok(tried >= 5 && tried <= 7, `${tried} batches`);
      assert.equal(queue(w).filter((each) => each === 'keywords queued 0').length, 40 - 2 * tried);
      w.server.trouble.reset();
      await waitOut(w, 5_000);
      await w.expectTrue();
      assert.deepEqual(queue(w), []);
    });
});
