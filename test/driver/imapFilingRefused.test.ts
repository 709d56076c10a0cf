import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { describe, it, type TestContext } from 'node:test';
import { TernError } from '../../src-shared/errors.ts';
import { capabilitySets } from '../servers/imap/capabilities.ts';
import type { ImapServer, ImapServerOptions } from '../servers/imapServer.ts';
import { accountInProcess, type FilingWorld, filingWorld, ID } from '../support/filing.ts';
import { happens } from '../support/sending.ts';
import { letters } from '../support/worldImap.ts';

type Both = { w: FilingWorld; server: ImapServer };

const world = async (t: TestContext, options: ImapServerOptions = {}): Promise<Both> => {
  const { server, account } = await accountInProcess(t, options);
  return { server, w: await filingWorld(t, account) };
};

const appends = (server: ImapServer): number => server.countCommands('APPEND');

describe('SF1: a message that may be there', () => {
  it('has its keywords and its date', async (t) => {
    const { w, server } = await world(t);
    await w.file({ keywords: ['$seen', '$draft', 'project'] });
    const [email] = Object.values((await server.truth()).emails);
    assert.deepEqual(email?.keywords, ['$draft', '$seen', 'project']);
    assert.equal(email?.receivedAt, '2026-02-03T04:05:06Z');
  });

  it('is looked for in all of a mailbox that was numbered anew', async (t) => {
    const { w, server } = await world(t);
    const gone = await server.deliver(letters(5, () => ({ mailboxIds: [server.mailboxId('sent')] })));
    await server.destroy(gone);
    w.cut('after');
    const { notes } = await w.file();
    server.trouble.renumber(server.mailboxId('sent'));
    await w.pull();
    server.forgetCommands();
    assert.equal((await w.file({ journal: notes[0] ?? null })).result, 'done');
    assert.deepEqual([await w.found(), appends(server)], [1, 0]);
  });

  it('is put there where only an older one has its name', async (t) => {
    const { w, server } = await world(t);
    await w.file();
    w.cut('before');
    const { notes } = await w.file();
    assert.equal((await w.file({ journal: notes[0] ?? null })).result, 'done');
    assert.equal(await w.found(), 2);
    assert.equal(JSON.parse(notes[0] ?? '{}').next, 2);
    assert.equal(appends(server), 2);
  });

  it('keeps its first note, however often it is cut off', async (t) => {
    const { w, server } = await world(t);
    w.cut('before');
    const { notes } = await w.file();
    await server.deliver([{ subject: 'another', mailboxIds: [server.mailboxId('sent')] }]);
    w.cut('after');
    const second = await w.file({ journal: notes[0] ?? null });
    assert.deepEqual([second.result, second.notes], ['unknown', []]);
    assert.equal((await w.file({ journal: notes[0] ?? null })).result, 'done');
    assert.equal(await w.found(), 1);
  });

  it('is not put there twice by a connection that had ended meanwhile', async (t) => {
    const { w, server } = await world(t);
    await w.file({ id: 'before@example.test' });
    await server.restart();
    assert.equal((await w.file()).result, 'done');
    assert.equal(await w.found(), 1);
  });

  it('is not put there twice at once where the connection ends behind it', async (t) => {
    const { w, server } = await world(t);
    await w.file({ id: 'before@example.test' });
    server.trouble.fail('APPEND', { kind: 'drop', done: true }, 1);
    assert.equal((await w.file()).result, 'unknown');
    assert.deepEqual([await w.found(), appends(server)], [1, 2]);
  });

  it('may be there when somebody gives up', async (t) => {
    const { w, server } = await world(t);
    server.trouble.fail('APPEND', { kind: 'hang', done: true }, 1);
    const person = new AbortController();
    const filing = w.file({}, { signal: person.signal });
    await happens(() => appends(server) === 1, 'APPEND');
    person.abort(new TernError('cancelled', 'stopped'));
    const { result, notes } = await filing;
    assert.equal(result, 'unknown');
    assert.equal((await w.file({ journal: notes[0] ?? null })).result, 'done');
    assert.equal(await w.found(), 1);
  });
});

describe('SF3: what a server refuses', () => {
  for (const [code, result, kind] of [
    ['OVERQUOTA', 'refused', 'quota'],
    ['TOOBIG', 'refused', 'tooLarge'],
    ['NOPERM', 'refused', 'forbidden'],
    ['CANNOT', 'refused', 'unsupported'],
    ['LIMIT', 'failed', 'rateLimited'],
    ['UNAVAILABLE', 'failed', 'server'],
    [undefined, 'failed', 'server'],
  ] as const)
    it(`by ${code ?? 'no code'} is ${result}`, async (t) => {
      const { w, server } = await world(t);
      server.trouble.fail('APPEND', { kind: 'no', ...(code ? { code } : {}) });
      const filed = await w.file();
      assert.deepEqual([filed.result, filed.kind], [result, kind]);
      assert.equal(await w.found(), 0);
      assert.equal((await w.file()).result, 'done');
    });

  it('as the mailbox is gone is looked for by a pull first', async (t) => {
    const { w, server } = await world(t);
    await server.deleteMailbox(server.mailboxId('sent'));
    assert.equal((await w.file()).result, 'stale');
    await w.pull();
    const filed = await w.file();
    assert.deepEqual([filed.result, filed.kind, appends(server)], ['refused', 'notFound', 0]);
  });

  it('by TRYCREATE, too', async (t) => {
    const { w, server } = await world(t);
    server.trouble.fail('APPEND', { kind: 'no', code: 'TRYCREATE' }, 2);
    assert.equal((await w.file()).result, 'stale');
    assert.deepEqual([(await w.file()).kind, (await w.file()).result], ['notFound', 'done']);
  });

  it('to show what it has taken keeps nothing from being done', async (t) => {
    const { w, server } = await world(t, { capabilities: [...capabilitySets.bare, 'LITERAL+'] });
    server.trouble.fail('UID SEARCH', { kind: 'no' }, 1);
    const filed = await w.file();
    assert.deepEqual([filed.result, filed.remoteId], ['done', undefined]);
    assert.deepEqual([await w.found(), appends(server)], [1, 1]);
  });

  it('nothing goes to another mailbox that has the name by now', async (t) => {
    const { w, server } = await world(t);
    const sent = server.mailboxId('sent');
    await server.renameMailbox(sent, 'Sent 2025');
    await server.createMailbox('Sent');
    assert.equal((await w.file()).result, 'stale');
    assert.equal(appends(server), 0);
  });

  it('nothing is filed by the numbers of another account', async (t) => {
    const { w, server } = await world(t);
    w.cursors['account'] = 'mail.example.test alice';
    assert.deepEqual([(await w.file()).result, appends(server)], ['stale', 0]);
  });

  it('a message that is not on the disk as it was written', async (t) => {
    const { w, server } = await world(t);
    await w.file();
    const filing = {
      file: { path: '/nowhere/at/all', size: 10 },
      messageId: ID,
      mailbox: 'Sent',
      keywords: [],
      receivedAt: 0,
      journal: null,
    };
    const notes: string[] = [];
    const options = { cursors: w.cursors, note: async (journal: string) => void notes.push(journal) };
    const { signal } = new AbortController();
    await assert.rejects(w.mailer.file(filing, options, signal), { kind: 'storage' });
    assert.deepEqual([appends(server), notes], [1, []]);
  });

  it('a message that gets shorter while it is filed ends the connection, and is not there', async (t) => {
    const { w } = await world(t);
    await assert.rejects(w.file({}, { note: async () => writeFileSync(w.path(ID), 'short') }), { kind: 'storage' });
    assert.equal(await w.found(), 0);
    assert.equal((await w.file()).result, 'done');
    assert.equal(await w.found(), 1);
  });
});

describe('SF3: Gmail', () => {
  it('has no id of its own for what is filed into a label', async (t) => {
    const { w } = await world(t, { capabilities: [...capabilitySets.gmail, 'LITERAL+'] });
    const filed = await w.file({ mailbox: '[Gmail]/Sent Mail' });
    assert.deepEqual([filed.result, filed.remoteId], ['done', undefined]);
    assert.equal(await w.found(ID, '[Gmail]/Sent Mail'), 1);
  });
});
