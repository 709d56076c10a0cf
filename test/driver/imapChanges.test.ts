import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { capabilitySets } from '../servers/imap/capabilities.ts';
import { startImapStub } from '../support/imapStub.ts';
import { cursorIn, type ImapWorld, letters, linesOf, localIds, syncedWorld, verbs } from '../support/worldImap.ts';
import { later } from '../support/worldQueue.ts';

const at = (w: ImapWorld, ...uids: number[]): string[] => uids.map((uid) => w.server.emailAt('INBOX', uid) ?? '');

/** Every mail that the replica shows, by subject. */
const subjects = (w: ImapWorld): string[] =>
  Object.values(w.view().emails)
    .map(({ subject }) => subject ?? '')
    .toSorted();

const SETS = ['full', 'noQresync', 'noCondstore', 'bare', 'objectId'] as const;

describe('I3: flags', () => {
  for (const set of SETS)
    it(`set and cleared elsewhere come, on a server that can ${set}`, async (t) => {
      const w = await syncedWorld(t, { capabilities: capabilitySets[set] });
      await w.server.setKeywords(at(w, 1, 2, 3), { $seen: true, work: true });
      await w.expectTrue();
      await w.server.setKeywords(at(w, 2, 3), { $seen: null });
      await w.server.setKeywords(at(w, 4), { $flagged: true });
      await w.expectTrue();
    });

  it('by QRESYNC: what changed comes with EXAMINE, and nothing is fetched', async (t) => {
    const w = await syncedWorld(t);
    await w.server.setKeywords(at(w, 3), { $seen: true });
    await w.expectTrue();
    assert.match(linesOf(w, 'EXAMINE')[0] ?? '', /\(QRESYNC \(1001 \d+ 1:10\)\)/);
    assert.equal(w.server.countCommands('UID FETCH'), 0);
  });

  it('by CHANGEDSINCE without QRESYNC, and no more than that', async (t) => {
    const w = await syncedWorld(t, { capabilities: capabilitySets.noQresync });
    const { modseq } = cursorIn(w, 'INBOX');
    await w.server.setKeywords(at(w, 3), { $seen: true });
    await w.expectTrue();
    assert.deepEqual(linesOf(w, 'UID FETCH'), [`UID FETCH 1:10 (UID FLAGS) (CHANGEDSINCE ${String(modseq)})`]);
  });

  it('without mod-sequences they are read whole: when a person asks, and every five minutes', async (t) => {
    const w = await syncedWorld(t, { capabilities: capabilitySets.noCondstore });
    await w.server.setKeywords(at(w, 3), { $flagged: true });
    await later(w, 31_000);
    assert.equal(w.server.countCommands('EXAMINE'), 0);
    for (let minutes = 0; minutes < 6; minutes++) for (const _ of [1, 2]) await later(w, 30_500);
    assert.deepEqual(linesOf(w, 'UID FETCH'), ['UID FETCH 1:10 (UID FLAGS)']);
    await w.server.setKeywords(at(w, 3), { $flagged: null });
    await w.expectTrue();
  });

  it('without mod-sequences, UNSEEN that moved tells', async (t) => {
    const w = await syncedWorld(t, { capabilities: capabilitySets.noCondstore });
    await w.server.setKeywords(at(w, 3), { $seen: true });
    await later(w, 31_000);
    assert.equal(w.server.countCommands('UID FETCH'), 1);
    assert.equal(w.view().mailboxes['INBOX']?.unreadEmails, 9);
  });

  for (const set of ['full', 'noQresync'] as const)
    it(`a HIGHESTMODSEQ that went down is no base: all are read, on a server that can ${set}`, async (t) => {
      const w = await syncedWorld(t, { capabilities: capabilitySets[set] });
      const inbox = w.server.mailboxId('inbox');
      await w.server.setKeywords(at(w, 1, 2, 3, 4), { $seen: true });
      await w.expectTrue();
      w.server.trouble.lowerModseq(inbox, 6);
      await w.server.setKeywords(at(w, 5), { $flagged: true });
      w.forget();
      await w.expectTrue();
      assert.deepEqual(linesOf(w, 'UID FETCH'), ['UID FETCH 1:10 (UID FLAGS)']);
      await w.server.setKeywords(at(w, 6), { $flagged: true });
      await w.expectTrue();
    });

  it('NOMODSEQ: no mod-sequence is kept, flags are read whole, and come back to trust when it has one', async (t) => {
    const w = await syncedWorld(t);
    w.server.trouble.noModseq(w.server.mailboxId('inbox'), true);
    await w.server.setKeywords(at(w, 1), { $seen: true });
    await w.expectTrue();
    assert.equal(cursorIn(w, 'INBOX')['modseq'], null);
    await w.server.setKeywords(at(w, 2), { $flagged: true });
    await w.expectTrue();
    w.server.trouble.noModseq(w.server.mailboxId('inbox'), false);
    await w.server.setKeywords(at(w, 3), { $flagged: true });
    await w.expectTrue();
    assert.notEqual(cursorIn(w, 'INBOX')['modseq'], null);
  });

  it('UIDVALIDITY 0: no mod-sequence is kept, and everything still comes', async (t) => {
    const w = await syncedWorld(t, { mails: 0 });
    w.server.trouble.uidValidity(w.server.mailboxId('inbox'), 0);
    await w.server.deliver(letters(4));
    await w.expectTrue();
    assert.equal(cursorIn(w, 'INBOX')['modseq'], null);
    await w.server.setKeywords(at(w, 2), { $flagged: true });
    await w.server.destroy(at(w, 3));
    await w.server.deliver(letters(1));
    await w.expectTrue();
  });

  it('CHANGEDSINCE 0 is never asked', async (t) => {
    const w = await syncedWorld(t, { mails: 0, capabilities: capabilitySets.noQresync });
    w.server.trouble.refuseChangedSinceZero(true);
    w.server.trouble.noModseq(w.server.mailboxId('inbox'), true);
    await w.server.deliver(letters(2));
    await w.expectTrue();
    w.server.trouble.noModseq(w.server.mailboxId('inbox'), false);
    await w.server.setKeywords(at(w, 1), { $seen: true });
    await w.expectTrue();
  });

  it('a failure within a pass holds the watermark', async (t) => {
    const w = await syncedWorld(t, { capabilities: capabilitySets.noQresync });
    const before = cursorIn(w, 'INBOX');
    await w.server.setKeywords(at(w, 1), { $seen: true });
    await w.server.deliver(letters(3));
    for (const verb of ['UID FETCH', 'UID SEARCH']) {
      w.server.trouble.fail(verb, { kind: 'drop' }, 4);
      assert.equal((await w.sync()).error?.kind, 'network');
      assert.deepEqual(cursorIn(w, 'INBOX'), before, verb);
      w.server.trouble.reset();
    }
    await w.expectTrue();
  });

  for (const set of ['noCondstore', 'noQresync', 'full'] as const)
    it(`an answer that leaves messages out loses nothing, on a server that can ${set}`, async (t) => {
      const w = await syncedWorld(t, { capabilities: capabilitySets[set], mails: 4 });
      await w.server.deliver(letters(4));
      w.server.trouble.missFetches(3);
      await w.sync();
      assert.equal(Object.keys(w.view().emails).length, 8);
      w.server.trouble.reset();
      await w.expectTrue();
    });
});

describe('I4: deletions', () => {
  for (const set of SETS)
    it(`elsewhere come, on a server that can ${set}`, async (t) => {
      const w = await syncedWorld(t, { capabilities: capabilitySets[set] });
      await w.server.destroy(at(w, 1, 5, 10));
      await w.expectTrue();
      await w.server.destroy(at(w, 2));
      await w.server.deliver(letters(1));
      await w.expectTrue();
    });

  it('by VANISHED: no list of UIDs is read', async (t) => {
    const w = await syncedWorld(t);
    await w.server.destroy(at(w, 3));
    await w.expectTrue();
    assert.equal(w.server.countCommands('UID SEARCH'), 0);
  });

  it('that leave HIGHESTMODSEQ alone are counted, and found by comparing UIDs', async (t) => {
    const w = await syncedWorld(t, { capabilities: capabilitySets.noQresync });
    const inbox = w.server.mailboxId('inbox');
    await w.server.destroy(at(w, 3));
    w.server.trouble.lowerModseq(inbox, 1);
    w.server.trouble.forgetExpunges(inbox);
    await w.expectTrue();
    assert.equal(w.server.countCommands('UID SEARCH'), 1);
  });

  it('that a QRESYNC server forgot are found all the same', async (t) => {
    const w = await syncedWorld(t);
    await w.server.destroy(at(w, 3, 4));
    w.server.trouble.forgetExpunges(w.server.mailboxId('inbox'));
    await w.expectTrue();
  });

  it('one gone and one new do not cancel out', async (t) => {
    const w = await syncedWorld(t, { capabilities: capabilitySets.noCondstore });
    await w.server.destroy(at(w, 3));
    await w.server.deliver(letters(1, () => ({ subject: 'new' })));
    await w.expectTrue();
  });

  it('a list of UIDs that was cut removes nothing', async (t) => {
    const w = await syncedWorld(t, { capabilities: capabilitySets.noCondstore });
    await w.server.destroy(at(w, 3));
    for (const failure of [
      { kind: 'drop' },
      { kind: 'cut', bytes: 12 },
      { kind: 'no', code: 'UNAVAILABLE' },
    ] as const) {
      w.server.trouble.fail('UID FETCH', failure, 3);
      w.server.trouble.fail('UID SEARCH', failure, 3);
      assert.equal((await w.sync()).result, 'error', failure.kind);
      assert.equal(Object.keys(w.view().emails).length, 10, failure.kind);
      w.server.trouble.reset();
    }
    await w.expectTrue();
  });

  it('a sweep that left a message out does not remove it', async (t) => {
    const w = await syncedWorld(t, { capabilities: capabilitySets.noCondstore });
    const before = localIds(w);
    w.server.trouble.missFetches(2);
    await w.expectTrue();
    assert.deepEqual(localIds(w), before);
  });

  it('\\Deleted hides an email, and it is back when the flag goes: the same one', async (t) => {
    const w = await syncedWorld(t);
    const before = localIds(w);
    await w.server.setKeywords(at(w, 2), { $deleted: true });
    await w.expectTrue();
    assert.equal(subjects(w).length, 9);
    assert.equal(w.view().mailboxes['INBOX']?.totalEmails, 9);
    await w.server.setKeywords(at(w, 2), { $deleted: null });
    await w.expectTrue();
    assert.deepEqual(localIds(w), before);
  });

  it('mail that is \\Deleted when it is first seen is hidden as well', async (t) => {
    const w = await syncedWorld(t, { mails: letters(3, (n) => (n === 2 ? { keywords: ['$deleted'] } : {})) });
    assert.deepEqual(subjects(w), ['mail 1', 'mail 3']);
    await w.server.setKeywords(at(w, 2), { $deleted: null });
    await w.expectTrue();
  });

  for (const failure of [{ kind: 'cut', bytes: 0 }, { kind: 'no' }] as const)
    it(`a list that ends by ${failure.kind} deletes nothing`, async (t) => {
      const w = await syncedWorld(t);
      w.server.trouble.fail('LIST', failure, 2);
      assert.equal((await w.sync()).result, 'error');
      assert.equal(subjects(w).length, 10);
      w.server.trouble.reset();
      await w.expectTrue();
    });

  for (const [what, lines] of [
    ['empty', []],
    [
      'without INBOX',
      ['* LIST () "/" Archive', '* STATUS Archive (MESSAGES 0 UIDNEXT 1 UIDVALIDITY 1002 UNSEEN 0 HIGHESTMODSEQ 1)'],
    ],
  ] as const)
    it(`a list that is ${what} deletes nothing`, async (t) => {
      const w = await syncedWorld(t);
      const stub = await startImapStub(w, { answer: ({ verb }) => (verb === 'LIST' ? lines : null) });
      w.account.config = stub.configOf(w.account.config);
      await w.restart();
      const { error } = await w.sync();
      assert.deepEqual([error?.kind, error?.message], ['server', 'the server lists no INBOX']);
      assert.equal(subjects(w).length, 10);
      assert.equal(Object.keys(w.view().mailboxes).length, 6);
    });
});

describe('I1: the fewest commands', () => {
  it('ten changed mailboxes of sixty are the ones that are opened', async (t) => {
    const mailboxes = Array.from({ length: 60 }, (_, n) => ({ path: `Box ${n}` }));
    const w = await syncedWorld(t, { mailboxes });
    for (let n = 0; n < 10; n++) {
      const mailboxIds = [w.server.mailboxId(`Box ${n * 6}`)];
      await w.server.deliver(letters(1, () => ({ mailboxIds })));
    }
    await w.expectTrue();
    assert.equal(w.server.countCommands('EXAMINE'), 10);
    w.forget();
    await w.expectTrue();
    assert.deepEqual(verbs(w), ['UNSELECT', 'LIST']);
  });

  it('without UNSELECT, what is open is left for INBOX before anything is asked', async (t) => {
    const w = await syncedWorld(t, { capabilities: capabilitySets.bare });
    const mailboxIds = [w.server.mailboxId('archive')];
    await w.server.deliver(letters(1, () => ({ mailboxIds })));
    await w.expectTrue();
    assert.match(linesOf(w, 'EXAMINE').at(-1) ?? '', /Archive/);
    w.forget();
    await w.expectTrue();
    assert.deepEqual([verbs(w)[0], linesOf(w, 'EXAMINE')[0]], ['EXAMINE', 'EXAMINE "INBOX"']);
  });
});
