import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { BODY } from '../../src-main/store/bodies.ts';
import { TernError } from '../../src-shared/errors.ts';
import { settle } from '../support/clock.ts';
import { mails, type World, world } from '../support/world.ts';
import { type ImapWorld, namesUid, syncedWorld } from '../support/worldImap.ts';
import { readingOn } from '../support/worldReading.ts';

const isBodyFetch = ({ verb, line }: { verb: string; line: string }): boolean =>
  verb === 'UID FETCH' && line.includes('BODY.PEEK[1]');

const jmapWorld = async (t: TestContext): Promise<World> => {
  const w = await world(t, { mails: mails(1, () => ({ subject: 'long', text: 'word '.repeat(20_000) })) });
  await w.expectTrue();
  return w;
};
const imapWorldOf = (t: TestContext): Promise<ImapWorld> =>
  syncedWorld(t, { mails: [{ subject: 'long', text: 'word '.repeat(20_000) }] });

/** How a read ends, with the time running on, and when; in ms. */
const outcomeOf = async (w: World | ImapWorld, read: Promise<unknown>): Promise<{ error: unknown; ms: number }> => {
  const began = w.clock.monotonic();
  const ended: { error: unknown }[] = [];
  void read.then(
    () => ended.push({ error: null }),
    (error: unknown) => ended.push({ error }),
  );
  for (; ended.length === 0 && w.clock.monotonic() - began < 90_000; await w.clock.advance(500)) await settle(20);
  return { error: ended[0]?.error, ms: w.clock.monotonic() - began };
};

const isNetwork = (error: unknown): boolean => error instanceof TernError && error.kind === 'network';

describe('B1: a server that falls silent in the middle of a body', () => {
  it('is waited for 20 seconds over JMAP', async (t) => {
    const w = await jmapWorld(t);
    const reading = readingOn(t, w);
    w.server.trouble.failNext('stall', 1);
    w.store.write((tx) => tx.run('DELETE FROM email_bodies'));
    const { error, ms } = await outcomeOf(w, reading.open('long'));
    assert.ok(isNetwork(error) && ms >= 20_000 && ms < 25_000, `${String(error)} after ${ms} ms`);
    assert.match((await reading.open('long')).text, /^word word/);
  });

  it('is waited for 20 seconds over IMAP, and five to say that it is there', async (t) => {
    const w = await imapWorldOf(t);
    const reading = readingOn(t, w);
    w.server.trouble.fail(isBodyFetch, { kind: 'cut', bytes: 1000, stays: true });
    w.server.trouble.beforeAnswer((seen) => void (isBodyFetch(seen) && w.server.trouble.hang()));
    const { error, ms } = await outcomeOf(w, reading.open('long'));
    assert.ok(isNetwork(error) && ms >= 20_000 && ms < 30_000, `${String(error)} after ${ms} ms`);
    w.server.trouble.reset();
    assert.match((await reading.open('long')).text, /^word word/);
  });

  it('is waited for as long as something comes', async (t) => {
    const w = await imapWorldOf(t);
    const reading = readingOn(t, w);
    await reading.open('long');
    w.store.write((tx) => tx.run('DELETE FROM email_bodies'));
    const began = w.clock.monotonic();
    w.server.trouble.beforeCommand(async ({ verb }) => {
      if (verb === 'UID FETCH') await w.clock.advance(15_000);
    });
    assert.equal((await reading.open('long')).source, 'server');
    assert.ok(w.clock.monotonic() - began >= 30_000);
  });

  it('at one message holds up no other that is fetched ahead', async (t) => {
    const w = await syncedWorld(t, { mails: 4 });
    const reading = readingOn(t, w);
    let silences = 0;
    w.server.trouble.fail(
      (seen) => {
        const isThird = isBodyFetch(seen) && namesUid(seen.line.split(' ')[3] ?? '', 3);
        if (isThird) silences += 1;
        return isThird;
      },
      { kind: 'hang' },
      99,
    );
    reading.keep();
    // With all four, in its half, and alone.
    for (const n of [1, 2, 3]) {
      await w.until(() => silences === n, `silence ${n}`);
      await w.clock.advance(21_000);
    }
    await reading.idle();
    assert.deepEqual(reading.states(), { [BODY.held]: 3, [BODY.unreadable]: 1 });
  });
});
