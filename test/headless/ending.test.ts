import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { start } from '../servers/jmap/testClient.ts';
import type { JmapServer } from '../servers/jmapServer.ts';
import { addAccount, addSynced, dataFolder, type Host, hostFor } from '../support/host.ts';
import { childrenOf, isRunning, killHard, until, within } from '../support/processes.ts';

/** What the contract promises for the end of input. */
const END_MS = 5_000;

type World = { host: Host; server: JmapServer; account: string; workers: number[] };

const worldOf = async (t: TestContext, accounts = 1): Promise<World> => {
  const server = await start(t);
  await server.deliver([{ subject: 'one' }, { subject: 'two' }]);
  const host = hostFor(t);
  const account = await addSynced(host, server);
  for (let n = 1; n < accounts; n++) await addSynced(host, server, `alice${n}@example.test`);
  return { host, server, account, workers: host.workers() };
};

const assertGone = async (host: Host, workers: number[]): Promise<void> => {
  await until('the workers are gone', () => workers.every((pid) => !isRunning(pid)));
  assert.equal(existsSync(join(host.dataDir, 'host.lock')), false, 'the lock is given back');
};

describe('the end of input', () => {
  it('ends with status 0 at once when nothing is under way, workers too', async (t) => {
    const { host, workers } = await worldOf(t, 2);
    assert.equal(workers.length, 2);
    assert.equal(await within(END_MS, 'the end', host.end()), 0);
    await assertGone(host, workers);
  });

  it('finishes calls under way before it goes', async (t) => {
    const { host, server, account, workers } = await worldOf(t);
    server.trouble.slow(100);
    const synced = host.call('sync.now', account, {});
    const listed = host.call('emails.list', account, {});
    assert.equal(await within(END_MS, 'the end', host.end()), 0);
    assert.deepEqual(await synced, { result: 'ok' });
    assert.equal((await listed).emails.length, 2);
    await assertGone(host, workers);
  });

  it('finishes an accounts.add that has only just come', async (t) => {
    const server = await start(t);
    const host = hostFor(t);
    const added = addAccount(host, server);
    assert.equal(await within(END_MS, 'the end', host.end()), 0);
    const id = await added;
    const again = hostFor(t, { dataDir: host.dataDir });
    const { accounts } = await again.call('accounts.list', null, {});
    assert.deepEqual(
      accounts.map((row) => row.id),
      [id],
    );
  });

  it('keeps within 5 s when the server hangs: each call is answered, as cancelled', async (t) => {
    const { host, server, account, workers } = await worldOf(t);
    server.trouble.hang();
    const calls = [host.ask({ call: 'sync.now', account, input: {} }), host.ask({ call: 'sync.now', account: null })];
    await until('the server has the request', () => server.requests.length > 0);
    assert.equal(await within(END_MS, 'the end', host.end()), 0);
    for (const line of await Promise.all(calls)) {
      const { error } = line.error ? line : (line.ok as typeof line);
      assert.equal(error?.kind, 'cancelled', JSON.stringify(line));
    }
    await assertGone(host, workers);
  });

  it('kills a worker that does not react, and still keeps within 5 s', async (t) => {
    const { host, account, workers } = await worldOf(t);
    for (const pid of workers) process.kill(pid, 'SIGSTOP');
    const call = host.ask({ call: 'mailboxes.list', account, input: {} });
    assert.equal(await within(END_MS, 'the end', host.end()), 0);
    assert.equal((await call).error?.kind, 'cancelled');
    await assertGone(host, workers);
  });

  it('ends when nobody reads its output any more', async (t) => {
    const { host, server, workers } = await worldOf(t);
    host.process.stdout.destroy();
    await server.deliver([{ subject: 'news' }]);
    host.process.stdin.write(`${JSON.stringify({ id: 1, call: 'app.info' })}\n`);
    host.process.stdin.end();
    await within(END_MS, 'the end', host.exited);
    await until('the workers are gone', () => workers.every((pid) => !isRunning(pid)));
    assert.doesNotMatch(host.stderr(), /Unhandled|at Socket|node:events/);
  });
});

describe('signals', () => {
  for (const signal of ['SIGTERM', 'SIGINT'] as const)
    it(`${signal} ends it politely, with its input still open`, async (t) => {
      const { host, workers } = await worldOf(t);
      host.process.kill(signal);
      assert.equal(await within(END_MS, 'the end', host.exited), 0);
      await assertGone(host, workers);
    });

  it('SIGINT to the whole group, as a terminal sends it, logs no crash', async (t) => {
    const { host, workers } = await worldOf(t);
    for (const pid of [host.pid, ...workers]) process.kill(pid, 'SIGINT');
    assert.equal(await within(END_MS, 'the end', host.exited), 0);
    await assertGone(host, workers);
    assert.equal(host.stderr(), '');
  });

  it('SIGTERM while a call hangs answers the call', async (t) => {
    const { host, server, account, workers } = await worldOf(t);
    server.trouble.hang();
    const call = host.ask({ call: 'sync.now', account, input: {} });
    await host.call('app.info', null, {});
    host.process.kill('SIGTERM');
    assert.equal(await within(END_MS, 'the end', host.exited), 0);
    assert.match(JSON.stringify(await call), /cancelled/);
    await assertGone(host, workers);
  });
});

describe('orphans', () => {
  it('a worker ends by itself when its host is killed', async (t) => {
    const { host, workers } = await worldOf(t, 2);
    await host.kill();
    await until('the workers are gone', () => workers.every((pid) => !isRunning(pid)));
  });

  it('also one that talks to a hanging server', async (t) => {
    const { host, server, account, workers } = await worldOf(t);
    server.trouble.hang();
    host.ask({ call: 'sync.now', account }).catch(() => undefined);
    await host.call('app.info', null, {});
    await host.kill();
    await until('the workers are gone', () => workers.every((pid) => !isRunning(pid)));
  });

  it('also one that was still starting', async (t) => {
    const server = await start(t);
    const dataDir = dataFolder(t);
    const seen = new Set<number>();
    // From the moment the process appears to the moment it is open.
    for (const wait of [0, 30, 60, 90, 120]) {
      const host = hostFor(t, { dataDir });
      if (wait === 0) await addSynced(host, server);
      const [pid] = await until('a worker', () => host.workers().length > 0 && host.workers());
      assert.ok(pid);
      await new Promise((resolve) => setTimeout(resolve, wait));
      await host.kill();
      seen.add(pid);
    }
    await until('the workers are gone', () => [...seen].every((pid) => !isRunning(pid)));
  });
});

describe('npm run headless', () => {
  const npm = (args: string[], t: TestContext): ChildProcess => {
    const child = spawn('npm', ['run', '--silent', 'headless', '--', ...args], { stdio: ['pipe', 'pipe', 'pipe'] });
    t.after(async () => {
      for (const pid of child.pid ? childrenOf(child.pid) : []) await killHard(pid);
    });
    return child;
  };
  const outcome = async (child: ChildProcess): Promise<{ code: unknown; stdout: string; stderr: string }> => {
    let stdout = '';
    let stderr = '';
    child.stdout?.on('data', (data: Buffer) => (stdout += data.toString()));
    child.stderr?.on('data', (data: Buffer) => (stderr += data.toString()));
    const [code] = await once(child, 'close');
    return { code, stdout, stderr };
  };

  it('speaks the protocol through the launcher, and nothing else on stdout', async (t) => {
    const child = npm(['--data', join(dataFolder(t), 'made', 'on', 'the', 'way')], t);
    child.stdin?.end('{"id":1,"call":"accounts.list","account":null,"input":{}}\n');
    const { code, stdout, stderr } = await outcome(child);
    assert.deepEqual([code, stdout, stderr], [0, '{"id":1,"ok":{"accounts":[]}}\n', '']);
  });

  it('ends with status 1 and a clear message without --data', async (t) => {
    for (const args of [[], ['--data'], ['--date', 'x']]) {
      const child = npm(args, t);
      child.stdin?.end();
      const { code, stdout, stderr } = await outcome(child);
      assert.equal(code, 1, args.join(' '));
      assert.match(stderr, /--data/, args.join(' '));
      assert.match(stdout, /^\{"id":null,"error":\{"kind":"invalid"/, args.join(' '));
    }
  });
});
