import { deepEqual, equal, notEqual, ok, throws } from 'node:assert/strict';
import fs, { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import * as fc from 'fast-check';
import { createKeyFile } from '../../src-main/lib/keyFile.ts';
import { TernError } from '../../src-shared/errors.ts';
import { contenders, temporaryFolder } from './contenders.ts';

const fails = (kind: string) => (error: unknown) => error instanceof TernError && error.kind === kind;

describe('a key file', () => {
  it('opens what it sealed, in this process and the next, and never seals alike', (t) => {
    const path = join(temporaryFolder(t), 'key');
    const keys = createKeyFile(path);
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (secret, context) => {
        const sealed = keys.seal(secret, context);
        equal(keys.unseal(sealed, context), secret);
        equal(createKeyFile(path).unseal(sealed, context), secret);
        notEqual(keys.seal(secret, context), sealed);
      }),
    );
  });

  it('is made with the first secret, 32 bytes for its owner alone, and nothing beside it', (t) => {
    const folder = temporaryFolder(t);
    const keys = createKeyFile(join(folder, 'key'));
    throws(() => keys.unseal('k1:AAAA', 'a'), fails('auth'));
    deepEqual(readdirSync(folder), []);
    const mask = process.umask(0);
    keys.seal('s', 'a');
    process.umask(mask);
    const { mode, size } = statSync(join(folder, 'key'));
    deepEqual([mode & 0o777, size, readdirSync(folder)], [0o600, 32, ['key']]);
  });

  it('does not show the secret', (t) => {
    const sealed = createKeyFile(join(temporaryFolder(t), 'key')).seal('hunter2hunter2', 'account');
    for (const encoding of ['base64', 'utf8'] as const)
      ok(!Buffer.from(sealed.slice(3), encoding).toString('latin1').includes('hunter2'));
  });

  it('opens nothing in another context, or of another key', (t) => {
    const folder = temporaryFolder(t);
    const keys = createKeyFile(join(folder, 'key'));
    const sealed = keys.seal('s', 'account 1');
    throws(() => keys.unseal(sealed, 'account 2'), fails('auth'));
    const other = createKeyFile(join(folder, 'other'));
    other.seal('x', 'y');
    throws(() => other.unseal(sealed, 'account 1'), fails('auth'));
  });

  it('opens nothing of which a byte was changed, cut off or added', (t) => {
    const keys = createKeyFile(join(temporaryFolder(t), 'key'));
    const bytes = Buffer.from(keys.seal('secret', 'a').slice(3), 'base64');
    const sealed = (changed: Buffer): string => `k1:${changed.toString('base64')}`;
    equal(keys.unseal(sealed(bytes), 'a'), 'secret');
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), (at, flip) => {
        const changed = Buffer.from(bytes);
        changed[at] = (changed[at] ?? 0) ^ flip;
        throws(() => keys.unseal(sealed(changed), 'a'), fails('auth'));
        throws(() => keys.unseal(sealed(bytes.subarray(0, at)), 'a'), fails('auth'));
      }),
    );
    throws(() => keys.unseal(sealed(Buffer.concat([bytes, Buffer.alloc(1)])), 'a'), fails('auth'));
    for (const text of ['', 'k1', 'k1:', 'k2:AAAA', ':', 'what']) throws(() => keys.unseal(text, 'a'), fails('auth'));
  });

  it('that is lost means to sign in again; a new one is made for new secrets', (t) => {
    const path = join(temporaryFolder(t), 'key');
    const sealed = createKeyFile(path).seal('s', 'a');
    rmSync(path);
    const keys = createKeyFile(path);
    throws(() => keys.unseal(sealed, 'a'), fails('auth'));
    equal(existsSync(path), false);
    const again = keys.seal('s2', 'a');
    equal(keys.unseal(again, 'a'), 's2');
    throws(() => keys.unseal(sealed, 'a'), fails('auth'));
  });

  it('that is damaged is kept aside, never overwritten, and means to sign in again', (t) => {
    const folder = temporaryFolder(t);
    const path = join(folder, 'key');
    const sealed = createKeyFile(path).seal('s', 'a');
    const damaged = readFileSync(path).subarray(0, 31);
    writeFileSync(path, damaged);
    const keys = createKeyFile(path);
    throws(() => keys.unseal(sealed, 'a'), fails('auth'));
    deepEqual(readFileSync(path), damaged);
    equal(keys.unseal(keys.seal('new', 'a'), 'a'), 'new');
    ok(readdirSync(folder).some((name) => readFileSync(join(folder, name)).equals(damaged)));
  });

  it('that cannot be read or made is a storage error', (t) => {
    const folder = temporaryFolder(t);
    const keys = createKeyFile(join(folder, 'gone', 'key'));
    throws(() => keys.seal('s', 'a'), fails('storage'));
    const asFolder = join(folder, 'folder');
    mkdirSync(asFolder);
    throws(() => createKeyFile(asFolder).unseal('k1:AAAA', 'a'), fails('storage'));
  });

  it('made by another process in the very moment we would make ours is the one key', (t) => {
    const path = join(temporaryFolder(t), 'key');
    const theirs = createKeyFile(path);
    let sealed: string | undefined;
    const read = fs.readFileSync;
    t.after(() => {
      fs.readFileSync = read;
      syncBuiltinESMExports();
    });
    fs.readFileSync = ((...args: Parameters<typeof read>) => {
      try {
        return read(...args);
      } catch (error) {
        if (args[0] === path && sealed === undefined) {
          sealed = '';
          sealed = theirs.seal('theirs', 'a');
        }
        throw error;
      }
    }) as typeof read;
    syncBuiltinESMExports();
    const ours = createKeyFile(path).seal('ours', 'a');
    const next = createKeyFile(path);
    deepEqual([next.unseal(sealed ?? '', 'a'), next.unseal(ours, 'a')], ['theirs', 'ours']);
  });

  it('is one, however many processes are the first to use it', async (t) => {
    const folder = temporaryFolder(t);
    const several = await contenders(t, 3);
    for (let round = 0; round < 60; round++) {
      const path = join(folder, `key${round}`);
      const outcomes = await several.all('seal', path);
      const keys = createKeyFile(path);
      for (const { ok: sealed, error } of outcomes) {
        equal(error, undefined);
        equal(keys.unseal(sealed ?? '', 'account'), 'secret', `round ${round}`);
      }
    }
  });
});
