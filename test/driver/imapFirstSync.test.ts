import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { capabilitySets } from '../servers/imap/capabilities.ts';
import { cursorIn, imapWorld, letters, linesOf, syncedWorld, verbs } from '../support/worldImap.ts';

const BOXES = ['Archive', 'Drafts', 'INBOX', 'Junk', 'Sent', 'Trash'];

describe('I2: the first fill', () => {
  for (const [name, capabilities] of Object.entries(capabilitySets).filter(([set]) => set !== 'gmail'))
    it(`ends true on a server that can ${name}`, async (t) => {
      const w = await imapWorld(t, { mails: 120, capabilities });
      const archive = w.server.mailboxId('archive');
      await w.server.deliver(letters(70, () => ({ mailboxIds: [archive], keywords: ['$seen', 'work'] })));
      await w.expectTrue();
      assert.deepEqual(w.progress.at(-1), { done: 190, total: 190 });
    });

  it('brings the newest first, a few at once, each range visible and committed', async (t) => {
    const w = await imapWorld(t, { mails: 400 });
    const seen: string[][] = [];
    w.hooks.onCommit = () => {
      const subjects = Object.values(w.view().emails).map(({ subject }) => subject ?? '');
      if (subjects.length > (seen.at(-1)?.length ?? 0)) seen.push(subjects);
    };
    await w.expectTrue();
    const [first = []] = linesOf(w, 'UID FETCH').map((line) => line.split(' ')[2]?.split(':').map(Number));
    assert.deepEqual(first, [351, 400]);
    const uids = linesOf(w, 'UID FETCH').map((line) => Number(line.split(' ')[2]?.split(':')[0]));
    assert.deepEqual(
      uids,
      uids.toSorted((a, b) => b - a),
    );
    for (const subjects of seen) assert.ok(subjects.includes('mail 400'));
    assert.ok(seen.length > 3, `${seen.length} steps are visible`);
  });

  it('begins with INBOX, and brings the newest of every mailbox before the rest of any', async (t) => {
    const w = await imapWorld(t, { mails: 600 });
    for (const role of ['archive', 'trash']) {
      const mailboxIds = [w.server.mailboxId(role)];
      await w.server.deliver(letters(20, () => ({ mailboxIds })));
    }
    await w.expectTrue();
    const examined = linesOf(w, 'EXAMINE').map((line) => line.split('"')[1]);
    assert.deepEqual(examined, ['INBOX', 'Archive', 'Trash', 'INBOX']);
  });

  it('opens no mailbox that is empty', async (t) => {
    const w = await imapWorld(t, { mails: 5 });
    const archive = w.server.mailboxId('archive');
    await w.server.destroy(await w.server.deliver(letters(5, () => ({ mailboxIds: [archive] }))));
    await w.expectTrue();
    assert.deepEqual(
      linesOf(w, 'EXAMINE').map((line) => line.split('"')[1]),
      ['INBOX'],
    );
  });

  it('asks for the whole header as one literal, and marks nothing as read', async (t) => {
    const w = await imapWorld(t, { mails: 3 });
    await w.expectTrue();
    for (const line of linesOf(w, 'UID FETCH')) assert.match(line, /BODY\.PEEK\[HEADER\]<0\.262144>/);
    assert.ok(Object.values((await w.server.truth()).emails).every(({ keywords }) => keywords.length === 0));
  });

  for (const how of ['drop', 'cut', 'bye'] as const)
    it(`goes on where it was after the line was ended by ${how}`, async (t) => {
      const w = await imapWorld(t, { mails: 900 });
      let fetches = 0;
      const failure = how === 'cut' ? { kind: how, bytes: 20_000 } : { kind: how };
      w.server.trouble.fail(({ verb }) => verb === 'UID FETCH' && ++fetches >= 3, failure, 1);
      w.server.trouble.fail(({ verb }) => verb === 'UID FETCH' && fetches >= 3 && fetches < 5, failure, 1);
      await w.sync();
      await w.expectTrue();
      const from = linesOf(w, 'UID FETCH').map((line) => line.split(' ')[2] ?? '');
      assert.equal(from.filter((range) => range === '851:900').length, 1, 'the first piece comes once');
    });

  it('goes on where it was after the program died', async (t) => {
    const w = await imapWorld(t, { mails: 900 });
    w.crashAt(20);
    await w.sync();
    assert.ok(w.crashed());
    const { low } = cursorIn(w, 'INBOX') as { low: number };
    assert.ok(low > 1 && low < 900, `low is ${low}`);
    await w.restart();
    w.forget();
    await w.expectTrue();
    const first = linesOf(w, 'UID FETCH').find((line) => line.includes('BODYSTRUCTURE')) ?? '';
    assert.ok(Number(first.split(' ')[2]?.split(':')[1]) < low, first);
  });

  it('takes along what happens meanwhile', async (t) => {
    const w = await imapWorld(t, { mails: 1500 });
    let fetches = 0;
    w.server.trouble.beforeCommand(async ({ verb }) => {
      fetches += verb === 'UID FETCH' ? 1 : 0;
      if (fetches !== 3) return;
      fetches += 1;
      await w.server.deliver(letters(3, (n) => ({ subject: `late ${n}` })));
      const ids = [1500, 1499, 10, 9].map((uid) => w.server.emailAt('INBOX', uid) ?? '');
      await w.server.setKeywords(ids.slice(0, 1), { $flagged: true });
      await w.server.setKeywords(ids.slice(2, 3), { $flagged: true });
      await w.server.destroy([ids[1] ?? '', ids[3] ?? '']);
    });
    await w.expectTrue();
    assert.equal(Object.keys(w.view().emails).length, 1501);
  });

  it('is interrupted for another look when it takes long', async (t) => {
    const w = await imapWorld(t, { mails: 1500 });
    let fetches = 0;
    w.server.trouble.beforeCommand(async ({ verb }) => {
      fetches += verb === 'UID FETCH' ? 1 : 0;
      if (fetches !== 2) return;
      fetches += 1;
      await w.server.deliver(letters(1, () => ({ subject: 'late' })));
      await w.clock.advance(16_000);
    });
    let heldWhenLate = 0;
    w.hooks.onCommit = ({ held }) => {
      const late = Object.values(w.view().emails).some(({ subject }) => subject === 'late');
      if (late && heldWhenLate === 0) heldWhenLate = held;
    };
    await w.expectTrue();
    assert.ok(heldWhenLate > 0 && heldWhenLate < 1400, `${heldWhenLate} were held when the late one came`);
  });
});

describe('I1: every mailbox, every cycle', () => {
  it('a cycle with nothing new is one LIST and opens nothing', async (t) => {
    const w = await syncedWorld(t);
    await w.expectTrue();
    assert.deepEqual(verbs(w), ['LIST']);
    assert.equal(w.commits.length, 0);
  });

  it('without LIST-STATUS it asks STATUS of each, and opens nothing', async (t) => {
    const w = await syncedWorld(t, { capabilities: ['CONDSTORE', 'ENABLE', 'UNSELECT'] });
    await w.expectTrue();
    assert.deepEqual(verbs(w).toSorted(), ['LIST', 'LSUB', ...BOXES.map(() => 'STATUS')]);
  });

  it('only what changed is opened, by EXAMINE, and left without CLOSE', async (t) => {
    const w = await syncedWorld(t);
    const mailboxIds = [w.server.mailboxId('archive')];
    await w.server.deliver(letters(2, () => ({ mailboxIds })));
    await w.expectTrue();
    await w.expectTrue();
    assert.deepEqual(
      linesOf(w, 'EXAMINE').map((line) => line.split('"')[1]),
      ['Archive'],
    );
    assert.equal(linesOf(w, 'UID FETCH').filter((line) => line.includes('BODYSTRUCTURE')).length, 1);
    assert.ok(!verbs(w).some((verb) => ['SELECT', 'CLOSE'].includes(verb)));
  });

  it('what is new is fetched alone: UIDs up to the last one are not asked for again', async (t) => {
    const w = await syncedWorld(t);
    await w.server.deliver(letters(2, (n) => ({ subject: `new ${n}` })));
    await w.expectTrue();
    const whole = linesOf(w, 'UID FETCH').filter((line) => line.includes('BODYSTRUCTURE'));
    assert.deepEqual(
      whole.map((line) => line.split(' ')[2]),
      ['11:12'],
    );
  });

  it('a range that ends behind the last message brings that one, which is not new', async (t) => {
    const w = await syncedWorld(t);
    // UIDNEXT moved and nothing is there: the new message went before anybody saw it.
    await w.server.destroy(await w.server.deliver(letters(1)));
    await w.expectTrue();
    assert.equal(linesOf(w, 'UID FETCH').filter((line) => line.includes('BODYSTRUCTURE')).length, 0);
    assert.equal(w.cycles().at(-1)?.counts.created, 0);
  });

  it('the mod-sequence kept is the one from before the first FETCH', async (t) => {
    const w = await syncedWorld(t, { capabilities: capabilitySets.noIdle });
    const [first = '', second = ''] = [1, 2].map((uid) => w.server.emailAt('INBOX', uid) ?? '');
    await w.server.setKeywords([first], { $seen: true });
    let flagged = false;
    w.server.trouble.beforeAnswer(async ({ verb }) => {
      if (flagged || verb !== 'UID FETCH') return;
      flagged = true;
      await w.server.setKeywords([second], { $flagged: true });
    });
    await w.server.deliver(letters(1));
    await w.sync();
    assert.ok(flagged);
    await w.expectTrue();
  });

  it('the first fill keeps the mod-sequence that STATUS told, so a flag set meanwhile comes', async (t) => {
    const w = await imapWorld(t, { mails: 300 });
    let fetches = 0;
    w.server.trouble.beforeAnswer(async ({ verb }) => {
      fetches += verb === 'UID FETCH' ? 1 : 0;
      if (verb === 'UID FETCH' && fetches === 1)
        await w.server.setKeywords([w.server.emailAt('INBOX', 300) ?? ''], { $flagged: true });
    });
    await w.expectTrue();
  });

  it('mail that comes between the listing and the FETCH is not skipped', async (t) => {
    const w = await syncedWorld(t);
    let came = 0;
    w.server.trouble.beforeCommand(async ({ verb }) => {
      if (!['EXAMINE', 'UID SEARCH', 'UID FETCH'].includes(verb) || came >= 3) return;
      came += 1;
      await w.server.deliver(letters(1, () => ({ subject: `between ${came}` })));
    });
    await w.server.deliver(letters(1));
    await w.sync();
    await w.expectTrue();
    assert.equal(Object.keys(w.view().emails).length, 14);
  });

  it('a checkpoint commits with the rows it covers: low with each range, last and modseq with the pass', async (t) => {
    const w = await imapWorld(t, { mails: 1200 });
    w.hooks.onCommit = ({ cursors, held }) => {
      const text = cursors['mailbox:INBOX'];
      if (text === undefined) return;
      const { low, last } = JSON.parse(text) as { low: number; last: number };
      assert.ok(held >= last - low + 1, `${held} are held of ${low} to ${last}`);
    };
    await w.expectTrue();
    await w.server.deliver(letters(100));
    await w.expectTrue();
  });

  for (const verb of ['STATUS', 'EXAMINE'])
    it(`a mailbox whose ${verb} is refused holds up no other`, async (t) => {
      const w = await imapWorld(t, { mails: 3, capabilities: capabilitySets.bare });
      const mailboxIds = [w.server.mailboxId('archive')];
      await w.server.deliver(letters(3, () => ({ mailboxIds })));
      w.server.trouble.fail(({ line }) => line.includes(`${verb} "Archive"`), { kind: 'no', text: 'broken' }, 100);
      assert.deepEqual(await w.sync(), { result: 'ok' });
      assert.equal(Object.keys(w.view().emails).length, 3, verb);
      w.server.trouble.reset();
      await w.expectTrue();
    });

  it('a mailbox that can be opened no more holds up no other', async (t) => {
    const w = await syncedWorld(t);
    const mailboxIds = [w.server.mailboxId('archive')];
    await w.server.deliver([...letters(1, () => ({ mailboxIds })), ...letters(2)]);
    w.server.trouble.fail(({ line }) => line.includes('EXAMINE "Archive"'), { kind: 'no', text: 'broken' }, 100);
    assert.deepEqual(await w.sync(), { result: 'ok' });
    assert.equal(Object.keys(w.view().emails).length, 12);
    w.server.trouble.reset();
    await w.expectTrue();
  });

  it('INBOX that cannot be opened is told', async (t) => {
    const w = await imapWorld(t, { mails: 3 });
    w.server.trouble.fail('EXAMINE', { kind: 'no', code: 'UNAVAILABLE', text: 'its index is broken' });
    const { error } = await w.sync();
    assert.deepEqual([error?.kind, error?.message], ['server', 'the server refused EXAMINE: its index is broken']);
    await w.expectTrue();
  });
});
