import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import Database from 'better-sqlite3';
import type { AccountRow } from '../../src-shared/contractRows.ts';
import { start } from '../servers/jmap/testClient.ts';
import type { JmapServer } from '../servers/jmapServer.ts';
import { addSynced, cleanUp, dataFolder, type Host, hostFor } from '../support/host.ts';
import { until } from '../support/processes.ts';

type World = { dataDir: string; server: JmapServer; good: string; bad: string; folder: string; file: string };

/** Two synced accounts, their host ended: the second is there to be broken. */
const worldOf = async (t: TestContext, dataDir = dataFolder(t)): Promise<World> => {
  const server = await start(t);
  await server.deliver([{ subject: 'one' }, { subject: 'two' }]);
  const host = hostFor(t, { dataDir });
  const good = await addSynced(host, server, 'good@example.test');
  const bad = await addSynced(host, server, 'bad@example.test');
  assert.equal(await host.end(), 0);
  const folder = join(dataDir, 'accounts', bad);
  return { dataDir, server, good, bad, folder, file: join(folder, 'mail.sqlite') };
};

const rowOf = async (host: Host, account: string): Promise<AccountRow> =>
  until('a settled row', async () => {
    const row = (await host.call('accounts.list', null, {})).accounts.find(({ id }) => id === account);
    return row && row.phase !== 'connecting' && row.phase !== 'syncing' && row.phase !== 'flushing' && row;
  });

/** Name, size and content of every file. */
const snapshot = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .toSorted()
    .filter((name) => statSync(join(folder, name)).isFile())
    .map(
      (name) =>
        `${name} ${createHash('sha256')
          .update(readFileSync(join(folder, name)))
          .digest('hex')}`,
    );

describe('a database that cannot be opened', () => {
  const cases: Record<string, [RegExp, (folder: string, file: string) => void]> = {
    garbage: [/damaged/, (_, file) => writeFileSync(file, 'garbage '.repeat(10_000))],
    empty: [/damaged|missing|empty|never stored/, (_, file) => writeFileSync(file, '')],
    future: [/newer version/, (_, file) => change(file, 'PRAGMA user_version = 9999')],
    missing: [/missing/, (_, file) => rmSync(file)],
    folder: [/./, (_, file) => (rmSync(file), mkdirSync(file))],
    unmade: [/damaged/, (_, file) => change(file, 'PRAGMA user_version = 0')],
    tables: [/damaged/, (_, file) => change(file, 'DROP TABLE account')],
    config: [/configuration/, (_, file) => change(file, `UPDATE account SET config = '{"protocol":"pigeon"}'`)],
  };
  const change = (file: string, sql: string): void => {
    const db = new Database(file);
    db.exec(sql);
    db.close();
  };
  /** Copies of an account's folder, each broken in its own way; answers the account's id by the way. */
  const breakCopies = ({ dataDir, folder }: World): Record<string, string> => {
    const ids: Record<string, string> = {};
    for (const [name, [, breakIt]] of Object.entries(cases)) {
      const id = randomUUID();
      const copy = join(dataDir, 'accounts', id);
      cpSync(folder, copy, { recursive: true });
      const card = { id, email: `${name}@example.test`, name, protocol: 'jmap' };
      writeFileSync(join(copy, 'account.json'), JSON.stringify(card));
      breakIt(copy, join(copy, 'mail.sqlite'));
      ids[name] = id;
    }
    return ids;
  };

  it('is a storage error of its account alone, and nothing of it is touched', async (t) => {
    const world = await worldOf(t);
    const ids = breakCopies(world);
    const places = Object.values(ids).map((id) => join(world.dataDir, 'accounts', id));
    const before = places.map(snapshot);
    const host = hostFor(t, { dataDir: world.dataDir, quiet: true });
    for (const [name, id] of Object.entries(ids)) {
      const row = await rowOf(host, id);
      assert.deepEqual([row.email, row.name, row.phase], [`${name}@example.test`, name, 'blocked']);
      assert.deepEqual([row.error?.kind, typeof row.retryAt], ['storage', 'string'], name);
      assert.match(row.error?.message ?? '', cases[name]?.[0] ?? /^$/);
      for (const call of ['emails.list', 'mailboxes.list', 'sync.log'] as const)
        await assert.rejects(host.call(call, id, {}), { kind: 'storage' }, call);
      assert.deepEqual((await host.call('sync.status', id, {})).accounts[0]?.phase, 'blocked');
      const told = host.events.find((event) => event.event === 'phase' && event.account === id);
      assert.equal((told?.data as AccountRow | undefined)?.error?.kind, 'storage', 'an event told it');
    }
    const synced = await host.call('sync.now', null, {});
    assert.deepEqual([synced.result, synced.error?.kind], ['error', 'storage']);
    const account = ids['garbage'] ?? '';
    await assert.rejects(host.call('accounts.update', null, { account, name: 'x' }), { kind: 'storage' });
    assert.deepEqual(await host.call('sync.now', world.good, {}), { result: 'ok' }, 'the others go on');
    assert.equal((await host.call('emails.list', null, {})).emails.length, 4, 'views over all show the others');
    assert.equal((await host.call('mailboxes.list', null, {})).mailboxes.length, 12);
    assert.equal((await host.call('accounts.list', null, {})).accounts.length, 10);
    assert.equal(await host.end(), 0);
    assert.deepEqual(places.map(snapshot), before);
  });

  it('cut short, it opens as damaged, or fails as damaged when what is missing is read', async (t) => {
    const world = await worldOf(t);
    truncateSync(world.file, 20_000);
    const host = hostFor(t, { dataDir: world.dataDir, quiet: true });
    const listed = await host.ask({ call: 'emails.list', account: world.bad, input: {} });
    assert.equal(listed.error?.kind, 'storage', JSON.stringify(listed).slice(0, 300));
    const row = await rowOf(host, world.bad);
    assert.deepEqual([row.phase, row.error?.kind], ['blocked', 'storage']);
    assert.equal((await host.call('sync.now', world.bad, {})).error?.kind, 'storage');
    assert.deepEqual(await host.call('sync.now', world.good, {}), { result: 'ok' });
    assert.ok(host.workers().length >= 1);
    assert.ok(statSync(world.file).size > 0);
  });

  it('heals without a restart once it is whole again; else it can be removed and added anew', async (t) => {
    const world = await worldOf(t);
    const bytes = readFileSync(world.file);
    writeFileSync(world.file, 'garbage '.repeat(1_000));
    const host = hostFor(t, { dataDir: world.dataDir, quiet: true });
    assert.equal((await rowOf(host, world.bad)).phase, 'blocked');
    writeFileSync(world.file, bytes);
    assert.deepEqual(await host.call('sync.now', world.bad, {}), { result: 'ok' });
    assert.equal((await rowOf(host, world.bad)).phase, 'live');
    await host.end();
    writeFileSync(world.file, 'garbage '.repeat(1_000));
    const again = hostFor(t, { dataDir: world.dataDir, quiet: true });
    assert.equal((await rowOf(again, world.bad)).phase, 'blocked');
    const { config, credential } = world.server;
    const taken = await again.ask({ call: 'accounts.add', input: { email: 'bad@example.test', config, credential } });
    assert.equal(taken.error?.kind, 'conflict');
    await again.call('accounts.remove', null, { account: world.bad });
    const fresh = await addSynced(again, world.server, 'bad@example.test');
    assert.equal((await again.call('emails.list', fresh, {})).emails.length, 2);
  });
});

const run = (command: string, ...args: string[]) => spawnSync(command, args, { encoding: 'utf8' });
const unmount = (place: string): void => void run('umount', '-l', place);

/** Runs a command as root; false, and a loud skip, where the machine refuses. */
const canRun = (t: TestContext, command: string, ...args: string[]): boolean => {
  const { status, stderr, error } = run(command, ...args);
  if (status === 0) return true;
  t.skip(`NOT TESTED: ${command} ${args.join(' ')}: ${error?.message ?? stderr}`);
  return false;
};
/** Mounts a small file system; unmounted after the test. */
const mountTiny = (t: TestContext, kilobytes: number): string | null => {
  const folder = dataFolder(t);
  const place = join(folder, 'tiny');
  mkdirSync(place);
  if (!canRun(t, 'mount', '-t', 'tmpfs', '-o', `size=${kilobytes}k`, 'tmpfs', place)) return null;
  cleanUp(t, () => unmount(place));
  return place;
};
const fillUp = (place: string): string => {
  const file = join(place, 'ballast');
  let blocks = 0;
  for (let size = 1 << 20; size >= 512; size /= 2)
    for (;;)
      try {
        writeFileSync(file, Buffer.alloc(size, 1), { flag: 'a' });
        blocks++;
      } catch {
        break;
      }
  assert.ok(blocks > 0);
  return file;
};

describe('a disk that is full', () => {
  it('stops the sync with storage; what is there stays readable, and with room it goes on', async (t) => {
    const dataDir = mountTiny(t, 4_600);
    if (!dataDir) return;
    const server = await start(t);
    await server.deliver([{ subject: 'one' }]);
    const host = hostFor(t, { dataDir, quiet: true });
    const account = await addSynced(host, server);
    const ballast = fillUp(dataDir);
    const text = 'long '.repeat(400);
    await server.deliver(Array.from({ length: 300 }, (_, n) => ({ subject: `${n} ${text}` })));
    const full = await host.call('sync.now', account, {});
    assert.deepEqual([full.result, full.error?.kind], ['error', 'storage'], full.error?.message);
    assert.match(full.error?.message ?? '', /full/);
    const row = await rowOf(host, account);
    assert.deepEqual([row.phase, row.error?.kind, typeof row.retryAt], ['blocked', 'storage', 'string']);
    assert.ok((await host.call('emails.list', account, {})).emails.length > 0, 'mail can be read');
    const [cycle] = (await host.call('sync.log', account, {})).cycles;
    assert.equal(cycle?.error?.kind, 'storage', 'the log shows it though the disk took nothing');
    await host.call('sync.now', account, {});
    const log = (await host.call('sync.log', account, {})).cycles;
    const paged: typeof log = [];
    for (let after: string | null | undefined; after !== null; ) {
      const page = await host.call('sync.log', account, { limit: 1, ...(after === undefined ? {} : { after }) });
      paged.push(...page.cycles);
      after = page.next;
    }
    assert.deepEqual(paged, log, 'page by page as well');

    // A restart on the full disk shows the mail as well.
    assert.equal(await host.end(), 0);
    const again = hostFor(t, { dataDir, quiet: true });
    assert.ok((await again.call('emails.list', account, {})).emails.length > 0, 'mail can be read after a restart');
    const added = await again.ask({
      call: 'accounts.add',
      input: { email: 'second@example.test', config: server.config, credential: server.credential },
    });
    assert.equal(added.error?.kind, 'storage', JSON.stringify(added));
    assert.equal((await again.call('accounts.list', null, {})).accounts.length, 1, 'nothing half is left');

    rmSync(ballast);
    assert.deepEqual(await again.call('sync.now', account, {}), { result: 'ok' });
    assert.equal((await rowOf(again, account)).phase, 'live');
    const truth = await server.truth();
    const inbox = (await again.call('mailboxes.list', account, {})).mailboxes.find(({ role }) => role === 'inbox');
    assert.equal(inbox?.totalEmails, Object.keys(truth.emails).length);
  });
});

describe('a data folder that is read-only', () => {
  it('stops the host with storage before anything happens', async (t) => {
    const world = await worldOf(t);
    if (!canRun(t, 'mount', '--bind', world.dataDir, world.dataDir)) return;
    cleanUp(t, () => unmount(world.dataDir));
    if (!canRun(t, 'mount', '-o', 'remount,bind,ro', world.dataDir)) return;
    const host = hostFor(t, { dataDir: world.dataDir, quiet: true });
    assert.equal(await host.exited, 1);
    assert.deepEqual([host.lines.length, host.lines[0]?.error?.kind], [1, 'storage']);
  });

  it('of one account alone blocks that account alone', async (t) => {
    const world = await worldOf(t);
    // A log that lies there would have SQLite open the database for reading.
    const killed = hostFor(t, { dataDir: world.dataDir, quiet: true });
    await killed.call('sync.now', world.bad, {});
    // At once, or the host would start another.
    for (const pid of [...killed.workers(), killed.pid]) process.kill(pid, 'SIGKILL');
    await killed.exited;
    assert.ok(statSync(`${world.file}-wal`).size > 0);
    if (!canRun(t, 'mount', '--bind', world.folder, world.folder)) return;
    cleanUp(t, () => unmount(world.folder));
    if (!canRun(t, 'mount', '-o', 'remount,bind,ro', world.folder)) return;
    const host = hostFor(t, { dataDir: world.dataDir, quiet: true });
    const row = await rowOf(host, world.bad);
    assert.deepEqual([row.phase, row.error?.kind], ['blocked', 'storage']);
    assert.deepEqual(await host.call('sync.now', world.good, {}), { result: 'ok' });
    const { error } = await host.ask({ call: 'accounts.remove', input: { account: world.bad } });
    assert.equal(error?.kind, 'storage');
    const { accounts } = await host.call('accounts.list', null, {});
    assert.equal(accounts.length, 2, 'what could not be removed is still there');
  });
});
