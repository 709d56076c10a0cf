import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { removeEmail } from '../../src-main/store/emails.ts';
import { capabilitySets } from '../servers/imap/capabilities.ts';
import {
  cursorIn,
  type ImapWorld,
  imapWorld,
  letters,
  linesOf,
  localIds,
  namesUid,
  remoteIdOf,
  restingWorld,
} from '../support/worldImap.ts';

const at = (w: ImapWorld, path: string, from: number, to: number): string[] =>
  Array.from({ length: to - from + 1 }, (_, n) => w.server.emailAt(path, from + n) ?? '');
const subjects = (w: ImapWorld): string[] => Object.values(w.view().emails).map(({ subject }) => subject ?? '');
const held = (w: ImapWorld): number => Object.keys(w.view().emails).length;
const news = (count: number, ...mailboxIds: string[]) =>
  letters(count, (n) => ({ subject: `new ${n}`, ...(mailboxIds.length > 0 ? { mailboxIds } : {}) }));
/** Ranges of UIDs of which whole messages were read. */
const ranges = (w: ImapWorld): string[] =>
  linesOf(w, 'UID FETCH').flatMap((line) => (line.includes('BODYSTRUCTURE') ? (line.split(' ')[2] ?? '') : []));

/** A row that is gone, as after a fault of the program. */
const lose = (w: ImapWorld, uid: number): void =>
  w.store.write((tx) => void removeEmail(tx, remoteIdOf(w, w.server.emailAt('INBOX', uid) ?? '')));

const SETS = ['full', 'noQresync', 'noCondstore', 'bare', 'objectId'] as const;

describe('I2: much that is new', () => {
  it('comes in ranges, each visible and committed with its cursor, the newest shown first', async (t) => {
    const w = await restingWorld(t);
    await w.server.deliver(news(1700));
    const seen: number[] = [];
    w.hooks.onCommit = ({ cursors, held: rows }) => {
      const { low, last } = JSON.parse(cursors['mailbox:INBOX'] ?? '') as { low: number; last: number };
      assert.ok(rows >= last - low + 1, `${rows} are held of ${low} to ${last}`);
      if (seen.at(-1) !== last) seen.push(last);
      if (rows > 10 + 50) assert.ok(subjects(w).includes('new 1700'));
    };
    await w.expectTrue();
    assert.deepEqual(ranges(w), ['1661:1710', '11:510', '511:1010', '1011:1510', '1511:1710']);
    assert.deepEqual(seen, [10, 510, 1010, 1510, 1710]);
  });

  it('tells how far it is', async (t) => {
    const w = await restingWorld(t);
    await w.server.deliver(news(1100));
    w.progress.length = 0;
    await w.expectTrue();
    assert.deepEqual(
      w.progress.map(({ done, total }) => [done < total, total]),
      [
        [true, 1110],
        [true, 1110],
        [false, 1110],
      ],
    );
  });

  it('begins with INBOX', async (t) => {
    const w = await restingWorld(t);
    await w.server.deliver([...news(600, w.server.mailboxId('archive')), ...news(600)]);
    await w.expectTrue();
    const examined = linesOf(w, 'EXAMINE').map((line) => line.split('"')[1]);
    assert.deepEqual(examined, ['INBOX', 'Archive', 'INBOX', 'Archive', 'INBOX', 'Archive']);
  });

  for (const set of ['full', 'noQresync', 'bare'] as const)
    it(`goes on where it was after the program died, again and again, on a server that can ${set}`, async (t) => {
      const w = await restingWorld(t, { capabilities: capabilitySets[set] });
      await w.server.setKeywords(at(w, 'INBOX', 1, 2), { $flagged: true });
      await w.server.deliver(news(2400));
      let last = 10;
      for (let deaths = 0; deaths < 4; deaths++) {
        // Where all flags are read first, that takes commits, too.
        w.crashAt(set === 'bare' ? 28 + Math.ceil(last / 25) : 28);
        await w.sync();
        assert.ok(w.crashed());
        await w.restart();
        const now = Number(cursorIn(w, 'INBOX')['last']);
        assert.ok(now > last, `${now} is more than ${last}`);
        last = now;
        if (deaths === 1) await w.server.setKeywords(at(w, 'INBOX', 400, 420), { $flagged: true });
        if (deaths === 2) await w.server.destroy(at(w, 'INBOX', 5, 30));
      }
      w.forget();
      await w.expectTrue();
      const [, ...rest] = ranges(w);
      assert.ok(rest.length <= 2, `${rest.join(' ')} after ${last}`);
    });

  for (const [when, reached] of [
    ['after a piece', 510],
    ['before what is gone is removed', 1110],
  ] as const)
    it(`what is gone is told again where the program died ${when}`, async (t) => {
      const w = await restingWorld(t);
      await w.server.destroy(at(w, 'INBOX', 3, 4));
      await w.server.deliver(news(1100));
      w.hooks.onCommit = ({ cursors }) => {
        const { last } = JSON.parse(cursors['mailbox:INBOX'] ?? '') as { last: number };
        if (last === reached) w.crashAt(1);
      };
      await w.sync();
      assert.ok(w.crashed());
      w.hooks.onCommit = null;
      await w.restart();
      w.forget();
      await w.expectTrue();
      const compared = linesOf(w, 'UID SEARCH').filter((line) => line.includes('UID 1:'));
      assert.deepEqual(compared, [], 'by VANISHED, not by comparing all');
    });

  it('what was flagged while it comes is not lost with the mod-sequence', async (t) => {
    const w = await restingWorld(t);
    await w.server.deliver(news(1700));
    let fetches = 0;
    w.server.trouble.beforeCommand(async ({ verb }) => {
      fetches += verb === 'UID FETCH' ? 1 : 0;
      if (fetches !== 4) return;
      fetches += 1;
      await w.server.setKeywords(at(w, 'INBOX', 3, 600), { $flagged: true });
      await w.server.destroy(at(w, 'INBOX', 700, 710));
      w.crashAt(3);
    });
    await w.sync();
    assert.ok(w.crashed());
    await w.restart();
    await w.expectTrue();
  });

  it('is interrupted for another look when it takes long: new mail in INBOX does not wait for a copied archive', async (t) => {
    const w = await restingWorld(t);
    await w.server.deliver(news(2400, w.server.mailboxId('archive')));
    let fetches = 0;
    w.server.trouble.beforeCommand(async ({ verb }) => {
      fetches += verb === 'UID FETCH' ? 1 : 0;
      if (fetches !== 3) return;
      fetches += 1;
      await w.server.deliver(letters(1, () => ({ subject: 'late' })));
      await w.clock.advance(16_000);
    });
    let heldWhenLate = 0;
    w.hooks.onCommit = ({ held: rows }) => {
      if (heldWhenLate === 0 && subjects(w).includes('late')) heldWhenLate = rows;
    };
    await w.expectTrue();
    assert.ok(heldWhenLate > 0 && heldWhenLate < 2000, `${heldWhenLate} were held when the late one came`);
  });

  it('a mailbox that is refused in the middle holds up no other, and is not taken for whole', async (t) => {
    const w = await restingWorld(t);
    const archive = w.server.mailboxId('archive');
    await w.server.deliver([...news(1600, archive), ...news(700)]);
    let opened = 0;
    w.server.trouble.fail(({ line }) => line.includes('EXAMINE "Archive"') && ++opened > 1, { kind: 'no' }, 99);
    assert.deepEqual(await w.sync(), { result: 'ok' });
    assert.equal(w.view().mailboxes['INBOX']?.totalEmails, 710);
    w.server.trouble.reset();
    await w.expectTrue();
  });

  it('of a mailbox that is not filled yet does not make it seem whole where it is refused in the middle', async (t) => {
    const w = await imapWorld(t);
    const archive = w.server.mailboxId('archive');
    await w.server.deliver(letters(1200, () => ({ mailboxIds: [archive] })));
    w.crashAt(35);
    await w.sync();
    assert.ok(w.crashed());
    await w.restart();
    const { low } = cursorIn(w, 'Archive') as { low: number };
    assert.ok(low > 1 && low < 1200, `low is ${low}`);
    await w.server.deliver(news(1600, archive));
    w.hooks.onCommit = ({ cursors, held: rows }) => {
      const { low: from, last } = JSON.parse(cursors['mailbox:Archive'] ?? '') as { low: number; last: number };
      assert.ok(rows >= last - from + 1, `${rows} are held of ${from} to ${last}`);
    };
    let fetches = 0;
    w.server.trouble.fail(({ verb }) => verb === 'UID FETCH' && ++fetches === 4, { kind: 'drop' });
    w.server.trouble.fail(({ line }) => fetches >= 4 && line.includes('EXAMINE "Archive"'), { kind: 'no' });
    await w.expectTrue();
    assert.equal(w.view().mailboxes['Archive']?.totalEmails, 2800);
  });

  it('with one that the server cannot hand over has a placeholder for it', async (t) => {
    const w = await restingWorld(t);
    await w.server.deliver(news(1100));
    w.server.trouble.fail(
      ({ verb, line }) =>
        verb === 'UID FETCH' && line.includes('BODY.PEEK[HEADER]') && namesUid(line.split(' ')[3] ?? '', 700),
      { kind: 'no' },
      99,
    );
    await w.sync();
    assert.equal(held(w), 1110);
    assert.deepEqual(cursorIn(w, 'INBOX')['broken'], [700]);
    w.server.trouble.reset();
    await w.expectTrue();
  });
});

describe('I5: much that moved', () => {
  for (const set of ['full', 'bare'] as const)
    it(`stays the same emails, on a server that can ${set}, also where the program dies in between`, async (t) => {
      const w = await restingWorld(t, { mails: 800, capabilities: capabilitySets[set] });
      const before = localIds(w);
      const [inbox, archive] = ['inbox', 'archive'].map((role) => w.server.mailboxId(role));
      await w.server.deliver(news(300, archive ?? ''));
      await w.server.setMailboxes(at(w, 'INBOX', 101, 800), { [archive ?? '']: true, [inbox ?? '']: null });
      for (let deaths = 0; deaths < 2; deaths++) {
        w.crashAt(20);
        await w.sync();
        assert.ok(w.crashed());
        await w.restart();
        for (const [subject, id] of before) assert.equal(localIds(w).get(subject), id, subject);
      }
      await w.expectTrue();
      for (const [subject, id] of before) assert.equal(localIds(w).get(subject), id, subject);
    });
});

describe('I4: rows that are not what the server has', () => {
  for (const set of SETS)
    it(`are found when a person asks, though nothing changed there, on a server that can ${set}`, async (t) => {
      const w = await restingWorld(t, { capabilities: capabilitySets[set] });
      lose(w, 4);
      await w.expectTrue();
    });

  it('are found as soon as anything changes there', async (t) => {
    const w = await restingWorld(t);
    await w.sync();
    lose(w, 4);
    await w.server.deliver(news(1));
    await w.clock.advance(31_000);
    await w.until(() => held(w) === 11, 'the row and the new one');
  });
});
