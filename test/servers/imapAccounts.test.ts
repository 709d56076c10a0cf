import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { until } from '../support/processes.ts';
import { type CyrusServer, cyrusAvailable, startCyrus } from './cyrus.ts';
import { type DovecotServer, dovecotAvailable, startDovecot } from './dovecot.ts';
import { signInImap } from './imap/rawImap.ts';
import { withImap } from './imap/rawImapActions.ts';
import { skipWithout } from './skipWithout.ts';

const servers = [
  { name: 'Dovecot', why: dovecotAvailable(), start: () => startDovecot() },
  { name: "Cyrus's imapd", why: cyrusAvailable(), start: () => startCyrus({ protocol: 'imap' }) },
];

for (const { name, why, start } of servers) {
  const skip = skipWithout(why, `all tests of another client on ${name}`);
  describe(`another client over IMAP: ${name}`, { skip, concurrency: 2 }, () => {
    const started = async (t: TestContext): Promise<DovecotServer | CyrusServer> => {
      const server = await start();
      t.after(() => server.stop());
      return server;
    };

    it('delivers with dates, keywords and mailboxes; a mail in two of them is two emails', async (t) => {
      const server = await started(t);
      const { inbox, archive } = await roles(server);
      const receivedAt = new Date('2021-02-03T04:05:06Z');
      const ids = await server.deliver([
        { subject: 'Grüße', receivedAt, keywords: ['$seen', '$Forwarded'] },
        { subject: 'Both', receivedAt, mailboxIds: [archive, inbox] },
        { subject: 'Plain', receivedAt, text: 'Two\nlines' },
      ]);
      const at = '2021-02-03T04:05:06.000Z';
      const { emails, mailboxes } = await server.truth();
      assert.deepEqual(
        ids.map((id) => emails[id]),
        [
          { subject: 'Grüße', receivedAt: at, mailboxIds: [inbox], keywords: ['$forwarded', '$seen'] },
          { subject: 'Both', receivedAt: at, mailboxIds: [archive], keywords: [] },
          { subject: 'Plain', receivedAt: at, mailboxIds: [inbox], keywords: [] },
        ],
      );
      assert.equal(Object.keys(emails).length, 4);
      assert.deepEqual([mailboxes[inbox]?.totalEmails, mailboxes[inbox]?.unreadEmails], [3, 2]);
    });

    it('flags, copies, moves and destroys by ids that stay', async (t) => {
      const server = await started(t);
      const { inbox, archive, junk } = await roles(server);
      const ids = await server.deliver([
        { subject: 'one', keywords: ['$flagged'] },
        { subject: 'two' },
        { subject: 'three' },
      ]);
      const [one = '', two = '', three = ''] = ids;
      await server.setKeywords([one, two], { $seen: true, $flagged: null, 'project-x': true });
      await server.setMailboxes([two], { [archive]: true });
      await server.setMailboxes([one], { [archive]: true, [inbox]: null });
      await server.setMailboxes([one], { [junk]: true, [archive]: null });
      await server.setKeywords([one], { $answered: true });
      await server.destroy([three]);
      const { emails } = await server.truth();
      assert.deepEqual(emails[one]?.keywords, ['$answered', '$seen', 'project-x']);
      assert.deepEqual([emails[one]?.mailboxIds, emails[two]?.mailboxIds], [[junk], [inbox]]);
      const copies = Object.values(emails).filter(({ subject }) => subject === 'two');
      assert.deepEqual(copies.map(({ mailboxIds }) => mailboxIds.join()).toSorted(), [archive, inbox].toSorted());
      assert.deepEqual(copies[1]?.keywords, copies[0]?.keywords);
      assert.equal(emails[three], undefined);
      await assert.rejects(server.setKeywords([three], { $seen: true }));
      await server.setMailboxes([two], { [inbox]: null });
      const left = await server.truth();
      assert.deepEqual(left.emails[two]?.mailboxIds, [archive], 'the copy is what is left of it');
      await server.destroy([one, two]);
      assert.deepEqual((await server.truth()).emails, {});
    });

    it('does not count what is flagged \\Deleted', async (t) => {
      const server = await started(t);
      const { inbox } = await roles(server);
      const [one = '', two = ''] = await server.deliver([{ subject: 'one' }, { subject: 'two' }]);
      await server.setKeywords([one], { $deleted: true });
      const { emails, mailboxes } = await server.truth();
      assert.deepEqual(Object.keys(emails), [two]);
      assert.deepEqual([mailboxes[inbox]?.totalEmails, mailboxes[inbox]?.unreadEmails], [1, 1]);
      await server.setKeywords([one], { $deleted: null });
      assert.equal(Object.keys((await server.truth()).emails).length, 2);
    });

    it('creates, renames, moves and deletes mailboxes by ids that stay', async (t) => {
      const server = await started(t);
      const parent = await server.createMailbox('Straße & Söhne');
      const child = await server.createMailbox('Child', parent);
      const [inChild = ''] = await server.deliver([{ mailboxIds: [child] }]);
      await server.renameMailbox(child, 'Kind (2)');
      await server.renameMailbox(parent, 'Wege');
      const [inRenamed = ''] = await server.deliver([{ mailboxIds: [child] }]);
      const before = await server.truth();
      assert.equal(before.mailboxes[parent]?.name, 'Wege');
      assert.deepEqual(before.mailboxes[child], {
        name: 'Kind (2)',
        parentId: parent,
        role: null,
        totalEmails: 2,
        unreadEmails: 2,
      });
      assert.ok(before.emails[inChild] && before.emails[inRenamed]);
      await server.moveMailbox(child, null);
      assert.equal((await server.truth()).mailboxes[child]?.parentId, null);
      await server.moveMailbox(child, parent);
      await server.deleteMailbox(child);
      const after = await server.truth();
      assert.equal(after.mailboxes[child], undefined);
      assert.deepEqual(after.emails, {});
    });

    it('refuses the old password at once, and ends what is signed in', async (t) => {
      const server = await started(t);
      assert.equal(server.credential.type, 'password');
      const { dial, credential } = server.imap;
      const old = { ...credential };
      const open = await signInImap(dial, old.username, old.password);
      await server.changePassword('another');
      await assert.rejects(signInImap(dial, old.username, old.password), /NO/);
      await until('the session to end', async () => {
        const answer = await open.ask('NOOP').catch(() => null);
        return answer === null;
      });
      await server.deliver([{ subject: 'with the new one' }]);
      assert.equal(Object.keys((await server.truth()).emails).length, 1);
    });

    it('keeps its mail through a restart, and waits while suspended', async (t) => {
      const server = await started(t);
      await server.fill(300);
      const before = await server.truth();
      assert.equal(Object.keys(before.emails).length, 300);
      await server.restart();
      assert.deepEqual(await server.truth(), before);

      server.suspend();
      let answered = false;
      const truth = server.truth().finally(() => {
        answered = true;
      });
      await sleep(150);
      assert.equal(answered, false);
      server.resume();
      assert.deepEqual(await truth, before);
    });

    it('keeps the accounts of several users apart', async (t) => {
      const server = await started(t);
      const bob = await server.addUser('bob');
      await server.deliver([{ subject: "alice's" }]);
      await bob.deliver([{ subject: "bob's" }, { subject: "bob's, too" }]);
      const subjects = async (of: Pick<DovecotServer, 'truth'>): Promise<string[]> =>
        Object.values((await of.truth()).emails).map(({ subject }) => subject ?? '');
      assert.deepEqual(await subjects(server), ["alice's"]);
      assert.deepEqual((await subjects(bob)).toSorted(), ["bob's", "bob's, too"]);
      await withImap(bob.imap, async (imap) => void (await imap.run('SELECT INBOX')));
    });
  });
}

const roles = async (
  server: Pick<DovecotServer, 'truth'>,
): Promise<{ inbox: string; archive: string; junk: string }> => {
  const found = Object.entries((await server.truth()).mailboxes).map(([id, { role }]) => [role, id]);
  const { inbox, archive, junk, ...others } = Object.fromEntries(found);
  assert.deepEqual(Object.keys(others).toSorted(), ['drafts', 'sent', 'trash']);
  return { inbox, archive, junk };
};
