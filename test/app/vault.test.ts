import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import type { AccountRow } from '../../src-shared/contractRows.ts';
import { start } from '../servers/jmap/testClient.ts';
import { addAccount, addSynced, dataFolder, type Host, hostFor } from '../support/host.ts';
import { until } from '../support/processes.ts';

const passphrase = 'a passphrase of some length';

const settled = async (host: Host, account: string): Promise<AccountRow> =>
  until('the account has settled', async () => {
    const [row] = (await host.call('sync.status', account, {})).accounts;
    return row !== undefined && ['live', 'blocked'].includes(row.phase) && row;
  });

describe('the vault of a host', () => {
  it('is locked by a passphrase: accounts wait for it, mail can be read, and unlocking is all they need', async (t) => {
    const server = await start(t);
    await server.deliver([{ subject: 'one' }]);
    const dataDir = dataFolder(t);
    const first = hostFor(t, { dataDir });
    const account = await addSynced(first, server);
    const secret = { clientId: 'tern', clientSecret: 'sealed too' };
    await first.ask({ call: 'settings.set', account: null, input: { oauthClients: { google: secret } } });
    assert.deepEqual(await first.call('vault.status', null, {}), { kind: 'keyFile', locked: false });
    assert.deepEqual(await first.call('vault.setPassphrase', null, { passphrase }), {
      kind: 'passphrase',
      locked: false,
    });
    await until('everything is sealed anew', () => !existsSync(join(dataDir, 'key')));
    assert.match(readFileSync(join(dataDir, 'settings.json'), 'utf8'), /"sealedSecret": "p1:/);
    assert.deepEqual(await first.call('sync.now', account, {}), { result: 'ok' });
    await first.end();

    server.forgetRequests();
    const host = hostFor(t, { dataDir, quiet: true });
    const row = await settled(host, account);
    assert.deepEqual([row.phase, row.error?.kind, row.error?.detail], ['blocked', 'auth', { locked: true }]);
    assert.match(row.error?.message ?? '', /passphrase/);
    const { emails } = await host.call('emails.list', account, {});
    assert.equal(emails.length, 1);
    const starred = {
      type: 'keywords' as const,
      emails: emails.map(({ id }) => id),
      patch: { $flagged: true as const },
    };
    await host.call('changes.submit', account, { changes: [starred] });
    await assert.rejects(addAccount(host, server, 'other@example.test'), { kind: 'auth', detail: { locked: true } });
    await assert.rejects(host.call('vault.unlock', null, { passphrase: 'not this one' }), {
      kind: 'auth',
      field: 'passphrase',
    });
    assert.equal((await settled(host, account)).phase, 'blocked');
    assert.equal(server.requests.length, 0, 'nothing is sent without a password');

    assert.deepEqual(await host.call('vault.unlock', null, { passphrase }), { kind: 'passphrase', locked: false });
    await until('the account goes on by itself', async () => (await settled(host, account)).phase === 'live');
    const [email] = Object.values((await server.truth()).emails);
    assert.deepEqual(email?.keywords, ['$flagged'], 'what was queued went out');
    await addSynced(host, server, 'other@example.test');
    await host.end();

    const file = join(dataDir, 'vault.json');
    const whole = readFileSync(file);
    writeFileSync(file, 'damaged');
    const damaged = hostFor(t, { dataDir, quiet: true });
    await assert.rejects(damaged.call('vault.unlock', null, { passphrase }), { kind: 'storage' });
    assert.equal((await settled(damaged, account)).phase, 'blocked');
    writeFileSync(file, whole);
    await damaged.call('vault.unlock', null, { passphrase });
    await until('what was sealed was kept', async () => (await settled(damaged, account)).phase === 'live');
  });
});
