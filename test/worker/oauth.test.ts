import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import type { CallInput } from '../../src-shared/contract.ts';
import type { Config, Credential } from '../../src-shared/model.ts';
import { type AuthServer, authServerFor } from '../servers/authServer.ts';
import { startImapServer } from '../servers/imapServer.ts';
import { type JmapServer, startJmapServer } from '../servers/jmapServer.ts';
import { startSmtpServer } from '../servers/smtpServer.ts';
import { type Host, type HostEvent, hostFor } from '../support/host.ts';
import { until } from '../support/processes.ts';

const alice = 'alice@example.test';

const isPhase =
  (account: string, phase: string) =>
  ({ event, data }: HostEvent): boolean =>
    event === 'phase' && data.account === account && data.phase === phase;

/** The page of a sign-in that the host wants to be shown, once for each. */
const pageOf = async (host: Host, seen: number): Promise<string> =>
  until('a page', () => {
    const shown = host.events.flatMap(({ event, data }) => (event === 'browse' ? [data.url] : []));
    return shown[seen];
  });

let pages = new WeakMap<Host, number>();

/** Signs in by the host as a script would: what it wants shown is opened. */
const signIn = async (host: Host, server: AuthServer, config: Config, person = alice): Promise<Credential> => {
  const seen = pages.get(host) ?? 0;
  pages.set(host, seen + 1);
  const candidate: CallInput<'accounts.signIn'>['candidate'] = {
    config,
    username: alice,
    source: 'autoconfig',
    auth: ['oauth'],
    issuer: server.issuer,
  };
  const signedIn = host.call('accounts.signIn', null, { candidate });
  await server.visit(await pageOf(host, seen), person);
  return (await signedIn).credential;
};

type World = { auth: AuthServer; mail: JmapServer; host: Host; account: string };

const worldFor = async (t: TestContext): Promise<World> => {
  pages = new WeakMap();
  const auth = await authServerFor(t, { registers: true });
  const mail = await startJmapServer({ tokens: auth.holderOf });
  t.after(() => mail.stop());
  await mail.deliver([{ subject: 'one' }]);
  const host = hostFor(t);
  const credential = await signIn(host, auth, mail.config);
  const { account } = await host.call('accounts.add', null, { email: alice, config: mail.config, credential });
  assert.deepEqual(await host.call('sync.now', account.id, {}), { result: 'ok' });
  return { auth, mail, host, account: account.id };
};

const unread = async ({ host, account }: World): Promise<string> => {
  const { emails } = await host.call('emails.list', account, { role: 'inbox' });
  const [email] = emails;
  assert.ok(email);
  return email.id;
};

/** Every file below a folder, as one text. */
const everythingIn = (folder: string): string =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'latin1'))
    .join('\n');

describe('OA9: an account that signs in with OAuth', () => {
  it('syncs over JMAP; a token that was ended is renewed without a word, also after kill -9', async (t) => {
    const w = await worldFor(t);
    assert.equal((await w.host.call('emails.list', w.account, {})).emails[0]?.subject, 'one');
    w.auth.endTokens();
    await w.mail.deliver([{ subject: 'two' }]);
    assert.deepEqual(await w.host.call('sync.now', w.account, {}), { result: 'ok' });
    assert.deepEqual(w.auth.asked, ['authorization_code', 'refresh_token']);
    await w.host.kill();
    w.auth.endTokens();
    const host = hostFor(t, { dataDir: w.host.dataDir });
    assert.deepEqual(await host.call('sync.now', w.account, {}), { result: 'ok' });
    // It came with the refresh token that replaced the first one: that one would have been taken for theft.
    assert.deepEqual(w.auth.asked, ['authorization_code', 'refresh_token', 'refresh_token']);
    assert.equal((await host.call('emails.list', w.account, {})).emails.length, 2);
  });

  it('waits for the person where it is not renewed, and keeps what they did; to sign in anew lets it go out', async (t) => {
    const w = await worldFor(t);
    const email = await unread(w);
    w.auth.revoke();
    const patch = { $seen: true } as const;
    await w.host.call('changes.submit', w.account, { changes: [{ type: 'keywords', emails: [email], patch }] });
    const { data } = await w.host.event(isPhase(w.account, 'blocked'));
    assert.ok('error' in data && data.error?.kind === 'auth', JSON.stringify(data));
    assert.equal((await w.host.call('changes.list', w.account, {})).changes.length, 1);

    const bob = await signIn(w.host, w.auth, w.mail.config, 'bob@example.test');
    await assert.rejects(w.host.call('accounts.update', null, { account: w.account, credential: bob }), {
      kind: 'conflict',
      message: /another person/,
    });
    const anew = await signIn(w.host, w.auth, w.mail.config);
    await w.host.call('accounts.update', null, { account: w.account, credential: anew });
    await until('the change to arrive', async () => {
      const { emails } = await w.mail.truth();
      return Object.values(emails)[0]?.keywords.includes('$seen') || undefined;
    });
    await assert.rejects(w.host.call('accounts.update', null, { account: w.account, credential: anew }), {
      kind: 'notFound',
    });
  });

  it('is not signed out by a network that is down, nor by an issuer that is', async (t) => {
    const w = await worldFor(t);
    w.auth.fail({ kind: 'say', status: 503, body: 'later' });
    w.auth.endTokens();
    const { error } = await w.host.call('sync.now', w.account, {});
    assert.equal(error?.kind, 'server');
    const row = (await w.host.call('accounts.list', null, {})).accounts[0];
    assert.equal(row?.phase, 'offline');
    assert.deepEqual(await w.host.call('sync.now', w.account, {}), { result: 'ok' });
  });

  it('shows its tokens to nobody but the mail server', async (t) => {
    const w = await worldFor(t);
    w.auth.endTokens();
    await w.host.call('sync.now', w.account, {});
    const secrets = w.auth.secrets();
    assert.ok(secrets.length >= 4, String(secrets.length));
    await w.host.end();
    const shown = JSON.stringify([w.host.lines, w.host.events]) + w.host.stderr() + everythingIn(w.host.dataDir);
    for (const secret of secrets) assert.ok(!shown.includes(secret));
  });

  it('syncs over IMAP and sends by SMTP, each with the token of the moment', async (t) => {
    pages = new WeakMap();
    const auth = await authServerFor(t, { registers: true });
    const imap = await startImapServer({ tokens: auth.holderOf });
    t.after(() => imap.stop());
    const smtp = await startSmtpServer({ tokens: auth.holderOf, mechanisms: ['PLAIN', 'XOAUTH2'] });
    t.after(() => smtp.stop());
    const host = hostFor(t);
    const config = { ...imap.config, smtp: smtp.config } as Config;
    const credential = await signIn(host, auth, config);
    const { account } = await host.call('accounts.add', null, { email: alice, config, credential });
    assert.deepEqual(await host.call('sync.now', account.id, {}), { result: 'ok' });
    auth.endTokens();
    const { draft } = await host.call('drafts.save', account.id, {
      to: [{ email: 'bob@example.test' }],
      subject: 'by token',
      text: 'hello',
    });
    await host.call('drafts.send', account.id, { draft });
    await until('the message', () => smtp.ledger.accepted.length === 1);
    // All that listens, pulls and sends was refused or not at its own time, and one renewal did for all.
    assert.deepEqual(auth.asked, ['authorization_code', 'refresh_token']);
  });
});
