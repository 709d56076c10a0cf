import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import type { CallInput } from '../../../src-shared/contract.ts';
import type { Config, Credential, ImapConfig } from '../../../src-shared/model.ts';
import { type AuthServer, authServerFor } from '../../servers/authServer.ts';
import { startImapServer } from '../../servers/imapServer.ts';
import { startJmapServer } from '../../servers/jmapServer.ts';
import { startSmtpServer } from '../../servers/smtpServer.ts';
import { cleanUp, type Host, hostFor } from '../../support/host.ts';
import { until } from '../../support/processes.ts';

const alice = 'alice@example.test';

/** Servers for mail, both ways, that take the tokens of one authorisation server. */
const serversFor = async (t: TestContext) => {
  const auth = await authServerFor(t, { registers: true });
  const [jmap, imap, smtp] = await Promise.all([
    startJmapServer({ tokens: auth.holderOf }),
    startImapServer({ tokens: auth.holderOf }),
    startSmtpServer({ tokens: auth.holderOf, mechanisms: ['PLAIN', 'XOAUTH2'] }),
  ]);
  cleanUp(t, async () => void (await Promise.all([jmap.stop(), imap.stop(), smtp.stop()])));
  await jmap.deliver([{ subject: 'one' }]);
  const overImap: Config = { ...(imap.config as ImapConfig), smtp: smtp.config };
  return { auth, jmap, imap, smtp, overImap };
};

/** Signs in as a person does who drives the host by its lines. */
const signIn = async (host: Host, auth: AuthServer, config: Config): Promise<Credential> => {
  const seen = host.events.filter(({ event }) => event === 'browse').length;
  const candidate: CallInput<'accounts.signIn'>['candidate'] = {
    config,
    username: alice,
    source: 'autoconfig',
    auth: ['oauth'],
    issuer: auth.issuer,
  };
  const signedIn = host.call('accounts.signIn', null, { candidate });
  const page = await until('a page', () => host.events.filter(({ event }) => event === 'browse')[seen]);
  assert.ok(page.event === 'browse');
  await auth.visit(page.data.url, alice);
  return (await signedIn).credential;
};

const rowOf = async (host: Host) => (await host.call('accounts.list', null, {})).accounts[0];

/** Waits until the account is blocked, and answers why. */
const blocked = async (host: Host) =>
  until('it is blocked', async () => {
    const row = await rowOf(host);
    return row?.phase === 'blocked' ? row.error : undefined;
  });

describe('an account that signs in by OAuth', () => {
  it('is tried on every leg, with a token that is renewed on the way, and can be added after that', async (t) => {
    const { auth, jmap, imap, smtp, overImap } = await serversFor(t);
    const host = hostFor(t);
    const credential = await signIn(host, auth, overImap);
    const trial = { email: alice, config: overImap, credential };
    assert.deepEqual(
      (await host.call('accounts.test', null, trial)).legs.map(({ leg, ok, username }) => [leg, ok, username]),
      [
        ['imap', true, undefined],
        ['smtp', true, undefined],
      ],
    );
    auth.endTokens();
    assert.equal((await host.call('accounts.test', null, trial)).legs.length, 2);
    assert.deepEqual(auth.asked, ['authorization_code', 'refresh_token'], 'both legs share one renewal');
    assert.equal((await host.call('accounts.test', null, { ...trial, config: jmap.config })).legs[0]?.leg, 'jmap');

    imap.forgetCommands();
    const before = smtp.commands.length;
    auth.revoke();
    await assert.rejects(host.call('accounts.test', null, trial), { kind: 'auth', field: 'imap' });
    assert.equal(imap.commands.filter(({ verb }) => verb === 'AUTHENTICATE').length, 1, 'no other name is tried');
    assert.equal(smtp.commands.slice(before).filter((line) => line.startsWith('AUTH')).length, 1);

    const anew = await signIn(host, auth, jmap.config);
    await host.call('accounts.test', null, { config: jmap.config, credential: anew });
    const { account } = await host.call('accounts.add', null, { email: alice, config: jmap.config, credential: anew });
    assert.deepEqual(await host.call('sync.now', account.id, {}), { result: 'ok' });
    await assert.rejects(host.call('accounts.test', null, { config: jmap.config, credential: anew }), {
      kind: 'notFound',
      field: 'credential.handle',
    });
  });

  it('is tried with a token of another program, too', async (t) => {
    const { auth, jmap, overImap } = await serversFor(t);
    const host = hostFor(t);
    const handle = await signIn(host, auth, overImap);
    assert.equal(handle.type, 'oauth');
    const [token = ''] = await until('a token', async () => {
      const all = auth.secrets();
      const good = await Promise.all(all.map(async (each) => ((await auth.holderOf(each)) === alice ? [each] : [])));
      const found = good.flat();
      return found.length > 0 ? found : undefined;
    });
    const bearer = { type: 'bearer' as const, token };
    for (const config of [overImap, jmap.config])
      await host.call('accounts.test', null, { email: alice, config, credential: bearer });
    const wrong = { ...bearer, token: 'good-for-nothing' };
    await assert.rejects(host.call('accounts.test', null, { email: alice, config: overImap, credential: wrong }), {
      kind: 'auth',
      message: /Sign in again by the provider/,
    });
  });

  it('is signed in to anew by its id alone, by who signed the person in before, and what was queued goes out', async (t) => {
    const { auth, overImap, smtp } = await serversFor(t);
    const host = hostFor(t);
    const credential = await signIn(host, auth, overImap);
    const { account } = await host.call('accounts.add', null, { email: alice, config: overImap, credential });
    assert.deepEqual(await host.call('sync.now', account.id, {}), { result: 'ok' });
    auth.revoke();
    const text = { to: [{ email: 'bob@example.test' }], subject: 'waits', text: 'Hello' };
    const { draft } = await host.call('drafts.save', account.id, text);
    await host.call('drafts.send', account.id, { draft });
    const seen = host.events.filter(({ event }) => event === 'browse').length;
    const again = host.call('accounts.signInAgain', null, { account: account.id });
    const page = await until('a page', () => host.events.filter(({ event }) => event === 'browse')[seen]);
    assert.ok(page.event === 'browse');
    await auth.visit(page.data.url, alice);
    await host.call('accounts.update', null, { account: account.id, ...(await again) });
    await until('the message', () => smtp.ledger.accepted.length === 1);
    await assert.rejects(host.call('accounts.signInAgain', null, { account: 'nobody' }), { kind: 'notFound' });
  });

  it('waits for the passphrase, goes on with it, and has what is renewed sealed by it', async (t) => {
    const { auth, jmap } = await serversFor(t);
    const host = hostFor(t);
    const credential = await signIn(host, auth, jmap.config);
    const { account } = await host.call('accounts.add', null, { email: alice, config: jmap.config, credential });
    assert.deepEqual(await host.call('sync.now', account.id, {}), { result: 'ok' });
    await host.call('vault.setPassphrase', null, { passphrase: 'twenty goats' });
    auth.endTokens();
    assert.deepEqual(await host.call('sync.now', account.id, {}), { result: 'ok' });
    await host.kill();

    for (const run of [1, 2]) {
      const next = hostFor(t, { dataDir: host.dataDir });
      const error = await blocked(next);
      assert.deepEqual([error?.kind, error?.detail?.['locked']], ['auth', true], `run ${run}`);
      await next.call('vault.unlock', null, { passphrase: 'twenty goats' });
      auth.endTokens();
      assert.deepEqual(await next.call('sync.now', account.id, {}), { result: 'ok' });
      await next.kill();
    }
  });

  it('moves to another computer without its tokens, and waits there for a new sign-in', async (t) => {
    const { auth, jmap } = await serversFor(t);
    const home = hostFor(t);
    const credential = await signIn(home, auth, jmap.config);
    const { account } = await home.call('accounts.add', null, { email: alice, config: jmap.config, credential });
    assert.deepEqual(await home.call('sync.now', account.id, {}), { result: 'ok' });
    const { export: exported } = await home.call('accounts.export', null, {});
    for (const secret of auth.secrets()) assert.ok(!JSON.stringify(exported).includes(secret));
    await home.end();

    const there = hostFor(t);
    const { accounts } = await there.call('accounts.import', null, { export: exported });
    const [{ account: row, username } = assert.fail('nothing came')] = accounts;
    assert.equal(username, alice);
    assert.equal((await blocked(there))?.kind, 'auth');
    const anew = await signIn(there, auth, jmap.config);
    await there.call('accounts.update', null, { account: row.id, credential: anew });
    assert.deepEqual(await there.call('sync.now', row.id, {}), { result: 'ok' });
  });
});
