import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { capabilitySets } from '../servers/imap/capabilities.ts';
import type { ImapMail } from '../servers/imap/messages.ts';
import type { ServerMail } from '../servers/jmap/model.ts';
import { type World, type WorldOptions, world } from '../support/world.ts';
import { type ImapWorld, type ImapWorldOptions, localIds, syncedWorld } from '../support/worldImap.ts';

/** Later than the beginning of every world. */
const receivedAt = new Date(Date.UTC(2026, 0, 2));
const fresh = (subject: string, more: ServerMail = {}): ServerMail & ImapMail => ({ subject, receivedAt, ...more });

const overJmap = async (t: TestContext, options: WorldOptions = {}): Promise<World> => {
  const w = await world(t, { mails: 3, ...options });
  await w.expectTrue();
  w.forget();
  return w;
};
const overImap = (t: TestContext, options: ImapWorldOptions = {}): Promise<ImapWorld> =>
  syncedWorld(t, { mails: 3, ...options });

/** What was told, by subject, and numbers as they are. */
const told = (w: Pick<ImapWorld, 'store' | 'news'>): (string | number)[] => {
  const subjects = new Map([...localIds(w)].map(([subject, id]) => [id, subject]));
  return w.news.map((news) => ('email' in news ? (subjects.get(news.email) ?? '?') : news.count));
};

for (const [protocol, open] of [
  ['JMAP', overJmap],
  ['IMAP', overImap],
] as const) {
  describe(`notify: a person is told over ${protocol}`, () => {
    it('of new mail, once, and not of what the first sync brings', async (t) => {
      const w = await open(t, { mails: [fresh('before')] });
      await w.server.deliver([fresh('one'), fresh('two')]);
      await w.sync();
      await w.sync();
      await w.restart();
      await w.sync();
      assert.deepEqual(told(w), ['one', 'two']);
    });

    it('of more than five in one cycle by their number', async (t) => {
      const w = await open(t);
      await w.server.deliver(Array.from({ length: 5 }, (_, n) => fresh(`mail ${n}`)));
      await w.sync();
      await w.server.deliver(Array.from({ length: 6 }, (_, n) => fresh(`more ${n}`)));
      await w.sync();
      assert.deepEqual(told(w).slice(4), ['mail 4', 6]);
    });

    it('not of mail that is read, or that was received before the account was added', async (t) => {
      const w = await open(t);
      await w.server.deliver([
        fresh('read', { keywords: ['$seen'] }),
        { subject: 'old', receivedAt: new Date(Date.UTC(2025, 11, 31)) },
        fresh('new'),
      ]);
      await w.sync();
      assert.deepEqual(told(w), ['new']);
    });

    it('not of mail elsewhere', async (t) => {
      const w = await open(t);
      const archive = await w.server.createMailbox('Elsewhere');
      await w.sync();
      await w.server.deliver([fresh('filed', { mailboxIds: [archive] })]);
      await w.sync();
      assert.deepEqual(told(w), []);
    });

    it('not of mail that comes back into the inbox', async (t) => {
      const w = await open(t);
      const box = await w.server.createMailbox('Elsewhere');
      const [id = ''] = await w.server.deliver([fresh('one')]);
      await w.sync();
      const home = w.server.mailboxId('inbox');
      await w.server.setMailboxes([id], { [home]: null, [box]: true });
      await w.sync();
      await w.server.setMailboxes([id], { [home]: true, [box]: null });
      await w.sync();
      assert.deepEqual(told(w), ['one']);
    });
  });
}

it('notify: nobody is told twice where the program dies between two commits of one piece', async (t) => {
  const w = await overJmap(t);
  await w.server.deliver(Array.from({ length: 30 }, (_, n) => fresh(`mail ${n}`)));
  w.crashAt(4);
  await w.sync();
  assert.equal(w.crashed(), true);
  await w.restart();
  await w.sync();
  const times = w.news.reduce((sum, news) => sum + ('count' in news ? news.count : 1), 0);
  assert.equal(times, 30);
});

describe('notify: nobody is told of what a look at everything finds', () => {
  it('over JMAP, where changes cannot be calculated', async (t) => {
    const w = await overJmap(t);
    await w.server.deliver([fresh('one')]);
    w.server.trouble.cannotCalculateChanges('Email', 2);
    await w.sync();
    assert.deepEqual([told(w), localIds(w).has('one')], [[], true]);
  });

  it('over JMAP, of an email that the first fill has not reached and somebody changes', async (t) => {
    const w = await world(t, { mails: [fresh('held')], limits: { maxObjectsInGet: 5 } });
    const [id = ''] = await w.server.deliver([fresh('not held yet')]);
    let changed = false;
    w.hooks.onCommit = () => {
      if (changed) return;
      changed = true;
      void w.server.setKeywords([id], { $flagged: true });
    };
    await w.sync();
    await w.sync();
    assert.deepEqual(told(w), []);
  });

  it('over IMAP, under another UIDVALIDITY', async (t) => {
    const w = await overImap(t, { mails: [fresh('held')] });
    w.server.trouble.renumber(w.server.mailboxId('INBOX'));
    await w.server.deliver([fresh('one')]);
    await w.sync();
    assert.deepEqual([told(w), localIds(w).has('one')], [[], true]);
  });

  it('over IMAP, of many new ones only once, the newest of which are shown first', async (t) => {
    const w = await overImap(t);
    await w.server.deliver(Array.from({ length: 600 }, (_, n) => fresh(`mail ${n}`)));
    await w.sync();
    assert.deepEqual(told(w), [600]);
  });
});

describe('notify on Gmail', () => {
  it('a message of All Mail with the label of the inbox is new mail in it', async (t) => {
    const w = await syncedWorld(t, { mails: 3, capabilities: capabilitySets.gmail });
    await w.server.deliver([fresh('one')]);
    await w.sync();
    assert.deepEqual(told(w), ['one']);
  });
});
