import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { BODY } from '../../src-main/store/bodies.ts';
import { TernError } from '../../src-shared/errors.ts';
import { mails, world } from '../support/world.ts';
import { syncedWorld } from '../support/worldImap.ts';
import { readingOn } from '../support/worldReading.ts';

const fails = (kind: string) => (error: unknown) => error instanceof TernError && error.kind === kind;

/** A year before the clocks of worlds begin. */
const longAgo = (n: number): Date => new Date(Date.UTC(2025, 0, 1, 0, n));

const worlds = [
  [
    'JMAP',
    async (t: TestContext, count = 1) => {
      // Of a first fill only the newest 500 come with their bodies: those before have none yet.
      const w = await world(t, {
        mails: mails(count, (n) => ({ subject: `old ${n}`, text: `text ${n}`, receivedAt: longAgo(n) })),
      });
      await w.expectTrue();
      w.store.write((tx) => {
        tx.run('DELETE FROM email_bodies');
        tx.run('UPDATE emails SET body_state = 0');
      });
      w.forget();
      return { w, requests: () => w.server.requests.length };
    },
  ],
  [
    'IMAP',
    async (t: TestContext, count = 1) => {
      const w = await syncedWorld(t, {
        mails: mails(count, (n) => ({ subject: `old ${n}`, text: `text ${n}`, receivedAt: longAgo(n) })),
      });
      return { w, requests: () => w.server.countCommands('UID FETCH') };
    },
  ],
] as const;

for (const [protocol, worldOf] of worlds) {
  describe(`B1: the body of an email over ${protocol}`, () => {
    it('is fetched when it is first opened, and then there without the server', async (t) => {
      const { w, requests } = await worldOf(t);
      const reading = readingOn(t, w);
      const first = await reading.open('old 1');
      assert.deepEqual([first.text.trim(), first.html, first.source], ['text 1', null, 'server']);
      const before = requests();
      await w.server.stop();
      const second = await reading.open('old 1');
      assert.deepEqual([second.text.trim(), second.source], ['text 1', 'cache']);
      assert.equal(requests(), before);
    });

    it('is fetched once for all who open it at the same time', async (t) => {
      const { w, requests } = await worldOf(t, 2);
      const reading = readingOn(t, w);
      await reading.open('old 1');
      const before = requests();
      await reading.open('old 2');
      const forOne = requests() - before;
      w.store.write((tx) => tx.run('DELETE FROM email_bodies'));
      const all = await Promise.all([reading.open('old 1'), reading.open('old 1'), reading.open('old 1')]);
      assert.deepEqual(
        all.map(({ source }) => source),
        ['server', 'server', 'server'],
      );
      assert.equal(requests() - before, 2 * forOne);
    });

    it('that is not held says why it cannot be had while there is no network', async (t) => {
      const { w } = await worldOf(t);
      const reading = readingOn(t, w);
      await w.server.stop();
      await assert.rejects(reading.open('old 1'), fails('network'));
      await assert.rejects(reading.open('never was'), fails('notFound'));
    });

    it('of an email that the server has no more is not found', async (t) => {
      const { w } = await worldOf(t);
      const reading = readingOn(t, w);
      await w.server.destroy(Object.keys((await w.server.truth()).emails));
      await assert.rejects(reading.open('old 1'), fails('notFound'));
    });
  });

  describe(`B2: in idle time over ${protocol}`, () => {
    it('every body is fetched, made safe, and can be read without the server', async (t) => {
      const { w } = await worldOf(t, 60);
      const reading = readingOn(t, w);
      await reading.keepUntil(BODY.held);
      await w.server.stop();
      assert.equal((await reading.open('old 17')).source, 'cache');
    });

    it('bodies are fetched until they take as much room as they may, the newest first', async (t) => {
      const { w } = await worldOf(t, 60);
      const reading = readingOn(t, w);
      // Of a batch nobody knows what it will take: twice the messages' sizes are reckoned with, and less is taken.
      const sizes = w.store.read((db) =>
        db.all<{ size: number }>('SELECT size FROM emails ORDER BY sort_key DESC LIMIT 25'),
      );
      const maxBytes = 2 * sizes.reduce((sum, { size }) => sum + size, 0) + 10;
      w.store.write((tx) => tx.run("INSERT INTO settings VALUES ('bodies', ?)", JSON.stringify({ maxBytes })));
      reading.keep();
      await reading.idle();
      assert.deepEqual(reading.states(), { [BODY.missing]: 35, [BODY.held]: 25 });
      const oldestHeld = w.store.read((db) =>
        db.get<{ n: number }>('SELECT min(sort_key) AS n FROM emails WHERE body_state = 2'),
      );
      const newestMissing = w.store.read((db) =>
        db.get<{ n: number }>('SELECT max(sort_key) AS n FROM emails WHERE body_state = 0'),
      );
      assert.ok((oldestHeld?.n ?? 0) > (newestMissing?.n ?? 0));
    });

    it('nothing is fetched where the person does not want that', async (t) => {
      const { w, requests } = await worldOf(t, 5);
      const reading = readingOn(t, w);
      w.store.write((tx) => tx.run("INSERT INTO settings VALUES ('bodies', ?)", JSON.stringify({ prefetch: false })));
      const before = requests();
      reading.keep();
      await reading.idle();
      assert.equal(requests(), before);
      assert.deepEqual(reading.states(), { [BODY.missing]: 5 });
    });

    it('mail without a preview gets one', async (t) => {
      const { w } = await worldOf(t, 3);
      const reading = readingOn(t, w);
      w.store.write((tx) => tx.run("UPDATE emails SET preview = ''"));
      await reading.keepUntil(BODY.held);
      const previews = w.store.read((db) =>
        db.all<{ preview: string }>('SELECT preview FROM emails ORDER BY sort_key'),
      );
      assert.deepEqual(
        previews.map(({ preview }) => preview),
        ['text 1', 'text 2', 'text 3'],
      );
    });
  });

  describe(`B3: bodies that are kept over ${protocol}`, () => {
    it('go again where they are too many, those that nobody opened for longest first', async (t) => {
      const { w } = await worldOf(t, 30);
      const reading = readingOn(t, w);
      await reading.keepUntil(BODY.held);
      await reading.open('old 1');
      const size = w.store.read((db) => db.get<{ n: number }>('SELECT sum(size) AS n FROM email_bodies'))?.n ?? 0;
      w.store.write((tx) =>
        tx.run("INSERT INTO settings VALUES ('bodies', ?)", JSON.stringify({ maxBytes: size - 1 })),
      );
      await reading.keepUntil(BODY.held, BODY.evicted);
      await w.until(() => (reading.states()[BODY.evicted] ?? 0) > 0);
      assert.equal((await reading.open('old 1')).source, 'cache');
    });

    it('go again at the age that the person set, unless they were opened since', async (t) => {
      const { w } = await worldOf(t, 3);
      const reading = readingOn(t, w);
      await reading.keepUntil(BODY.held);
      await reading.open('old 2');
      w.store.write((tx) => tx.run("INSERT INTO settings VALUES ('bodies', ?)", JSON.stringify({ maxDays: 300 })));
      reading.keep();
      await w.until(() => reading.states()[BODY.evicted] === 2);
      assert.equal((await reading.open('old 2')).source, 'cache');
    });
  });
}
