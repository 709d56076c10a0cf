import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ErrorKind } from '../../src-shared/errors.ts';
import type { FailureKind } from '../servers/jmap/faults.ts';
import { settle } from '../support/clock.ts';
import { mails, type World, world } from '../support/world.ts';
import { startStub } from '../support/worldStub.ts';
import { tap, tapNth } from '../support/worldTap.ts';

/** How often a failure has to happen to be felt: a 404 is looked into once. */
const failures: [kind: FailureKind, times: number, felt: ErrorKind][] = [
  ['http500', 1, 'server'],
  ['http503', 1, 'rateLimited'],
  ['http429', 1, 'rateLimited'],
  ['http404', 2, 'notFound'],
  ['html', 1, 'server'],
  ['malformed', 1, 'server'],
  ['truncated', 1, 'server'],
  ['cutShort', 1, 'network'],
  ['dropBefore', 1, 'network'],
  ['dropAfter', 1, 'network'],
  ['serverFail', 1, 'server'],
  ['serverUnavailable', 1, 'server'],
  ['limit', 1, 'rateLimited'],
];

/** Moves time to the end of the wait, and waits for the cycle that begins then. */
const nextAttempt = async (w: World): Promise<void> => {
  const { retryAt = 0 } = w.engine.status();
  const before = w.phases.length;
  await w.clock.advance(retryAt - w.clock.now());
  await w.until(
    () => w.phases.length > before && ['live', 'offline', 'blocked'].includes(w.engine.status().phase),
    'the next attempt',
  );
};

describe('J5: a failure', () => {
  for (const [kind, times, felt] of failures) {
    it(`${kind} is ${felt}, and the next attempt ends true`, async (t) => {
      const w = await world(t, { mails: 30 });
      await w.expectTrue();
      await w.server.deliver(mails(3));
      w.server.trouble.failNext(kind, times);
      const { result, error } = await w.sync();
      assert.deepEqual([result, error?.kind], ['error', felt]);
      // Whoever reads it looks for the fault where it is.
      assert.doesNotMatch(error?.message ?? '', /cannot be reached/);
      assert.equal(w.engine.status().phase, 'offline');
      assert.equal(w.cycles().at(-1)?.error?.kind, felt);
      await nextAttempt(w);
      assert.equal(w.engine.status().phase, 'live');
      await w.expectTrue();
    });

    it(`${kind} in the middle of a first fill does not undo it`, async (t) => {
      const w = await world(t, { mails: 120, limits: { maxObjectsInGet: 20 } });
      tapNth(w, 'Email/get', 4, () => w.server.trouble.failNext(kind, times * 4));
      assert.equal((await w.sync()).result, 'error');
      assert.ok(Object.keys(w.view().emails).length >= 20);
      w.server.trouble.reset();
      await nextAttempt(w);
      await w.expectTrue();
    });
  }

  it('of a limit that is not about being many is tooLarge', async (t) => {
    const w = await world(t);
    w.server.trouble.failNext('limit', 1, { limit: 'maxSizeRequest' });
    assert.equal((await w.sync()).error?.kind, 'tooLarge');
  });

  it('of a whole request for being too large halves it, as where only the get is refused', async (t) => {
    const w = await world(t, { mails: 200, limits: { maxObjectsInGet: 60 } });
    tapNth(w, 'Email/get', 3, () => w.server.trouble.failNext('limit', 2, { limit: 'maxObjectsInGet' }));
    await w.expectTrue();
    assert.equal(w.cycles().length, 1);
  });

  it('of a method is told by its type', async (t) => {
    const w = await world(t, { mails: 5 });
    for (const [type, kind] of [
      ['serverPartialFail', 'server'],
      ['rateLimit', 'rateLimited'],
      ['forbidden', 'forbidden'],
      ['accountReadOnly', 'forbidden'],
      ['no such type', 'server'],
    ]) {
      w.server.trouble.failMethod('Email/get', type ?? '');
      assert.equal((await w.sync()).error?.kind, kind, type);
    }
    await w.expectTrue();
  });

  it('while the session is read is no different', async (t) => {
    const w = await world(t, { mails: 5 });
    for (const [kind, , felt] of failures) {
      if (['serverFail', 'serverUnavailable'].includes(kind)) continue;
      w.server.trouble.failNext(kind, 1, { on: 'session' });
      assert.equal((await w.sync()).error?.kind, kind === 'limit' ? 'server' : felt, kind);
    }
    await w.expectTrue();
  });

  it('of the connection itself is network', async (t) => {
    const w = await world(t);
    const gone = await startStub(w, (_, response) => response.end());
    w.account.config = { protocol: 'jmap', sessionUrl: gone.url.replace(/\d+$/, '1') };
    assert.equal((await w.sync()).error?.kind, 'network');
    w.account.config = { protocol: 'jmap', sessionUrl: 'https://no-such-host.invalid' };
    assert.equal((await w.sync()).error?.kind, 'network');
  });
});

describe('J5: back-off', () => {
  it('is 5 s, doubling to 300 s, and a success ends it', async (t) => {
    const w = await world(t, { mails: 5 });
    w.server.trouble.failNext('http500', 9);
    await w.sync();
    for (let attempt = 1; attempt <= 9; attempt++) {
      const { phase, retryAt = 0 } = w.engine.status();
      assert.equal(phase, 'offline');
      const plain = Math.min(300_000, 5000 * 2 ** (attempt - 1));
      const wait = retryAt - w.clock.now();
      assert.ok(wait >= plain * 0.8 && wait <= plain * 1.2, `attempt ${attempt} waits ${wait} ms`);
      const requests = w.server.countRequests();
      await w.clock.advance(wait - 1);
      assert.equal(w.server.countRequests(), requests, 'nothing is sent before its time');
      await nextAttempt(w);
    }
    assert.equal(w.engine.status().phase, 'live');
    w.server.trouble.failNext('http500');
    await w.sync();
    const { retryAt = 0 } = w.engine.status();
    assert.ok(retryAt - w.clock.now() <= 6000);
  });

  it('ends at once when somebody asks', async (t) => {
    const w = await world(t, { mails: 5 });
    w.server.trouble.failNext('http500', 5);
    for (let n = 0; n < 5; n++) await w.sync();
    await w.expectTrue();
  });

  it('a server that does not answer at all is given up after 60 s of silence', async (t) => {
    const w = await world(t, { mails: 5 });
    await w.expectTrue();
    w.forget();
    w.server.trouble.hang();
    let over = false;
    const cycle = w.sync().finally(() => {
      over = true;
    });
    await w.until(() => w.server.countRequests() === 1);
    await w.clock.advance(59_999);
    assert.equal(over, false);
    await w.clock.advance(1);
    assert.equal((await cycle).error?.kind, 'network');
    w.server.trouble.resume();
    await w.expectTrue();
  });

  it('a failed cycle leaves no request under way: the limit on concurrent requests holds for the next one', async (t) => {
    const w = await world(t, { mails: 200, limits: { maxObjectsInGet: 20, maxConcurrentRequests: 3 } });
    const hung = Promise.withResolvers<void>();
    w.onEnd(async () => hung.resolve());
    let gets = 0;
    tap(w, async ({ name, asked, answer }) => {
      // Long enough for a request too many to come.
      await settle(5);
      if (name !== 'Email/get' || !Array.isArray(asked['ids']) || asked['ids'].length === 0) return;
      gets += 1;
      if (gets === 2 || gets === 3) return hung.promise;
      if (gets > 1) return;
      await w.until(() => gets === 3);
      answer['list'] = 'nonsense';
    });
    assert.equal((await w.sync()).error?.kind, 'server');
    await w.expectTrue();
    assert.equal(w.server.maxInFlight, 3);
  });
});

describe('J5: Retry-After', () => {
  for (const kind of ['http429', 'http503'] as const)
    it(`of ${kind} is honoured, whoever asks, and asking does not put it off`, async (t) => {
      const w = await world(t, { mails: 5 });
      await w.expectTrue();
      w.server.trouble.failNext(kind, 1, { retryAfter: 90 });
      assert.deepEqual((await w.sync()).error?.retryAfter, 90);
      const { retryAt } = w.engine.status();
      assert.equal(retryAt, w.clock.now() + 90_000);
      w.forget();
      for (let second = 1; second < 90; second += 8) {
        await w.clock.advance(7300);
        const { result, error } = await w.sync();
        assert.deepEqual([result, error?.kind], ['error', 'rateLimited']);
        assert.equal(w.engine.status().retryAt, retryAt);
      }
      await w.restart();
      w.engine.start();
      assert.equal(w.server.countRequests(), 0);
    });

  it('the account goes on by itself when it is over', async (t) => {
    const w = await world(t, { mails: 5 });
    await w.expectTrue();
    await w.server.deliver([{}]);
    w.server.trouble.failNext('http429', 1, { retryAfter: 45 });
    await w.sync();
    w.forget();
    await w.clock.advance(20_000);
    await w.sync();
    await w.clock.advance(24_999);
    assert.equal(w.server.countRequests(), 0);
    await nextAttempt(w);
    assert.equal(w.engine.status().phase, 'live');
    await w.expectTrue();
  });

  it('may be a date', async (t) => {
    const w = await world(t);
    const busy = await startStub(w, (_, response) => {
      const later = new Date(w.clock.now() + 120_000).toUTCString();
      response.writeHead(503, { 'Retry-After': later }).end();
    });
    w.account.config = { protocol: 'jmap', sessionUrl: busy.url };
    assert.equal((await w.sync()).error?.retryAfter, 120);
    await w.sync();
    assert.equal(busy.seen.length, 1);
  });

  for (const said of ['soon', '-5', '1e3', '', 'Mon, 32 Foo 2026'])
    it(`that says ${JSON.stringify(said)} is left aside`, async (t) => {
      const w = await world(t);
      const busy = await startStub(w, (_, response) => response.writeHead(503, { 'Retry-After': said }).end());
      w.account.config = { protocol: 'jmap', sessionUrl: busy.url };
      await w.sync();
      const { phase, retryAt = 0 } = w.engine.status();
      assert.equal(phase, 'offline');
      assert.ok(retryAt - w.clock.now() <= 6000);
    });

  it('of a year is a day', async (t) => {
    const w = await world(t);
    w.server.trouble.failNext('http503', 1, { retryAfter: 365 * 24 * 3600 });
    await w.sync();
    assert.equal(w.engine.status().retryAt, w.clock.now() + 24 * 3600 * 1000);
  });
});

describe('J5: the wrong password', () => {
  it('blocks the account: no request for hours, one for each time somebody asks', async (t) => {
    const w = await world(t, { mails: 5 });
    await w.expectTrue();
    await w.server.changePassword('new');
    await w.server.deliver([{}]);
    w.forget();
    assert.equal((await w.sync()).error?.kind, 'auth');
    assert.equal(w.engine.status().phase, 'blocked');
    const requests = w.server.countRequests();
    assert.ok(requests <= 2);
    await w.clock.advance(8 * 3600 * 1000);
    assert.equal(w.server.countRequests(), requests);
    await w.sync();
    assert.ok(w.server.countRequests() <= requests + 1);
    assert.equal(w.engine.status().phase, 'blocked');
    w.account.credential = { type: 'password', username: 'alice@example.test', password: 'new' };
    await w.restart();
    await w.expectTrue();
  });

  it('a bearer token signs in, and blocks when it no longer does', async (t) => {
    const w = await world(t, { mails: 5, token: 'first' });
    w.account.credential = { type: 'bearer', token: 'first' };
    await w.expectTrue();
    await w.server.setToken(null);
    assert.equal((await w.sync()).error?.kind, 'auth');
  });
});
