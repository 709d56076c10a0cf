import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { capabilitySets } from '../servers/imap/capabilities.ts';
import { type ImapWorld, letters, localIds, remoteIdOf, restingWorld } from '../support/worldImap.ts';
import { later, queue } from '../support/worldQueue.ts';

const at = (w: ImapWorld, uid: number): string => w.server.emailAt('INBOX', uid) ?? '';
const remote = (w: ImapWorld, ...uids: number[]): string[] => uids.map((uid) => remoteIdOf(w, at(w, uid)));

/** A world that is live, and has listed a mailbox P with mail in it. */
const withMailbox = async (t: TestContext, set: keyof typeof capabilitySets = 'full'): Promise<ImapWorld> => {
  const w = await restingWorld(t, { capabilities: capabilitySets[set] });
  const p = await w.server.createMailbox('P');
  await w.server.deliver(letters(3, (n) => ({ subject: `old ${n}`, mailboxIds: [p] })));
  await w.expectTrue();
  return w;
};

/** As some clients do each year: the mailbox gets another name, and a new one has its name. */
const rotate = async ({ server }: ImapWorld): Promise<void> => {
  await server.renameMailbox(server.mailboxId('P'), 'P 2025');
  await server.createMailbox('P');
};
const into = (w: ImapWorld, mailbox: string, ...uids: number[]): void =>
  void w.submit({ type: 'mailboxes', emails: remote(w, ...uids), patch: { [mailbox]: true, INBOX: null } });
/** The names of the mailboxes that show an email, by its subject. */
const placesOf = (w: ImapWorld, subject: string): string[] => {
  const { emails, mailboxes } = w.view();
  return Object.values(emails)
    .filter((email) => email.subject === subject)
    .map(({ mailboxIds }) => mailboxIds.map((id) => mailboxes[id]?.name ?? id).join(' '))
    .toSorted();
};
const firstOf = (w: ImapWorld, verb: string, act: () => Promise<void>): void => {
  let done = false;
  w.server.trouble.beforeCommand(async (command) => {
    if (command.verb !== verb || done) return;
    done = true;
    await act();
  });
};

describe('I8: a move into a mailbox that was rotated elsewhere', () => {
  for (const set of ['full', 'noMove', 'bare', 'objectId'] as const) {
    it(`goes where the person saw it, and the email stays the same, on ${set}`, async (t) => {
      const w = await withMailbox(t, set);
      const before = localIds(w);
      await rotate(w);
      into(w, 'P', 2, 4);
      await w.expectTrue();
      await w.expectTrue();
      assert.deepEqual([queue(w), localIds(w)], [[], before]);
      assert.deepEqual([placesOf(w, 'mail 2'), placesOf(w, 'mail 4')], [['P 2025'], ['P 2025']]);
    });

    it(`in the very moment before it shows where it went, as the same email, on ${set}`, async (t) => {
      const w = await withMailbox(t, set);
      const before = localIds(w);
      firstOf(w, capabilitySets[set].some((name) => name === 'MOVE') ? 'UID MOVE' : 'UID COPY', () => rotate(w));
      const cycles = w.cycles().length;
      into(w, 'P', 2, 4);
      await w.until(() => w.cycles().length > cycles, 'the cycle that the move begins');
      // Without UIDPLUS nothing tells that a copy went elsewhere: it is made again where it belongs.
      const isTold = capabilitySets[set].some((name) => name === 'UIDPLUS');
      if (isTold) assert.deepEqual(placesOf(w, 'mail 2'), ['P']);
      else await later(w, 6_000);
      await w.expectTrue();
      await w.expectTrue();
      assert.deepEqual(placesOf(w, 'mail 2'), isTold ? ['P'] : ['P', 'P 2025']);
      assert.deepEqual(queue(w), []);
      if (isTold) assert.deepEqual(localIds(w), before);
    });
  }

  for (const set of ['full', 'noMove'] as const)
    it(`as a copy goes where the person saw it, on ${set}`, async (t) => {
      const w = await withMailbox(t, set);
      await rotate(w);
      w.submit({ type: 'mailboxes', emails: remote(w, 2), patch: { P: true } });
      await w.expectTrue();
      assert.deepEqual(queue(w), []);
      assert.deepEqual(placesOf(w, 'mail 2'), ['INBOX', 'P 2025']);
    });

  it('goes into the one that took its place where it was deleted', async (t) => {
    const w = await withMailbox(t);
    const before = localIds(w);
    await w.server.deleteMailbox(w.server.mailboxId('P'));
    await w.server.createMailbox('P');
    into(w, 'P', 2);
    await w.expectTrue();
    for (const n of [1, 2, 3]) before.delete(`old ${n}`);
    assert.deepEqual([queue(w), localIds(w), placesOf(w, 'mail 2')], [[], before, ['P']]);
  });

  it('is put to the server as often as any, and then given up, where it always says another UIDVALIDITY', async (t) => {
    const w = await withMailbox(t);
    const p = w.server.mailboxId('P');
    let validity = 5000;
    w.server.trouble.beforeCommand(({ verb, line }) => {
      if (verb === 'STATUS' && line.includes('"P"')) w.server.trouble.uidValidity(p, (validity += 1));
    });
    into(w, 'P', 2, 3);
    await w.sync();
    assert.deepEqual(queue(w), ['mailboxes queued 1 server']);
    assert.deepEqual([placesOf(w, 'mail 2'), w.server.countCommands('UID MOVE')], [['P'], 0]);
  });
});

describe('I5: rows of a generation that no mailbox has', () => {
  /** As an older version left it: the email under the old mailbox's key, with the UIDVALIDITY of the new one. */
  const haunted = async (t: TestContext, alsoTwice: boolean): Promise<ImapWorld> => {
    const w = await withMailbox(t);
    await rotate(w);
    const p = w.server.mailboxId('P');
    const id = at(w, 2);
    await w.server.setMailboxes([id], { [p]: true, [w.server.mailboxId('inbox')]: null });
    await w.expectTrue();
    await w.engine.stop();
    const mine = remoteIdOf(w, id).replace(/^P\|/, 'P%2|');
    const ghost = mine.replace('P%2|', 'P|');
    w.store.write((tx) => {
      tx.run('UPDATE emails SET remote_id = ? WHERE remote_id = ?', ghost, mine);
      if (alsoTwice)
        tx.run(
          `INSERT INTO emails (remote_id, thread_id, sort_key, subject, from_list, to_list, cc_list, headers, preview, size,
             has_attachment, keywords, is_unread, is_hidden)
           SELECT ?, thread_id, sort_key + 1, 'twice', from_list, to_list, cc_list, headers, preview, size,
             has_attachment, keywords, is_unread, 1 FROM emails WHERE remote_id = ?`,
          mine,
          ghost,
        );
    });
    return w;
  };

  for (const twice of [false, true])
    it(`are brought to where their mail is, with what waits${twice ? ', also where that is held' : ''}`, async (t) => {
      const w = await haunted(t, twice);
      const before = localIds(w);
      const [ghost] = w.store
        .read((db) => db.all<{ remote_id: string }>("SELECT remote_id FROM emails WHERE subject = 'mail 2'"))
        .map((row) => row.remote_id);
      w.submit({ type: 'keywords', emails: [ghost ?? ''], patch: { $flagged: true } });
      await w.expectTrue();
      await w.expectTrue();
      assert.deepEqual([queue(w), localIds(w), placesOf(w, 'mail 2')], [[], before, ['P']]);
    });

  it('go where there is no such mail, and their changes fail', async (t) => {
    const w = await haunted(t, false);
    const [ghost] = w.store
      .read((db) => db.all<{ remote_id: string }>("SELECT remote_id FROM emails WHERE subject = 'mail 2'"))
      .map((row) => row.remote_id);
    w.submit({ type: 'keywords', emails: [ghost ?? ''], patch: { $flagged: true } });
    await w.server.deleteMailbox(w.server.mailboxId('P'));
    await w.expectTrue();
    assert.deepEqual(queue(w), ['keywords failed 0 notFound']);
  });
});

describe('I5: a mailbox that is numbered anew', () => {
  it('and cannot be opened after half of its emails have their new numbers keeps them all', async (t) => {
    const w = await restingWorld(t);
    const box = await w.server.createMailbox('Box');
    await w.server.deliver(letters(60, (n) => ({ subject: `boxed ${n}`, mailboxIds: [box] })));
    await w.expectTrue();
    const before = localIds(w);
    w.server.trouble.renumber(box);
    const moved = (): number =>
      w.store.read((db) =>
        db.all("SELECT id FROM emails WHERE remote_id LIKE 'Box|%' GROUP BY substr(remote_id, 1, 8)"),
      ).length;
    w.hooks.onCommit = () => {
      if (moved() > 1) w.crashAt(1);
    };
    await w.sync();
    w.hooks.onCommit = null;
    assert.equal(moved(), 2);
    w.server.trouble.fail(({ verb, line }) => verb === 'EXAMINE' && line.includes('Box'), { kind: 'no' }, 10);
    await w.restart();
    await w.sync();
    assert.deepEqual(localIds(w), before);
    w.server.trouble.reset();
    await w.expectTrue();
    assert.deepEqual(localIds(w), before);
  });
});

describe('I8: a mailbox that is not found', () => {
  for (const from of [1, 2] as const)
    it(`is looked for once before anything is given up, whatever goes there from ${from === 1 ? 'one mailbox' : 'two'}`, async (t) => {
      const w = await withMailbox(t);
      const [id = ''] = await w.server.deliver([{ subject: 'filed', mailboxIds: [w.server.mailboxId('archive')] }]);
      await w.expectTrue();
      await w.server.renameMailbox(w.server.mailboxId('P'), 'Elsewhere');
      into(w, 'P', 1, 2, 3);
      if (from === 2) w.submit({ type: 'mailboxes', emails: [remoteIdOf(w, id)], patch: { P: true, Archive: null } });
      await w.expectTrue();
      assert.deepEqual(queue(w), []);
      assert.equal(w.view().mailboxes['P']?.totalEmails, 6 + from - 1);
    });
});

describe('I5: INBOX that another client renamed', () => {
  // RFC 9051 section 6.3.6: its mail goes to the new mailbox, and an empty INBOX stays.
  for (const [how, keepsNumbers] of [
    ['with the numbers that it had, as Dovecot does', true],
    ['under new numbers', false],
  ] as const)
    it(`keeps its mail in the new mailbox, ${how}, with what waits`, async (t) => {
      const w = await restingWorld(t);
      const before = localIds(w);
      const [inbox, fresh] = [w.server.mailboxId('inbox'), await w.server.createMailbox('Old inbox')];
      const ids = Array.from({ length: 10 }, (_, n) => at(w, n + 1));
      w.submit({ type: 'keywords', emails: remote(w, 3), patch: { $flagged: true } });
      await w.server.setMailboxes(ids, { [fresh]: true, [inbox]: null });
      if (keepsNumbers) w.server.trouble.uidValidity(fresh, 1001);
      w.server.trouble.renumber(inbox, 5000);
      await w.server.deliver(letters(1, () => ({ subject: 'newer' })));
      await w.expectTrue();
      const after = localIds(w);
      after.delete('newer');
      assert.deepEqual([queue(w), after], [[], before]);
      assert.deepEqual((await w.server.truth()).emails[ids[2] ?? '']?.keywords, ['$flagged']);
    });
});
