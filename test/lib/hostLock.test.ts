import { deepEqual, equal, match, ok, throws } from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { lockDataDir } from '../../src-main/lib/hostLock.ts';
import { TernError } from '../../src-shared/errors.ts';
import { contenders, temporaryFolder } from './contenders.ts';

const heldBy = (pid: number | undefined) => (error: unknown) => {
  ok(error instanceof TernError);
  deepEqual([error.kind, error.detail], ['storage', { pid }]);
  match(error.message, new RegExp(`process ${pid}`));
  return true;
};
/** No system gives a process this number. */
const DEAD = 2 ** 22 + 12_345;

describe('a data folder', () => {
  it('is taken, then given back', (t) => {
    const folder = temporaryFolder(t);
    const path = join(folder, 'lock');
    const release = lockDataDir(path);
    match(readFileSync(path, 'utf8'), new RegExp(`^${process.pid} `));
    deepEqual([statSync(path).mode & 0o077, readdirSync(folder)], [0, ['lock']]);
    throws(() => lockDataDir(path), heldBy(process.pid));
    release();
    equal(existsSync(path), false);
    lockDataDir(path)();
  });

  it('that another process holds is refused, naming it, until that process is gone', async (t) => {
    const path = join(temporaryFolder(t), 'lock');
    const other = await contenders(t, 1);
    deepEqual(await other.one(0, 'lock', path), { ok: 'taken' });
    throws(() => lockDataDir(path), heldBy(other.pids[0]));
    throws(() => lockDataDir(path), heldBy(other.pids[0]));
    await other.kill(0);
    lockDataDir(path)();
  });

  const left: [what: string, content: string][] = [
    ['a dead process', `${DEAD} 12345`],
    ['a dead process on a system that tells no start times', `${DEAD} `],
    ['a process that died before it wrote its name', ''],
    ['nobody knows whom', 'what is this?'],
    ['an earlier process with our own number', `${process.pid} 1`],
    ['an earlier process with the number of another living one', `${process.ppid} 1`],
    ['a negative number, which would mean a whole group', '-1 1'],
  ];
  for (const [what, content] of left)
    it(`is taken over from ${what}`, { skip: process.platform !== 'linux' }, (t) => {
      const folder = temporaryFolder(t);
      const path = join(folder, 'lock');
      writeFileSync(path, content);
      const release = lockDataDir(path);
      match(readFileSync(path, 'utf8'), new RegExp(`^${process.pid} `));
      deepEqual(readdirSync(folder), ['lock']);
      release();
    });

  it('that cannot be written is a storage error', (t) => {
    const path = join(temporaryFolder(t), 'gone', 'lock');
    throws(
      () => lockDataDir(path),
      (error) => error instanceof TernError && error.kind === 'storage',
    );
  });

  it('is taken by one of several at a time, also when a dead process left it', async (t) => {
    const folder = temporaryFolder(t);
    const several = await contenders(t, 4);
    for (let round = 0; round < 90; round++) {
      const path = join(folder, `lock${round}`);
      if (round % 3 > 0) writeFileSync(path, `${DEAD} 1`);
      const outcomes = await several.all('lock', path);
      equal(outcomes.filter(({ ok: taken }) => taken !== undefined).length, 1, `round ${round}`);
      for (const { error } of outcomes) if (error) deepEqual(error.kind, 'storage', error.message);
    }
  });
});
