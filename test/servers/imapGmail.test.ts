import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { capabilitySets } from './imap/capabilities.ts';
import { lines, selected } from './imap/testClient.ts';
import type { ImapServer } from './imapServer.ts';

describe("Gmail's dialect", () => {
  const gmail = (t: TestContext, mails: number) => selected(t, mails, { capabilities: capabilitySets.gmail });
  const labels = async (server: ImapServer, id: string) => {
    const { emails, mailboxes } = await server.truth();
    return emails[id]?.mailboxIds.map((box) => mailboxes[box]?.name).toSorted();
  };

  it('has one message under several labels', async (t) => {
    const { server, client, ids } = await gmail(t, 2);
    const [one = ''] = ids;
    assert.deepEqual(await labels(server, one), ['All Mail', 'INBOX']);
    await client.run('CREATE Work');
    assert.match((await client.run('UID COPY 1 Work')).text, /^\[COPYUID \d+ 1 1\]/);
    await client.run('UID STORE 1 +FLAGS (\\Seen \\Flagged)');
    assert.deepEqual(await labels(server, one), ['All Mail', 'INBOX', 'Starred', 'Work']);
    const seen = await lines(client, 'UID FETCH 1 (X-GM-MSGID X-GM-THRID X-GM-LABELS)');
    assert.match(seen[0] ?? '', /X-GM-MSGID (\d{19}) X-GM-THRID \d{19} X-GM-LABELS \("Work" "\\\\Starred"\)/);
    await client.run('SELECT Work');
    const [flags] = await lines(client, 'FETCH 1 (FLAGS X-GM-MSGID)');
    assert.match(flags ?? '', /FLAGS \(\\Seen \\Flagged\)/);
    assert.equal(/MSGID \d+/.exec(flags ?? '')?.[0], /MSGID \d+/.exec(seen[0] ?? '')?.[0]);
    await client.run('SELECT "[Gmail]/Starred"');
    await client.run('STORE 1 +FLAGS (\\Deleted)');
    await client.run('EXPUNGE');
    assert.deepEqual(await labels(server, one), ['All Mail', 'INBOX', 'Work']);
    assert.deepEqual((await server.truth()).emails[one]?.keywords, ['$seen']);
  });

  it('archives what is deleted from the inbox, and deletes from trash and spam alone', async (t) => {
    const { server, client, ids } = await gmail(t, 2);
    const [one = '', two = ''] = ids;
    await client.run('UID STORE 1 +FLAGS (\\Deleted)');
    await client.run('UID EXPUNGE 1');
    assert.deepEqual(await labels(server, one), ['All Mail']);
    await client.run('UID MOVE 2 "[Gmail]/Trash"');
    assert.deepEqual(await labels(server, two), ['Trash']);
    await client.run('SELECT "[Gmail]/All Mail"');
    assert.deepEqual(await lines(client, 'UID SEARCH ALL'), ['* SEARCH 1']);
    await client.run('STORE 1 +FLAGS (\\Deleted)');
    await client.run('EXPUNGE');
    assert.deepEqual(await labels(server, one), ['All Mail']);
    await client.run('SELECT "[Gmail]/Trash"');
    await client.run('UID MOVE 1 INBOX');
    assert.deepEqual(await labels(server, two), ['All Mail', 'INBOX']);
    await server.setMailboxes([two], { [server.mailboxId('trash')]: true });
    await client.run('NOOP');
    await client.run('STORE 1 +FLAGS (\\Deleted)');
    await client.run('EXPUNGE');
    assert.deepEqual(await labels(server, two), undefined);
  });

  it('stores labels as flags', async (t) => {
    const { server, client, ids } = await gmail(t, 1);
    const [one = ''] = ids;
    await client.run('STORE 1 +X-GM-LABELS (Work "\\\\Important" "a b")');
    assert.deepEqual(await labels(server, one), ['All Mail', 'INBOX', 'Important', 'Work', 'a b']);
    await client.run('STORE 1 -X-GM-LABELS (Work nothing)');
    assert.deepEqual(await labels(server, one), ['All Mail', 'INBOX', 'Important', 'a b']);
    await client.run('STORE 1 X-GM-LABELS.SILENT (Work)');
    assert.deepEqual(await labels(server, one), ['All Mail', 'INBOX', 'Work']);
    await client.run('STORE 1 -X-GM-LABELS ("\\\\Inbox")');
    assert.deepEqual(await labels(server, one), ['All Mail', 'Work']);
    const [all] = server.places(one);
    const allMail = all && server.emailAt(all.path, all.uid);
    assert.equal(allMail, one);
  });
});
