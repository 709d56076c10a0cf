import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { mails, type World, world } from '../support/world.ts';
import { tap, tapNth } from '../support/worldTap.ts';

const limits = { maxObjectsInGet: 20 };

/** Fails instead of letting the engine spin: after so many requests the server refuses to go on. */
const atMost = async (w: World, requests: number, work: () => Promise<void>): Promise<void> => {
  const before = w.server.countRequests();
  let over = false;
  const watch = setInterval(() => {
    over ||= w.server.countRequests() - before > requests;
    if (over) w.server.trouble.failNext('http401');
  }, 1);
  await work().finally(() => clearInterval(watch));
  assert.ok(!over, `${w.server.countRequests() - before} requests`);
};

/** A server that takes `anchor` and answers the first page, as if it had not seen it. */
const ignoreAnchors = (w: World, cap: number): void =>
  tap(w, async ({ name, asked, answer }) => {
    if (name !== 'Email/query' || asked['anchor'] === undefined) return;
    const { emails } = await w.server.truth();
    const order = Object.entries(emails).toSorted(([a, x], [b, y]) =>
      x.receivedAt === y.receivedAt ? (a < b ? 1 : -1) : x.receivedAt < y.receivedAt ? 1 : -1,
    );
    answer['ids'] = order.slice(0, cap).map(([id]) => id);
    answer['position'] = 0;
  });

const troubles: [name: string, requests: number, start: (w: World) => void][] = [
  ['short pages of ids', 130, ({ server }) => server.trouble.capQuery(7)],
  ['anchors refused', 80, ({ server }) => server.trouble.noAnchors(true)],
  [
    'anchors refused, and short pages',
    150,
    ({ server }) => {
      server.trouble.noAnchors(true);
      server.trouble.capQuery(15);
    },
  ],
  ['an anchor not found', 60, ({ server }) => server.trouble.anchorNotFound(1)],
  [
    'all anchors of a page not found',
    80,
    ({ server }) => {
      server.trouble.anchorNotFound(4);
      server.trouble.capQuery(30);
    },
  ],
  [
    'no anchor ever found, and short pages',
    200,
    ({ server }) => {
      server.trouble.anchorNotFound(1e6);
      server.trouble.capQuery(30);
    },
  ],
  [
    'anchors ignored, and short pages',
    200,
    (w) => {
      w.server.trouble.capQuery(30);
      ignoreAnchors(w, 30);
    },
  ],
  ['gets in any order', 40, ({ server }) => server.trouble.shuffleGets(true)],
  ['an empty answer to the first query', 40, ({ server }) => server.trouble.emptyQuery(1)],
  ['empty answers to the first two queries', 40, ({ server }) => server.trouble.emptyQuery(2)],
];

describe('J2: a first sync ends complete in spite of', () => {
  for (const [name, requests, start] of troubles) {
    it(name, async (t) => {
      const w = await world(t, { mails: 150, limits });
      start(w);
      await atMost(w, requests, () => w.expectTrue());
    });
  }

  for (const n of [3, 4, 5, 6])
    it(`${n} empty answers to queries: not done while the mailboxes count mail`, async (t) => {
      const w = await world(t, { mails: 150, limits });
      w.server.trouble.emptyQuery(n);
      for (let cycles = 0; cycles < 5; cycles++) await w.sync();
      await w.expectTrue();
    });

  it('the same page for ever: an error instead', async (t) => {
    const w = await world(t, { mails: 150, limits });
    w.server.trouble.capQuery(30);
    let first: unknown;
    tap(w, ({ name, asked, answer }) => {
      if (name !== 'Email/query' || asked['limit'] === 20) return;
      first ??= answer['ids'];
      Object.assign(answer, { ids: first, position: 0 });
    });
    await atMost(w, 40, async () => assert.equal((await w.sync()).error?.kind, 'server'));
    w.server.trouble.beforeReply(null);
    await w.expectTrue();
  });

  it('another order of equal dates in each answer', async (t) => {
    const at = new Date(Date.UTC(2026, 0, 5));
    const w = await world(t, { mails: mails(150, () => ({ receivedAt: at })), limits });
    w.server.trouble.unstableOrder(true);
    w.server.trouble.capQuery(40);
    // Each pass sees another part; what is missing comes with one of the next cycles.
    await atMost(w, 1000, async () => {
      for (let cycle = 0; cycle < 6; cycle++) assert.deepEqual(await w.sync(), { result: 'ok' });
      await w.expectTrue();
    });
  });

  it('an email that is listed and never given', async (t) => {
    const w = await world(t, { mails: 100, limits });
    const [id = ''] = await w.server.deliver([{ subject: 'shy', receivedAt: new Date(Date.UTC(2025, 0, 1)) }]);
    tap(w, ({ name, answer }) => {
      if (name === 'Email/get' && Array.isArray(answer['list']))
        answer['list'] = (answer['list'] as { id: string }[]).filter((email) => email.id !== id);
    });
    await atMost(w, 100, async () => assert.deepEqual(await w.sync(), { result: 'ok' }));
    assert.equal(Object.keys(w.view().emails).length, 100);
    w.server.trouble.beforeReply(null);
    await w.server.setKeywords([id], { $flagged: true });
    await w.expectTrue();
  });

  it('a mail that the walk read and that went before the changes were read', async (t) => {
    const w = await world(t, { mails: 50, limits });
    let ghost = '';
    // After the token and before the walk; gone again once the walk has read it.
    tapNth(w, 'Email/query', 1, async () => {
      [ghost = ''] = await w.server.deliver([{ subject: 'ghost', receivedAt: new Date(Date.UTC(2025, 0, 1)) }]);
    });
    w.hooks.onCommit = () => {
      if (w.view().emails[ghost] === undefined || ghost === '') return;
      w.hooks.onCommit = null;
      void w.server.destroy([ghost]);
    };
    await w.expectTrue();
    assert.ok(ghost !== '' && w.hooks.onCommit === null, 'the walk held it for a moment');
  });
});
