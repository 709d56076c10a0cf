import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import type { Credential } from '../../../src-shared/model.ts';
import { type AuthServer, authServerFor } from '../../servers/authServer.ts';
import { startJmapServer } from '../../servers/jmapServer.ts';
import { cleanUp, type Host } from '../../support/host.ts';
import { until } from '../../support/processes.ts';

const carol = 'carol@example.test';

/** The page that a sign-in wants shown, gone through; answers the code that it leads to. */
const visit = async (host: Host, auth: AuthServer, seen: number): Promise<string> => {
  const page = await until('a page', () => host.events.filter(({ event }) => event === 'browse')[seen]);
  assert.ok(page.event === 'browse');
  const back = await auth.comeBack(page.data.url, carol);
  assert.equal((await fetch(back)).status, 200);
  return back.searchParams.get('code') ?? assert.fail('no code');
};

/**
 * An account that signs in by OAuth, as a client with a secret: tried, stored, renewed, refused, and signed in anew. Answers every
 * secret that came up: codes, tokens, the client's own.
 */
export const liveByOAuth = async (t: TestContext, host: Host): Promise<string[]> => {
  const codes: string[] = [];
  const auth = await authServerFor(t);
  const mail = await startJmapServer({ username: carol, tokens: auth.holderOf });
  cleanUp(t, () => mail.stop());
  const clientSecret = 'known to everybody';
  const oauthClients = { [auth.issuer]: { clientId: 'desktop', clientSecret } };
  assert.ok((await host.ask({ call: 'settings.set', account: null, input: { oauthClients } })).ok);
  const { config } = mail;
  const ways = { source: 'autoconfig' as const, auth: ['oauth' as const], issuer: auth.issuer };
  const candidate = { config, username: carol, ...ways };
  const signIn = async (seen: number): Promise<Credential> => {
    const signedIn = host.call('accounts.signIn', null, { candidate });
    codes.push(await visit(host, auth, seen));
    return (await signedIn).credential;
  };
  const credential = await signIn(0);
  auth.endTokens();
  assert.equal((await host.call('accounts.test', null, { config, credential })).legs.length, 1);
  const { account } = await host.call('accounts.add', null, { email: carol, config, credential });
  assert.deepEqual(await host.call('sync.now', account.id, {}), { result: 'ok' });
  auth.endTokens();
  assert.deepEqual(await host.call('sync.now', account.id, {}), { result: 'ok' });
  auth.revoke();
  await host.call('sync.now', account.id, {});
  const anew = await signIn(1);
  await host.call('accounts.update', null, { account: account.id, credential: anew });
  assert.deepEqual(await host.call('sync.now', account.id, {}), { result: 'ok' });
  return [clientSecret, ...codes, ...auth.secrets()];
};
