import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { describe, it } from 'node:test';
import { moveCursor, readCursors } from '../../src-main/store/syncState.ts';
import { mails, type World, world } from '../support/world.ts';
import { countWhole, tap, tapNth } from '../support/worldTap.ts';

/** A world after its first sync in which much happened since, and whose server forgot what. */
const forgetful = async (t: TestContext): Promise<{ w: World; ids: string[]; fresh: string[]; gone: string[] }> => {
  const w = await world(t, { mails: 120, limits: { maxObjectsInGet: 30 } });
  await w.expectTrue();
  w.forget();
  const ids = Object.keys(w.view().emails).toSorted();
  const fresh = await w.server.deliver(mails(15));
  await w.server.setKeywords(ids.slice(0, 20), { $flagged: true });
  await w.server.setMailboxes(ids.slice(20, 30), { [w.server.mailboxId('archive')]: true });
  const gone = ids.slice(40, 50);
  await w.server.destroy(gone);
  w.server.trouble.cannotCalculateChanges('Email', 2);
  return { w, ids, fresh, gone };
};

/** As after a restore from a backup: asked about a state that is to come yet, the server answers with an earlier one. */
const restored = (w: World, stream: 'email' | 'mailbox'): void => {
  const method = stream === 'email' ? 'Email/changes' : 'Mailbox/changes';
  w.store.write((tx) => void moveCursor(tx, stream, readCursors(tx)[stream] ?? null, '999'));
  w.server.trouble.beforeReply(({ methodCalls }, { methodResponses }) => {
    const index = methodCalls.findIndex(([name, { sinceState }]) => name === method && sinceState === '999');
    const earlier = { oldState: '999', newState: '7', hasMoreChanges: false, created: [], updated: [], destroyed: [] };
    if (index !== -1) methodResponses[index] = [method, earlier, String(index)];
  });
};

describe('J3: mark and verify', () => {
  it('follows a server whose state went back', async (t) => {
    const w = await world(t, { mails: 30 });
    await w.expectTrue();
    await w.server.destroy(Object.keys(w.view().emails).slice(0, 5));
    restored(w, 'email');
    await w.expectTrue();
  });

  it('follows a server to which the token means nothing', async (t) => {
    const w = await world(t, { mails: 30 });
    await w.expectTrue();
    await w.server.destroy(Object.keys(w.view().emails).slice(0, 5));
    for (const method of ['Email/changes', 'Mailbox/changes'])
      w.server.trouble.failMethod(method, 'invalidArguments', 2);
    await w.expectTrue();
  });

  it('reads unknown mail whole and of known mail what can change, and removes what is not found', async (t) => {
    const { w, fresh } = await forgetful(t);
    const whole = countWhole(w);
    await w.expectTrue();
    assert.deepEqual([...whole.keys()].toSorted(), fresh);
    assert.ok(w.server.countRequests('Email/query') > 0);
    w.forget();
    await w.expectTrue();
    assert.equal(w.server.countRequests(), 1, 'and then changes work again');
  });

  it('commits the token last', async (t) => {
    const { w } = await forgetful(t);
    const before = JSON.parse('null') as string | null;
    let token = before;
    w.hooks.onCommit = ({ cursors, created, updated, destroyed }) => {
      token ??= cursors['email'] ?? null;
      if (created + updated + destroyed > 0) assert.equal(cursors['email'], token);
    };
    await w.expectTrue();
  });

  it('takes the token before the first query: what happens meanwhile is not lost', async (t) => {
    const { w, ids } = await forgetful(t);
    tapNth(w, 'Email/query', 1, async () => {
      await w.server.deliver([{ subject: 'meanwhile' }]);
      await w.server.destroy(ids.slice(60, 62));
    });
    let gets = 0;
    w.hooks.onCommit = ({ updated }) => {
      gets += updated;
      if (updated > 0 && gets === updated)
        void w.server.setKeywords(
          ids.slice(0, 120).filter((_, n) => n > 70),
          { $seen: true },
        );
    };
    await w.expectTrue();
  });

  for (const [name, start] of [
    ['an empty answer', (w: World) => w.server.trouble.emptyQuery(1)],
    ['empty answers', (w: World) => w.server.trouble.emptyQuery(8)],
    ['a capped answer', (w: World) => w.server.trouble.totalCap(10)],
    ['short pages', (w: World) => w.server.trouble.capQuery(7)],
  ] as const)
    it(`deletes nothing that exists because of ${name} to a query`, async (t) => {
      const { w, ids, gone } = await forgetful(t);
      start(w);
      const kept = ids.filter((id) => !gone.includes(id));
      w.hooks.onCommit = () => {
        const held = w.view().emails;
        assert.equal(kept.filter((id) => held[id] === undefined).length, 0);
      };
      await w.sync();
      w.server.trouble.reset();
      w.hooks.onCommit = null;
      assert.deepEqual(
        gone.filter((id) => w.view().emails[id] !== undefined),
        [],
        'what is gone goes all the same',
      );
      await w.sync();
      await w.expectTrue();
    });

  it('keeps a mail that a get gives neither way', async (t) => {
    const { w, ids, gone } = await forgetful(t);
    w.server.trouble.totalCap(10);
    tap(w, ({ name, answer }) => {
      if (name === 'Email/get') Object.assign(answer, { list: [], notFound: [] });
    });
    await w.sync();
    const held = w.view().emails;
    assert.deepEqual(
      [...ids, ...gone].filter((id) => held[id] === undefined),
      [],
    );
  });

  it('a mail that comes and goes meanwhile leaves nothing behind', async (t) => {
    const { w } = await forgetful(t);
    let ghost = '';
    tapNth(w, 'Email/get', 2, async () => {
      [ghost = ''] = await w.server.deliver([{ subject: 'ghost' }]);
    });
    w.hooks.onCommit = () => {
      if (ghost === '' || w.view().emails[ghost] === undefined) return;
      w.hooks.onCommit = null;
      void w.server.destroy([ghost]);
    };
    await w.expectTrue();
  });

  it('starts again after it was interrupted, at any commit, and ends true', async (t) => {
    const { w } = await forgetful(t);
    for (let commit = 1; commit < 60; commit++) {
      w.server.trouble.cannotCalculateChanges('Email', 2);
      w.crashAt(commit);
      await w.sync();
      if (!w.crashed()) break;
      await w.restart();
    }
    assert.ok(!w.crashed(), 'it came to an end');
    await w.expectTrue();
  });

  it('interrupted, and what it had stored is destroyed, leaves nothing behind', async (t) => {
    const w = await world(t, { mails: 40 });
    await w.expectTrue();
    const fresh = await w.server.deliver(mails(5));
    w.server.trouble.cannotCalculateChanges('Email', 2);
    w.hooks.onCommit = ({ created }) => {
      if (created > 0) w.crashAt(1);
    };
    await w.sync();
    assert.ok(w.crashed());
    w.hooks.onCommit = null;
    const stored = fresh.filter((id) => w.view().emails[id] !== undefined);
    assert.ok(stored.length > 0);
    await w.server.destroy(stored);
    // By now the server knows again what changed: what came and went is none of it.
    w.server.trouble.cannotCalculateChanges('Email', 0);
    await w.restart();
    await w.expectTrue();
  });

  it('starts again after a failure in its middle', async (t) => {
    const { w } = await forgetful(t);
    w.server.trouble.cannotCalculateChanges('Email', 4);
    tapNth(w, 'Email/get', 4, () => w.server.trouble.failNext('http500', 2));
    const { result } = await w.sync();
    assert.equal(result, 'error');
    await w.expectTrue();
  });

  it('may happen during the first fill', async (t) => {
    const w = await world(t, { mails: 150, limits: { maxObjectsInGet: 20 } });
    tapNth(w, 'Email/get', 3, async () => {
      w.server.trouble.cannotCalculateChanges(null, 3);
      await w.server.destroy(['M00000096', 'M00000001']);
      await w.server.deliver(mails(3));
      await w.clock.advance(16_000);
    });
    await w.expectTrue();
  });
});

describe('J3: mark and verify of mailboxes', () => {
  it('learns of new, renamed and deleted ones', async (t) => {
    const w = await world(t, { mails: 20 });
    const old = await w.server.createMailbox('Old');
    const child = await w.server.createMailbox('Child', w.server.mailboxId('archive'));
    await w.expectTrue();
    await w.server.deleteMailbox(old);
    await w.server.renameMailbox(child, 'Grandchild');
    await w.server.deliver([{ mailboxIds: [await w.server.createMailbox('New')] }]);
    w.server.trouble.cannotCalculateChanges('Mailbox');
    await w.expectTrue();
    // The changes, the list, what is missing from it, and the emails up to the moment of the list.
    assert.equal(w.cycles().at(-1)?.roundTrips, 4);
  });

  it('follows a server whose state went back', async (t) => {
    const w = await world(t);
    await w.expectTrue();
    await w.server.deleteMailbox(w.server.mailboxId('archive'));
    restored(w, 'mailbox');
    await w.expectTrue();
  });

  it('brings the emails up to the moment of the list, so that the state of mailboxes is never ahead of them', async (t) => {
    const w = await world(t, { mails: 2 });
    await w.expectTrue();
    w.server.trouble.cannotCalculateChanges('Mailbox');
    // Mail comes after the emails were asked for, and before the mailboxes are listed.
    tapNth(w, 'Email/changes', 1, async () => void (await w.server.deliver([{ subject: 'between' }])));
    await w.sync();
    assert.equal(Object.keys(w.view().emails).length, 3);
  });

  it('a list that misses a mailbox that still exists does not delete it', async (t) => {
    const w = await world(t, { mails: 20 });
    const box = await w.server.createMailbox('Missed');
    await w.server.deliver([{ mailboxIds: [box] }]);
    await w.expectTrue();
    w.server.trouble.cannotCalculateChanges('Mailbox');
    tap(w, ({ name, asked, answer }) => {
      if (name !== 'Mailbox/get' || asked['ids'] !== null) return;
      answer['list'] = (answer['list'] as { id: string }[]).filter(({ id }) => id !== box);
    });
    await w.expectTrue();
    w.server.trouble.cannotCalculateChanges('Mailbox');
    tap(w, ({ name, asked, answer }) => {
      if (name === 'Mailbox/get' && asked['ids'] === null) answer['list'] = [];
    });
    await w.expectTrue();
  });
});
