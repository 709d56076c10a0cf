import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { credentialAnswers } from '../../src-main/app/credentials.ts';
import { asGrant, type Grant, type StoredCredential } from '../../src-main/app/oauth/grant.ts';
import { createVault } from '../../src-main/app/vault.ts';
import type { SignIn } from '../../src-main/driver/access.ts';
import { createKeyFile } from '../../src-main/lib/keyFile.ts';
import { portPair } from '../../src-main/rpc/port.ts';
import { type Answer, createRpc } from '../../src-main/rpc/rpc.ts';
import { type Account, readAccount, writeAccount } from '../../src-main/store/account.ts';
import { createSignIns } from '../../src-main/worker/signIn.ts';
import { reseal } from '../../src-main/worker/vault.ts';
import { type Rig, rigFor } from '../app/oauth/rig.ts';
import { dataFolder } from '../support/host.ts';
import { openStore } from '../support/store.ts';

const never = new AbortController().signal;
const HOUR = 3600_000;

/** A worker's half and the host's half of one account, with a line between them. */
const workerFor = async (t: TestContext, w: Rig, credential: StoredCredential, id = 'acc-1') => {
  const key = createKeyFile(join(dataFolder(t), 'key'));
  const vault = createVault({
    seal: async (secret, context) => `${age}|${key.seal(secret, context)}`,
    unseal: async (sealed, context) => key.unseal(sealed.slice(sealed.indexOf('|') + 1), context),
    isCurrent: (sealed) => sealed.startsWith(`${age}|`),
  });
  let age = 1;
  const { store } = openStore();
  const calls: string[] = [];
  let before: () => Promise<void> = async () => undefined;
  const answers = credentialAnswers({ vault, oauth: w.oauth, sealAnew: () => undefined }, id);
  const answer: Answer = async (name, input, signal) => {
    calls.push(name);
    const answered = await answers[name as keyof typeof answers](input as never, signal);
    await before();
    return answered;
  };
  const [mine, theirs] = portPair();
  createRpc(theirs, answer);
  const put = async (next: StoredCredential): Promise<void> => {
    const account: Account = {
      id,
      email: 'alice@example.test',
      name: 'Alice',
      config: { protocol: 'jmap', sessionUrl: 'https://example.org' },
      credential: await vault.seal(id, next),
      paused: false,
      order: 0,
      colour: null,
    };
    store.write((tx) => writeAccount(tx, account));
  };
  await put(credential);
  const account = (): Account => {
    const found = store.read(readAccount);
    assert.ok(found);
    return found;
  };
  const rpc = createRpc(mine, async () => null);
  const signIns = createSignIns({ clock: w.clock, rpc, store });
  const signIn = await signIns.of(account());
  return {
    store,
    calls,
    put,
    signIn,
    /** From now on everything is sealed in another way. */
    age: () => void (age += 1),
    reseal: () => reseal(rpc, store),
    sealed: (next: StoredCredential) => vault.seal(id, next),
    keep: (sealed: string): void => store.write((tx) => writeAccount(tx, { ...account(), credential: sealed })),
    isCurrent: (): boolean => vault.isCurrent(account().credential),
    settled: () => signIns.settled(),
    stored: async (): Promise<Grant | null> => asGrant(await vault.unseal(id, account().credential)),
    /** Happens once, when the host has answered and the worker has not heard of it. */
    meanwhile: (act: () => Promise<void>): void => {
      before = () => {
        before = async () => undefined;
        return act();
      };
    },
    unsealed: () => rpc.call('unseal', { sealed: account().credential }),
  };
};

const tokenOf = (signIn: SignIn, refused: string | null = null): Promise<string> => {
  assert.ok(signIn.type === 'tokens');
  return signIn.token(refused, never);
};

describe('OA10: a worker', () => {
  it('is told who signs in, and no token but the one of the moment', async (t) => {
    const w = await rigFor(t);
    const worker = await workerFor(t, w, await w.grant());
    assert.deepEqual(await worker.unsealed(), { type: 'oauth', username: 'alice@example.test' });
    assert.deepEqual(Object.keys(worker.signIn), ['type', 'username', 'token']);
  });

  it('has stored what replaced a token before it uses it', async (t) => {
    const w = await rigFor(t);
    const grant = await w.grant();
    const { signIn, stored } = await workerFor(t, w, grant);
    assert.equal(await tokenOf(signIn), grant.accessToken);
    assert.deepEqual(await stored(), grant);
    await w.clock.advance(HOUR);
    const token = await tokenOf(signIn);
    const now = await stored();
    assert.equal(now?.accessToken, token);
    assert.notEqual(now?.refreshToken, grant.refreshToken);
    assert.equal(await w.server.holderOf(token), 'alice@example.test');
  });

  it('uses none where it cannot store it, and gets the same once it can', async (t) => {
    const w = await rigFor(t);
    const grant = await w.grant();
    const first = await workerFor(t, w, grant);
    await w.clock.advance(HOUR);
    first.meanwhile(async () => first.store.close());
    await assert.rejects(tokenOf(first.signIn), { kind: 'storage' });
    // Another run of it, on a disk that has what was there before.
    const { signIn, stored } = await workerFor(t, w, grant);
    const token = await tokenOf(signIn);
    assert.equal(await w.server.holderOf(token), 'alice@example.test');
    assert.equal((await stored())?.accessToken, token);
    assert.equal(w.server.asked.length, 2);
  });

  it('stores what came for somebody who gave up', async (t) => {
    const w = await rigFor(t);
    const grant = await w.grant();
    const worker = await workerFor(t, w, grant);
    await w.clock.advance(HOUR);
    const control = new AbortController();
    assert.ok(worker.signIn.type === 'tokens');
    const gone = assert.rejects(worker.signIn.token(null, control.signal), { kind: 'cancelled' });
    control.abort();
    await gone;
    await worker.settled();
    assert.notEqual((await worker.stored())?.refreshToken, grant.refreshToken);
  });

  it('asks its host once for as long as a token is fresh', async (t) => {
    const w = await rigFor(t);
    const { signIn, calls } = await workerFor(t, w, await w.grant());
    for (let n = 0; n < 5; n++) await tokenOf(signIn);
    assert.deepEqual(calls, ['unseal', 'accessToken']);
    await w.clock.advance(HOUR - 5 * 60_000);
    const renewed = await tokenOf(signIn);
    assert.notEqual(await tokenOf(signIn, renewed), renewed);
    assert.deepEqual(calls, ['unseal', 'accessToken', 'accessToken', 'accessToken']);
  });

  it('that asks many times at once has one renewal, and the newest on its disk', async (t) => {
    const w = await rigFor(t);
    const { signIn, stored } = await workerFor(t, w, await w.grant());
    await w.clock.advance(HOUR);
    const tokens = new Set(await Promise.all(Array.from({ length: 8 }, () => tokenOf(signIn))));
    assert.deepEqual([...tokens], [(await stored())?.accessToken]);
    assert.deepEqual(w.server.asked, ['authorization_code', 'refresh_token']);
  });

  it('shares a grant with another account: the server renews it once, and both have it on disk', async (t) => {
    const w = await rigFor(t);
    const grant = await w.grant();
    const [one, other] = [await workerFor(t, w, grant, 'acc-1'), await workerFor(t, w, grant, 'acc-2')];
    for (let hour = 1; hour <= 3; hour++) {
      await w.clock.advance(HOUR);
      const [a, b] = await Promise.all([tokenOf(one.signIn), tokenOf(other.signIn)]);
      assert.equal(a, b);
      assert.deepEqual(await one.stored(), await other.stored());
      assert.equal(w.server.asked.length, 1 + hour);
    }
  });

  it('seals what came meanwhile in the way of today, whichever of the two is stored first', async (t) => {
    const w = await rigFor(t);
    const grant = await w.grant();
    // The token comes between the question for a new seal and its answer.
    const first = await workerFor(t, w, grant);
    await w.clock.advance(HOUR);
    let token = '';
    first.age();
    first.meanwhile(async () => {
      token = await tokenOf(first.signIn);
    });
    await first.reseal();
    assert.deepEqual([(await first.stored())?.accessToken, first.isCurrent()], [token, true]);
    assert.equal(await w.server.holderOf(token), 'alice@example.test');
    // The other way round; it was sealed in the old way already.
    const second = await workerFor(t, w, (await first.stored()) ?? grant);
    await w.clock.advance(HOUR);
    second.meanwhile(async () => {
      second.age();
      await second.reseal();
    });
    const next = await tokenOf(second.signIn);
    assert.deepEqual([(await second.stored())?.accessToken, second.isCurrent()], [next, true]);
    assert.notEqual(next, token);
  });

  it('looks again at what was sealed in the old way before, and stored after', async (t) => {
    const w = await rigFor(t);
    const grant = await w.grant();
    const worker = await workerFor(t, w, grant);
    const anew = { ...grant, accessToken: 'another' };
    const old = await worker.sealed(anew);
    worker.age();
    worker.meanwhile(async () => worker.keep(old));
    await worker.reseal();
    assert.deepEqual([(await worker.stored())?.accessToken, worker.isCurrent()], ['another', true]);
  });

  it('takes the token of whoever signed in anew meanwhile, and leaves their credential alone', async (t) => {
    const w = await rigFor(t);
    const worker = await workerFor(t, w, await w.grant());
    const anew = await w.grant();
    await w.clock.advance(HOUR / 2);
    const old = await tokenOf(worker.signIn);
    worker.meanwhile(() => worker.put(anew));
    assert.equal(await tokenOf(worker.signIn, old), anew.accessToken);
    assert.deepEqual(await worker.stored(), anew);
  });

  it('signs in by a bearer token as the address of the account, unless it says as whom', async (t) => {
    const w = await rigFor(t);
    const plain = await workerFor(t, w, { type: 'bearer', token: 'x' });
    assert.deepEqual(plain.signIn, { type: 'bearer', token: 'x', username: 'alice@example.test' });
    const named = await workerFor(t, w, { type: 'bearer', token: 'x', username: 'al' });
    assert.deepEqual(named.signIn, { type: 'bearer', token: 'x', username: 'al' });
  });
});
