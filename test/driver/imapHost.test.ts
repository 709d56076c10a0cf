import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { capabilitySets } from '../servers/imap/capabilities.ts';
import type { ImapMail } from '../servers/imap/messages.ts';
import { type ImapServer, startImapServer } from '../servers/imapServer.ts';
import { type ImapWorld, letters, localIds, remoteIdOf, restingWorld, verbs } from '../support/worldImap.ts';
import { queue } from '../support/worldQueue.ts';

/** The same server by another name, or another one at a port. */
const goTo = async (w: ImapWorld, host: string, port = w.account.config.imap.port): Promise<void> => {
  w.account.config = { ...w.account.config, imap: { ...w.account.config.imap, host, port } };
  await w.restart();
};
const portOf = ({ config }: ImapServer): number => (config.protocol === 'imap' ? config.imap.port : 0);
const flag = (w: ImapWorld, uid: number): void =>
  void w.submit({
    type: 'keywords',
    emails: [remoteIdOf(w, w.server.emailAt('INBOX', uid) ?? '')],
    patch: { $flagged: true },
  });

describe('I10: a server under another name', () => {
  for (const set of ['full', 'bare'] as const)
    it(`is known again by its mail: nothing is read anew, and what waits goes out, on a server that can ${set}`, async (t) => {
      const w = await restingWorld(t, { capabilities: capabilitySets[set] });
      const before = localIds(w);
      flag(w, 3);
      await goTo(w, 'localhost');
      await w.expectTrue();
      assert.deepEqual([localIds(w), queue(w)], [before, []]);
      assert.equal(verbs(w).filter((verb) => verb === 'UID STORE').length, 1);
      w.forget();
      await w.restart();
      await w.expectTrue();
      assert.ok(!verbs(w).includes('EXAMINE') || set === 'bare', 'it is asked once');
    });

  it('is another one where the mail is other mail, whatever its numbers are: nothing is written there', async (t) => {
    const w = await restingWorld(t);
    flag(w, 3);
    const other = await startImapServer();
    w.onEnd(() => other.stop());
    await other.deliver(letters(10, (n) => ({ subject: `theirs ${n}` })));
    await goTo(w, 'localhost', portOf(other));
    assert.deepEqual(await w.sync(), { result: 'ok' });
    assert.ok(Object.values(w.view().emails).every(({ subject }) => subject?.startsWith('theirs')));
    assert.deepEqual(queue(w), ['keywords failed 0 notFound']);
    assert.equal(other.countCommands('UID STORE'), 0);
  });

  const receivedAt = new Date('2026-01-02T03:04:05Z');
  /** In INBOX and in Archive; `more`: what differs on another server. */
  const mails = (server: ImapServer, more: (n: number) => ImapMail = () => ({})): ImapMail[] => [
    ...letters(4, (n) => ({ messageId: `${n}@x.test`, receivedAt })),
    ...letters(4, (n) => ({
      subject: `old ${n}`,
      messageId: `old${n}@x.test`,
      receivedAt,
      mailboxIds: [server.mailboxId('archive')],
      ...more(n),
    })),
  ];
  const bare = { raw: Buffer.from('Subject: bare\r\n\r\nhello\r\n') };
  const cases: [string, same: boolean, { username?: string; more?: (n: number) => ImapMail; renumbered?: true }][] = [
    ['the very same mail is the same', true, {}],
    ['other mail in one mailbox is another one', false, { more: (n) => ({ messageId: `theirs${n}@x.test` }) }],
    ['the very same mail under other numbers is another one', false, { renumbered: true }],
    ['the very same mail of another user is another one', false, { username: 'bob@example.test' }],
  ];
  for (const [what, same, { username, more, renumbered }] of cases)
    it(`with ${what}`, async (t) => {
      const w = await restingWorld(t, { mails: 0 });
      await w.server.deliver(mails(w.server));
      await w.expectTrue();
      const before = localIds(w);
      const other = await startImapServer(username === undefined ? {} : { username });
      w.onEnd(() => other.stop());
      await other.deliver(mails(other, more));
      if (renumbered) other.trouble.renumber(other.mailboxId('archive'));
      w.account.credential = other.credential;
      await goTo(w, 'localhost', portOf(other));
      assert.deepEqual(await w.sync(), { result: 'ok' });
      assert.equal(localIds(w).get('mail 1') === before.get('mail 1'), same);
    });

  it('is another one where no mail tells itself from other mail', async (t) => {
    const w = await restingWorld(t, { mails: [bare] });
    const before = localIds(w);
    await goTo(w, 'localhost');
    await w.expectTrue();
    assert.notDeepEqual(localIds(w), before);
  });
});
