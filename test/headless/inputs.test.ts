import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { CallSpec } from '../../src-shared/callSpec.ts';
import { calls } from '../../src-shared/contract.ts';
import { type JmapServer, startJmapServer } from '../servers/jmapServer.ts';
import { addSynced, type Host, startHost } from '../support/host.ts';

describe('inputs are strict', () => {
  let host: Host;
  let server: JmapServer;
  let account: string;
  before(async () => {
    server = await startJmapServer();
    await server.deliver([{ subject: 'one' }, { subject: 'two \u2028 🙂' }]);
    host = startHost();
    account = await addSynced(host, server);
  });
  after(async () => {
    assert.equal(await host.end(), 0);
    await server.stop();
  });

  const refused = async (call: string, input: unknown, field: string, asked: unknown): Promise<void> => {
    const { error } = await host.ask({ call, account: asked, input });
    assert.deepEqual([error?.kind, error?.field], ['invalid', field], `${call} ${JSON.stringify(input)}`);
    assert.ok((error?.message ?? '').length > 0);
  };

  const whole: Record<string, object> = {
    'emails.get': { ids: [] },
    'threads.get': { thread: '1' },
    'search.query': { text: 'word' },
    'bodies.get': { email: '1' },
    'bodies.remote': { email: '1', n: 0 },
    'attachments.read': { email: '1', part: '1' },
    'emails.source': { email: '1' },
    'changes.submit': { changes: [{ type: 'destroy', emails: ['1'] }] },
    'changes.retry': { ids: ['1'] },
    'changes.discard': { ids: ['1'] },
    'changes.undo': { ids: ['1'] },
    'drafts.begin': { email: '1', mode: 'reply' },
    'drafts.get': { draft: '1' },
    'drafts.file': { draft: '1', held: '1' },
    'people.suggest': { text: 'ada' },
    'mailingList.unsubscribe': { email: '1' },
    'drafts.discard': { draft: '1' },
    'drafts.send': { draft: '1' },
    'submissions.cancel': { submission: '1' },
    'submissions.resolve': { submission: '1', action: 'check' },
    'accounts.signIn': {
      candidate: {
        config: { protocol: 'jmap', sessionUrl: 'https://example.test' },
        username: 'x',
        source: 'guess',
        auth: ['oauth'],
      },
    },
    'accounts.signInAgain': { account: 'nobody' },
    'accounts.update': { account: 'nobody' },
    'accounts.remove': { account: 'nobody' },
    'accounts.discover': { email: 'alice@example.test' },
    'accounts.import': { export: { version: 1, accounts: [] } },
    'accounts.test': {
      config: { protocol: 'jmap', sessionUrl: 'https://example.test' },
      credential: { type: 'bearer', token: 'x' },
    },
    'vault.unlock': { passphrase: 'x' },
    'vault.setPassphrase': { passphrase: 'long enough' },
    'accounts.add': {
      email: 'new@example.test',
      config: { protocol: 'jmap', sessionUrl: 'https://example.test' },
      credential: { type: 'bearer', token: 'x' },
    },
  };

  it('names an unknown key, for every call that is built', async () => {
    for (const [call, { scope, built }] of Object.entries(calls))
      if (built) await refused(call, { ...whole[call], surprise: 1 }, 'surprise', scope === 'app' ? null : account);
  });

  it('names what is of the wrong type, too small, too large or missing', async () => {
    const cases: [string, object, string][] = [
      ['emails.list', { limit: 0 }, 'limit'],
      ['emails.list', { limit: 201 }, 'limit'],
      ['emails.list', { limit: -1 }, 'limit'],
      ['emails.list', { limit: 1.5 }, 'limit'],
      ['emails.list', { limit: '50' }, 'limit'],
      ['emails.list', { limit: null }, 'limit'],
      ['emails.list', { mailbox: 5 }, 'mailbox'],
      ['emails.list', { mailbox: '' }, 'mailbox'],
      ['emails.list', { mailbox: '1', role: 'inbox' }, 'role'],
      ['emails.list', { collapseThreads: 'yes' }, 'collapseThreads'],
      ['emails.list', { filter: { surprise: 1 } }, 'filter.surprise'],
      ['changes.submit', { changes: [] }, 'changes'],
      ['changes.submit', { changes: [{ type: 'keywords', emails: ['1'], patch: {} }] }, 'changes.0.patch'],
      ['changes.submit', { changes: [{ type: 'destroy', emails: [] }] }, 'changes.0.emails'],
      ['changes.submit', { changes: [{ type: 'vanish', emails: ['1'] }] }, 'changes.0.type'],
      ['changes.submit', { changes: [{ type: 'mailbox', op: 'create', name: ' ' }] }, 'changes.0.name'],
      ['changes.undo', { ids: [] }, 'ids'],
      ['emails.list', { filter: { unread: 'yes' } }, 'filter.unread'],
      ['emails.list', { filter: { before: 'yesterday' } }, 'filter.before'],
      ['emails.list', { filter: { from: '' } }, 'filter.from'],
      ['sync.log', { limit: 0 }, 'limit'],
      ['sync.log', { limit: 201 }, 'limit'],
      ['emails.get', {}, 'ids'],
      ['emails.get', { ids: '1' }, 'ids'],
      ['emails.get', { ids: [1] }, 'ids.0'],
      ['emails.get', { ids: ['1', ''] }, 'ids.1'],
      ['emails.get', { ids: Array.from({ length: 501 }, String) }, 'ids'],
      ['threads.get', {}, 'thread'],
    ];
    for (const [call, input, field] of cases) await refused(call, input, field, account);
  });

  it('refuses cursors that no page gave out', async () => {
    for (const cursor of ['', 'x', '1', '1.2', '-1.2.x', '1.2.', 'a.b.c', `1.2.${'x'.repeat(65)}`, ' 1.2.x', '1.2.x\n'])
      for (const call of ['emails.list', 'sync.log']) await refused(call, { after: cursor }, 'after', account);
    await refused('emails.list', { after: 'x'.repeat(201) }, 'after', account);
    await refused('emails.list', { after: 5 }, 'after', null);
    // Well-formed, though far from everything.
    for (const cursor of ['0.0.x', '9999999999999999.9999999999999999.x'])
      assert.deepEqual((await host.ask({ call: 'emails.list', account, input: { after: cursor } })).error, undefined);
  });

  it('takes an account where one is needed, and only there', async () => {
    for (const [call, { scope, built, fanOut, ofApp }] of Object.entries<CallSpec>(calls)) {
      if (!built) continue;
      if (scope === 'app') await refused(call, {}, 'account', account);
      else if (!fanOut && !ofApp)
        for (const none of [undefined, null]) await refused(call, whole[call] ?? {}, 'account', none);
      else await refused(call, whole[call] ?? {}, 'account', undefined);
    }
    // The same id is another mailbox in another account.
    await refused('emails.list', { mailbox: '1' }, 'mailbox', null);
  });

  it('answers notFound for what does not exist, naming it', async () => {
    for (const [call, { scope, built }] of Object.entries(calls)) {
      if (!built || scope === 'app') continue;
      for (const nobody of ['nobody', '', '../..', '00000000-0000-4000-8000-000000000000']) {
        const { error } = await host.ask({ call, account: nobody, input: whole[call] ?? {} });
        assert.deepEqual([error?.kind, error?.field], ['notFound', 'account'], `${call} ${nobody}`);
      }
    }
    for (const mailbox of ['999', 'x', '0', '-1', '1e3', '1 OR 1=1', '9'.repeat(64)])
      await assert.rejects(
        host.call('emails.list', account, { mailbox }),
        { kind: 'notFound', field: 'mailbox' },
        mailbox,
      );
    for (const thread of ['999', 'x', '0', '9'.repeat(64)])
      await assert.rejects(
        host.call('threads.get', account, { thread }),
        { kind: 'notFound', field: 'thread' },
        thread,
      );
    assert.deepEqual(await host.call('emails.list', account, { role: 'no-such-role' }), { emails: [], next: null });
  });

  it('emails.get answers what it has and names what it has not', async () => {
    const { emails } = await host.call('emails.list', account, {});
    const [first = '', second = ''] = emails.map(({ id }) => id);
    const found = await host.call('emails.get', account, { ids: [second, '999', 'x', first, '0', '01'] });
    assert.deepEqual(
      found.emails.map(({ id }) => id),
      [second, first],
    );
    assert.deepEqual(found.notFound, ['999', 'x', '0', '01']);
    assert.deepEqual(await host.call('emails.get', account, { ids: [] }), { emails: [], notFound: [] });
  });

  it('answers exactly what the contract says', async () => {
    const [email] = (await host.call('emails.list', account, { limit: 1 })).emails;
    assert.equal(email?.subject, 'two \u2028 🙂');
    const inputs: [keyof typeof calls, object, string | null][] = [
      ['app.info', {}, null],
      ['accounts.list', {}, null],
      ['sync.status', {}, account],
      ['sync.now', {}, account],
      ['sync.log', {}, account],
      ['mailboxes.list', {}, account],
      ['emails.list', { collapseThreads: true }, account],
      ['emails.get', { ids: [email.id] }, account],
      ['threads.get', { thread: email.threadId }, account],
    ];
    for (const [call, input, target] of inputs) {
      const { ok } = await host.ask({ call, account: target, input });
      // Parsing drops what the contract does not name: nothing may be dropped.
      assert.deepEqual(calls[call].output.parse(ok), ok, call);
    }
  });
});
