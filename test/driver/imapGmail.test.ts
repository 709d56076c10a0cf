import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { capabilitySets } from '../servers/imap/capabilities.ts';
import { type ImapWorld, linesOf, localIds, remoteIdOf, syncedWorld } from '../support/worldImap.ts';

const gmail = (t: TestContext, mails = 4): Promise<ImapWorld> =>
  syncedWorld(t, { capabilities: capabilitySets.gmail, mails });

const idOf = async (w: ImapWorld, subject: string): Promise<string> => {
  const [found] = Object.entries((await w.server.truth()).emails).find(([, email]) => email.subject === subject) ?? [];
  assert.ok(found, `the server has ${subject}`);
  return found;
};

const remote = async (w: ImapWorld, subject: string): Promise<string> => remoteIdOf(w, await idOf(w, subject));

/** Where Tern shows an email: names of mailboxes. */
const shown = (w: ImapWorld, subject: string): string[] => {
  const { emails, mailboxes } = w.view();
  const found = Object.values(emails).find((email) => email.subject === subject);
  return (found?.mailboxIds ?? []).map((id) => mailboxes[id]?.name ?? id).toSorted();
};

const mailboxCalled = (w: ImapWorld, name: string): string => {
  const [key] = Object.entries(w.view().mailboxes).find(([, mailbox]) => mailbox.name === name) ?? [];
  assert.ok(key, `Tern shows a mailbox ${name}`);
  return key;
};

/** Remote id on the server of the mailbox with that name. */
const there = async (w: ImapWorld, name: string): Promise<string> => {
  const [id] = Object.entries((await w.server.truth()).mailboxes).find(([, mailbox]) => mailbox.name === name) ?? [];
  assert.ok(id, `the server has a mailbox ${name}`);
  return id;
};

const settled = async (w: ImapWorld): Promise<void> => {
  await w.sync();
  await w.expectTrue();
  assert.deepEqual(w.changes(), []);
};

describe('I9: Gmail', () => {
  it('shows a message with several labels as one email in several mailboxes', async (t) => {
    const w = await gmail(t);
    assert.deepEqual(shown(w, 'mail 1'), ['All Mail', 'INBOX']);
    assert.equal(localIds(w).size, 4);
  });

  it('opens All Mail, spam and trash, and no label', async (t) => {
    const w = await gmail(t);
    await w.server.deliver([{ subject: 'new' }]);
    await w.expectTrue();
    const opened = new Set(linesOf(w, 'EXAMINE').filter((line) => !line.startsWith('EXAMINE INBOX')));
    assert.deepEqual([...opened], ['EXAMINE "[Gmail]/All Mail"']);
  });

  it('takes a label off to archive, and puts one on to label', async (t) => {
    const w = await gmail(t);
    const box = await w.server.createMailbox('Work');
    await w.expectTrue();
    w.submit({ type: 'move', emails: [await remote(w, 'mail 1')], role: 'archive' });
    w.submit({
      type: 'mailboxes',
      emails: [await remote(w, 'mail 2')],
      patch: { [mailboxCalled(w, 'Work')]: true },
    });
    await settled(w);
    assert.deepEqual(shown(w, 'mail 1'), ['All Mail']);
    assert.deepEqual(shown(w, 'mail 2'), ['All Mail', 'INBOX', 'Work']);
    assert.ok((await w.server.truth()).emails[await idOf(w, 'mail 2')]?.mailboxIds.includes(box));
    assert.deepEqual(
      linesOf(w, 'UID STORE').map((line) => line.replace(/^UID STORE \S+ /, '')),
      ['-X-GM-LABELS (\\Inbox)', '+X-GM-LABELS ("Work")'],
    );
  });

  it('moves what is deleted to the trash, and back with its id', async (t) => {
    const w = await gmail(t);
    const before = localIds(w).get('mail 3');
    w.submit({ type: 'delete', emails: [await remote(w, 'mail 3')] });
    await settled(w);
    assert.deepEqual(shown(w, 'mail 3'), ['Trash']);
    const patch = { [mailboxCalled(w, 'Trash')]: null, [mailboxCalled(w, 'INBOX')]: true } as const;
    w.submit({ type: 'mailboxes', emails: [await remote(w, 'mail 3')], patch });
    await settled(w);
    assert.deepEqual(shown(w, 'mail 3'), ['All Mail', 'INBOX']);
    assert.equal(localIds(w).get('mail 3'), before);
  });

  it('destroys by way of the trash: from All Mail nothing is expunged', async (t) => {
    const w = await gmail(t);
    w.submit({ type: 'destroy', emails: [await remote(w, 'mail 4')] });
    await settled(w);
    assert.equal(localIds(w).has('mail 4'), false);
    assert.equal(Object.keys((await w.server.truth()).emails).length, 3);
  });

  it('does not call destroyed what only moved to the trash', async (t) => {
    const capabilities = capabilitySets.gmail.filter((name) => name !== 'UIDPLUS');
    const w = await syncedWorld(t, { capabilities, mails: 2 });
    w.submit({ type: 'destroy', emails: [await remote(w, 'mail 2')] });
    await w.sync();
    await w.expectTrue();
    assert.deepEqual(shown(w, 'mail 2'), ['Trash']);
    assert.deepEqual(
      w.changes().map(({ state, error }) => [state, error?.kind]),
      [['failed', 'conflict']],
    );
  });

  it('shares flags between labels, and shows what is starred among the starred', async (t) => {
    const w = await gmail(t);
    w.submit({ type: 'keywords', emails: [await remote(w, 'mail 1')], patch: { $flagged: true, $seen: true } });
    await settled(w);
    assert.deepEqual(shown(w, 'mail 1'), ['All Mail', 'INBOX', 'Starred']);
  });

  it('brings labels that are put on, taken off, renamed and deleted elsewhere', async (t) => {
    const w = await gmail(t);
    const box = await w.server.createMailbox('Elsewhere');
    await w.server.setMailboxes([await idOf(w, 'mail 1'), await idOf(w, 'mail 2')], { [box]: true });
    await w.expectTrue();
    assert.deepEqual(shown(w, 'mail 1'), ['All Mail', 'Elsewhere', 'INBOX']);
    await w.server.setMailboxes([await idOf(w, 'mail 1')], { [box]: null });
    await w.expectTrue();
    assert.deepEqual(shown(w, 'mail 1'), ['All Mail', 'INBOX']);
    await w.server.renameMailbox(await there(w, 'Elsewhere'), 'Renamed');
    await w.expectTrue();
    assert.deepEqual(shown(w, 'mail 2'), ['All Mail', 'INBOX', 'Renamed']);
    await w.server.deleteMailbox(await there(w, 'Renamed'));
    await w.expectTrue();
    assert.deepEqual(shown(w, 'mail 2'), ['All Mail', 'INBOX']);
    assert.equal(localIds(w).size, 4);
  });
});
