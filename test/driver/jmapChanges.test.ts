import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { describe, it } from 'node:test';
import { mails, type World, type WorldOptions, world } from '../support/world.ts';
import { countWhole, tap, tapNth } from '../support/worldTap.ts';

/** A world after its first sync, with the requests forgotten, and the ids in it. */
const synced = async (t: TestContext, options: WorldOptions = {}): Promise<{ w: World; ids: string[] }> => {
  const w = await world(t, { mails: 100, ...options });
  await w.expectTrue();
  w.forget();
  return { w, ids: Object.keys(w.view().emails).toSorted() };
};

const many = async (w: World, ids: string[]): Promise<void> => {
  const archive = w.server.mailboxId('archive');
  const inbox = w.server.mailboxId('inbox');
  await w.server.deliver(mails(40));
  await w.server.setKeywords(ids.slice(0, 20), { $seen: true });
  await w.server.setMailboxes(ids.slice(20, 40), { [archive]: true, [inbox]: null });
  await w.server.setMailboxes(ids.slice(40, 50), { [archive]: true });
  await w.server.destroy(ids.slice(50, 60));
};

describe('J3: changes', () => {
  it('created, updated and destroyed mail comes with one request', async (t) => {
    const { w, ids } = await synced(t);
    await many(w, ids);
    await w.expectTrue();
    assert.equal(w.server.countRequests(), 1);
    const [cycle] = w.cycles().slice(-1);
    assert.deepEqual(cycle?.counts, { mailboxes: 0, created: 40, updated: 50, destroyed: 10, pushed: 0 });
    assert.equal(cycle?.roundTrips, 1);
  });

  it('an idle cycle is exactly one request, reads no mail and commits nothing', async (t) => {
    const { w } = await synced(t);
    await w.expectTrue();
    assert.deepEqual(
      w.server.requests.map(({ path, methods }) => [path, methods[0]]),
      [['/jmap/api/', 'Mailbox/changes']],
    );
    assert.equal(w.commits.length, 0);
  });

  it('of an updated mail that is held only mailboxes and keywords are read', async (t) => {
    const { w, ids } = await synced(t);
    const whole = countWhole(w);
    await w.server.setKeywords(ids, { $flagged: true });
    await w.expectTrue();
    assert.equal(whole.size, 0);
  });

  it('an updated mail that is not held is read whole', async (t) => {
    const { w } = await synced(t);
    // Cyrus lists a new mail only where it last changed: after a page, as updated and never as created.
    w.server.trouble.lateChanges(true);
    w.server.trouble.maxChanges(5);
    const [first = '', ...rest] = await w.server.deliver(mails(12));
    await w.sync();
    await w.server.deliver(mails(12));
    tapNth(w, 'Email/changes', 1, async () => {
      await w.server.setKeywords([first, ...rest], { $seen: true });
    });
    await w.expectTrue();
  });

  it('an update during the first fill of a mail it has not reached is read whole', async (t) => {
    const w = await world(t, { mails: 200, limits: { maxObjectsInGet: 20 } });
    let changes = 0;
    tap(w, async ({ name }) => {
      if (name === 'Email/changes') changes += 1;
      if (name !== 'Email/get' || changes > 0) return;
      await w.server.setKeywords(['M00000001', 'M00000002'], { $flagged: true });
      await w.clock.advance(16_000);
    });
    let heldWhenSeen = 0;
    w.hooks.onCommit = ({ held }) => {
      if (heldWhenSeen === 0 && w.view().emails['M00000001']) heldWhenSeen = held;
    };
    await w.expectTrue();
    assert.ok(heldWhenSeen < 150, `the change brought it when ${heldWhenSeen} were held`);
  });

  it('loops while there are more changes', async (t) => {
    for (const late of [false, true]) {
      await t.test(late ? 'listed late' : 'listed where they happened', async (t2) => {
        const { w, ids } = await synced(t2);
        w.server.trouble.maxChanges(3);
        w.server.trouble.lateChanges(late);
        await many(w, ids);
        await w.expectTrue();
        assert.ok(w.server.countRequests('Email/changes') > 20);
        assert.equal(w.server.countRequests('Email/query'), 0);
      });
    }
  });

  it('created and destroyed in between leaves nothing behind', async (t) => {
    const { w } = await synced(t);
    await w.server.destroy(await w.server.deliver(mails(5)));
    await w.server.deleteMailbox(await w.server.createMailbox('short-lived'));
    await w.expectTrue();
    // The same between the changes and the get that follows them.
    w.server.trouble.maxChanges(2);
    const ids = await w.server.deliver(mails(6));
    tapNth(w, 'Email/changes', 1, () => w.server.destroy(ids));
    await w.expectTrue();
  });

  it('a get that rides along is split by maxObjectsInGet, and asked again where it was refused', async (t) => {
    const { w, ids } = await synced(t, { limits: { maxObjectsInGet: 10 } });
    await many(w, ids);
    await w.expectTrue();
    // A server that puts more into a page than was asked for.
    w.server.trouble.cannotCalculateUnless(1_000_000);
    await w.server.deliver(mails(35));
    await w.server.setKeywords(ids.slice(60, 95), { $flagged: true });
    await w.expectTrue();
    assert.equal(w.server.countRequests('Email/query'), 0);
  });

  it('a get that leaves mail out without a word is asked again', async (t) => {
    const { w } = await synced(t);
    await w.server.deliver(mails(5));
    tapNth(w, 'Email/get', 1, ({ answer }) => {
      answer['list'] = (answer['list'] as unknown[]).slice(0, 2);
    });
    await w.expectTrue();
  });

  for (const told of ['as not found', 'not at all'])
    it(`new mail that the server shows ${told} at first is looked for again`, async (t) => {
      const { w } = await synced(t);
      await w.server.deliver(mails(2));
      let times = told === 'as not found' ? 1 : 2;
      tap(w, ({ name, answer }) => {
        if (name !== 'Email/get' || times === 0) return;
        const held = answer['list'] as { id: string }[];
        if (held.length === 0) return;
        times -= 1;
        answer['list'] = [];
        if (told === 'as not found') answer['notFound'] = held.map(({ id }) => id);
      });
      await w.expectTrue();
      w.forget();
      await w.expectTrue();
      assert.equal(w.server.countRequests(), 1);
    });

  it('2,000 changes while away', async (t) => {
    const { w, ids } = await synced(t, { mails: 500 });
    await w.server.deliver(mails(1000));
    await w.server.setKeywords(ids, { $seen: true });
    await w.server.setMailboxes(ids.slice(0, 250), { [w.server.mailboxId('trash')]: true });
    await w.server.destroy(ids.slice(250));
    await w.restart();
    await w.expectTrue();
    assert.ok(w.server.countRequests() < 12, `${w.server.countRequests()} requests`);
  });

  it('an empty page that promises more is followed', async (t) => {
    const { w } = await synced(t);
    await w.server.deliver([{}]);
    w.server.trouble.emptyChangesPage(5);
    await w.expectTrue();
    assert.equal(w.server.countRequests('Email/query'), 0);
    await w.server.createMailbox('later');
    w.server.trouble.emptyChangesPage(5, 'Mailbox');
    await w.expectTrue();
  });

  it('some servers only cannot fit the changes into maxChanges: asked once without', async (t) => {
    const { w, ids } = await synced(t);
    await many(w, ids);
    w.server.trouble.cannotCalculateChanges('Email', 1);
    await w.expectTrue();
    w.server.trouble.cannotCalculateUnless(100_000);
    await w.server.deliver([{}]);
    await w.expectTrue();
    assert.equal(w.server.countRequests('Email/query'), 0);
  });

  for (const [name, start] of [
    ['stays at its state', (w: World) => w.server.trouble.stuckChanges(1e6)],
    ['stays at its state, of mailboxes', (w: World) => w.server.trouble.stuckChanges(1e6, 'Mailbox')],
    ['goes in a circle', (w: World) => circle(w)],
    ['brings empty pages for ever', (w: World) => w.server.trouble.emptyChangesPage(1e6)],
    ['brings empty pages for ever, of mailboxes', (w: World) => w.server.trouble.emptyChangesPage(1e6, 'Mailbox')],
  ] as const)
    it(`a stream that promises more and ${name} is read anew, without spinning`, async (t) => {
      const { w, ids } = await synced(t);
      await many(w, ids);
      await w.server.renameMailbox(w.server.mailboxId('archive'), 'Attic');
      start(w);
      await w.expectTrue();
      assert.ok(w.server.countRequests() < 150, `${w.server.countRequests()} requests`);
    });
});

/** Each page leads back to the state before. */
const circle = (w: World): void => {
  const states: string[] = [];
  tap(w, ({ name, asked, answer }) => {
    if (name !== 'Email/changes') return;
    states.push(String(asked['sinceState']));
    answer['hasMoreChanges'] = true;
    if (states.length % 3 === 0) answer['newState'] = states[0];
    else answer['newState'] = `${states[0]}.${states.length % 3}`;
  });
};
