import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readCursors } from '../../src-main/store/syncState.ts';
import { startJmapServer } from '../servers/jmapServer.ts';
import { mails, world } from '../support/world.ts';
import { differences, holdable } from '../support/worldView.ts';

describe('J5: another account', () => {
  it('is synced anew: nothing of the old one is kept, although its ids are the same', async (t) => {
    const w = await world(t, { mails: 30 });
    await w.expectTrue();
    const ids = Object.keys(w.view().emails).toSorted();
    w.server.trouble.changeSession({ accountId: 'bob' });
    // The same ids stand for other mail there, and no state means what it meant.
    for (const id of ids.slice(0, 10)) await w.server.override(id, { subject: `bob's ${id}` });
    await w.server.destroy(ids.slice(10, 20));
    await w.server.deliver([{ subject: "bob's new one" }]);
    let mixed = false;
    w.hooks.onCommit = () => {
      const subjects = Object.values(w.view().emails).map(({ subject }) => subject);
      if (!subjects.includes("bob's new one")) return;
      // What alice called so is not shown beside what bob has.
      mixed ||= ids.slice(0, 10).some((id) => w.view().emails[id]?.subject?.startsWith('mail'));
    };
    await w.sync();
    await w.expectTrue();
    assert.equal(mixed, false, 'mail of two accounts in one list');
    assert.match(w.store.read(readCursors)['account'] ?? '', /bob/);
  });

  it('of the same name on another server is another account', async (t) => {
    const w = await world(t, { mails: 30 });
    await w.expectTrue();
    const elsewhere = await startJmapServer();
    await elsewhere.deliver(mails(8, (n) => ({ subject: `elsewhere ${n}` })));
    w.account.config = { protocol: 'jmap', sessionUrl: elsewhere.sessionUrl };
    await w.restart();
    const outcome = await w.sync();
    const truth = await elsewhere.truth();
    await w.engine.stop();
    await elsewhere.stop();
    assert.deepEqual(outcome, { result: 'ok' });
    assert.deepEqual(differences(w.view(), holdable(truth)), []);
  });

  it('is synced anew from wherever that was interrupted', async (t) => {
    const w = await world(t, { mails: 120, limits: { maxObjectsInGet: 40 } });
    await w.expectTrue();
    w.server.trouble.changeSession({ accountId: 'bob' });
    for (const id of Object.keys(w.view().emails)) await w.server.override(id, { subject: `bob's ${id}` });
    for (let commit = 1; commit < 60; commit++) {
      await w.restart();
      w.crashAt(commit);
      await w.sync();
      if (!w.crashed()) break;
    }
    await w.restart();
    assert.ok(!w.crashed());
    await w.expectTrue();
  });
});
