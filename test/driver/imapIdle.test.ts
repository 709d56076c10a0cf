import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { connect, type ImapConnection } from '../../src-main/driver/imap/connection.ts';
import { createWatcher } from '../../src-main/driver/imap/watch.ts';
import { capabilitySets } from '../servers/imap/capabilities.ts';
import { fakeClock, settle } from '../support/clock.ts';
import { stubServer } from '../support/imapStub.ts';
import { type ImapWorld, letters, syncedWorld } from '../support/worldImap.ts';
import { later } from '../support/worldQueue.ts';

const listening = (w: ImapWorld): Promise<void> =>
  w.until(() => w.server.commands.some(({ verb, status }) => verb === 'IDLE' && status === null), 'IDLE');
const held = (w: ImapWorld): number => Object.keys(w.view().emails).length;
const flagsOf = (w: ImapWorld, subject: string): string[] =>
  Object.values(w.view().emails).find((email) => email.subject === subject)?.keywords ?? [];
/** Time goes on, second by second, in each of which the server and Tern have their say. */
const pass = async (w: ImapWorld, seconds: number): Promise<void> => {
  for (let second = 0; second < seconds; second++) {
    await settle(10);
    await w.clock.advance(1_000);
  }
};

describe('I7: IDLE', () => {
  it('a hint ends the wait at once, and the pull brings it', async (t) => {
    const w = await syncedWorld(t);
    await listening(w);
    await w.server.deliver(letters(1));
    await w.until(() => held(w) === 11 && w.cycles().length > 1, 'the new mail');
    assert.equal(w.cycles().at(-1)?.trigger, 'push');
    assert.equal(w.clock.monotonic(), 0);
  });

  for (const [what, act] of [
    ['a flag', (w, id) => w.server.setKeywords([id], { $flagged: true })],
    ['a deletion', (w, id) => w.server.destroy([id])],
  ] as [string, (w: ImapWorld, id: string) => Promise<void>][])
    it(`${what} is a hint, too`, async (t) => {
      const w = await syncedWorld(t);
      await listening(w);
      const cycles = w.cycles().length;
      await act(w, w.server.emailAt('INBOX', 3) ?? '');
      await w.until(() => w.cycles().length > cycles, 'a cycle');
      assert.equal(w.cycles().at(-1)?.trigger, 'push');
      await w.expectTrue();
    });

  for (const set of ['noCondstore', 'bare'] as const)
    it(`without mod-sequences a hint of a flag makes INBOX's flags be read, once, on a server that can ${set}`, async (t) => {
      const w = await syncedWorld(t, { capabilities: [...capabilitySets[set], 'IDLE'] });
      await listening(w);
      for (const on of [true, null] as const) {
        w.forget();
        await w.server.setKeywords([w.server.emailAt('INBOX', 3) ?? ''], { $flagged: on });
        const keywords = on ? ['$flagged'] : [];
        await w.until(() => flagsOf(w, 'mail 3').join() === keywords.join(), 'the flag');
        await later(w, 31_000);
        assert.equal(w.server.countCommands('UID FETCH'), 1);
      }
    });

  it('a hint of a flag is not forgotten where the pull after it fails', async (t) => {
    const w = await syncedWorld(t, { capabilities: capabilitySets.noCondstore });
    await listening(w);
    w.server.trouble.fail('UID FETCH', { kind: 'no', code: 'UNAVAILABLE' });
    await w.server.setKeywords([w.server.emailAt('INBOX', 3) ?? ''], { $flagged: true });
    await w.until(() => w.cycles().at(-1)?.result === 'error', 'a cycle that fails');
    await later(w, 10_000);
    assert.deepEqual(flagsOf(w, 'mail 3'), ['$flagged']);
  });

  it('only the hint is taken from it: what it says wrongly changes nothing', async (t) => {
    const w = await syncedWorld(t);
    await listening(w);
    w.server.trouble.say('* 99999 EXISTS');
    await w.until(() => w.cycles().length > 1, 'a cycle');
    await w.expectTrue();
  });

  it('a deaf connection is noticed by the poll, and made anew', async (t) => {
    const w = await syncedWorld(t);
    await listening(w);
    w.server.trouble.deafIdle(true);
    const ears = (): number =>
      new Set(w.server.commands.flatMap(({ verb, connection }) => (verb === 'IDLE' ? connection : []))).size;
    for (let n = 0; n < 6 && ears() === 1; n++) {
      await w.server.deliver(letters(1));
      await later(w, 31_000);
      await w.until(() => held(w) === 11 + n, 'the poll brings it all the same');
    }
    await w.until(() => ears() > 1, 'another connection that listens');
    await w.expectTrue();
  });

  it('IDLE that is refused means polling, and is not asked again and again', async (t) => {
    const w = await syncedWorld(t, { mails: 3 });
    w.server.trouble.fail('IDLE', { kind: 'no', text: 'not here' }, 99);
    w.server.trouble.drop();
    for (let n = 0; n < 4; n++) await later(w, 31_000);
    await w.server.deliver(letters(1));
    await later(w, 31_000);
    assert.equal(held(w), 4);
    assert.ok(w.server.countCommands('IDLE') < 6, `${w.server.countCommands('IDLE')} times IDLE`);
  });

  it('a server without IDLE is polled, over one connection', async (t) => {
    const w = await syncedWorld(t, { capabilities: capabilitySets.noIdle });
    await w.server.deliver(letters(1));
    await later(w, 31_000);
    assert.equal(held(w), 11);
    assert.equal(w.server.countCommands('IDLE'), 0);
    await w.until(() => w.server.connections.open === 1, 'one connection');
  });

  for (const how of ['bye', 'no'] as const)
    it(`a second connection that is refused (${how}) means polling, and is left alone for five minutes`, async (t) => {
      const w = await syncedWorld(t);
      await listening(w);
      w.server.trouble.maxConnections(1, how);
      await w.server.restart();
      w.forget();
      await w.expectTrue();
      const isRefused = (): boolean => w.server.connections.open === 1;
      for (let n = 0; n < 8; n++) {
        await settle(20);
        await w.until(isRefused, 'one connection');
        await later(w, 31_000);
      }
      await w.server.deliver(letters(1));
      await later(w, 31_000);
      assert.equal(held(w), 11);
      const logins = w.server.commands.filter(({ verb }) => ['LOGIN', 'AUTHENTICATE'].includes(verb)).length;
      assert.ok(logins <= 2, `${logins} times signed in`);
      w.server.trouble.maxConnections(null);
      for (let n = 0; n < 3; n++) await later(w, 31_000);
      await listening(w);
    });

  it('a connection that is lost is made anew soon, and what came meanwhile is looked for', async (t) => {
    const w = await syncedWorld(t);
    await listening(w);
    w.server.trouble.drop();
    await w.until(() => w.server.connections.open === 0, 'the loss');
    await w.server.deliver(letters(1));
    await w.clock.advance(1_200);
    await w.until(() => held(w) === 11, 'what came meanwhile');
    await listening(w);
    await w.server.deliver(letters(1));
    await w.clock.advance(1_000);
    await w.until(() => held(w) === 12, 'the new mail');
    assert.ok(w.clock.monotonic() < 3_000);
  });

  it('one that is lost again and again is made anew after ever longer pauses', async (t) => {
    const w = await syncedWorld(t);
    await listening(w);
    w.server.trouble.fail('IDLE', { kind: 'drop' }, 999);
    w.server.trouble.drop();
    w.forget();
    await pass(w, 120);
    const tries = w.server.countCommands('IDLE');
    assert.ok(tries > 3 && tries < 10, `${tries} times IDLE`);
    w.server.trouble.reset();
  });

  it('one that held for a minute is made anew soon, however often it was lost before', async (t) => {
    const w = await syncedWorld(t);
    await listening(w);
    w.server.trouble.fail('IDLE', { kind: 'drop' }, 3);
    w.server.trouble.drop();
    w.forget();
    await pass(w, 120);
    assert.equal(w.server.countCommands('IDLE'), 4);
    w.server.trouble.drop();
    await w.until(() => w.server.connections.open === 0, 'the loss');
    w.forget();
    await pass(w, 3);
    await listening(w);
  });

  it('uses three connections at most', async (t) => {
    const w = await syncedWorld(t);
    for (let n = 0; n < 5; n++) {
      await listening(w);
      w.server.trouble.drop();
      await w.server.deliver(letters(1));
      await w.expectTrue();
    }
    assert.ok(w.server.connections.most <= 3, `${w.server.connections.most} connections`);
  });

  it('a connection that is given back before it listens does not stay', async (t) => {
    const { server, onEnd } = await stubServer(t, {
      answer: ({ verb }) => (verb === 'CAPABILITY' ? ['* CAPABILITY IMAP4rev1 IDLE'] : null),
    });
    const made: ImapConnection[] = [];
    const watcher = createWatcher(async (until) => {
      const connection = await connect(server, { type: 'password', username: 'u', password: 'p' }, until);
      made.push(connection);
      watcher.close();
      return connection;
    }, fakeClock());
    onEnd(() => made[0]?.close());
    await assert.rejects(watcher.watch(new AbortController().signal), { kind: 'cancelled' });
    assert.deepEqual([made[0]?.closed, watcher.isOpen()], [true, false]);
  });
});
