import assert from 'node:assert/strict';
import { readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import type { AccountRow } from '../../src-shared/contractRows.ts';
import { start } from '../servers/jmap/testClient.ts';
import type { JmapServer } from '../servers/jmapServer.ts';
import { addSynced, dataFolder, type Host, hostFor } from '../support/host.ts';
import { until, visibleOf } from '../support/processes.ts';
import { tracesBelow, tracesIn } from '../support/traces.ts';

const password = 'Korrekt-Pferd-7c1d!"\\ü';

const assertAbsent = (bytes: Buffer, where: string): void => assert.deepEqual(tracesIn(bytes, [password], where), []);
const assertFolderClean = (dataDir: string): void => assert.deepEqual(tracesBelow(dataDir, [password]), []);

type World = { dataDir: string; host: Host; server: JmapServer; account: string };
const worldOf = async (t: TestContext, env: Record<string, string> = {}): Promise<World> => {
  const server = await start(t, { password });
  await server.deliver([{ subject: 'one' }]);
  const dataDir = dataFolder(t);
  const host = hostFor(t, { dataDir, env, quiet: true });
  return { dataDir, host, server, account: await addSynced(host, server) };
};
const rowOf = async (host: Host, account: string): Promise<AccountRow> =>
  until('the account has settled', async () => {
    const [row] = (await host.call('sync.status', account, {})).accounts;
    return row !== undefined && ['live', 'blocked', 'offline'].includes(row.phase) && row;
  });

describe('a password', () => {
  it('is found in no file, no log and no process list', async (t) => {
    const { dataDir, host, server, account } = await worldOf(t, { TERN_LOG: 'trace' });
    assertFolderClean(dataDir);
    for (const pid of [host.pid, ...host.workers()]) {
      assert.ok(visibleOf(pid).length > 0);
      assertAbsent(Buffer.from(visibleOf(pid)), `process ${pid}`);
    }
    // What goes wrong must not tell it either.
    for (const kind of ['http500', 'html', 'malformed', 'dropBefore', 'http401'] as const) {
      server.trouble.failNext(kind);
      await host.call('sync.now', account, {});
    }
    const { credential } = server;
    await host.call('accounts.update', null, { account, credential });
    await host.ask({ call: 'accounts.update', input: { account, credential: { ...credential, surprise: 1 } } });
    await host.ask({ call: 'accounts.add', input: { email: 'x', config: server.config, credential } });
    await host.raw(
      `{"id":77,"call":"accounts.add","input":{"credential":{"password":${JSON.stringify(password)}}`,
      null,
    );
    const shown = JSON.stringify([
      await host.call('accounts.list', null, {}),
      await host.call('sync.log', account, {}),
      host.lines,
      host.events,
    ]);
    assertAbsent(Buffer.from(shown), 'stdout');
    await host.end();
    assertFolderClean(dataDir);
    assertAbsent(Buffer.from(host.stderr()), 'stderr');
  });
});

describe('the key file', () => {
  const broken: [string, (path: string) => void][] = [
    ['is lost', (path) => rmSync(path)],
    ['is another one', (path) => writeFileSync(path, Buffer.alloc(32, 7))],
    ['is cut short', (path) => writeFileSync(path, '')],
  ];
  it('that is lost or damaged blocks the account until a new credential comes; the mail stays', async (t) => {
    const { dataDir, host, server, account } = await worldOf(t);
    const path = join(dataDir, 'key');
    let running = host;
    for (const [what, breakIt] of broken) {
      await running.end();
      breakIt(path);
      server.forgetRequests();
      running = hostFor(t, { dataDir, quiet: true });
      const row = await rowOf(running, account);
      assert.deepEqual([row.phase, row.error?.kind], ['blocked', 'auth'], what);
      assert.equal(server.requests.length, 0, 'nothing is sent without a password');
      assert.equal((await running.call('emails.list', account, {})).emails.length, 1);
      await running.call('accounts.update', null, { account, credential: server.credential });
      assert.deepEqual(await running.call('sync.now', account, {}), { result: 'ok' }, what);
      assert.equal(statSync(path).mode & 0o777, 0o600);
    }
  });

  it('that comes back opens the old credential: it was kept', async (t) => {
    const { dataDir, host, account } = await worldOf(t);
    await host.end();
    const path = join(dataDir, 'key');
    const key = readFileSync(path);
    rmSync(path);
    const without = hostFor(t, { dataDir, quiet: true });
    assert.equal((await rowOf(without, account)).phase, 'blocked');
    await without.end();
    writeFileSync(path, key);
    const again = hostFor(t, { dataDir });
    assert.deepEqual(await again.call('sync.now', account, {}), { result: 'ok' });
  });
});
