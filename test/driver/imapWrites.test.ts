import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { capabilitySets } from '../servers/imap/capabilities.ts';
import type { Failure } from '../servers/imap/faults.ts';
import { type ImapWorld, linesOf, localIds, remoteIdOf, restingWorld, syncedWorld } from '../support/worldImap.ts';
import { later, queue } from '../support/worldQueue.ts';

const at = (w: ImapWorld, ...uids: number[]): string[] => uids.map((uid) => w.server.emailAt('INBOX', uid) ?? '');
const remote = (w: ImapWorld, ...uids: number[]): string[] => at(w, ...uids).map((id) => remoteIdOf(w, id));
const move = (w: ImapWorld, ...uids: number[]): void =>
  void w.submit({ type: 'mailboxes', emails: remote(w, ...uids), patch: { Archive: true, INBOX: null } });
const truth = async (w: ImapWorld, id: string) => (await w.server.truth()).emails[id];
describe('I8: flags', () => {
  it('are added and taken away by UID, never replaced', async (t) => {
    const w = await restingWorld(t);
    const [id = ''] = at(w, 3);
    await w.server.setKeywords([id], { other: true, $answered: true });
    w.submit({ type: 'keywords', emails: remote(w, 3), patch: { $seen: true, work: true, $answered: null } });
    await w.expectTrue();
    assert.deepEqual(linesOf(w, 'UID STORE'), [
      'UID STORE 3 +FLAGS.SILENT (\\Seen work)',
      'UID STORE 3 -FLAGS.SILENT (\\Answered)',
    ]);
    assert.deepEqual((await truth(w, id))?.keywords, ['$seen', 'other', 'work']);
  });

  it('of many emails go out together', async (t) => {
    const w = await restingWorld(t);
    w.submit({ type: 'keywords', emails: remote(w, 1, 2, 3, 7), patch: { $seen: true } });
    await w.expectTrue();
    assert.deepEqual(linesOf(w, 'UID STORE'), ['UID STORE 1:3,7 +FLAGS.SILENT (\\Seen)']);
  });

  it('that the mailbox does not keep are refused at once, before anything is sent', async (t) => {
    const w = await restingWorld(t, { keywords: ['$forwarded'] });
    w.submit({ type: 'keywords', emails: remote(w, 1), patch: { mine: true } });
    w.submit({ type: 'keywords', emails: remote(w, 2), patch: { $forwarded: true, $flagged: true } });
    w.submit({ type: 'keywords', emails: remote(w, 3), patch: { mine: null, $seen: true } });
    await w.expectTrue();
    assert.deepEqual(queue(w), ['keywords failed 0 unsupported']);
    assert.ok(!linesOf(w, 'UID STORE').some((line) => line.includes('+FLAGS.SILENT (mine')));
  });

  it('of an email that is gone are notFound', async (t) => {
    const w = await restingWorld(t);
    w.submit({ type: 'keywords', emails: remote(w, 1, 2), patch: { $seen: true } });
    await w.server.destroy(at(w, 1));
    await w.expectTrue();
    assert.deepEqual(queue(w), ['keywords failed 0 notFound']);
  });
});

describe('I8: moves', () => {
  for (const set of ['full', 'noQresync', 'noMove', 'bare', 'objectId'] as const)
    it(`keep the local id, and expunge nothing else, on a server that can ${set}`, async (t) => {
      const w = await restingWorld(t, { capabilities: capabilitySets[set] });
      const before = localIds(w);
      await w.server.setKeywords(at(w, 9), { $deleted: true });
      move(w, 2, 4);
      await w.expectTrue();
      await w.expectTrue();
      assert.deepEqual(queue(w), []);
      const after = localIds(w);
      for (const subject of ['mail 2', 'mail 4']) assert.equal(after.get(subject), before.get(subject), subject);
      await w.server.setKeywords(at(w, 9), { $deleted: null });
      await w.expectTrue();
      assert.equal(w.server.countCommands('EXPUNGE') + w.server.countCommands('CLOSE'), 0);
    });

  it('without MOVE are copied, found there, and only then expunged by their UIDs', async (t) => {
    const capabilities = capabilitySets.full.filter((name) => name !== 'MOVE');
    const w = await restingWorld(t, { capabilities });
    move(w, 2, 4);
    await w.expectTrue();
    const steps = w.server.commands
      .filter(({ verb }) => ['UID COPY', 'UID STORE', 'UID EXPUNGE'].includes(verb))
      .map(({ line, tag }) => line.slice(tag.length + 1));
    assert.deepEqual(steps, ['UID COPY 2,4 "Archive"', 'UID STORE 2,4 +FLAGS.SILENT (\\Deleted)', 'UID EXPUNGE 2,4']);
  });

  it('without UIDPLUS stay behind as \\Deleted and hidden, and come back when somebody takes the flag away', async (t) => {
    const w = await restingWorld(t, { capabilities: capabilitySets.noMove });
    const [id = ''] = at(w, 2);
    move(w, 2);
    await w.expectTrue();
    assert.equal(w.server.countCommands('UID EXPUNGE'), 0);
    assert.equal(Object.keys(w.view().emails).length, 10);
    await w.server.setKeywords([id], { $deleted: null });
    await w.expectTrue();
    assert.equal(Object.keys(w.view().emails).length, 11);
  });

  for (const set of ['noMove', 'bare'] as const)
    it(`that may not take a message away leave no copy of it either, on a server that can ${set}`, async (t) => {
      const w = await restingWorld(t, { capabilities: capabilitySets[set] });
      const [one = '', two = ''] = at(w, 2, 4);
      move(w, 2, 4);
      const refused = ({ line }: { line: string }): boolean => / UID STORE .*2.* .*Deleted/.test(line);
      w.server.trouble.fail(refused, { kind: 'no', code: 'NOPERM' }, 2);
      await w.expectTrue();
      assert.deepEqual(queue(w), ['mailboxes failed 0 forbidden']);
      assert.equal(Object.keys((await w.server.truth()).emails).length, 10);
      assert.deepEqual(
        [(await truth(w, one))?.mailboxIds, await truth(w, two)],
        [[w.server.mailboxId('inbox')], undefined],
      );
    });

  it('that may not take a message away, nor its copy for now, are tried again', async (t) => {
    const w = await restingWorld(t, { capabilities: capabilitySets.bare });
    move(w, 2);
    const marks = ({ line }: { line: string }): boolean => line.includes('Deleted');
    w.server.trouble.fail(marks, { kind: 'bad' });
    w.server.trouble.fail(marks, { kind: 'no', code: 'UNAVAILABLE' });
    await w.sync();
    assert.deepEqual(queue(w), ['mailboxes queued 1 server']);
    await later(w, 6_000);
    await w.expectTrue();
    assert.deepEqual([queue(w), Object.keys((await w.server.truth()).emails).length], [[], 10]);
  });

  it('of which one is marked all the same, though that was refused, keep the copy', async (t) => {
    const w = await restingWorld(t, { capabilities: capabilitySets.bare });
    move(w, 2);
    w.server.trouble.fail(({ line }) => line.includes('Deleted'), { kind: 'no', code: 'NOPERM', done: true });
    await w.expectTrue();
    const { emails } = await w.server.truth();
    assert.equal(
      Object.values(emails).filter(({ mailboxIds }) => mailboxIds.includes(w.server.mailboxId('archive'))).length,
      1,
    );
  });

  const lost: [string, string, Failure][] = [
    ['MOVE not carried out', 'UID MOVE', { kind: 'drop' }],
    ['MOVE carried out, its answer lost', 'UID MOVE', { kind: 'drop', done: true }],
    ['MOVE cut after a few bytes', 'UID MOVE', { kind: 'cut', bytes: 9 }],
  ];
  for (const [what, verb, failure] of lost)
    it(`${what}: once, and the same email`, async (t) => {
      const w = await restingWorld(t);
      const before = localIds(w);
      move(w, 2, 4);
      w.server.trouble.fail(verb, failure);
      await w.sync();
      for (let n = 0; n < 3 && w.changes().length > 0; n++) await later(w, 31_000);
      await w.expectTrue();
      assert.deepEqual([localIds(w), queue(w)], [before, []]);
    });

  const plain = capabilitySets.full.filter((name) => name !== 'MOVE');
  const bare = capabilitySets.noMove;
  for (const [name, capabilities] of [
    ['without MOVE', plain],
    ['without MOVE and UIDPLUS', bare],
  ] as const)
    for (const verb of ['STATUS', 'UID COPY', 'UID STORE', 'UID EXPUNGE'])
      for (const done of [false, true])
        it(`${name}, the line cut at ${verb}, ${done ? 'carried out' : 'not carried out'}: neither doubled nor lost`, async (t) => {
          const w = await restingWorld(t, { capabilities });
          const before = localIds(w);
          move(w, 2, 4);
          w.server.trouble.fail(({ verb: given, line }) => given === verb && !line.includes('Drafts'), {
            kind: 'drop',
            done,
          });
          await w.sync();
          for (let n = 0; n < 3 && w.changes().length > 0; n++) await later(w, 31_000);
          await w.expectTrue();
          assert.deepEqual([localIds(w), queue(w)], [before, []]);
          assert.equal(Object.keys((await w.server.truth()).emails).length, 10);
        });

  for (const [name, capabilities] of [
    ['without MOVE', plain],
    ['without MOVE and UIDPLUS', bare],
  ] as const)
    for (const verb of ['UID COPY', 'UID STORE', 'UID EXPUNGE', 'UID FETCH'])
      it(`${name}, killed after ${verb}: neither doubled nor lost`, async (t) => {
        const w = await restingWorld(t, { capabilities });
        const before = localIds(w);
        move(w, 2, 4);
        let killed = false;
        w.server.trouble.beforeAnswer(({ verb: given }) => {
          if (given !== verb || killed) return;
          killed = true;
          w.crashAt(1);
        });
        await w.sync();
        await w.restart();
        w.server.trouble.beforeAnswer(null);
        await w.sync();
        for (let n = 0; n < 3 && w.changes().length > 0; n++) await later(w, 31_000);
        await w.expectTrue();
        assert.deepEqual([localIds(w), queue(w)], [before, []]);
        assert.equal(Object.keys((await w.server.truth()).emails).length, 10);
      });

  for (const restarted of [true, false])
    it(`to a mailbox that was renamed elsewhere find it, each time${restarted ? ', after a restart' : ''}`, async (t) => {
      const w = await restingWorld(t);
      if (!restarted) await w.expectTrue();
      for (const [n, name] of ['First', 'Second', 'Third'].entries()) {
        await w.server.renameMailbox(w.server.mailboxId('archive'), name);
        move(w, n + 1);
        await w.expectTrue();
        if (restarted) await w.engine.stop();
        assert.deepEqual(queue(w), [], name);
      }
      assert.equal(w.view().mailboxes['Archive']?.totalEmails, 3);
    });

  it('to a mailbox that was deleted elsewhere fail as notFound, and the mail stays', async (t) => {
    const w = await restingWorld(t);
    move(w, 1);
    await w.server.deleteMailbox(w.server.mailboxId('archive'));
    await w.expectTrue();
    assert.deepEqual(queue(w), ['mailboxes failed 0 notFound']);
    assert.equal(w.view().mailboxes['INBOX']?.totalEmails, 10);
  });

  it('into a mailbox that Tern makes in the same flush', async (t) => {
    const w = await restingWorld(t);
    w.submit({ type: 'mailbox', op: 'create', name: 'Made' });
    w.submit({ type: 'mailboxes', emails: remote(w, 1), patch: { [w.localMailbox('Made')]: true, INBOX: null } });
    await w.expectTrue();
    assert.deepEqual(queue(w), []);
    assert.equal(w.view().mailboxes['Made']?.totalEmails, 1);
  });
});

describe('I8: copies', () => {
  for (const set of ['full', 'noMove', 'bare'] as const)
    for (const done of [false, true])
      it(`a COPY ${done ? 'carried out' : 'not carried out'} whose answer is lost is one copy, on ${set}`, async (t) => {
        const w = await restingWorld(t, { capabilities: capabilitySets[set] });
        w.submit({ type: 'mailboxes', emails: remote(w, 2, 3), patch: { Archive: true } });
        w.server.trouble.fail('UID COPY', { kind: 'drop', done });
        await w.sync();
        for (let n = 0; n < 3 && w.changes().length > 0; n++) await later(w, 31_000);
        await w.expectTrue();
        assert.deepEqual(queue(w), []);
        assert.equal(Object.keys((await w.server.truth()).emails).length, 12);
      });

  it('an equal mail that was there before is not taken for the copy', async (t) => {
    const receivedAt = new Date('2026-01-02T03:04:05Z');
    const twin = { subject: 'twin', messageId: 'twin@x.test', receivedAt };
    const w = await syncedWorld(t, { mails: [twin], capabilities: capabilitySets.bare });
    await w.server.deliver([{ ...twin, mailboxIds: [w.server.mailboxId('archive')] }]);
    await w.expectTrue();
    move(w, 1);
    await w.expectTrue();
    assert.equal(w.view().mailboxes['Archive']?.totalEmails, 2);
    assert.equal(w.view().mailboxes['INBOX']?.totalEmails, 0);
  });
});
