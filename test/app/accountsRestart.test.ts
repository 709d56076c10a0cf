import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import type { AccountRow } from '../../src-shared/contractRows.ts';
import { start } from '../servers/jmap/testClient.ts';
import { addAccount, addSynced, dataFolder, type Host, hostFor } from '../support/host.ts';
import { isRunning, until } from '../support/processes.ts';
import { seededRandom } from '../support/random.ts';

const list = async (host: Host): Promise<AccountRow[]> => (await host.call('accounts.list', null, {})).accounts;

describe('a restart', () => {
  it('finds everything again and does not sync from the start', async (t) => {
    const server = await start(t);
    await server.deliver(Array.from({ length: 30 }, (_, n) => ({ subject: `mail ${n}` })));
    const dataDir = dataFolder(t);
    const first = hostFor(t, { dataDir });
    const one = await addSynced(first, server, 'one@example.test');
    const two = await addSynced(first, server, 'two@example.test');
    await first.call('accounts.update', null, { account: one, name: 'Work', order: 2, colour: '#008080' });
    await first.call('accounts.update', null, { account: two, order: 1, paused: true });
    const before = await list(first);
    const mail = await first.call('emails.list', null, { limit: 200 });
    const boxesOf = async (host: Host) => [
      await host.call('mailboxes.list', one, {}),
      await host.call('mailboxes.list', two, {}),
    ];
    const boxes = await boxesOf(first);
    assert.equal(await first.end(), 0);
    server.forgetRequests();

    const second = hostFor(t, { dataDir });
    assert.deepEqual(await second.call('emails.list', null, { limit: 200 }), mail);
    assert.deepEqual(await boxesOf(second), boxes);
    assert.deepEqual(await second.call('sync.now', one, {}), { result: 'ok' });
    const after = await list(second);
    assert.deepEqual(
      after.map(({ id, name, order, colour, phase }) => [id, name, order, colour, phase]),
      [
        [two, 'two@example.test', 1, null, 'stopped'],
        [one, 'Work', 2, '#008080', 'live'],
      ],
    );
    assert.deepEqual(
      after.map(({ unread }) => unread),
      before.map(({ unread }) => unread),
    );
    assert.equal(server.countRequests('Email/query'), 0, 'no second first sync');
    assert.ok(server.requests.length <= 4, JSON.stringify(server.requests));
    const cycles = (await second.call('sync.log', one, {})).cycles;
    assert.deepEqual(
      cycles.map(({ counts }) => counts.created),
      [0, 0, 0, 30].slice(-cycles.length),
    );
    assert.deepEqual(await second.call('sync.now', two, {}).then(({ error }) => error?.kind), 'cancelled');
  });

  it('finds an account whose card is missing or unreadable, and writes it anew', async (t) => {
    const server = await start(t);
    await server.deliver([{ subject: 'one' }]);
    const dataDir = dataFolder(t);
    const first = hostFor(t, { dataDir });
    const id = await addSynced(first, server);
    await first.end();
    const card = join(dataDir, 'accounts', id, 'account.json');
    const text = readFileSync(card, 'utf8');
    for (const broken of [null, '{"id":', text.replace(id, 'x'.repeat(36))]) {
      if (broken === null) rmSync(card);
      else writeFileSync(card, broken);
      const host = hostFor(t, { dataDir });
      const [row] = await until('the account is open', async () => {
        const rows = await list(host);
        return rows[0]?.email !== '' && rows;
      });
      assert.deepEqual([row?.id, row?.email, row?.name], [id, 'alice@example.test', 'alice@example.test']);
      assert.equal((await host.call('emails.list', id, {})).emails.length, 1);
      await until('the card', () => existsSync(card) && readFileSync(card, 'utf8') === text);
      await host.end();
    }
  });

  it('leaves alone what is no account', async (t) => {
    const dataDir = dataFolder(t);
    mkdirSync(join(dataDir, 'accounts', 'notes'), { recursive: true });
    writeFileSync(join(dataDir, 'accounts', 'notes', 'mail.sqlite'), 'mine');
    writeFileSync(join(dataDir, 'accounts', 'readme.txt'), 'mine');
    const host = hostFor(t, { dataDir });
    assert.deepEqual(await list(host), []);
    assert.deepEqual(readdirSync(join(dataDir, 'accounts')), ['notes', 'readme.txt']);
  });
});

describe('accounts.add that is cut off', () => {
  it('by an end right behind the folder leaves no account', async (t) => {
    const dataDir = dataFolder(t);
    const folder = join(dataDir, 'accounts', '0b9a8f5e-0000-4000-8000-000000000000');
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'adding'), '');
    const host = hostFor(t, { dataDir });
    await until('nothing is left of it', async () => (await list(host)).length === 0 && !existsSync(folder));
  });

  it('by an end before the account is stored leaves no account', async (t) => {
    const dataDir = dataFolder(t);
    const folder = join(dataDir, 'accounts', '0b9a8f5e-0000-4000-8000-000000000000');
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'adding'), '');
    writeFileSync(join(folder, 'mail.sqlite'), '');
    const host = hostFor(t, { dataDir });
    await until('nothing is left of it', async () => (await list(host)).length === 0 && !existsSync(folder));
  });

  it('but damage to all its files is listed, and deletes nothing', async (t) => {
    const dataDir = dataFolder(t);
    const folder = join(dataDir, 'accounts', '0b9a8f5e-0000-4000-8000-000000000000');
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'account.json'), '{');
    writeFileSync(join(folder, 'mail.sqlite'), '');
    const host = hostFor(t, { dataDir });
    await until('it is listed as blocked', async () => (await list(host))[0]?.error?.kind === 'storage');
    assert.deepEqual(readdirSync(folder), ['account.json', 'mail.sqlite']);
  });

  it('by kill -9 at any moment leaves the account whole or not at all', async (t) => {
    const server = await start(t);
    await server.deliver([{ subject: 'one' }]);
    const random = seededRandom(7);
    const dataDir = dataFolder(t);
    const outcomes = { whole: 0, nothing: 0 };
    for (let round = 0; round < 6; round++) {
      const host = hostFor(t, { dataDir });
      // What the round before left behind.
      const rows = await until('a clear state', async () => {
        const now = await list(host);
        return now.every(({ phase, email }) => phase !== 'connecting' && email !== '') && now;
      });
      if (round > 0) outcomes[rows.length === 1 ? 'whole' : 'nothing']++;
      for (const { id, email } of rows) {
        assert.equal(email, 'alice@example.test');
        assert.deepEqual(await host.call('sync.now', id, {}), { result: 'ok' });
        assert.equal((await host.call('emails.list', id, {})).emails.length, 1);
        await host.call('accounts.remove', null, { account: id });
      }
      assert.deepEqual(readdirSync(join(dataDir, 'accounts')), []);
      addAccount(host, server).catch(() => undefined);
      await until('the folder', () => readdirSync(join(dataDir, 'accounts')).length > 0);
      await pause(random() * 250);
      const workers = host.workers();
      await host.kill();
      await until('the worker is gone', () => !workers.some(isRunning));
    }
    t.diagnostic(JSON.stringify(outcomes));
  });
});
