import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { moveCursor, readCursors } from '../../src-main/store/syncState.ts';
import { state } from '../servers/jmap/testClient.ts';
import { mails, type World, world } from '../support/world.ts';
import { tap, tapNth } from '../support/worldTap.ts';

const cursor = (w: World, key: string): string | undefined => w.store.read(readCursors)[key];

describe('J1: cursors', () => {
  it('the next token is newState of changes, never the state of a get', async (t) => {
    const w = await world(t, { mails: 20 });
    await w.expectTrue();
    w.forget();
    w.server.trouble.stateAhead(true);
    for (let round = 1; round <= 3; round++) {
      const [id = ''] = await w.server.deliver([{ subject: `round ${round}` }]);
      const box = await w.server.createMailbox(`round ${round}`);
      await w.expectTrue();
      await w.server.setKeywords([id], { $seen: true });
      await w.server.renameMailbox(box, `after ${round}`);
      await w.expectTrue();
    }
    assert.equal(cursor(w, 'email'), await state(w.server, 'Email'));
    assert.equal(cursor(w, 'mailbox'), await state(w.server, 'Mailbox'));
    assert.equal(w.server.countRequests('Email/query'), 0, 'and nothing was read anew');
  });

  it('the first token is of a get for no email, whatever the state of other gets', async (t) => {
    const w = await world(t, { mails: 60, limits: { maxObjectsInGet: 20 } });
    tap(w, ({ name, answer, failed }) => {
      assert.ok(!failed, 'no token is refused');
      if (name === 'Email/get' && Array.isArray(answer['list']) && answer['list'].length > 0) answer['state'] = 'e999';
    });
    await w.expectTrue();
    assert.equal(cursor(w, 'email'), await state(w.server, 'Email'));
    w.forget();
    await w.server.deliver([{}]);
    await w.expectTrue();
    assert.equal(w.server.countRequests(), 1);
  });

  it('the token is read before the first query: what happens in between is not lost', async (t) => {
    const w = await world(t, { mails: 60 });
    const { emails } = await w.server.truth();
    const [flagged = '', moved = '', gone = ''] = Object.keys(emails).toReversed();
    tapNth(w, 'Email/query', 1, async () => {
      await w.server.deliver([{ subject: 'between query and answer' }]);
      await w.server.setKeywords([flagged], { $flagged: true });
      await w.server.setMailboxes([moved], {
        [w.server.mailboxId('archive')]: true,
        [w.server.mailboxId('inbox')]: null,
      });
      await w.server.destroy([gone]);
    });
    await w.expectTrue();
    const order = w.server.requests.flatMap(({ methods }) => methods).filter((name) => name.startsWith('Email'));
    assert.deepEqual(order.slice(0, 3), ['Email/get', 'Email/query', 'Email/get']);
  });

  it('there is one token for each stream: mail moves only its own, and so does a mailbox', async (t) => {
    const w = await world(t, { mails: 20 });
    await w.expectTrue();
    const before = w.store.read(readCursors);
    await w.server.renameMailbox(w.server.mailboxId('archive'), 'Attic');
    await w.expectTrue();
    const between = w.store.read(readCursors);
    assert.equal(between['email'], before['email']);
    assert.notEqual(between['mailbox'], before['mailbox']);
    const [id = ''] = Object.keys(w.view().emails);
    await w.server.setKeywords([id], { $flagged: true });
    await w.expectTrue();
    assert.notEqual(cursor(w, 'email'), between['email']);
    assert.equal(cursor(w, 'mailbox'), between['mailbox']);
  });

  it('a cursor that moved meanwhile rolls the rows back, and the pull is made again', async (t) => {
    const w = await world(t, { mails: 20 });
    await w.expectTrue();
    w.forget();
    await w.server.deliver([{ subject: 'twice read' }]);
    let pulls = 0;
    tap(w, ({ name }) => {
      if (name !== 'Email/changes') return;
      pulls += 1;
      if (pulls > 1) return;
      const old = cursor(w, 'email') ?? '';
      // Another state that stands for the same changes.
      w.store.write((tx) => assert.ok(moveCursor(tx, 'email', old, `${old}.1`)));
    });
    await w.expectTrue();
    assert.equal(pulls, 2);
    assert.deepEqual(
      w.commits.filter(({ created }) => created > 0).map(({ created }) => created),
      [1],
      'the first attempt left no row',
    );
    assert.equal(w.phases.filter(({ phase }) => phase === 'offline').length, 0, 'nobody waits for that');
  });

  it('rows come first, in batches, the cursor with the last one', async (t) => {
    const w = await world(t, { mails: 10 });
    await w.expectTrue();
    const before = cursor(w, 'email');
    w.forget();
    await w.server.deliver(mails(120));
    await w.expectTrue();
    const rows = w.commits.filter(({ created }) => created > 0);
    assert.ok(rows.length > 1, 'a large delta is written in batches');
    for (const { cursors } of rows.slice(0, -1)) assert.equal(cursors['email'], before);
    assert.notEqual(rows.at(-1)?.cursors['email'], before);
    assert.equal(w.server.countRequests(), 1);
  });

  it('a crash between two batches of a delta is harmless: it is applied again', async (t) => {
    const w = await world(t, { mails: 100 });
    await w.expectTrue();
    const ids = Object.keys(w.view().emails);
    await w.server.deliver(mails(120));
    await w.server.setKeywords(ids.slice(0, 60), { $flagged: true });
    await w.server.destroy(ids.slice(60, 90));
    let crashes = 0;
    for (let commit = 1; ; commit++) {
      w.crashAt(commit);
      await w.sync();
      if (!w.crashed()) break;
      crashes += 1;
      await w.restart();
    }
    assert.ok(crashes >= 3, `${crashes} crashes`);
    await w.expectTrue();
  });

  it('a crash between two batches, and what the first one brought is destroyed, leaves nothing behind', async (t) => {
    const w = await world(t, { mails: 20 });
    await w.expectTrue();
    const ids = await w.server.deliver(mails(120));
    w.hooks.onCommit = ({ created }) => {
      if (created > 0) w.crashAt(1);
    };
    await w.sync();
    w.hooks.onCommit = null;
    assert.ok(w.crashed());
    const stored = ids.filter((id) => w.view().emails[id] !== undefined);
    assert.ok(stored.length > 0 && stored.length < ids.length);
    await w.server.destroy(stored);
    await w.restart();
    await w.expectTrue();
  });
});

describe('J4: the order of commits', () => {
  it('reads commit in the order of their requests, whichever answer comes first', async (t) => {
    const w = await world(t, { mails: 200, limits: { maxObjectsInGet: 20 } });
    const held = Promise.withResolvers<void>();
    let gets = 0;
    let late = false;
    tap(w, async ({ name, asked }) => {
      if (name !== 'Email/get' || asked['#ids'] !== undefined || !Array.isArray(asked['ids'])) return;
      gets += asked['ids'].length > 0 ? 1 : 0;
      // The first get of the walk is answered only once the third was.
      if (gets === 1 && !late) {
        late = true;
        await held.promise;
      } else if (gets === 3) setImmediate(() => held.resolve());
    });
    const positions: number[] = [];
    w.hooks.onCommit = ({ cursors }) => {
      const fill = JSON.parse(cursors['fill'] ?? '{}') as { place?: { position: number } };
      if (fill.place) positions.push(fill.place.position);
    };
    await w.expectTrue();
    assert.ok(late && gets >= 3);
    assert.deepEqual(
      positions,
      positions.toSorted((a, b) => a - b),
    );
    const order = w.progress.map(({ done }) => done);
    assert.deepEqual(
      order,
      order.toSorted((a, b) => a - b),
    );
  });

  it('changes are asked for only when every page read before is committed: no old page overwrites a newer flag', async (t) => {
    const w = await world(t, { mails: 200, limits: { maxObjectsInGet: 20 } });
    // Every page of the walk was read with the flag off; it goes on before the changes are read.
    let flagged = false;
    let heldAtChanges = -1;
    tap(w, async ({ name, asked, answer }) => {
      if (name === 'Email/changes') heldAtChanges = Object.keys(w.view().emails).length;
      if (name !== 'Email/get' || !Array.isArray(asked['ids']) || flagged) return;
      const list = answer['list'] as { id: string }[];
      const oldest = list.some(({ id }) => id === 'M00000001');
      if (!oldest) return;
      flagged = true;
      await w.server.setKeywords(Object.keys((await w.server.truth()).emails), { $flagged: true });
    });
    await w.expectTrue();
    assert.ok(flagged);
    assert.equal(heldAtChanges, 200);
  });

  it('a walk looks for changes every 15 seconds, between two pages', async (t) => {
    const w = await world(t, { mails: 200, limits: { maxObjectsInGet: 20 } });
    const [newest = ''] = Object.keys((await w.server.truth()).emails).toReversed();
    const seen: number[] = [];
    w.hooks.onCommit = ({ held }) => {
      if (w.view().emails[newest]?.keywords.includes('$flagged')) seen.push(held);
    };
    tap(w, async ({ name, asked }) => {
      if (name !== 'Email/get' || !Array.isArray(asked['ids']) || asked['ids'].length === 0) return;
      await w.server.setKeywords([newest], { $flagged: true });
      await w.clock.advance(16_000);
    });
    await w.expectTrue();
    assert.ok(Math.min(...seen) < 150, `seen when ${Math.min(...seen)} of 200 were held`);
  });
});
