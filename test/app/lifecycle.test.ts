import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import type { ImapConfig } from '../../src-shared/model.ts';
import { start as startImap } from '../servers/imap/testClient.ts';
import { start as startJmap } from '../servers/jmap/testClient.ts';
import { addSynced, cleanUp, type Host, hostFor } from '../support/host.ts';
import { isRunning, killHard, until } from '../support/processes.ts';

const subjects = async (host: Host, account: string): Promise<(string | null)[]> =>
  (await host.call('emails.list', account, {})).emails.map(({ subject }) => subject);

describe('an account that is given other servers', () => {
  for (const [protocol, start] of [
    ['jmap', startJmap],
    ['imap', startImap],
  ] as const)
    it(`over ${protocol} holds what is there, and nothing that was meant for the old ones reaches them`, async (t) => {
      const old = await start(t);
      const other = await start(t, { username: 'bob@example.test' });
      await old.deliver([{ subject: 'old one' }, { subject: 'old two' }]);
      await other.deliver([{ subject: 'new' }]);
      const host = hostFor(t, { quiet: true });
      const account = await addSynced(host, old);
      assert.deepEqual(new Set(await subjects(host, account)), new Set(['old one', 'old two']));
      await old.stop();
      const { emails } = await host.call('emails.list', account, {});
      await host.call('changes.submit', account, {
        changes: [{ type: 'keywords', emails: emails.map(({ id }) => id), patch: { $flagged: true } }],
      });
      await host.call('accounts.update', null, { account, config: other.config, credential: other.credential });
      assert.deepEqual(await host.call('sync.now', account, {}), { result: 'ok' });
      await until('the mail is the other one', async () => {
        const found = await subjects(host, account);
        return found.length === 1 && found[0] === 'new';
      });
      const { emails: there } = await other.truth();
      assert.deepEqual(
        Object.values(there).map(({ keywords }) => keywords.includes('$flagged')),
        [false],
      );
      const { changes } = await host.call('changes.list', account, {});
      assert.deepEqual(
        changes.map(({ state }) => state),
        ['failed'],
        'what could not be done is told',
      );
    });
});

describe('an account that is removed', () => {
  it('is gone with all its files, also while its worker hangs; the others go on', async (t) => {
    const server = await startImap(t);
    await server.deliver([
      { subject: 'one', attachments: [{ name: 'a.txt', type: 'text/plain', content: 'attached' }] },
    ]);
    const smtp: ImapConfig['smtp'] = { host: '127.0.0.1', port: 9, security: 'none' };
    const host = hostFor(t, { quiet: true });
    const config = { ...(server.config as ImapConfig), smtp };
    const account = await addSynced(host, { ...server, config });
    const other = await addSynced(host, { ...server, config }, 'other@example.test');

    const folder = join(host.dataDir, 'accounts', account);
    const [email] = (await host.call('emails.list', account, {})).emails;
    await host.call('emails.source', account, { email: email?.id ?? '' });
    const whole = { to: [{ email: 'bob@example.test' }], subject: 'going', text: 'Hello' };
    const attachments = [{ name: 'b.txt', type: 'text/plain', bytes: Buffer.from('mine').toString('base64') }];
    await host.call('drafts.save', account, { ...whole, attachments });
    const { draft } = await host.call('drafts.save', account, whole);
    await host.call('drafts.send', account, { draft });
    await until('a message waits to go', () => existsSync(join(folder, 'outbox')));
    for (const name of ['temp', 'drafts', 'outbox', 'mail.sqlite'])
      assert.ok(existsSync(join(folder, name)), `there is something in ${name}`);

    const workers = host.workers();
    // The account's own is the one that was started first.
    const [hung = 0, well = 0] = workers.toSorted((a, b) => a - b);
    process.kill(hung, 'SIGSTOP');
    // A host is gone when all that write to its stderr are.
    cleanUp(t, () => killHard(hung));
    assert.deepEqual(await host.call('accounts.remove', null, { account }), {});
    assert.deepEqual(readdirSync(join(host.dataDir, 'accounts')), [other]);
    assert.deepEqual([isRunning(hung), isRunning(well)], [false, true]);
    assert.deepEqual(await host.call('sync.now', other, {}), { result: 'ok' });
  });
});
