import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { createSecrets } from '../../src-main/desktop/secrets.ts';
import { createStandIn } from '../electron/standIn.ts';
import { dataFolder } from '../support/host.ts';

const storeOf = (t: TestContext, platform: NodeJS.Platform = 'linux') => {
  const { storage } = createStandIn('/nowhere');
  const key = join(dataFolder(t), 'key');
  return { storage, key, secrets: createSecrets(storage.safeStorage, key, platform) };
};

describe('a secret', () => {
  it("is sealed by the system's store, bound to its account", async (t) => {
    const { key, secrets } = storeOf(t);
    const sealed = await secrets.seal('pass', 'a');
    assert.match(sealed, /^s1:/);
    assert.deepEqual([await secrets.isWeak(), await secrets.secrets.kind()], [false, 'system']);
    assert.equal(await secrets.unseal(sealed, 'a'), 'pass');
    await assert.rejects(secrets.unseal(sealed, 'b'), { kind: 'auth' });
    assert.equal(existsSync(key), false);
  });

  for (const [what, backend, isAvailable, kind] of [
    ['protects nothing', 'basic_text', true, 'basicText'],
    ['is not known yet', 'unknown', true, 'basicText'],
    ['does not answer', 'kwallet6', false, 'keyFile'],
  ] as const)
    it(`is sealed by a key file where the store ${what}, and the person is told`, async (t) => {
      const { storage, key, secrets } = storeOf(t);
      Object.assign(storage, { backend, isAvailable });
      assert.equal(await secrets.isWeak(), true);
      assert.equal(await secrets.secrets.kind(), kind);
      const sealed = await secrets.seal('pass', 'a');
      assert.match(sealed, /^k1:/);
      assert.equal(existsSync(key), true);
      // In another desktop there is a store; what the file sealed still opens.
      Object.assign(storage, { backend: 'gnome_libsecret', isAvailable: true });
      assert.equal(await secrets.unseal(sealed, 'a'), 'pass');
    });

  it('that the store would seal by another key today is to be sealed anew; one that it would not, is not', async (t) => {
    const { storage, secrets } = storeOf(t);
    const isCurrent = (sealed: string): boolean | undefined => secrets.secrets.isCurrent?.(sealed);
    const sealed = await secrets.seal('pass', 'a');
    await secrets.unseal(sealed, 'a');
    assert.equal(isCurrent(sealed), true);
    storage.key = 'second';
    assert.equal(await secrets.unseal(sealed, 'a'), 'pass');
    assert.equal(isCurrent(sealed), false);
    const anew = await secrets.seal('pass', 'a');
    await secrets.unseal(anew, 'a');
    assert.equal(isCurrent(anew), true);
  });

  it('asks only Linux for its backend', async (t) => {
    const { storage, secrets } = storeOf(t, 'darwin');
    storage.backend = 'basic_text';
    assert.equal(await secrets.isWeak(), false);
  });

  it('that the store cannot open is asked for again, but not while the store is only locked', async (t) => {
    const { storage, secrets } = storeOf(t);
    const sealed = await secrets.seal('pass', 'a');
    storage.failure = 'safeStorage.decryptStringAsync is temporarily unavailable. Please try again.';
    await assert.rejects(secrets.unseal(sealed, 'a'), { kind: 'server' });
    storage.failure = 'Error while decrypting the ciphertext';
    await assert.rejects(secrets.unseal(sealed, 'a'), { kind: 'auth' });
    await assert.rejects(secrets.unseal('s1:', 'a'), { kind: 'auth' });
    storage.failure = undefined;
    assert.equal(await secrets.unseal(sealed, 'a'), 'pass');
  });
});
