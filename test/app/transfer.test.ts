import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import type { CallInput } from '../../src-shared/contract.ts';
import type { JmapConfig } from '../../src-shared/model.ts';
import { start as startImap } from '../servers/imap/testClient.ts';
import { start as startJmap } from '../servers/jmap/testClient.ts';
import { addSynced, hostFor } from '../support/host.ts';
import { until } from '../support/processes.ts';

type Export = CallInput<'accounts.import'>['export'];
type Exported = Export['accounts'][number];

const settings = { prefetch: false, maxBytes: 5e8, maxDays: 90 };
const person = {
  label: 'At work',
  signature: { text: 'Alice', html: '' },
  aliases: [{ name: 'Office', email: 'office@example.test' }],
};

describe('accounts.export and accounts.import', () => {
  it('carry settings to another computer, where a password is all that is missing', async (t) => {
    const jmap = await startJmap(t, { password: 'first-secret-7f3a' });
    const imap = await startImap(t);
    await jmap.deliver([{ subject: 'one' }]);
    const home = hostFor(t);
    const first = await addSynced(home, {
      ...jmap,
      config: { ...(jmap.config as JmapConfig), confirmed: ['other.example'] },
    });
    await addSynced(home, imap, 'bob@example.test');
    await home.call('accounts.update', null, {
      account: first,
      name: 'Work',
      order: 7,
      colour: '#00ff00',
      paused: true,
    });
    await home.call('settings.set', first, { bodies: settings, ...person, pictures: { 'news@lists.example': true } });
    const { export: exported, skipped } = await home.call('accounts.export', null, {});
    const expected: Exported = {
      email: 'alice@example.test',
      name: 'Work',
      config: jmap.config,
      username: 'alice@example.test',
      paused: true,
      order: 7,
      colour: '#00ff00',
      bodies: settings,
      ...person,
    };
    assert.deepEqual(
      exported.accounts.find(({ email }) => email === 'alice@example.test'),
      expected,
    );
    assert.deepEqual([exported.version, exported.accounts.length, skipped], [1, 2, []]);
    assert.doesNotMatch(JSON.stringify(exported), /7f3a|other\.example/);
    await home.end();

    const there = hostFor(t, { quiet: true });
    await addSynced(there, imap, 'BOB@example.test');
    const answer = await there.call('accounts.import', null, { export: exported });
    assert.deepEqual(
      answer.skipped.map(({ email, protocol, error }) => [email, protocol, error.kind]),
      [['bob@example.test', 'imap', 'conflict']],
    );
    const [{ account: row, username } = assert.fail('nothing came')] = answer.accounts;
    assert.deepEqual(
      [row.name, row.order, row.colour, row.phase, username],
      ['Work', 7, '#00ff00', 'stopped', 'alice@example.test'],
    );
    const account = row.id;
    assert.deepEqual(await there.call('settings.get', account, {}), { bodies: settings, ...person, pictures: [] });
    jmap.forgetRequests();
    await there.call('accounts.update', null, { account, paused: false });
    const { data } = await there.event(
      ({ event, account: of, data: told }) => event === 'phase' && of === account && told.phase === 'blocked',
    );
    assert.ok('error' in data && data.error?.kind === 'auth', JSON.stringify(data));
    assert.match(data.error.message, /nobody has signed in/);
    assert.equal(jmap.requests.length, 0);
    await there.call('accounts.update', null, { account, credential: jmap.credential });
    assert.deepEqual(await there.call('sync.now', account, {}), { result: 'ok' });
    assert.equal((await there.call('emails.list', account, {})).emails.length, 1);

    const again = await there.call('accounts.import', null, { export: exported });
    assert.deepEqual([again.accounts, again.skipped.length], [[], 2], 'a second time brings nothing');
    const { accounts } = (await there.call('accounts.export', null, {})).export;
    assert.deepEqual(
      accounts.find(({ email }) => email === 'alice@example.test'),
      { ...expected, paused: false },
    );
  });

  it('leave out what cannot be read, and say so', async (t) => {
    const server = await startJmap(t);
    const host = hostFor(t, { quiet: true });
    const account = await addSynced(host, server);
    await host.end();
    writeFileSync(join(host.dataDir, 'accounts', account, 'mail.sqlite'), 'no database at all'.repeat(100));
    const next = hostFor(t, { dataDir: host.dataDir, quiet: true });
    await until(
      'it is down',
      async () => (await next.call('accounts.list', null, {})).accounts[0]?.phase === 'blocked',
    );
    const answer = await next.call('accounts.export', null, {});
    assert.deepEqual(
      [answer.export.accounts, answer.skipped.map(({ email, error }) => [email, error.kind])],
      [[], [['alice@example.test', 'storage']]],
    );
  });

  it('take nothing that is not whole, from this version, secure and small', async (t) => {
    const host = hostFor(t);
    const good: Exported = {
      email: 'alice@example.test',
      name: 'Alice',
      config: { protocol: 'jmap', sessionUrl: 'https://example.test' },
      paused: true,
      order: 0,
      colour: null,
      bodies: settings,
    };
    const many = Array.from({ length: 101 }, (_, at) => ({ ...good, email: `a${at}@example.test` }));
    const confirmed = Array.from({ length: 50 }, () => 'x'.repeat(255));
    const large = many.slice(0, 100).map((each) => ({ ...each, config: { ...good.config, confirmed } }));
    const refused: [field: string, whole: unknown][] = [
      ['export', undefined],
      ['export', 'text'],
      ['export.version', { version: 2, accounts: [] }],
      ['export.accounts', { version: 1, accounts: many }],
      ['export', { version: 1, accounts: large }],
      ['export.accounts.0.credential', { version: 1, accounts: [{ ...good, credential: {} }] }],
      ['export.accounts.0.email', { version: 1, accounts: [{ ...good, email: 'nobody' }] }],
      [
        'export.accounts.0.config.sessionUrl',
        { version: 1, accounts: [{ ...good, config: { ...good.config, sessionUrl: 'http://example.test' } }] },
      ],
      ['export.accounts.1.bodies', { version: 1, accounts: [good, { ...good, bodies: undefined }] }],
    ];
    for (const [field, whole] of refused) {
      const { error } = await host.ask({ call: 'accounts.import', account: null, input: { export: whole } });
      assert.deepEqual([error?.kind, error?.field], ['invalid', field], JSON.stringify(whole)?.slice(0, 200));
    }
    assert.deepEqual((await host.call('accounts.list', null, {})).accounts, []);
    const twice = await host.call('accounts.import', null, { export: { version: 1, accounts: [good, good] } });
    assert.deepEqual([twice.accounts.length, twice.skipped[0]?.error.kind], [1, 'conflict']);
  });
});
