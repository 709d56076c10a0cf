import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readBody } from '../../src-main/store/bodies.ts';
import { readCursors } from '../../src-main/store/syncState.ts';
import type { BodySource } from '../../src-shared/body.ts';
import { settle } from '../support/clock.ts';
import { mails, type World, world } from '../support/world.ts';
import { tap } from '../support/worldTap.ts';

const signal = new AbortController().signal;

const held = (w: World): Map<string, BodySource> =>
  new Map(
    w.store.read((db) =>
      db
        .all<{ id: number; subject: string }>('SELECT id, subject FROM emails ORDER BY sort_key')
        .flatMap(({ id, subject }) => {
          const body = readBody(db, id);
          return body ? [[subject, body.source] as const] : [];
        }),
    ),
  );

const textsOf = (source: BodySource | undefined): string[] => source?.texts.map(({ text }) => text) ?? [];

describe('B6: a body over JMAP', () => {
  it('comes along with the newest 500 of a first fill, and with none before them', async (t) => {
    const w = await world(t, { mails: 620 });
    await w.expectTrue();
    const bodies = held(w);
    assert.equal(bodies.size, 500);
    assert.equal(bodies.has('mail 121'), true);
    assert.equal(bodies.has('mail 120'), false);
  });

  it('comes along with what is new, in the request that tells of it', async (t) => {
    const w = await world(t, { mails: 1 });
    await w.expectTrue();
    w.forget();
    await w.server.deliver([{ subject: 'new', text: 'plain', html: '<p>rich</p>', textParameters: 'format=flowed' }]);
    await w.expectTrue();
    const source = held(w).get('new');
    assert.deepEqual(textsOf(source), ['plain', '<p>rich</p>']);
    assert.deepEqual(
      source?.texts.map(({ isFlowed }) => isFlowed),
      [true, false],
    );
    assert.deepEqual(w.cycles().at(-1)?.roundTrips, 1);
  });

  it('comes up to 64 kB of each text, and says that there is more', async (t) => {
    const w = await world(t, { mails: [{ subject: 'long', text: 'x'.repeat(100_000) }] });
    await w.expectTrue();
    assert.deepEqual(
      held(w)
        .get('long')
        ?.texts.map(({ text, isTruncated }) => [text.length, isTruncated]),
      [[65_536, true]],
    );
  });

  it('is read for others when it is asked for, in as few requests as the answers are not too long', async (t) => {
    const w = await world(t, {
      mails: mails(30, (n) => ({ text: `text ${n}`, attachments: [{ name: 'a.pdf', type: 'application/pdf' }] })),
    });
    await w.expectTrue();
    const ids = Object.keys(w.view().emails);
    const driver = await w.engine.reader(signal);
    const found = await driver.readBodies(
      [...ids, 'gone'],
      { cursors: w.store.read(readCursors), maxBytes: 64 * 1024 },
      signal,
    );
    assert.equal(found.size, 30);
    const one = found.get(ids[0] ?? '');
    assert.ok(one && 'source' in one);
    assert.match(textsOf(one.source)[0] ?? '', /^text \d+$/);
    assert.deepEqual(
      one.attachments.map(({ name }) => name),
      ['a.pdf'],
    );
  });

  it('counts nothing of that as part of a sync', async (t) => {
    const w = await world(t, { mails: 3 });
    await w.expectTrue();
    const driver = await w.engine.reader(signal);
    const before = driver.traffic();
    await driver.readBodies(
      Object.keys(w.view().emails),
      { cursors: w.store.read(readCursors), maxBytes: 1000 },
      signal,
    );
    assert.deepEqual(driver.traffic(), before);
  });

  for (const maxConcurrentRequests of [1, 3])
    it(`and a first fill have at most ${maxConcurrentRequests} requests under way together where that is the limit`, async (t) => {
      const w = await world(t, { mails: 300, limits: { maxObjectsInGet: 20, maxConcurrentRequests } });
      // Long enough for a request too many to come.
      tap(w, () => settle(5));
      let reading: Promise<unknown> | undefined;
      w.hooks.onCommit = ({ held: count }) => {
        if (count < 60) return;
        const options = { cursors: w.store.read(readCursors), maxBytes: 1000 };
        reading ??= w.engine
          .reader(signal)
          .then((driver) => driver.readBodies(Object.keys(w.view().emails), options, signal));
      };
      await w.expectTrue();
      assert.ok(reading);
      await reading;
      assert.equal(w.server.maxInFlight, maxConcurrentRequests);
    });

  it('of another account is not asked for', async (t) => {
    const w = await world(t, { mails: 1 });
    await w.expectTrue();
    const driver = await w.engine.reader(signal);
    const found = await driver.readBodies(
      Object.keys(w.view().emails),
      { cursors: { account: 'other' }, maxBytes: 1000 },
      signal,
    );
    assert.equal(found.size, 0);
  });

  it('that the server could not decode is decoded from its bytes, and not kept as the server told it', async (t) => {
    const w = await world(t, { mails: [{ subject: 'odd', text: 'Grüße' }] });
    const [id = ''] = Object.keys((await w.server.truth()).emails);
    const garbled = { value: 'Gr\uFFFD\uFFFDe', isTruncated: false, isEncodingProblem: true };
    await w.server.override(id, { bodyValues: { 1: garbled } });
    await w.expectTrue();
    assert.equal(held(w).size, 0);
    const driver = await w.engine.reader(signal);
    const found = await driver.readBodies([id], { cursors: w.store.read(readCursors), maxBytes: 1000 }, signal);
    const body = found.get(id);
    assert.ok(body && 'source' in body);
    assert.deepEqual(textsOf(body.source), ['Grüße']);
  });

  it('is cut where a text takes more bytes than were asked for, whatever the server takes for a byte', async (t) => {
    const long = 'я'.repeat(70_000);
    const w = await world(t, { mails: [{ subject: 'long', text: 'short' }] });
    const [id = ''] = Object.keys((await w.server.truth()).emails);
    await w.server.override(id, { bodyValues: { 1: { value: long, isTruncated: false, isEncodingProblem: false } } });
    await w.expectTrue();
    assert.deepEqual(textsOf(held(w).get('long')), [long.slice(0, 32_768)]);
    const driver = await w.engine.reader(signal);
    const found = await driver.readBodies([id], { cursors: w.store.read(readCursors), maxBytes: 1001 }, signal);
    const body = found.get(id);
    assert.ok(body && 'source' in body);
    assert.deepEqual(
      body.source.texts.map(({ text, isTruncated }) => [text, isTruncated]),
      [[long.slice(0, 500), true]],
    );
  });

  it('that is decoded here takes no more bytes than were asked for, either', async (t) => {
    const w = await world(t, { mails: [{ subject: 'odd', text: 'я'.repeat(450) }] });
    const [id = ''] = Object.keys((await w.server.truth()).emails);
    await w.server.override(id, {
      textBody: [{ partId: '1', blobId: `G${id}_1`, type: 'text/plain', charset: 'koi8-r' }],
      bodyValues: { 1: { value: '?', isTruncated: false, isEncodingProblem: true } },
    });
    await w.expectTrue();
    const driver = await w.engine.reader(signal);
    const found = await driver.readBodies([id], { cursors: w.store.read(readCursors), maxBytes: 1000 }, signal);
    const body = found.get(id);
    assert.ok(body && 'source' in body);
    assert.deepEqual(
      body.source.texts.map(({ text, isTruncated }) => [text, isTruncated]),
      [['я▐'.repeat(200), true]],
    );
  });
});
