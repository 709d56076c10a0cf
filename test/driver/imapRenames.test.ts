import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { capabilitySets } from '../servers/imap/capabilities.ts';
import { letters, linesOf, localIds, syncedWorld } from '../support/worldImap.ts';
import { queue } from '../support/worldQueue.ts';

const many = Array.from({ length: 12 }, (_, n) => `Box ${n}`);

describe('I8: mailboxes that Tern renames', () => {
  for (const set of ['full', 'objectId', 'bare'] as const)
    it(`are renamed in one go, however many, on ${set}`, async (t) => {
      const mailboxes = many.map((path) => ({ path }));
      const w = await syncedWorld(t, { capabilities: capabilitySets[set], mailboxes });
      await w.server.deliver(many.map((name) => ({ subject: name, mailboxIds: [w.server.mailboxId(name)] })));
      await w.expectTrue();
      w.forget();
      const local = many.map((name) => w.localMailbox(name));
      for (const name of many) w.submit({ type: 'mailbox', op: 'rename', mailbox: name, name: `New ${name}` });
      await w.expectTrue();
      assert.deepEqual(queue(w), []);
      assert.deepEqual(
        many.map((name) => w.localMailbox(`New ${name}`)),
        local,
      );
      // Their names are known, so no pull has to look into them between two of them.
      assert.equal(w.server.countCommands('RENAME'), 12);
      if (set !== 'bare') assert.equal(w.server.countCommands('EXAMINE'), 0);
    });

  it('keep their mail and what is below them', async (t) => {
    const w = await syncedWorld(t, { mailboxes: [{ path: 'Top' }, { path: 'Top/Sub' }, { path: 'Top/Sub/Low' }] });
    await w.server.deliver(
      letters(3, (n) => ({ subject: `low ${n}`, mailboxIds: [w.server.mailboxId('Top/Sub/Low')] })),
    );
    await w.expectTrue();
    const before = localIds(w);
    w.submit({ type: 'mailbox', op: 'rename', mailbox: 'Top', name: 'Summit' });
    w.submit({ type: 'mailbox', op: 'rename', mailbox: 'Top/Sub/Low', name: 'Lower' });
    await w.expectTrue();
    assert.deepEqual([queue(w), localIds(w)], [[], before]);
    assert.ok(w.server.mailboxId('Summit/Sub/Lower'));
  });

  it('are subscribed under their new names alone, with what is below them and was so', async (t) => {
    const w = await syncedWorld(t, {
      mailboxes: [{ path: 'Top' }, { path: 'Top/Sub' }, { path: 'Top/Quiet', subscribed: false }],
    });
    w.submit({ type: 'mailbox', op: 'rename', mailbox: 'Top', name: 'Summit' });
    await w.expectTrue();
    assert.deepEqual(linesOf(w, 'SUBSCRIBE'), ['SUBSCRIBE "Summit"', 'SUBSCRIBE "Summit/Sub"']);
    assert.deepEqual(linesOf(w, 'UNSUBSCRIBE'), ['UNSUBSCRIBE "Top"', 'UNSUBSCRIBE "Top/Sub"']);
  });

  it('are those that the person saw, and not of another that took the name', async (t) => {
    const w = await syncedWorld(t, { mailboxes: [{ path: 'Top' }] });
    await w.server.renameMailbox(w.server.mailboxId('Top'), 'Summit');
    await w.server.createMailbox('Top');
    w.submit({ type: 'mailbox', op: 'rename', mailbox: 'Top', name: 'Peak' });
    await w.expectTrue();
    assert.deepEqual([queue(w), w.view().mailboxes['Top']?.name], [[], 'Peak']);
    assert.deepEqual(
      w.server
        .boxes()
        .flatMap(({ path }) => (['Top', 'Summit', 'Peak'].includes(path) ? path : []))
        .toSorted(),
      ['Peak', 'Top'],
    );
  });

  it('are renamed though the line is cut before they are subscribed', async (t) => {
    const w = await syncedWorld(t, { mailboxes: [{ path: 'Top' }] });
    w.server.trouble.fail('SUBSCRIBE', { kind: 'drop' });
    w.submit({ type: 'mailbox', op: 'rename', mailbox: 'Top', name: 'Summit' });
    await w.sync();
    await w.expectTrue();
    assert.deepEqual([queue(w), w.server.countCommands('RENAME')], [[], 1]);
  });
});

describe('I8: a mailbox that Tern deletes', () => {
  it('is kept where mail came into it in the last moment', async (t) => {
    const w = await syncedWorld(t, { mailboxes: [{ path: 'Box' }] });
    const mailboxIds = [w.server.mailboxId('Box')];
    await w.server.deliver(letters(2, () => ({ mailboxIds })));
    await w.expectTrue();
    let done = false;
    w.server.trouble.beforeCommand(async ({ verb, line }) => {
      if (verb !== 'STATUS' || !line.includes('Box') || done) return;
      done = true;
      await w.server.deliver(letters(1, () => ({ subject: 'late', mailboxIds })));
    });
    w.submit({ type: 'mailbox', op: 'delete', mailbox: 'Box', onDestroyRemoveEmails: true });
    await w.expectTrue();
    assert.deepEqual([done, queue(w)], [true, ['mailbox failed 0 conflict']]);
    assert.equal(w.view().mailboxes['Box']?.totalEmails, 3);
  });
});

describe('I4: a mailbox with nothing but mail that is marked as deleted', () => {
  const withMarked = async (t: Parameters<typeof syncedWorld>[0], set: keyof typeof capabilitySets) => {
    const w = await syncedWorld(t, { capabilities: capabilitySets[set], mailboxes: [{ path: 'Box' }] });
    const ids = await w.server.deliver(letters(2, () => ({ mailboxIds: [w.server.mailboxId('Box')] })));
    await w.server.setKeywords(ids, { $deleted: true });
    await w.expectTrue();
    assert.equal(w.view().mailboxes['Box']?.totalEmails, 0);
    return { w, ids };
  };

  for (const set of ['full', 'bare'] as const)
    it(`can be deleted as an empty one, on ${set}`, async (t) => {
      const { w } = await withMarked(t, set);
      w.submit({ type: 'mailbox', op: 'delete', mailbox: 'Box' });
      await w.expectTrue();
      assert.deepEqual([queue(w), w.view().mailboxes['Box']], [[], undefined]);
    });

  it('is kept where somebody took the mark away meanwhile', async (t) => {
    const { w, ids } = await withMarked(t, 'full');
    await w.server.setKeywords(ids, { $deleted: null });
    w.submit({ type: 'mailbox', op: 'delete', mailbox: 'Box' });
    await w.expectTrue();
    assert.deepEqual(queue(w), ['mailbox failed 0 conflict']);
    assert.equal(w.view().mailboxes['Box']?.totalEmails, 2);
  });
});
