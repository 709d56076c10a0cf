import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Credential, ImapConfig } from '../../src-shared/model.ts';
import { start as startImap } from '../servers/imap/testClient.ts';
import { start } from '../servers/jmap/testClient.ts';
import { startSmtpServer } from '../servers/smtpServer.ts';
import { addAccount, addSynced, cleanUp, type HostEvent, hostFor } from '../support/host.ts';
import { until } from '../support/processes.ts';

const alice = 'alice@example.test';
const blocked = ({ event, data }: HostEvent): boolean => event === 'phase' && data.phase === 'blocked';

describe('a wrong password', () => {
  it('blocks the account, says so everywhere and asks the server no more', async (t) => {
    const server = await start(t);
    await server.deliver([{ subject: 'one' }]);
    const host = hostFor(t);
    const other = await addSynced(host, server, 'other@example.test');
    await server.changePassword('new one');
    const account = await addAccount(host, { ...server, config: server.config });
    const { data } = await host.event((event) => event.account === account && blocked(event));
    assert.ok('error' in data && data.error?.kind === 'auth' && !('retryAt' in data), JSON.stringify(data));
    server.forgetRequests();

    const row = (await host.call('accounts.list', null, {})).accounts.find(({ id }) => id === account);
    assert.deepEqual(
      [row?.phase, row?.error?.kind, row?.retryAt, row?.lastSyncedAt],
      ['blocked', 'auth', undefined, null],
    );
    const [cycle] = (await host.call('sync.log', account, {})).cycles;
    assert.deepEqual([cycle?.result, cycle?.error?.kind, cycle?.trigger], ['error', 'auth', 'start']);
    assert.deepEqual(await host.call('emails.list', account, {}), { emails: [], next: null });
    assert.equal(server.requests.length, 0, 'nobody asked');

    const asked = await host.call('sync.now', account, {});
    assert.deepEqual([asked.result, asked.error?.kind], ['error', 'auth']);
    assert.ok(server.requests.length <= 2, 'one try for the person who asked, not more');
    server.forgetRequests();
    assert.equal((await host.call('emails.list', other, {})).emails.length, 1, 'the other account goes on');

    const again = await host.call('accounts.update', null, {
      account,
      credential: { type: 'password', username: 'alice@example.test', password: 'wrong again' },
    });
    assert.equal(again.account.id, account);
    await until('it was refused again', async () => {
      const { cycles } = await host.call('sync.log', account, {});
      return cycles.length === 3 && cycles[0]?.error?.kind === 'auth';
    });
    server.forgetRequests();
    await host.call('accounts.update', null, {
      account,
      credential: { type: 'password', username: 'alice@example.test', password: 'new one' },
    });
    assert.deepEqual(await host.call('sync.now', account, {}), { result: 'ok' });
    const [healed] = (await host.call('sync.status', account, {})).accounts;
    assert.deepEqual([healed?.phase, healed?.error], ['live', undefined]);
    assert.equal((await host.call('emails.list', account, {})).emails.length, 1);
  });

  it('is replaced by one for the same user names, each server its own', async (t) => {
    const imap = await startImap(t, { username: 'alice', password: 'old' });
    const smtp = await startSmtpServer({ accounts: { [alice]: 'new' } });
    cleanUp(t, () => smtp.stop());
    const config = { ...(imap.config as ImapConfig), smtp: smtp.config };
    const host = hostFor(t);
    const own = { username: alice, password: 'old' };
    const credential: Credential = { type: 'password', username: 'alice', password: 'old', smtp: own };
    const account = await addSynced(host, { ...imap, config, credential }, alice);
    await imap.changePassword('new');
    await host.call('accounts.update', null, { account, password: 'new' });
    assert.deepEqual(await host.call('sync.now', account, {}), { result: 'ok' });
    const { draft } = await host.call('drafts.save', account, { to: [{ email: 'b@example.test' }], text: 'Hello' });
    await host.call('drafts.send', account, { draft });
    await until('it is sent', () => smtp.ledger.accepted.length > 0);
    const { error } = await host.ask({ call: 'accounts.update', input: { account, password: 'x', credential } });
    assert.deepEqual([error?.kind, error?.field], ['invalid', 'password']);
  });

  it('goes with the address where nobody knows of another user name', async (t) => {
    const server = await start(t);
    const host = hostFor(t);
    const account = await addAccount(host, { ...server, credential: { type: 'bearer', token: 'void' } });
    await host.event(blocked);
    await host.call('accounts.update', null, { account, password: 'secret' });
    assert.deepEqual(await host.call('sync.now', account, {}), { result: 'ok' });
  });

  it('is noticed when it changes under a running account; the mail stays readable', async (t) => {
    const server = await start(t);
    await server.deliver([{ subject: 'one' }]);
    const host = hostFor(t);
    const account = await addSynced(host, server);
    await server.changePassword('new one');
    assert.equal((await host.call('sync.now', account, {})).error?.kind, 'auth');
    await host.event(blocked);
    assert.equal((await host.call('emails.list', account, {})).emails.length, 1);
    const [row] = (await host.call('accounts.list', null, {})).accounts;
    assert.deepEqual([row?.phase, row?.unread, typeof row?.lastSyncedAt], ['blocked', 1, 'string']);
    const phases = host.events.flatMap(({ event, data }) => (event === 'phase' ? data.phase : []));
    assert.deepEqual(phases.slice(0, 4), ['connecting', 'flushing', 'syncing', 'live']);
    assert.equal(phases.at(-1), 'blocked');
  });
});
