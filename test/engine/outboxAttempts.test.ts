import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type FailureKind, hasSet } from '../servers/jmap/faults.ts';
import { settle } from '../support/clock.ts';
import { type World, world } from '../support/world.ts';
import {
  idsOf,
  later,
  onServer,
  queue,
  resting,
  rowFaults,
  seen,
  theChange,
  timesSent,
} from '../support/worldQueue.ts';

/** A world with one email and one change of it, not sent yet. */
const withChange = async (t: Parameters<typeof world>[0]): Promise<{ w: World; id: string; change: string }> => {
  const w = await resting(await world(t, { mails: 1 }));
  const [id = ''] = idsOf(w);
  const [change = ''] = w.submit({ type: 'keywords', emails: [id], patch: { $seen: true } });
  return { w, id, change };
};

describe('P4: an attempt is counted when the change itself was put to the server and failed', () => {
  const counted: [what: string, fail: (w: World, id: string) => void][] = [
    ...['serverFail', 'rateLimit', 'overQuota'].map((type): [string, (w: World, id: string) => void] => [
      `item error ${type}`,
      (w) => w.server.trouble.refuseItems(() => ({ type })),
    ]),
    ...['serverFail', 'rateLimit'].map((type): [string, (w: World) => void] => [
      `method error ${type}`,
      (w) => w.server.trouble.failMethod('Email/set', type),
    ]),
    ...(['http500', 'dropBefore', 'malformed', 'cutShort', 'html', 'truncated'] satisfies FailureKind[]).map(
      (kind): [string, (w: World) => void] => [
        `${kind} of the set, while reads work`,
        // Of those that come after the work, the server undoes it: nothing happened, and no answer came.
        (w) => {
          w.server.trouble.refuseItems(() => ({ type: 'tooLate' }));
          w.server.trouble.failNext(kind, 1, { when: hasSet });
        },
      ],
    ),
  ];
  for (const [what, fail] of counted)
    it(what, async (t) => {
      const { w, id } = await withChange(t);
      fail(w, id);
      assert.equal((await w.sync()).result, 'ok', 'it stops no cycle');
      assert.deepEqual([theChange(w).state, theChange(w).attempts], ['queued', 1]);
      assert.ok(theChange(w).error?.message);
      assert.deepEqual(seen(w, id)?.keywords, ['$seen'], 'it is shown still');
      w.server.trouble.reset();
      await later(w, 5_000);
      await w.expectTrue();
      assert.deepEqual((await onServer(w, id))?.keywords, ['$seen']);
    });

  it('one for each change, however many of its emails and batches failed', async (t) => {
    const w = await resting(await world(t, { mails: 12, limits: { maxObjectsInSet: 5 } }));
    w.server.trouble.failMethod('Email/set', 'serverFail', 50);
    w.submit({ type: 'keywords', emails: idsOf(w), patch: { $seen: true } });
    await w.sync();
    assert.deepEqual(queue(w), ['keywords queued 1 server']);
    assert.equal(w.server.setCalls().length, 5, 'until it is clear that the server does nothing, and no more');
  });
});

describe('P4: not reaching the server costs no attempt', () => {
  type Step = (w: World) => void | Promise<void>;
  const healed: Step = (w) => w.server.trouble.reset();
  const free: [what: string, state: 'queued' | 'uncertain', fail: Step, mend: Step][] = [
    ...(['http401', 'http429', 'http503', 'serverUnavailable'] satisfies FailureKind[]).map(
      (kind): (typeof free)[number] => [
        kind,
        'queued',
        (w) => w.server.trouble.failNext(kind, 1, { when: hasSet }),
        healed,
      ],
    ),
    ['stateMismatch', 'queued', (w) => w.server.trouble.failMethod('Email/set', 'stateMismatch', 20), healed],
    ['a refused password', 'queued', (w) => w.server.changePassword('x'), (w) => w.server.changePassword('secret')],
    ['every request lost', 'uncertain', (w) => w.server.trouble.failNext('dropBefore', 3), healed],
    ['every request answered 500', 'uncertain', (w) => w.server.trouble.failNext('http500', 3), healed],
  ];
  for (const [what, state, fail, mend] of free)
    it(what, async (t) => {
      const { w, id } = await withChange(t);
      await fail(w);
      await w.sync();
      assert.deepEqual(queue(w), [`keywords ${state} 0`]);
      await mend(w);
      await w.sync();
      await w.expectTrue();
      assert.deepEqual([queue(w), (await onServer(w, id))?.keywords], [[], ['$seen']]);
    });

  it('a server that cannot be reached for days', async (t) => {
    const { w, id } = await withChange(t);
    const { config } = w.account;
    w.account.config = { ...config, sessionUrl: 'http://127.0.0.1:9/jmap' };
    for (let day = 0; day < 3; day++) {
      await w.sync();
      assert.equal(w.engine.status().phase, 'offline');
      await w.clock.advance(24 * 3_600_000);
    }
    await w.until(() => w.engine.status().phase === 'offline');
    assert.deepEqual([queue(w), seen(w, id)?.keywords], [['keywords queued 0'], ['$seen']]);
    w.account.config = config;
    await w.sync();
    await w.expectTrue();
    assert.deepEqual(queue(w), []);
  });

  it('a server that cannot be reached; nor is it tried again for what is submitted meanwhile', async (t) => {
    const { w, id } = await withChange(t);
    let tried = 0;
    const config = { ...w.account.config, sessionUrl: 'http://127.0.0.1:9/jmap' };
    const whileConnecting = (): typeof config => {
      if (++tried < 20) w.submit({ type: 'keywords', emails: [id], patch: { [`label${tried}`]: true } });
      return config;
    };
    Object.defineProperty(w.account, 'config', { get: whileConnecting });
    await w.sync();
    await settle(50);
    assert.deepEqual([tried, w.engine.status().phase], [1, 'offline']);
    await w.clock.advance((w.engine.status().retryAt ?? 0) - w.clock.now());
    await w.until(() => tried === 2);
  });

  for (const kind of ['http502', 'http504'] satisfies FailureKind[])
    it(`a gateway's ${kind}, however often; and one cycle asks once`, async (t) => {
      const { w, id } = await withChange(t);
      w.server.trouble.failNext(kind, 7, { when: hasSet });
      for (let cycle = 1; cycle <= 7; cycle++) {
        await w.sync();
        assert.deepEqual([timesSent(w, id), queue(w)], [cycle, ['keywords queued 0']]);
      }
      await w.sync();
      await w.expectTrue();
      assert.deepEqual([queue(w), (await onServer(w, id))?.keywords], [[], ['$seen']]);
    });
});

describe('P4: the pauses', () => {
  it('are 5 s, 30 s, 2 min and 10 min, and hold for every flush; after the fifth attempt the change is given up', async (t) => {
    const { w, id } = await withChange(t);
    w.server.trouble.refuseItems(() => ({ type: 'serverFail' }));
    await w.sync();
    for (const [index, pause] of [5_000, 30_000, 120_000, 600_000].entries()) {
      assert.deepEqual([timesSent(w, id), queue(w)], [index + 1, [`keywords queued ${index + 1} server`]]);
      await w.sync();
      // Polls come in between, every 30 s.
      for (let left = pause - 1; left > 0; left -= 29_000) await w.clock.advance(Math.min(left, 29_000));
      await w.sync();
      assert.equal(timesSent(w, id), index + 1, `not before ${pause} ms are over`);
      await later(w, 1);
    }
    assert.equal(timesSent(w, id), 5);
    assert.deepEqual(queue(w), ['keywords failed 5 server']);
    assert.match(theChange(w).error?.message ?? '', /given up after 5 attempts/);
    assert.deepEqual(seen(w, id)?.keywords, [], 'the view falls back');
    await w.clock.advance(3_600_000);
    await w.expectTrue();
    assert.equal(timesSent(w, id), 5, 'it is never sent again');
    assert.deepEqual(queue(w), ['keywords failed 5 server'], 'and stays visible');
  });

  it('end with the pause, not with the next poll', async (t) => {
    const { w, id } = await withChange(t);
    w.server.trouble.failMethod('Email/set', 'serverFail');
    await w.sync();
    await w.clock.advance(4_999);
    assert.equal(timesSent(w, id), 1);
    await later(w, 1);
    assert.equal(timesSent(w, id), 2);
  });

  it('are no longer than that when the clock is put back', async (t) => {
    const { w, id } = await withChange(t);
    w.server.trouble.failMethod('Email/set', 'serverFail');
    await w.sync();
    const now = w.clock.now();
    w.clock.now = () => now - 8 * 3_600_000;
    await w.expectTrue();
    assert.deepEqual([timesSent(w, id), queue(w)], [2, []]);
  });

  it('begin with the first attempt: a change that was made while the clock was ahead is sent at once', async (t) => {
    const { w, id } = await withChange(t);
    const now = w.clock.now();
    w.clock.now = () => now - 60_000;
    await w.expectTrue();
    assert.deepEqual([timesSent(w, id), queue(w)], [1, []]);
  });

  it('survive a restart, as the attempts do', async (t) => {
    const { w, id } = await withChange(t);
    w.server.trouble.refuseItems(() => ({ type: 'serverFail' }));
    await w.sync();
    await w.restart();
    await w.sync();
    assert.deepEqual([timesSent(w, id), queue(w)], [1, ['keywords queued 1 server']]);
    await later(w, 5_000);
    assert.deepEqual(queue(w), ['keywords queued 2 server']);
  });
});

describe('P4: what is given up', () => {
  it('falls back exactly, emails and mailboxes, and takes along what depends on it', async (t) => {
    const w = await resting(await world(t, { mails: 3 }));
    const before = w.view();
    const [one = '', two = '', three = ''] = idsOf(w);
    w.submit({ type: 'mailbox', op: 'create', name: 'New' });
    const inbox = w.server.mailboxId('inbox');
    w.submit({ type: 'mailboxes', emails: [one], patch: { [w.localMailbox('New')]: true, [inbox]: null } });
    w.submit({ type: 'destroy', emails: [two] });
    w.submit({ type: 'delete', emails: [three] });
    w.submit({ type: 'mailbox', op: 'rename', mailbox: w.server.mailboxId('archive'), name: 'Else' });
    w.server.trouble.refuseItems(() => ({ type: 'serverFail' }));
    await w.sync();
    for (const pause of [5_000, 30_000, 120_000, 600_000]) {
      await w.clock.advance(pause);
      await w.sync();
    }
    assert.deepEqual(
      queue(w),
      ['mailbox 5 server', 'mailboxes 0 cancelled', 'destroy 5 server', 'mailboxes 5 server', 'mailbox 5 server']
        .map((text) => text.replace(' ', ' failed '))
        .map((text, index) => (index === 3 ? text.replace('mailboxes', 'delete') : text)),
    );
    assert.deepEqual(w.view(), before);
    assert.deepEqual(rowFaults(w), []);
    await w.expectTrue();
  });

  it('is so also after five answers that never came, emails and mailboxes', async (t) => {
    const w = await resting(await world(t, { mails: 1 }));
    const before = w.view();
    w.submit({ type: 'keywords', emails: idsOf(w), patch: { $seen: true } });
    w.submit({ type: 'mailbox', op: 'create', name: 'New' });
    w.server.trouble.failNext('dropBefore', 10, { when: hasSet });
    await w.sync();
    for (const pause of [5_000, 30_000, 120_000, 600_000]) {
      await w.clock.advance(pause);
      await w.sync();
    }
    assert.deepEqual(queue(w), ['keywords failed 5 network', 'mailbox failed 5 network']);
    assert.deepEqual(w.view(), before);
    assert.equal(w.server.setCalls().length, 10);
    await w.expectTrue();
  });

  it('takes along what depends on it in the same cycle', async (t) => {
    const w = await resting(await world(t, { mails: 1 }));
    w.submit({ type: 'mailbox', op: 'create', name: 'New' });
    w.submit({ type: 'mailboxes', emails: idsOf(w), patch: { [w.localMailbox('New')]: true } });
    w.server.trouble.refuseItems(() => ({ type: 'serverFail' }));
    await w.sync();
    for (const pause of [5_000, 30_000, 120_000]) {
      await w.clock.advance(pause);
      await w.sync();
    }
    assert.deepEqual(queue(w), ['mailbox queued 4 server', 'mailboxes queued 0']);
    await w.clock.advance(599_000);
    await w.sync();
    await later(w, 1_000);
    assert.deepEqual(queue(w), ['mailbox failed 5 server', 'mailboxes failed 0 cancelled']);
  });

  it('is only what failed: emails of the same change that the server has stay changed', async (t) => {
    const w = await resting(await world(t, { mails: 2 }));
    const [one = '', two = ''] = idsOf(w);
    w.server.trouble.refuseItems((_, id) => (id === one ? { type: 'serverFail' } : null));
    w.submit({ type: 'keywords', emails: [one, two], patch: { $seen: true } });
    await w.sync();
    for (const pause of [5_000, 30_000, 120_000, 600_000]) {
      await w.clock.advance(pause);
      await w.sync();
    }
    assert.deepEqual([seen(w, one)?.keywords, seen(w, two)?.keywords], [[], ['$seen']]);
    assert.deepEqual([theChange(w).state, theChange(w).emails.length], ['failed', 1]);
    await w.expectTrue();
  });
});
