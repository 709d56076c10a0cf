import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { lockDataDir } from '../../src-main/lib/hostLock.ts';
import { dataFolder, hostFor } from '../support/host.ts';
import { isRunning, killHard, until } from '../support/processes.ts';

const headless = fileURLToPath(new URL('../../src-main/headless.ts', import.meta.url));
const hostLock = new URL('../../src-main/lib/hostLock.ts', import.meta.url).href;

/** Many processes that try to take the same lock at the same moment; answers what each of them printed. */
const race = async (t: TestContext, path: string, rounds: number, prepare: () => void): Promise<string[][]> => {
  const script = `
    import { lockDataDir } from ${JSON.stringify(hostLock)};
    let unlock;
    process.on('message', (message) => {
      while (Date.now() < message);
      try {
        if (message === 'unlock') return unlock?.(), (unlock = undefined), process.send('free');
        unlock = lockDataDir(${JSON.stringify(path)});
        process.send('mine');
      } catch (error) {
        process.send(error.kind ?? String(error));
      }
    });
    process.send('ready');`;
  const racers = Array.from({ length: 4 }, () =>
    spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] }),
  );
  t.after(() => racers.forEach((racer) => racer.kill('SIGKILL')));
  const all = async (message?: unknown): Promise<string[]> => {
    const answers = racers.map(async (racer) => String((await once(racer, 'message'))[0]));
    if (message !== undefined) racers.forEach((racer) => racer.send(message as string));
    return Promise.all(answers);
  };
  await all();
  const outcomes: string[][] = [];
  for (let round = 0; round < rounds; round++) {
    prepare();
    outcomes.push((await all(Date.now() + 5)).toSorted());
    assert.deepEqual(await all('unlock'), ['free', 'free', 'free', 'free'], `after ${outcomes.at(-1)?.join()}`);
  }
  return outcomes;
};

describe('the lock of a data folder', () => {
  it('makes a second host fail without waiting, naming the pid of the first', async (t) => {
    const dataDir = dataFolder(t);
    const first = hostFor(t, { dataDir });
    await first.call('app.info', null, {});
    const started = performance.now();
    const second = hostFor(t, { dataDir, quiet: true });
    assert.equal(await second.exited, 1);
    assert.ok(performance.now() - started < 8_000, 'without waiting');
    const [line] = second.lines;
    assert.deepEqual([line?.id, line?.error?.kind], [null, 'storage']);
    assert.match(line?.error?.message ?? '', new RegExp(`\\b${first.pid}\\b`));
    assert.match(second.stderr(), new RegExp(`\\b${first.pid}\\b`));
    assert.deepEqual(await first.call('accounts.list', null, {}), { accounts: [] }, 'the first goes on');
    assert.equal(await first.end(), 0);
    const third = hostFor(t, { dataDir });
    assert.deepEqual(await third.call('accounts.list', null, {}), { accounts: [] });
  });

  it('of a host that was killed is taken over', async (t) => {
    const dataDir = dataFolder(t);
    const first = hostFor(t, { dataDir });
    await first.call('app.info', null, {});
    await first.kill();
    assert.ok(existsSync(join(dataDir, 'host.lock')));
    const second = hostFor(t, { dataDir });
    assert.deepEqual(await second.call('accounts.list', null, {}), { accounts: [] });
    assert.equal(await second.end(), 0);
    assert.equal(existsSync(join(dataDir, 'host.lock')), false);
  });

  it('of a killed host whose parent never asked for its status is taken over', async (t) => {
    const dataDir = dataFolder(t);
    // The shell starts the host, and becomes a program that reaps nobody.
    const command = `"${process.execPath}" "${headless}" --data "${dataDir}" <&3 & exec sleep 100`;
    const parent = spawn('/bin/sh', ['-c', command], { stdio: ['ignore', 'ignore', 'inherit', 'pipe'] });
    t.after(() => parent.kill('SIGKILL'));
    const lock = join(dataDir, 'host.lock');
    const pid = await until('the host', () => existsSync(lock) && Number(readFileSync(lock, 'utf8').split(' ')[0]));
    await killHard(pid);
    assert.ok(existsSync(`/proc/${pid}`), 'it is a zombie');
    const second = hostFor(t, { dataDir });
    assert.deepEqual(await second.call('accounts.list', null, {}), { accounts: [] });
  });

  it('that names a living process which is no Tern, or nobody, or nothing, is taken over', async (t) => {
    const path = join(dataFolder(t), 'host.lock');
    for (const text of [`${process.pid} 12345`, '999999999 1', '', 'garbage', '0 0', '-1 0']) {
      writeFileSync(path, text);
      const unlock = lockDataDir(path);
      assert.throws(() => lockDataDir(path), { kind: 'storage', detail: { pid: process.pid } }, text);
      unlock();
      assert.equal(existsSync(path), false, text);
    }
  });

  it('is taken by exactly one of several that come at once', async (t) => {
    const path = join(dataFolder(t), 'host.lock');
    for (const outcome of await race(t, path, 60, () => undefined))
      assert.deepEqual(outcome, ['mine', 'storage', 'storage', 'storage']);
  });

  it('is taken over by exactly one of several that find it stale at once', async (t) => {
    const path = join(dataFolder(t), 'host.lock');
    for (const outcome of await race(t, path, 60, () => writeFileSync(path, '999999999 1')))
      assert.deepEqual(outcome, ['mine', 'storage', 'storage', 'storage']);
  });

  it('cannot be taken where nothing can be written: storage, status 1', async (t) => {
    const dataDir = dataFolder(t);
    writeFileSync(join(dataDir, 'file'), '');
    mkdirSync(join(dataDir, 'folder', 'host.lock'), { recursive: true });
    for (const place of ['file', 'file/below', 'folder']) {
      const host = hostFor(t, { dataDir: join(dataDir, place), quiet: true });
      assert.equal(await host.exited, 1, place);
      assert.equal(host.lines[0]?.error?.kind, 'storage', `${place}: ${host.lines[0]?.error?.message}`);
      assert.ok(!isRunning(host.pid));
    }
  });
});
