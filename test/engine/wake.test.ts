import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { TernError } from '../../src-shared/errors.ts';
import { settle } from '../support/clock.ts';
import { fakeWorld } from '../support/fakeDriver.ts';
import { mails, world } from '../support/world.ts';
import { letters, syncedWorld } from '../support/worldImap.ts';

const down = (): TernError => new TernError('network', 'no route');

describe('C: a wake of the machine', () => {
  it('ends the wait between two cycles, by the trigger wake, and has connections looked after', async (t) => {
    const w = await fakeWorld(t);
    await w.sync();
    w.engine.wake();
    await settle();
    assert.deepEqual([w.triggers(), w.probed.times], [['start', 'wake'], 1]);
  });

  it('ends the wait after failures, which count no more', async (t) => {
    const w = await fakeWorld(t);
    w.pulls = Array.from({ length: 6 }, down);
    await w.sync();
    for (let n = 0; n < 4; n++) await w.clock.advance((w.engine.status().retryAt ?? 0) - w.clock.now());
    assert.equal(w.pulled.length, 5);
    w.engine.wake();
    await settle();
    assert.equal(w.pulled.length, 6);
    const wait = (w.engine.status().retryAt ?? 0) - w.clock.now();
    assert.ok(wait >= 4_000 && wait <= 6_000, `the first pause again, not ${wait} ms`);
  });

  it('does not shorten what the server asked for', async (t) => {
    const w = await fakeWorld(t);
    w.pulls = [new TernError('rateLimited', 'later', { retryAfter: 100 })];
    await w.sync();
    w.engine.wake();
    await settle();
    assert.equal(w.pulled.length, 1);
    await w.clock.advance(125_000);
    assert.equal(w.pulled.length, 2);
  });

  it('waits no longer than the server asked for where the clock is set back meanwhile', async (t) => {
    const w = await fakeWorld(t);
    w.pulls = [new TernError('rateLimited', 'later', { retryAfter: 100 })];
    await w.sync();
    w.clock.putBack(24 * 3_600_000);
    await w.clock.advance(125_000);
    assert.equal(w.pulled.length, 2);
  });

  it('leaves an account that waits for a password, and one that is paused, as they are', async (t) => {
    const w = await fakeWorld(t);
    w.pulls = [new TernError('auth', 'wrong')];
    await w.sync();
    w.engine.wake();
    await settle();
    assert.deepEqual([w.engine.status().phase, w.pulled.length], ['blocked', 1]);
    await w.engine.stop();
    w.engine.wake();
    await settle();
    assert.equal(w.engine.status().phase, 'stopped');
  });
});

describe('C: after a wake a connection that stays silent is given up within 10 seconds', () => {
  it('JMAP: a request under way', async (t) => {
    const w = await world(t, { mails: 3 });
    await w.sync();
    w.server.trouble.hang();
    const under = w.sync();
    await settle(20);
    w.engine.wake();
    await w.clock.advance(9_900);
    assert.equal(w.engine.status().phase, 'syncing');
    await w.clock.advance(200);
    await under;
    w.server.trouble.resume();
    await w.until(() => w.cycles().at(-1)?.trigger === 'wake', 'the cycle of the wake');
    await w.expectTrue();
  });

  it('JMAP: the first request after it; and one that answers has its time again', async (t) => {
    const w = await world(t, { mails: 3 });
    await w.sync();
    w.server.trouble.hang();
    w.engine.wake();
    await settle(20);
    await w.clock.advance(10_100);
    await w.until(() => w.engine.status().phase === 'offline', 'the loss');
    w.server.trouble.resume();
    w.engine.wake();
    await w.until(() => w.engine.status().phase === 'live', 'the next try');
    w.engine.wake();
    await w.sync();
    w.server.trouble.hang();
    const under = w.sync();
    await settle(20);
    await w.clock.advance(30_000);
    assert.equal(w.engine.status().phase, 'syncing');
    w.server.trouble.resume();
    await under;
  });

  it('JMAP: the event source is made anew at once', async (t) => {
    const w = await world(t, { mails: 3, push: true });
    await w.sync();
    await w.until(() => w.server.events.log.length === 1, 'an event source');
    await settle(20);
    w.engine.wake();
    await w.until(() => w.server.events.log.length === 2 && w.server.events.log[0]?.open === false, 'another one');
    await w.server.deliver(mails(1));
    await w.until(() => w.cycles().at(-1)?.counts.created === 1, 'the mail');
    assert.ok(w.clock.monotonic() < 2_000);
  });

  it('IMAP: a command under way; one that is answered goes on', async (t) => {
    const w = await syncedWorld(t);
    w.server.trouble.hang();
    const under = w.sync();
    await settle(20);
    w.engine.wake();
    await w.clock.advance(9_900);
    assert.equal(w.engine.status().phase, 'syncing');
    w.server.trouble.resume();
    await w.until(() => w.cycles().at(-1)?.trigger === 'wake', 'the cycle of the wake');
    assert.deepEqual(await under, { result: 'ok' });
    w.server.trouble.hang();
    const lost = w.sync();
    await settle(20);
    w.engine.wake();
    const used = (): number => new Set(w.server.commands.map(({ connection }) => connection)).size;
    const before = used();
    await w.clock.advance(10_100);
    await w.until(() => used() > before, 'another connection');
    w.server.trouble.resume();
    await lost;
    await w.expectTrue();
  });

  it('IMAP: what is not in use is made anew, IDLE, too', async (t) => {
    const w = await syncedWorld(t);
    const listens = (): number[] => [
      ...new Set(
        w.server.commands.flatMap(({ verb, status, connection }) =>
          verb === 'IDLE' && status === null ? connection : [],
        ),
      ),
    ];
    await w.until(() => listens().length === 1, 'IDLE');
    const [before] = listens();
    w.forget();
    w.engine.wake();
    await w.until(() => listens().some((connection) => connection !== before), 'IDLE over another connection');
    await w.server.deliver(letters(1));
    await w.clock.advance(1_000);
    await w.until(() => w.cycles().at(-1)?.counts.created === 1, 'the mail');
  });
});
