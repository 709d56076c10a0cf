import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { capabilitySets } from '../servers/imap/capabilities.ts';
import { type ImapWorld, letters, linesOf, remoteIdOf, restingWorld } from '../support/worldImap.ts';
import { later, queue } from '../support/worldQueue.ts';

const at = (w: ImapWorld, ...uids: number[]): string[] => uids.map((uid) => w.server.emailAt('INBOX', uid) ?? '');
const remote = (w: ImapWorld, ...uids: number[]): string[] => at(w, ...uids).map((id) => remoteIdOf(w, id));

describe('I8: destroyed', () => {
  it('by \\Deleted and UID EXPUNGE, those alone', async (t) => {
    const w = await restingWorld(t);
    await w.server.setKeywords(at(w, 9), { $deleted: true });
    w.submit({ type: 'destroy', emails: remote(w, 1, 2) });
    await w.expectTrue();
    assert.deepEqual(linesOf(w, 'UID EXPUNGE'), ['UID EXPUNGE 1:2']);
    assert.ok(w.server.emailAt('INBOX', 9));
  });

  it('without UIDPLUS they are marked and hidden, nothing is expunged, and the queue is empty', async (t) => {
    const w = await restingWorld(t, { capabilities: capabilitySets.noMove });
    w.submit({ type: 'destroy', emails: remote(w, 1, 2) });
    await w.expectTrue();
    assert.equal(w.server.countCommands('UID EXPUNGE') + w.server.countCommands('EXPUNGE'), 0);
    assert.equal(Object.keys(w.view().emails).length, 8);
    assert.deepEqual(queue(w), []);
    await w.server.setKeywords(at(w, 1), { $deleted: null });
    await w.expectTrue();
    assert.equal(Object.keys(w.view().emails).length, 9);
  });

  it('what is gone already is done', async (t) => {
    const w = await restingWorld(t);
    w.submit({ type: 'destroy', emails: remote(w, 1, 2) });
    await w.server.destroy(at(w, 1));
    await w.expectTrue();
    assert.deepEqual(queue(w), []);
  });

  for (const verb of ['UID STORE', 'UID EXPUNGE'])
    it(`a lost answer to ${verb} is made up for`, async (t) => {
      const w = await restingWorld(t);
      w.submit({ type: 'destroy', emails: remote(w, 1, 2) });
      w.server.trouble.fail(verb, { kind: 'drop', done: true });
      await w.sync();
      for (let n = 0; n < 3 && w.changes().length > 0; n++) await later(w, 31_000);
      await w.expectTrue();
      assert.deepEqual(queue(w), []);
      assert.equal(Object.keys(w.view().emails).length, 8);
    });
});

describe('I8: mailboxes', () => {
  it('are made, renamed, moved and deleted, and a mailbox is never open read-write meanwhile', async (t) => {
    const w = await restingWorld(t, { capabilities: capabilitySets.bare });
    w.submit({ type: 'mailbox', op: 'create', name: 'Böx & "Co"' });
    await w.expectTrue();
    await w.engine.stop();
    const key = Object.keys(w.view().mailboxes).find((each) => each.startsWith('B')) ?? '';
    w.submit({ type: 'mailbox', op: 'rename', mailbox: key, name: 'Crate', parent: 'Archive' });
    await w.expectTrue();
    await w.engine.stop();
    w.submit({ type: 'mailboxes', emails: remote(w, 1), patch: { [key]: true } });
    await w.expectTrue();
    await w.engine.stop();
    w.submit({ type: 'mailbox', op: 'delete', mailbox: key, onDestroyRemoveEmails: true });
    await w.expectTrue();
    assert.deepEqual(queue(w), []);
    assert.equal(w.server.countCommands('CLOSE') + w.server.countCommands('EXPUNGE'), 0);
  });

  it('one with mail in it is not deleted without being told to', async (t) => {
    const w = await restingWorld(t);
    w.submit({ type: 'mailbox', op: 'delete', mailbox: 'Archive' });
    await w.server.deliver(letters(1, () => ({ mailboxIds: [w.server.mailboxId('archive')] })));
    await w.expectTrue();
    assert.deepEqual(queue(w), ['mailbox failed 0 conflict']);
    assert.equal(w.server.countCommands('DELETE'), 0);
  });

  it('a lost answer to CREATE makes one mailbox', async (t) => {
    const w = await restingWorld(t);
    w.submit({ type: 'mailbox', op: 'create', name: 'Made' });
    w.server.trouble.fail('CREATE', { kind: 'drop', done: true });
    await w.sync();
    await w.expectTrue();
    assert.deepEqual(queue(w), []);
    assert.equal(w.server.countCommands('CREATE'), 1);
  });
});
