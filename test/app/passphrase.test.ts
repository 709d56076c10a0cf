import assert from 'node:assert/strict';
import { existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { createSecrets, type Secrets } from '../../src-main/app/secrets.ts';
import { createVault } from '../../src-main/app/vault.ts';
import { createNodePlatform } from '../../src-main/platformNode.ts';
import { dataFolder } from '../support/host.ts';

/** A guess costs next to nothing here. */
const cheap = { N: 2 ** 5, r: 1, p: 1 };
const first = 'correct horse battery';
const second = 'another long sentence';

type World = { dataDir: string; file: string; open(): Secrets };
const worldOf = (t: TestContext): World => {
  const dataDir = dataFolder(t);
  return {
    dataDir,
    file: join(dataDir, 'vault.json'),
    open: () => createSecrets(createNodePlatform(dataDir), cheap),
  };
};
const keyFileOf = ({ dataDir }: World): string => join(dataDir, 'key');
const locked = { kind: 'auth', detail: { locked: true } };

describe('a passphrase', () => {
  it('seals from then on, is wanted in each run, and opens what it sealed', async (t) => {
    const world = worldOf(t);
    const secrets = world.open();
    assert.deepEqual(await secrets.status(), { kind: 'keyFile', locked: false });
    await secrets.setPassphrase(first, undefined);
    assert.deepEqual(await secrets.status(), { kind: 'passphrase', locked: false });
    const sealed = await secrets.seal('s3cret', 'account 1');
    assert.equal(await secrets.unseal(sealed, 'account 1'), 's3cret');

    const next = world.open();
    assert.deepEqual(await next.status(), { kind: 'passphrase', locked: true });
    await assert.rejects(next.unseal(sealed, 'account 1'), locked);
    await assert.rejects(next.seal('more', 'account 1'), locked);
    await assert.rejects(next.unlock('correct horse batterx'), { kind: 'auth', field: 'passphrase' });
    assert.equal((await next.status()).locked, true);
    await next.unlock(first);
    assert.deepEqual(await next.status(), { kind: 'passphrase', locked: false });
    assert.equal(await next.unseal(sealed, 'account 1'), 's3cret');
    await assert.rejects(next.unseal(sealed, 'account 2'), { kind: 'auth', detail: undefined });
    assert.equal(statSync(world.file).mode & 0o777, 0o600);
    assert.ok(!existsSync(keyFileOf(world)), 'no key file was made');
  });

  it('changes without a secret being sealed anew; the old one is worth nothing then', async (t) => {
    const world = worldOf(t);
    const secrets = world.open();
    await secrets.setPassphrase(first, undefined);
    const sealed = await secrets.seal('s3cret', 'a');
    await assert.rejects(secrets.setPassphrase(second, undefined), { kind: 'invalid', field: 'old' });
    await assert.rejects(secrets.setPassphrase(second, 'not it at all'), { kind: 'auth', field: 'old' });
    await secrets.setPassphrase(second, first);
    const next = world.open();
    await assert.rejects(next.unlock(first), { kind: 'auth' });
    await next.unlock(second);
    assert.equal(await next.unseal(sealed, 'a'), 's3cret');
  });

  it('may be changed while it is locked, which unlocks', async (t) => {
    const world = worldOf(t);
    await world.open().setPassphrase(first, undefined);
    const next = world.open();
    await next.setPassphrase(second, first);
    assert.equal((await next.status()).locked, false);
  });

  it('is the same however the keyboard composes its letters', async (t) => {
    const world = worldOf(t);
    await world.open().setPassphrase('Käse für Zoë', undefined);
    await world.open().unlock('Käse für Zoë'.normalize('NFD'));
  });

  it('that was never set cannot unlock', async (t) => {
    await assert.rejects(worldOf(t).open().unlock(first), { kind: 'invalid', field: 'passphrase' });
  });

  it('is nowhere in the file, nor is a key that opens anything', async (t) => {
    const world = worldOf(t);
    const secrets = world.open();
    await secrets.setPassphrase(first, undefined);
    const sealed = await secrets.seal('s3cret', 'a');
    assert.doesNotMatch(readFileSync(world.file, 'utf8'), /correct|horse/);
    const other = worldOf(t);
    const theirs = other.open();
    await theirs.setPassphrase(first, undefined);
    await assert.rejects(theirs.unseal(sealed, 'a'), { kind: 'auth' }, 'the same words are another key elsewhere');
  });

  it('cannot be checked against a damaged file, which is kept', async (t) => {
    const world = worldOf(t);
    const secrets = world.open();
    await secrets.setPassphrase(first, undefined);
    const whole = readFileSync(world.file, 'utf8');
    const huge = whole.replace('"N":32', `"N":${2 ** 30}`);
    assert.notEqual(huge, whole);
    for (const damage of ['', whole.slice(0, -9), huge, whole.replace('"N":32', '"N":33'), 'null']) {
      writeFileSync(world.file, damage);
      const next = world.open();
      assert.deepEqual(
        await next.status(),
        { kind: 'passphrase', locked: true },
        'it does not fall back to a key file',
      );
      await assert.rejects(next.unlock(first), { kind: 'storage' });
      await assert.rejects(next.setPassphrase(second, first), { kind: 'storage' });
      assert.equal(readFileSync(world.file, 'utf8'), damage);
    }
    writeFileSync(world.file, whole);
    await world.open().unlock(first);
  });
});

describe('what was sealed by the key file', () => {
  it('still opens, is told to be out of date, and is sealed anew', async (t) => {
    const world = worldOf(t);
    const secrets = world.open();
    const vault = createVault(secrets);
    const credential = { type: 'password', username: 'u', password: 's3cret' } as const;
    const old = await vault.seal('account 1', credential);
    assert.equal(await vault.reseal('account 1', old), null);
    secrets.retire();
    assert.ok(existsSync(keyFileOf(world)), 'without a passphrase the key file stays');
    await secrets.setPassphrase(first, undefined);
    assert.deepEqual(await vault.unseal('account 1', old), credential);
    const anew = await vault.reseal('account 1', old);
    assert.ok(anew && anew !== old);
    assert.equal(await vault.reseal('account 1', anew), null);
    secrets.retire();
    assert.ok(!existsSync(keyFileOf(world)));
    await assert.rejects(vault.unseal('account 1', old), { kind: 'auth', detail: undefined });
    assert.deepEqual(await vault.unseal('account 1', anew), credential);
  });

  it('by a passphrase that is gone does not open, and is no reason to begin a key file', async (t) => {
    const world = worldOf(t);
    const secrets = world.open();
    await secrets.setPassphrase(first, undefined);
    const sealed = await secrets.seal('s3cret', 'a');
    rmSync(world.file);
    const next = world.open();
    await assert.rejects(next.unseal(sealed, 'a'), { kind: 'auth', detail: undefined });
    assert.equal(next.isCurrent(sealed), false);
  });
});
