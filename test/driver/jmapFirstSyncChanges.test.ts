import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readCursors } from '../../src-main/store/syncState.ts';
import { mails, world } from '../support/world.ts';
import { countWhole, tap, tapNth, texts } from '../support/worldTap.ts';

const small = { maxObjectsInGet: 20 };

describe('J2: what a walk passes over', () => {
  it('nothing where an anchor is gone: an older one serves', async (t) => {
    const w = await world(t, { mails: 200, limits: small });
    w.crashAt(8);
    await w.sync();
    const { place } = JSON.parse(w.commits.at(-1)?.cursors['fill'] ?? '{}') as { place: { anchors: string[] } };
    const [gone = '', older = ''] = place.anchors;
    await w.server.destroy([gone]);
    await w.restart();
    const asked: unknown[] = [];
    tap(w, (call) => {
      if (call.name === 'Email/query') asked.push(call.asked['anchor']);
    });
    await w.expectTrue();
    assert.ok(older < 'M000000c8' && older > gone);
    assert.deepEqual(asked.slice(0, 2), [gone, older]);
  });

  it('where every anchor is gone it goes back, so that nothing is', async (t) => {
    const w = await world(t, { mails: 200, limits: small });
    w.server.trouble.capQuery(40);
    w.crashAt(9);
    await w.sync();
    const { place } = JSON.parse(w.commits.at(-1)?.cursors['fill'] ?? '{}') as {
      place: { anchors: string[]; position: number };
    };
    await w.server.destroy(place.anchors);
    const expected = Object.keys((await w.server.truth()).emails);
    await w.restart();
    const before = new Set(Object.keys(w.view().emails));
    const whole = countWhole(w);
    let missed: string[] | null = null;
    w.hooks.onCommit = ({ cursors }) => {
      if (cursors['fill']?.includes('"verify"') !== true) return;
      const held = w.view().emails;
      missed ??= expected.filter((id) => held[id] === undefined);
    };
    await w.expectTrue();
    assert.ok(place.position > 40);
    assert.deepEqual(missed, [], 'the walk alone brought everything');
    assert.deepEqual(
      [...whole.keys()].filter((id) => before.has(id)),
      [],
      'and read nothing again',
    );
  });

  it('is looked for until a pass finds nothing unknown', async (t) => {
    const w = await world(t, { limits: small });
    const boxes = ['inbox', 'archive'].map((role) => w.server.mailboxId(role));
    await w.server.deliver(mails(100, (n) => ({ mailboxIds: boxes.slice(n % 2, (n % 2) + 1) })));
    let began = 0;
    // The walk sees none of these; the first pass of the verification half of them.
    tap(w, ({ name, asked, answer }) => {
      if (name !== 'Email/query') return;
      if (asked['anchor'] === undefined) began += 1;
      const hidden = began === 1 ? 20 : began === 2 ? 10 : 0;
      answer['ids'] = texts(answer['ids']).filter((id) => Number.parseInt(id.slice(1), 16) > hidden);
      // Nor do its counts say that something is missing.
      answer['total'] = 100 - hidden;
    });
    await w.expectTrue();
    assert.ok(began >= 3);
    assert.equal(w.store.read(readCursors)['fill'], '{"stage":"done"}');
  });
});

describe('J2: changes during a first sync', () => {
  it('arrive: new, flagged, moved, destroyed mail, new and deleted mailboxes', async (t) => {
    const w = await world(t, { mails: 200, limits: small });
    const old = await w.server.createMailbox('old');
    const ids = Object.keys((await w.server.truth()).emails).toSorted();
    await w.server.setMailboxes(ids.slice(0, 30), { [old]: true });
    let step = 0;
    tap(w, async ({ name, asked }) => {
      if (name !== 'Email/get' || texts(asked['ids']).length === 0) return;
      step += 1;
      const at = (n: number): string[] => [ids[step * 7 + n] ?? '', ids.at(-step * 7 - n) ?? ''];
      if (step > 8) return;
      await w.server.deliver(mails(2, () => ({ receivedAt: new Date(Date.UTC(2025, step, 1)) })));
      await w.server.setKeywords(at(1), { $flagged: true });
      await w.server.setMailboxes(at(2), {
        [w.server.mailboxId('archive')]: true,
        [w.server.mailboxId('inbox')]: null,
      });
      await w.server.destroy(at(3));
      const made = await w.server.createMailbox(`new ${step}`);
      await w.server.setMailboxes(at(4), { [made]: true });
      if (step === 5) await w.server.deleteMailbox(old);
    });
    await w.sync();
    w.server.trouble.beforeReply(null);
    await w.expectTrue();
    assert.equal(step > 5, true);
  });

  for (const cap of [null, 15])
    it(`an account that gets a mail with every request still ends${cap ? ', with short pages' : ''}`, async (t) => {
      const w = await world(t, { mails: 100, limits: small });
      w.server.trouble.capQuery(cap);
      let n = 0;
      w.server.trouble.beforeReply(async () => {
        n += 1;
        if (n > 200) w.server.trouble.beforeReply(null);
        await w.server.deliver([{ subject: `meanwhile ${n}` }]);
      });
      for (let cycle = 0; cycle < 3; cycle++) assert.deepEqual(await w.sync(), { result: 'ok' });
      assert.ok(n <= 100, 'it goes on for ever');
      w.server.trouble.beforeReply(null);
      await w.expectTrue();
      assert.equal(w.store.read(readCursors)['fill'], '{"stage":"done"}');
    });

  it('the verification fetches what the walk missed', async (t) => {
    const w = await world(t, { mails: 100, limits: small });
    // Three pages of the walk give half of what they were asked for, without a word.
    let short = 0;
    tap(w, ({ name, answer }) => {
      if (name !== 'Email/get' || !Array.isArray(answer['list']) || answer['list'].length < 20) return;
      short += 1;
      if (short <= 3) answer['list'] = answer['list'].slice(0, 10);
    });
    await w.expectTrue();
    assert.ok(short >= 3);
  });

  it('the verification fetches what no page listed', async (t) => {
    const w = await world(t, { mails: 100, limits: small });
    tapNth(w, 'Email/query', 2, ({ answer }) => {
      answer['ids'] = texts(answer['ids']).filter((_, n) => n % 4 > 0);
    });
    await w.expectTrue();
  });

  it('a server that counts more than it lists is looked at again less and less often', async (t) => {
    const w = await world(t, { mails: 30 });
    tap(w, ({ name, answer }) => {
      if (name === 'Email/query') answer['total'] = 40;
    });
    const queriesAfter = async (minutes: number): Promise<number> => {
      await w.clock.advance(minutes * 60_000);
      w.forget();
      assert.deepEqual(await w.sync(), { result: 'ok' });
      return w.server.countRequests('Email/query');
    };
    await w.sync();
    assert.ok((await queriesAfter(0)) > 0, 'the next cycle looks');
    assert.equal(await queriesAfter(0), 0, 'then not at once');
    for (let hours = 0; hours < 12; hours++) await queriesAfter(60);
    assert.equal(await queriesAfter(50), 0, 'in the end once an hour');
    assert.ok((await queriesAfter(11)) > 0);
    w.server.trouble.beforeReply(null);
    await w.clock.advance(3_600_000);
    await w.expectTrue();
    assert.equal(w.store.read(readCursors)['fill'], '{"stage":"done"}');
  });

  it('what is listed and never found is asked for once', async (t) => {
    const w = await world(t, { mails: 50, limits: small });
    tap(w, ({ name, answer }) => {
      if (name === 'Email/query' && texts(answer['ids']).length > 0)
        answer['ids'] = [...texts(answer['ids']), 'Mffffffff'];
    });
    assert.deepEqual(await w.sync(), { result: 'ok' });
    assert.ok(w.server.countRequests() < 30);
    w.server.trouble.beforeReply(null);
    await w.expectTrue();
  });
});
