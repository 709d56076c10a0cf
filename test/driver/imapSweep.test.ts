import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { removeEmail } from '../../src-main/store/emails.ts';
import { capabilitySets } from '../servers/imap/capabilities.ts';
import { type ImapWorld, letters, linesOf, localIds, remoteIdOf, restingWorld } from '../support/worldImap.ts';

/** A range of 2,000, and the beginning of another. */
const MAILS = 2_010;

const at = (w: ImapWorld, ...uids: number[]): string[] => uids.map((uid) => w.server.emailAt('INBOX', uid) ?? '');

/** On a server that tells no mod-sequences. */
const large = (t: Parameters<typeof restingWorld>[0]): Promise<ImapWorld> =>
  restingWorld(t, { mails: letters(MAILS), capabilities: capabilitySets.bare });

/** Does something once, as the range that begins with a UID is asked for. */
const asRangeIsRead = (w: ImapWorld, first: number, act: () => Promise<unknown>): void =>
  w.server.trouble.beforeCommand(async ({ line }) => {
    if (!line.includes(`UID FETCH ${first}:`)) return;
    w.server.trouble.beforeCommand(null);
    await act();
  });

describe('I3: all flags of a large mailbox', () => {
  it('are read in ranges, each handed over before the next is asked for', async (t) => {
    const w = await large(t);
    await w.server.setKeywords(at(w, 1, 2_000, 2_001), { $flagged: true });
    const flagged: number[] = [];
    w.server.trouble.beforeCommand(({ verb }) => {
      if (verb === 'UID FETCH')
        flagged.push(Object.values(w.view().emails).filter(({ keywords }) => keywords.includes('$flagged')).length);
    });
    await w.expectTrue();
    assert.deepEqual(linesOf(w, 'UID FETCH'), ['UID FETCH 1:2000 (UID FLAGS)', 'UID FETCH 2001:2010 (UID FLAGS)']);
    assert.deepEqual(flagged, [0, 2]);
  });

  it('I4: nothing is removed when that is cut off, and what is gone goes the next time', async (t) => {
    const w = await large(t);
    await w.server.destroy(at(w, 7, 2_005));
    w.server.trouble.fail(({ line }) => line.includes('UID FETCH 2001:'), { kind: 'drop' });
    assert.equal((await w.sync()).result, 'error');
    assert.equal(Object.keys(w.view().emails).length, MAILS);
    await w.expectTrue();
    assert.equal(w.server.countCommands('UID SEARCH'), 0, 'the flags tell: nothing is looked for');
  });

  it('I4: what goes, and what comes, after its range was read is found', async (t) => {
    const w = await large(t);
    asRangeIsRead(w, 2001, async () => {
      await w.server.destroy(at(w, 7));
      await w.server.deliver(letters(1, () => ({ subject: 'late' })));
    });
    await w.sync();
    await w.expectTrue();
    assert.ok(localIds(w).has('late'));
  });

  it('I5: under another UIDVALIDITY nothing of it counts', async (t) => {
    const w = await large(t);
    asRangeIsRead(w, 2001, async () => w.server.trouble.renumber(w.server.mailboxId('inbox')));
    await w.sync();
    await w.expectTrue();
    assert.equal(Object.keys(w.view().emails).length, MAILS);
  });

  it('rows that are missing between are found by what is told and not held', async (t) => {
    const w = await large(t);
    const before = Object.keys(w.view().emails).length;
    const [lost = ''] = at(w, 1_000);
    w.store.write((tx) => void removeEmail(tx, remoteIdOf(w, lost)));
    await w.expectTrue();
    assert.equal(Object.keys(w.view().emails).length, before);
    assert.equal(w.server.countCommands('UID SEARCH'), 0, 'the flags tell: nothing is looked for');
  });
});
