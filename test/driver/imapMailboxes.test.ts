import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { capabilitySets } from '../servers/imap/capabilities.ts';
import { startImapStub } from '../support/imapStub.ts';
import { type ImapWorld, imapWorld, letters, openImapWorld, syncedWorld } from '../support/worldImap.ts';
import { queue } from '../support/worldQueue.ts';

const names = (w: ImapWorld): string[] =>
  Object.values(w.view().mailboxes)
    .map(({ name }) => name)
    .toSorted();

const odd = [
  'Entwürfe',
  '日本語',
  'a & b',
  '&',
  '&-',
  'with "quotes"',
  'back\\slash',
  '100%',
  'star*',
  '{12}',
  'pipe|d',
  '😀',
  'nil',
  'NIL',
  '(x)',
];

describe('I1: names of mailboxes', () => {
  for (const set of ['full', 'bare', 'objectId'] as const)
    for (const delimiter of ['/', '.', '\\', '"'])
      it(`odd ones are read as they are, with ${delimiter} between, on ${set}`, async (t) => {
        // With UTF-8 no name is encoded, and yet this one reads as if it were.
        const isAmbiguous = (name: string): boolean => set === 'objectId' && name === '&-';
        const paths = odd.filter((name) => !name.includes(delimiter) && !isAmbiguous(name));
        const mailboxes = [...paths, `Top${delimiter}Sub`].map((path) => ({ path }));
        const w = await imapWorld(t, { mails: 1, mailboxes, delimiter, capabilities: capabilitySets[set] });
        for (const path of paths) await w.server.deliver([{ subject: path, mailboxIds: [w.server.mailboxId(path)] }]);
        assert.deepEqual(await w.sync(), { result: 'ok' });
        assert.deepEqual(names(w), [...paths, 'INBOX', 'Sub', 'Top'].toSorted());
        const { emails, mailboxes: held } = w.view();
        for (const { subject, mailboxIds } of Object.values(emails))
          if (subject !== 'mail 1') assert.equal(held[mailboxIds[0] ?? '']?.name, subject);
      });

  it('control characters in them do no harm', async (t) => {
    const w = await imapWorld(t, { mailboxes: [{ path: 'bell\u0007 and \u202ereversed' }] });
    const mailboxIds = [w.server.mailboxId('bell\u0007 and \u202ereversed')];
    await w.server.deliver(letters(2, () => ({ mailboxIds })));
    assert.deepEqual(await w.sync(), { result: 'ok' });
    assert.equal(Object.keys(w.view().emails).length, 2);
    assert.deepEqual(await w.sync(), { result: 'ok' });
  });

  for (const set of ['full', 'objectId'] as const)
    it(`those that Tern makes come back as the same, on ${set}`, async (t) => {
      const w = await syncedWorld(t, { capabilities: capabilitySets[set] });
      const made = odd.filter((name) => !/[*%]|^&-$/.test(name));
      for (const name of made) w.submit({ type: 'mailbox', op: 'create', name });
      await w.until(() => w.changes().length === 0, 'all are made');
      await w.expectTrue();
      for (const name of made) assert.ok(names(w).includes(name), name);
    });

  it('names that IMAP cannot have are refused with nothing sent', async (t) => {
    const w = await syncedWorld(t);
    for (const name of ['a/b', 'star*', '100%']) w.submit({ type: 'mailbox', op: 'create', name });
    await w.sync();
    assert.deepEqual(
      queue(w),
      Array.from({ length: 3 }, () => 'mailbox failed 0 invalid'),
    );
    assert.equal(w.server.countCommands('CREATE'), 0);
  });
});

describe('I1: mailboxes that hold no mail', () => {
  it('\\Noselect ones are shown as parents, and never opened', async (t) => {
    const w = await imapWorld(t, { mailboxes: [{ path: 'Top/Middle/Low' }, { path: 'Empty', selectable: false }] });
    await w.server.deliver([{ subject: 'low', mailboxIds: [w.server.mailboxId('Top/Middle/Low')] }]);
    await w.expectTrue();
    assert.deepEqual(names(w), ['Empty', 'INBOX', 'Low', 'Middle', 'Top']);
    const asked = w.server.commands.filter(({ verb }) => verb === 'EXAMINE').map(({ line }) => line.split('"')[1]);
    assert.deepEqual(asked, ['Top/Middle/Low']);
    await w.server.deleteMailbox(w.server.mailboxId('Top/Middle/Low'));
    await w.expectTrue();
    assert.deepEqual(names(w), ['Empty', 'INBOX']);
  });

  it('\\NonExistent parents, and those left out of the list, are shown as parents', async (t) => {
    const w = await imapWorld(t);
    const stub = await startImapStub(w, {
      answer: ({ verb, line }) => {
        if (verb === 'LIST')
          return [
            '* LIST () "/" INBOX',
            '* LIST (\\NonExistent) "/" Gone',
            '* LIST () "/" Gone/Child',
            '* LIST () "/" Left/Out/Deep',
          ];
        if (verb === 'LSUB') return [];
        return verb === 'STATUS' ? [`* ${line.split(' (')[0]} (MESSAGES 0 UIDNEXT 1 UIDVALIDITY 7 UNSEEN 0)`] : null;
      },
    });
    w.account.config = stub.configOf(w.account.config);
    assert.deepEqual(await w.sync(), { result: 'ok' });
    assert.deepEqual(names(w), ['Child', 'Deep', 'Gone', 'INBOX', 'Left', 'Out']);
    assert.ok(!stub.seen.some((line) => /STATUS "?(Gone|Left|Left\/Out)"? /.test(line)), stub.seen.join('\n'));
  });

  it('INBOX in any case is INBOX', async (t) => {
    const w = await imapWorld(t);
    const stub = await startImapStub(w, {
      answer: ({ verb }) => {
        if (verb === 'LIST') return ['* LIST () "/" Inbox'];
        return verb === 'STATUS' ? ['* STATUS inbox (MESSAGES 0 UIDNEXT 1 UIDVALIDITY 7 UNSEEN 0)'] : null;
      },
    });
    w.account.config = stub.configOf(w.account.config);
    assert.deepEqual(await w.sync(), { result: 'ok' });
    assert.deepEqual(
      Object.entries(w.view().mailboxes).map(([id, { role }]) => [id, role]),
      [['INBOX', 'inbox']],
    );
  });
});

describe('I1: very many mailboxes', () => {
  const many = (count: number): { path: string }[] =>
    Array.from({ length: count }, (_, n) => ({ path: `Box ${n % 100}/Sub ${n}` }));
  const time = async (w: ImapWorld): Promise<number> => {
    const start = performance.now();
    assert.deepEqual(await w.sync(), { result: 'ok' });
    return performance.now() - start;
  };

  it('ten times as many take about ten times as long, first and in every cycle', { timeout: 120_000 }, async (t) => {
    const few = await openImapWorld({ mailboxes: many(400) });
    const [first, again] = [await time(few), await time(few)];
    await few.end();
    const w = await imapWorld(t, { mailboxes: many(4_000) });
    const [firstOfMany, againOfMany] = [await time(w), await time(w)];
    assert.equal(Object.keys(w.view().mailboxes).length, 4_101);
    // A square would be a hundred times as long.
    assert.ok(firstOfMany < 40 * Math.max(first, 100), `${first} ms, then ${firstOfMany} ms`);
    assert.ok(againOfMany < 40 * Math.max(again, 50), `${again} ms, then ${againOfMany} ms`);
    assert.equal(w.server.countCommands('LIST'), 2);
    t.diagnostic(
      `400: ${first.toFixed()} and ${again.toFixed()} ms; 4,000: ${firstOfMany.toFixed()} and ${againOfMany.toFixed()} ms`,
    );
  });
});
