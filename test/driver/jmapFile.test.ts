import assert from 'node:assert/strict';
import { unlinkSync, writeFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import type { Outcome } from '../../src-main/driver/driver.ts';
import { TernError } from '../../src-shared/errors.ts';
import type { JmapServer } from '../servers/jmapServer.ts';
import { sendingRig } from '../support/sendingRig.ts';

const idOf = (outcome: Outcome): string => (outcome.result === 'done' ? (outcome.remoteId ?? '') : outcome.result);
const errorOf = (outcome: Outcome): string | undefined => ('error' in outcome ? outcome.error.kind : undefined);
const emailsOf = async (server: JmapServer) => Object.entries((await server.truth()).emails);

describe('H1: a message is filed', () => {
  it('with its mailbox, keywords and date, as the bytes are', async (t) => {
    const { server, file, drafts } = await sendingRig(t);
    const outcome = await file({ id: 'one' });
    assert.deepEqual(await emailsOf(server), [
      [
        idOf(outcome),
        {
          subject: 'letter one',
          receivedAt: '2026-01-01T08:00:00Z',
          mailboxIds: [drafts],
          keywords: ['$draft', '$seen'],
        },
      ],
    ]);
  });

  it('once: equal bytes are the email that is there, also where they are to be elsewhere', async (t) => {
    const { server, file, sent, drafts } = await sendingRig(t);
    const first = idOf(await file({ id: 'one' }));
    assert.equal(idOf(await file({ id: 'one' })), first);
    assert.equal(idOf(await file({ id: 'one' }, { mailbox: sent, keywords: ['$seen', '$answered'] })), first);
    const [[, email] = ['', undefined]] = await emailsOf(server);
    assert.deepEqual(email?.mailboxIds, [drafts, sent].toSorted());
    assert.deepEqual(email?.keywords, ['$answered', '$draft', '$seen']);
  });

  it('not in another account of the server', async (t) => {
    const { server, mailer, filing, signal } = await sendingRig(t);
    const outcome = await mailer.file(
      filing({ id: 'one' }),
      { cursors: { account: 'elsewhere alice' }, note: async () => undefined },
      signal,
    );
    assert.equal(outcome.result, 'stale');
    assert.equal((await emailsOf(server)).length, 0);
  });
});

describe('H2: what was cut off is looked for before it is done again', () => {
  for (const kind of ['dropBefore', 'dropAfter', 'truncated', 'http500'] as const)
    it(`also on a server that makes two emails of equal bytes: ${kind}`, async (t) => {
      const { server, file, notes } = await sendingRig(t);
      server.trouble.doubleImports(true);
      server.trouble.failNext(kind, 1, {
        when: ({ methodCalls }) => methodCalls.some(([name]) => name === 'Email/import'),
      });
      const cut = await file({ id: 'one' });
      assert.equal(cut.result, 'unknown');
      const again = await file({ id: 'one' }, { journal: notes.at(-1) ?? null });
      assert.equal(again.result, 'done');
      assert.equal((await emailsOf(server)).length, 1);
    });

  it('by its Message-ID in that very mailbox', async (t) => {
    const { server, file, sent, drafts } = await sendingRig(t);
    server.trouble.doubleImports(true);
    const other = await server.deliver([{ messageId: 'one@tern.test', mailboxIds: [sent] }]);
    await server.deliver([{ messageId: 'another.one@tern.test', mailboxIds: [drafts] }]);
    const id = idOf(await file({ id: 'one' }, { journal: '{}' }));
    assert.notEqual(id, other[0]);
    assert.equal((await emailsOf(server)).length, 3);
  });

  it('among the newest where the server cannot look for a header field', async (t) => {
    const { server, file } = await sendingRig(t);
    const id = idOf(await file({ id: 'one' }));
    server.trouble.noHeaderFilter(true);
    server.trouble.doubleImports(true);
    assert.equal(idOf(await file({ id: 'one' }, { journal: '{}' })), id);
  });

  it('and what is noted is noted before the import, not before it is needed', async (t) => {
    const { server, mailer, filing, cursors, signal } = await sendingRig(t);
    const seen: string[][] = [];
    const note = async () =>
      void seen.push(server.requests.flatMap(({ path, methods }) => (/upload/.test(path) ? ['upload'] : methods)));
    await mailer.file(filing({ id: 'one' }), { cursors, note }, signal);
    assert.deepEqual(
      seen.map((requests) => requests.filter((name) => /upload|import/.test(name))),
      [['upload']],
    );
  });
});

describe('H3: what keeps a message from being filed', () => {
  it('a blob that is gone: it is uploaded once more, and no third time', async (t) => {
    const { server, file } = await sendingRig(t);
    let lost = 0;
    server.trouble.refuseItems((method) =>
      method === 'Email/import' && lost++ === 0 ? { type: 'blobNotFound', notFound: ['x'] } : null,
    );
    assert.equal((await file({ id: 'one' })).result, 'done');
    server.trouble.refuseItems(() => ({ type: 'invalidProperties', properties: ['blobId'] }));
    server.forgetRequests();
    assert.equal((await file({ id: 'two' })).result, 'failed');
    assert.equal(server.requests.filter(({ path }) => /upload/.test(path)).length, 2);
  });

  it('its size, told before anything is sent', async (t) => {
    const { server, file } = await sendingRig(t, { server: { limits: { maxSizeUpload: 100 } } });
    server.forgetRequests();
    const outcome = await file({ id: 'one' });
    assert.deepEqual([outcome.result, errorOf(outcome)], ['refused', 'tooLarge']);
    assert.equal(server.requests.length, 0);
  });

  for (const [what, change] of [
    ['gone', (path) => unlinkSync(path)],
    ['shorter', (path) => writeFileSync(path, 'Subject: one\r\n\r\n')],
  ] as [string, (path: string) => void][])
    it(`that it is ${what} on this disk: nothing of it is sent`, async (t) => {
      const { server, mailer, filing, cursors, signal } = await sendingRig(t);
      const message = filing({ id: 'one' });
      change(message.file.path);
      server.forgetRequests();
      const note = async (): Promise<void> => undefined;
      await assert.rejects(mailer.file(message, { cursors, note }, signal), { kind: 'storage' });
      assert.equal(server.requests.length, 0);
    });

  for (const [type, result, kind] of [
    ['overQuota', 'failed', 'quota'],
    ['tooLarge', 'refused', 'tooLarge'],
    ['invalidEmail', 'refused', 'invalid'],
    ['forbidden', 'refused', 'forbidden'],
    ['serverFail', 'failed', 'server'],
    ['serverPartialFail', 'unknown', 'server'],
  ] as const)
    it(`${type} is ${result}`, async (t) => {
      const { server, file } = await sendingRig(t);
      server.trouble.refuseItems(() => ({ type }));
      const outcome = await file({ id: 'one' });
      assert.deepEqual([outcome.result, errorOf(outcome)], [result, kind]);
    });

  for (const [kind, error] of [
    ['http401', 'auth'],
    ['http429', 'rateLimited'],
    ['dropBefore', 'network'],
    ['dropAfter', 'network'],
  ] as const)
    it(`an upload that fails as ${kind} throws ${error}: nothing was filed`, async (t) => {
      const { server, file } = await sendingRig(t);
      server.trouble.failNext(kind, 1, { on: 'upload' });
      await assert.rejects(file({ id: 'one' }), (thrown) => thrown instanceof TernError && thrown.kind === error);
      assert.equal((await emailsOf(server)).length, 0);
    });

  it('an upload that the server chokes on can be tried again', async (t) => {
    const { server, file } = await sendingRig(t);
    server.trouble.failNext('http500', 1, { on: 'upload' });
    assert.equal((await file({ id: 'one' })).result, 'failed');
    assert.equal((await file({ id: 'one' })).result, 'done');
  });
});
