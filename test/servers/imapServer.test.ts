import assert from 'node:assert/strict';
import { once } from 'node:events';
import { describe, it } from 'node:test';
import { ImapFlow } from 'imapflow';
import { until } from '../support/processes.ts';
import { dial, lines, selected, signIn, start } from './imap/testClient.ts';
import { deliverSample, sampleMail } from './jmap/sampleMail.ts';

describe('the account as another client sees it', () => {
  it('keeps the id of an email wherever it is moved', async (t) => {
    const server = await start(t);
    const [inbox, archive] = [server.mailboxId('inbox'), server.mailboxId('archive')];
    const trash = server.mailboxId('trash');
    const [one = '', two = ''] = await server.deliver([{ subject: 'one', keywords: ['$Seen', 'Work'] }, {}]);
    await server.setMailboxes([one], { [archive]: true, [inbox]: null });
    await server.setMailboxes([one], { [trash]: true, [archive]: null });
    const client = await signIn(t, server);
    await client.run('SELECT Trash');
    await client.run('UID MOVE 1 INBOX');
    assert.deepEqual(server.places(one), [{ path: 'INBOX', uidValidity: 1001, uid: 3 }]);
    assert.deepEqual((await server.truth()).emails[one], {
      subject: 'one',
      receivedAt: '2026-01-01T08:01:00Z',
      mailboxIds: [inbox],
      keywords: ['$seen', 'work'],
    });
    await server.setKeywords([one], { $seen: null, $flagged: true, WORK: null });
    assert.deepEqual((await server.truth()).emails[one]?.keywords, ['$flagged']);
    await server.destroy([one]);
    assert.deepEqual(Object.keys((await server.truth()).emails), [two]);
    await assert.rejects(server.setKeywords([one], { $seen: true }), /has no E1/);
  });

  it('has a copy as an email of its own', async (t) => {
    const server = await start(t);
    const [inbox, archive] = [server.mailboxId('inbox'), server.mailboxId('archive')];
    const [one = ''] = await server.deliver([{ mailboxIds: [inbox, archive], subject: 'both' }]);
    assert.deepEqual(
      Object.values((await server.truth()).emails).map(({ mailboxIds }) => mailboxIds),
      [[inbox], [archive]],
    );
    await server.setMailboxes([one], { [archive]: null });
    assert.deepEqual(Object.keys((await server.truth()).emails), [one]);
    await server.setMailboxes([one], { [archive]: true });
    await server.setMailboxes([one], { [inbox]: null });
    await server.setKeywords([one], { $seen: true });
    const [left] = Object.values((await server.truth()).emails);
    assert.deepEqual([left?.mailboxIds, left?.keywords], [[archive], ['$seen']]);
  });

  it('moves a MODSEQ only when something changed', async (t) => {
    const server = await start(t);
    const [one = ''] = await server.deliver([{ keywords: ['$seen'] }]);
    const client = await signIn(t, server);
    const modseq = async () => (await lines(client, 'STATUS INBOX (HIGHESTMODSEQ)')).join();
    const before = await modseq();
    await server.setKeywords([one], { $seen: true, $flagged: null });
    assert.equal(await modseq(), before);
    await server.setKeywords([one], { $seen: null });
    assert.notEqual(await modseq(), before);
  });

  it('does not count what is marked as deleted', async (t) => {
    const server = await start(t);
    const inbox = server.mailboxId('inbox');
    const [one = ''] = await server.deliver([{}, { keywords: ['$draft'] }, { keywords: ['$seen'] }]);
    const counts = async () => {
      const { totalEmails, unreadEmails } = (await server.truth()).mailboxes[inbox] ?? {};
      return [totalEmails, unreadEmails];
    };
    assert.deepEqual(await counts(), [3, 1]);
    await server.setKeywords([one], { $deleted: true });
    assert.deepEqual([await counts(), (await server.truth()).emails[one]], [[2, 0], undefined]);
    await server.setKeywords([one], { $deleted: null });
    assert.deepEqual(await counts(), [3, 1]);
  });

  it('makes, renames, moves and deletes mailboxes', async (t) => {
    const server = await start(t, { delimiter: '.' });
    const work = await server.createMailbox('Work');
    const old = await server.createMailbox('Old', work);
    await server.deliver([{ mailboxIds: [old] }]);
    await server.renameMailbox(work, 'Job');
    await server.moveMailbox(old, null);
    await server.moveMailbox(work, old);
    const { mailboxes } = await server.truth();
    assert.deepEqual(mailboxes[work], { name: 'Job', parentId: old, role: null, totalEmails: 0, unreadEmails: 0 });
    assert.deepEqual([mailboxes[old]?.parentId, server.mailboxId('Old/Job')], [null, work]);
    await server.deleteMailbox(old);
    const client = await signIn(t, server);
    assert.deepEqual(await lines(client, 'LIST "" "Old*"'), [
      '* LIST (\\Noselect \\HasChildren) "." "Old"',
      '* LIST (\\HasNoChildren) "." "Old.Job"',
    ]);
    assert.deepEqual(Object.keys((await server.truth()).emails), []);
    await assert.rejects(server.createMailbox('a.b'), /delimiter/);
  });

  it('takes 5,000 mails and gives them out in time that grows with their number', async (t) => {
    const server = await start(t);
    await deliverSample(server, sampleMail(5000, { seed: 3 }));
    const client = await signIn(t, server);
    await client.run('SELECT Archive');
    const { lines: told } = await client.run('UID FETCH 1:* (FLAGS BODY.PEEK[HEADER] BODYSTRUCTURE)');
    const { mailboxes } = await server.truth();
    assert.equal(told.length, mailboxes[server.mailboxId('archive')]?.totalEmails);
  });
});

describe('what a client is told', () => {
  it('leaves out what came and went meanwhile', async (t) => {
    const { server, client, ids } = await selected(t, 2);
    const [brief = ''] = await server.deliver([{}]);
    await server.setKeywords([brief, ids[0] ?? ''], { $seen: true });
    await server.destroy([brief, ids[0] ?? '']);
    assert.deepEqual(await lines(client, 'NOOP'), ['* 1 EXPUNGE']);
    assert.deepEqual(await lines(client, 'FETCH 1:* UID'), ['* 1 FETCH (UID 2)']);
  });
});

describe('what clients did', () => {
  it('is recorded, and pipelined commands are one round trip', async (t) => {
    const server = await start(t);
    const client = await signIn(t, server);
    server.forgetCommands();
    await client.run('SELECT INBOX');
    await Promise.all([client.run('NOOP'), client.run('CHECK'), client.ask('UID FETCH 1 NONSENSE')]);
    await client.run('APPEND INBOX (\\Seen) ', Buffer.from('Subject: x\r\n\r\n'));
    assert.deepEqual(
      server.commands.map(({ connection, verb, line, literals, status }) => [connection, verb, line, literals, status]),
      [
        [1, 'SELECT', 't2 SELECT INBOX', [], 'OK'],
        [1, 'NOOP', 't3 NOOP', [], 'OK'],
        [1, 'CHECK', 't4 CHECK', [], 'OK'],
        [1, 'UID FETCH', 't5 UID FETCH 1 NONSENSE', [], 'BAD'],
        [1, 'APPEND', 't6 APPEND INBOX (\\Seen) {14}', [14], 'OK'],
      ],
    );
    assert.deepEqual([server.countRoundTrips(), server.countCommands('NOOP'), server.countCommands()], [3, 1, 5]);
    client.write('x1 NO');
    await until('half of it was heard', () => server.countRoundTrips() === 4);
    client.write('OP\r\n');
    await until('all of it was heard', () => server.countCommands('NOOP') === 2);
    assert.equal(server.countRoundTrips(), 4, 'a command in two pieces is one');
    assert.equal(server.commands[1]?.bytes, 't3 OK Nothing done\r\n'.length);
  });

  it('counts connections', async (t) => {
    const server = await start(t);
    const clients = [await signIn(t, server), await dial(t, server), await dial(t, server)];
    assert.deepEqual([server.connections.open, server.connections.most], [3, 3]);
    clients[0]?.close();
    await until('one is closed', () => server.connections.open === 2);
    assert.equal(server.connections.most, 3);
    await server.restart();
    assert.equal(server.connections.open, 0);
    await assert.rejects(clients[1]?.run('NOOP') ?? Promise.resolve(), /hung up/);
    await signIn(t, server);
  });
});

describe('a client library', () => {
  it('is happy with the server', async (t) => {
    const server = await start(t);
    const [one = '', two = ''] = await server.deliver([{ subject: 'one' }, { subject: 'zwei ü' }]);
    const client = new ImapFlow({
      host: '127.0.0.1',
      port: server.port,
      secure: false,
      doSTARTTLS: false,
      auth: { user: 'alice@example.test', pass: 'secret' },
      logger: false,
      qresync: true,
    });
    t.after(() => client.close());
    await client.connect();
    const listed = await client.list();
    assert.deepEqual(listed.find(({ path }) => path === 'Sent')?.specialUse, '\\Sent');
    const opened = await client.mailboxOpen('INBOX');
    assert.deepEqual([opened.exists, opened.uidNext], [2, 3]);
    const messages = await client.fetchAll('1:*', { envelope: true, bodyStructure: true, headers: true });
    assert.deepEqual(
      messages.map(({ envelope, bodyStructure }) => [envelope?.subject, bodyStructure?.type]),
      [
        ['one', 'text/plain'],
        ['zwei ü', 'text/plain'],
      ],
    );
    void client.idle();
    const flags = once(client, 'flags');
    await until('it idles', () => server.countCommands('IDLE') === 1);
    await server.setKeywords([two], { $flagged: true });
    assert.deepEqual((await flags)[0].flags, new Set(['\\Flagged']));
    const moved = await client.messageMove('1', 'Archive', { uid: true });
    assert.deepEqual(moved && [...(moved.uidMap ?? [])], [[1, 1]]);
    assert.deepEqual(server.places(one)[0]?.path, 'Archive');
    await client.logout();
  });
});
