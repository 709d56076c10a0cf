import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { world } from '../support/world.ts';
import { idsOf, localEmail, queue, resting, timesSent } from '../support/worldQueue.ts';
import { tapNth } from '../support/worldTap.ts';

describe('P4: a change of more emails than go out together', () => {
  it('waits for one that fails when each was tried: none is given up that nobody asked for', async (t) => {
    const w = await resting(await world(t, { mails: 60, limits: { maxObjectsInSet: 5 } }));
    const all = idsOf(w);
    const first = all.find((id) => localEmail(w, id) === '1') ?? '';
    w.server.trouble.refuseItems((_, id) => (id === first ? { type: 'serverFail' } : null));
    w.submit({ type: 'keywords', emails: all, patch: { $seen: true } });
    const [second = ''] = all.filter((id) => localEmail(w, id) === '2');
    w.submit({ type: 'keywords', emails: [first, second], patch: { $flagged: true } });
    await w.sync();
    assert.deepEqual(
      all.filter((id) => timesSent(w, id) !== 1),
      [],
    );
    assert.deepEqual(queue(w), ['keywords queued 1 server', 'keywords queued 1 server']);
    for (const pause of [5_000, 30_000, 120_000, 600_000]) {
      for (let left = pause; left > 0; left -= 29_000) await w.clock.advance(Math.min(left, 29_000));
      await w.sync();
    }
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
