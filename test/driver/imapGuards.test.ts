import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { quirksOf } from '../../src-main/driver/imap/quirks.ts';
import { capabilitySets } from '../servers/imap/capabilities.ts';
import { type ImapWorld, letters, linesOf, remoteIdOf, restingWorld, syncedWorld } from '../support/worldImap.ts';
import { later, queue } from '../support/worldQueue.ts';

const at = (w: ImapWorld, ...uids: number[]): string[] => uids.map((uid) => w.server.emailAt('INBOX', uid) ?? '');
const validityOf = ({ server }: ImapWorld, path: string): number =>
  server.boxes().find((box) => box.path === path)?.uidValidity ?? 0;

describe('I1: a mailbox with the UIDVALIDITY of one that is gone', () => {
  // Servers that count it in seconds give two mailboxes of one second the same.
  const noObjectId = capabilitySets.full;

  it('that cannot have had its messages is another one, though none are left to compare', async (t) => {
    const w = await syncedWorld(t, { capabilities: noObjectId });
    const old = await w.server.createMailbox('Old');
    const ids = await w.server.deliver(letters(4, () => ({ mailboxIds: [old] })));
    await w.server.destroy(ids);
    await w.expectTrue();
    const [local, validity] = [w.localMailbox('Old'), validityOf(w, 'Old')];
    await w.server.deleteMailbox(old);
    const fresh = await w.server.createMailbox('New');
    w.server.trouble.uidValidity(fresh, validity);
    await w.server.deliver(letters(2, (n) => ({ subject: `new ${n}`, mailboxIds: [fresh] })));
    await w.expectTrue();
    assert.notEqual(w.localMailbox('New'), local);
  });

  it('is not written to before its messages were looked at', async (t) => {
    const w = await restingWorld(t, { capabilities: noObjectId });
    const old = await w.server.createMailbox('Old');
    const [id = ''] = await w.server.deliver(letters(2, (n) => ({ subject: `old ${n}`, mailboxIds: [old] })));
    await w.expectTrue();
    await w.engine.stop();
    const validity = validityOf(w, 'Old');
    w.submit({ type: 'keywords', emails: [remoteIdOf(w, id)], patch: { $flagged: true } });
    await w.server.deleteMailbox(old);
    const fresh = await w.server.createMailbox('New');
    w.server.trouble.uidValidity(fresh, validity);
    const others = await w.server.deliver(letters(3, (n) => ({ subject: `new ${n}`, mailboxIds: [fresh] })));
    await w.expectTrue();
    const { emails } = await w.server.truth();
    assert.deepEqual(
      others.map((other) => emails[other]?.keywords),
      [[], [], []],
    );
  });
});

describe('I1: rows that an interrupted pull left', () => {
  for (const set of ['full', 'bare'] as const)
    it(`go where the server no longer has them, on ${set}`, async (t) => {
      const w = await syncedWorld(t, { capabilities: capabilitySets[set] });
      const late = await w.server.deliver(letters(60, (n) => ({ subject: `late ${n}` })));
      const lateOnes = () => Object.values(w.view().emails).filter(({ subject }) => subject?.startsWith('late'));
      w.hooks.onCommit = () => {
        if (lateOnes().length > 0) w.crashAt(1);
      };
      await w.sync();
      w.hooks.onCommit = null;
      const held = lateOnes();
      assert.ok(held.length > 0 && held.length < 60, `${held.length} are held`);
      const gone = held.slice(0, 3).map(({ subject }) => late[Number(subject?.slice(5)) - 1] ?? '');
      await w.server.destroy(gone);
      await w.restart();
      await w.expectTrue();
    });
});

describe('I3: numbers that mean nothing tomorrow', () => {
  it('a mailbox with a UIDVALIDITY of 0 and mod-sequences is not opened as long as nothing changes', async (t) => {
    const w = await syncedWorld(t);
    w.server.trouble.uidValidity(w.server.mailboxId('inbox'), 0);
    await w.expectTrue();
    await w.expectTrue();
    w.forget();
    await later(w, 31_000);
    assert.deepEqual(linesOf(w, 'EXAMINE'), []);
  });
});

describe('quirks', () => {
  it('iCloud is not believed what is gone, by whichever of its names', () => {
    for (const host of [
      'imap.mail.me.com',
      'p42-imap.mail.me.com',
      'IMAP.MAIL.ME.COM',
      'mail.icloud.com',
      'x.mail.mac.com',
    ])
      assert.ok(quirksOf(host, '').distrustQresync, host);
    for (const host of ['imap.example.com', 'mail.me.com.example.com', 'notmail.me.com'])
      assert.equal(quirksOf(host, '').distrustQresync, false, host);
  });

  it('Cyrus is not asked for MAILBOXID', () => {
    assert.ok(quirksOf('mail.example.com', 'cyrus imapd').distrustMailboxId);
  });

  it('without trust in QRESYNC flags and removals are found all the same', async (t) => {
    const w = await syncedWorld(t, {
      quirks: { distrustQresync: true, distrustMailboxId: false, connectionsPerHost: 10 },
    });
    await w.server.destroy(at(w, 2, 3));
    await w.server.setKeywords(at(w, 5), { $flagged: true });
    await w.server.deliver(letters(2, (n) => ({ subject: `late ${n}` })));
    await w.expectTrue();
    assert.ok(linesOf(w, 'EXAMINE').every((line) => !line.includes('QRESYNC')));
    assert.ok(linesOf(w, 'UID FETCH').some((line) => line.includes('CHANGEDSINCE')));
    assert.deepEqual(queue(w), []);
  });
});
