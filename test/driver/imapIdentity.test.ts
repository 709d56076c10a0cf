import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { capabilitySets } from '../servers/imap/capabilities.ts';
import { type ImapWorld, letters, localIds, remoteIdOf, restingWorld, syncedWorld } from '../support/worldImap.ts';
import { queue } from '../support/worldQueue.ts';

const at = (w: ImapWorld, ...uids: number[]): string[] => uids.map((uid) => w.server.emailAt('INBOX', uid) ?? '');
const inbox = (w: ImapWorld): string => w.server.mailboxId('inbox');
const SETS = ['full', 'noQresync', 'noCondstore', 'bare', 'objectId'] as const;

describe('I5: another UIDVALIDITY', () => {
  for (const set of SETS)
    it(`keeps local ids, on a server that can ${set}`, async (t) => {
      const w = await syncedWorld(t, { capabilities: capabilitySets[set] });
      const before = localIds(w);
      await w.server.destroy(at(w, 2, 3));
      await w.expectTrue();
      for (const subject of ['mail 2', 'mail 3']) before.delete(subject);
      w.server.trouble.renumber(inbox(w));
      await w.expectTrue();
      assert.deepEqual(localIds(w), before);
    });

  it('pairs equal mails in the order of their UIDs', async (t) => {
    const receivedAt = new Date('2026-01-02T03:04:05Z');
    const twin = (n: number) => ({ subject: 'twin', messageId: 'twin@x.test', receivedAt, keywords: [`k${n}`] });
    const w = await syncedWorld(t, { mails: [1, 2, 3].map(twin) });
    const ids = (): string[] =>
      w.store
        .read((db) => db.all<{ id: number; keywords: string }>('SELECT id, keywords FROM emails ORDER BY id'))
        .map(({ id, keywords }) => `${id} ${keywords}`);
    const before = ids();
    w.server.trouble.renumber(inbox(w));
    await w.expectTrue();
    assert.deepEqual(ids(), before);
  });

  it('queued changes follow, and one without a match fails: its email is gone', async (t) => {
    const w = await restingWorld(t);
    const [first = '', second = ''] = at(w, 4, 5);
    w.submit({ type: 'keywords', emails: [remoteIdOf(w, first)], patch: { $flagged: true } });
    w.submit({ type: 'keywords', emails: [remoteIdOf(w, second)], patch: { $flagged: true } });
    await w.server.destroy([second]);
    w.server.trouble.renumber(inbox(w));
    await w.expectTrue();
    assert.deepEqual((await w.server.truth()).emails[first]?.keywords, ['$flagged']);
    assert.deepEqual(queue(w), ['keywords failed 0 notFound']);
  });

  it('nothing is written to the mailbox before it is listed whole', async (t) => {
    const w = await restingWorld(t);
    w.submit({ type: 'keywords', emails: [remoteIdOf(w, at(w, 4)[0] ?? '')], patch: { $flagged: true } });
    w.server.trouble.renumber(inbox(w));
    await w.expectTrue();
    const order = w.server.commands.map(({ verb }) => verb);
    assert.ok(order.indexOf('UID STORE') > order.indexOf('UID SEARCH'), order.join(' '));
    assert.equal(w.server.countCommands('UID STORE'), 1);
  });

  it('the old mail stays visible until the new one is listed whole', async (t) => {
    const w = await syncedWorld(t);
    w.server.trouble.renumber(inbox(w));
    w.server.trouble.fail('UID FETCH', { kind: 'drop' }, 50);
    await w.sync();
    assert.equal(Object.keys(w.view().emails).length, 10);
    w.server.trouble.reset();
    await w.expectTrue();
  });

  it('is one transaction with its cursor where it is small', async (t) => {
    const w = await syncedWorld(t);
    w.server.trouble.renumber(inbox(w));
    w.hooks.onCommit = () => assert.equal(Object.keys(w.view().emails).length, 10);
    await w.expectTrue();
  });

  it('goes on after the program died within it', async (t) => {
    const w = await syncedWorld(t, { mails: 60 });
    const before = localIds(w);
    w.server.trouble.renumber(inbox(w));
    w.crashAt(2);
    await w.sync();
    assert.ok(w.crashed());
    await w.restart();
    await w.expectTrue();
    assert.deepEqual(localIds(w), before);
  });

  it('of a mailbox while it is being opened gives no email what another has', async (t) => {
    const capabilities = capabilitySets.noCondstore.filter((name) => name !== 'IDLE');
    const w = await syncedWorld(t, { capabilities });
    await w.server.deliver(letters(1, () => ({ subject: 'new' })));
    const [first = '', tenth = ''] = at(w, 1, 10);
    let done = false;
    w.server.trouble.beforeCommand(async ({ verb }) => {
      if (verb !== 'EXAMINE' || done) return;
      done = true;
      await w.server.destroy([first]);
      await w.server.setKeywords([tenth], { $flagged: true });
      w.server.trouble.renumber(inbox(w));
    });
    await w.sync();
    assert.ok(done);
    for (const { subject, keywords } of Object.values(w.view().emails))
      assert.ok(subject === 'mail 10' || keywords.length === 0, `${subject} is flagged`);
    await w.expectTrue();
  });
});

describe('I6: moved elsewhere', () => {
  for (const set of SETS)
    it(`an email keeps its local id, on a server that can ${set}`, async (t) => {
      const w = await syncedWorld(t, { capabilities: capabilitySets[set] });
      const before = localIds(w);
      const archive = w.server.mailboxId('archive');
      await w.server.setMailboxes(at(w, 2, 5, 7), { [archive]: true, [inbox(w)]: null });
      await w.expectTrue();
      assert.deepEqual(localIds(w), before);
    });

  it('it keeps it where the mailbox it was in is deleted', async (t) => {
    const w = await syncedWorld(t);
    const box = await w.server.createMailbox('Box');
    const ids = await w.server.deliver(letters(3, (n) => ({ subject: `boxed ${n}`, mailboxIds: [box] })));
    await w.expectTrue();
    const before = localIds(w);
    await w.server.setMailboxes(ids, { [inbox(w)]: true, [box]: null });
    await w.server.deleteMailbox(box);
    await w.expectTrue();
    assert.deepEqual(localIds(w), before);
  });

  it('changes that wait follow', async (t) => {
    const w = await restingWorld(t);
    const [id = ''] = at(w, 3);
    w.submit({ type: 'keywords', emails: [remoteIdOf(w, id)], patch: { $flagged: true } });
    const archive = w.server.mailboxId('archive');
    await w.server.setMailboxes([id], { [archive]: true, [inbox(w)]: null });
    await w.expectTrue();
    assert.deepEqual((await w.server.truth()).emails[id]?.keywords, ['$flagged']);
    assert.deepEqual(queue(w), []);
  });

  it('of equal mails, the first that went is the first that came', async (t) => {
    const receivedAt = new Date('2026-01-02T03:04:05Z');
    const twin = (n: number) => ({ subject: 'twin', messageId: 'twin@x.test', receivedAt, keywords: [`k${n}`] });
    const w = await syncedWorld(t, { mails: [1, 2, 3].map(twin) });
    const ids = (): string[] =>
      w.store
        .read((db) => db.all<{ id: number; keywords: string }>('SELECT id, keywords FROM emails ORDER BY id'))
        .map(({ id, keywords }) => `${id} ${keywords}`);
    const before = ids();
    await w.server.setMailboxes(at(w, 1, 2, 3), { [w.server.mailboxId('archive')]: true, [inbox(w)]: null });
    await w.expectTrue();
    assert.deepEqual(ids(), before);
  });

  it('without a Message-ID nothing is guessed: another email', async (t) => {
    const raw = Buffer.from('Subject: bare\r\n\r\nhello\r\n');
    const w = await syncedWorld(t, { mails: [{ raw }], capabilities: capabilitySets.full });
    const before = localIds(w);
    await w.server.setMailboxes(at(w, 1), { [w.server.mailboxId('archive')]: true, [inbox(w)]: null });
    await w.expectTrue();
    assert.notDeepEqual(localIds(w), before);
  });

  it('with EMAILID it is the same without any Message-ID', async (t) => {
    const raw = Buffer.from('Subject: bare\r\n\r\nhello\r\n');
    const w = await syncedWorld(t, { mails: [{ raw }], capabilities: capabilitySets.objectId });
    const before = localIds(w);
    await w.server.setMailboxes(at(w, 1), { [w.server.mailboxId('archive')]: true, [inbox(w)]: null });
    await w.expectTrue();
    assert.deepEqual(localIds(w), before);
  });

  for (const set of ['full', 'objectId'] as const)
    it(`a copy is an email of its own, on a server that can ${set}`, async (t) => {
      const w = await syncedWorld(t, { capabilities: capabilitySets[set] });
      await w.server.setMailboxes(at(w, 1), { [w.server.mailboxId('archive')]: true });
      await w.expectTrue();
      assert.equal(Object.keys(w.view().emails).length, 11);
      assert.ok(Object.values(w.view().emails).every(({ mailboxIds }) => mailboxIds.length === 1));
    });

  for (const set of ['full', 'noMove', 'bare'] as const)
    it(`our own copy shows at once as a second mailbox, and becomes an email of its own, on ${set}`, async (t) => {
      const w = await restingWorld(t, { capabilities: capabilitySets[set] });
      const id = remoteIdOf(w, at(w, 1)[0] ?? '');
      w.submit({ type: 'mailboxes', emails: [id], patch: { Archive: true } });
      assert.deepEqual(w.view().emails[id]?.mailboxIds, ['Archive', 'INBOX']);
      await w.expectTrue();
      assert.equal(Object.keys(w.view().emails).length, 11);
      assert.equal(w.server.countCommands('UID COPY'), 1);
      assert.deepEqual(queue(w), []);
    });
});

describe('I1: renamed elsewhere', () => {
  for (const set of ['full', 'objectId', 'bare'] as const)
    it(`a mailbox stays the same, with its mail, on a server that can ${set}`, async (t) => {
      const w = await syncedWorld(t, { capabilities: capabilitySets[set] });
      const box = await w.server.createMailbox('Box');
      const below = await w.server.createMailbox('Below', box);
      await w.server.deliver(letters(3, (n) => ({ subject: `boxed ${n}`, mailboxIds: [n === 1 ? below : box] })));
      await w.expectTrue();
      const before = localIds(w);
      const local = w.localMailbox('Box');
      await w.server.renameMailbox(box, 'Crate');
      w.forget();
      await w.expectTrue();
      assert.deepEqual(localIds(w), before);
      assert.equal(w.localMailbox('Crate'), local);
    });

  it('two that swap their names do not swap their mail', async (t) => {
    const w = await syncedWorld(t);
    const [a, b] = [await w.server.createMailbox('A'), await w.server.createMailbox('B')];
    await w.server.deliver([
      { subject: 'in a', mailboxIds: [a] },
      { subject: 'in b', mailboxIds: [b] },
    ]);
    await w.expectTrue();
    const [localA, localB] = [w.localMailbox('A'), w.localMailbox('B')];
    await w.server.renameMailbox(a, 'X');
    await w.server.renameMailbox(b, 'A');
    await w.server.renameMailbox(a, 'B');
    await w.expectTrue();
    assert.deepEqual([w.localMailbox('A'), w.localMailbox('B')], [localB, localA]);
  });

  it('one deleted and another made with the same UIDVALIDITY are two', async (t) => {
    const w = await syncedWorld(t);
    const box = await w.server.createMailbox('Old');
    await w.server.deliver([{ subject: 'old', mailboxIds: [box] }]);
    await w.expectTrue();
    const validity = w.server.places(w.server.emailAt('Old', 1) ?? '')[0]?.uidValidity ?? 0;
    await w.server.deleteMailbox(box);
    const fresh = await w.server.createMailbox('New');
    w.server.trouble.uidValidity(fresh, validity);
    await w.server.deliver([
      { subject: 'new', mailboxIds: [fresh] },
      { subject: 'newer', mailboxIds: [fresh] },
    ]);
    await w.expectTrue();
  });
});
