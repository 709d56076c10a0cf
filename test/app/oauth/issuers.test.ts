import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Grant } from '../../../src-main/app/oauth/grant.ts';
import { createOAuth } from '../../../src-main/app/oauth/oauth.ts';
import { asTernError } from '../../../src-shared/errors.ts';
import { startJmapServer } from '../../servers/jmapServer.ts';
import { fakeClock } from '../../support/clock.ts';
import { until } from '../../support/processes.ts';
import { candidateAt, rigFor } from './rig.ts';

const alice = 'alice@example.test';
const never = new AbortController().signal;
const MINUTE = 60_000;

describe('OA3: who Tern is to a server', () => {
  it('is what the person entered; without that, and without a way to introduce itself, they are told', async (t) => {
    const w = await rigFor(t, { clientId: null });
    const { signedIn } = w.begin();
    await assert.rejects(signedIn, (error) => {
      const { kind, message, detail } = asTernError(error);
      assert.deepEqual([kind, detail], ['unsupported', { provider: w.server.issuer }]);
      assert.match(message, /client id .* must be entered in the settings/);
      return true;
    });
    assert.deepEqual(w.pages, []);
  });

  it('is what the server makes of it when it introduces itself (RFC 7591)', async (t) => {
    const w = await rigFor(t, { clientId: null, registers: true });
    const grant = await w.grant();
    assert.notEqual(grant.clientId, 'tern');
    assert.equal(grant.auth, 'none');
    assert.equal(await w.server.holderOf(grant.accessToken), alice);
  });

  it('may have a secret, which is shown with each request', async (t) => {
    const w = await rigFor(t, { clientId: 'desktop', clientSecret: 'known to everybody' });
    const grant = await w.grant();
    assert.deepEqual([grant.clientSecret, grant.auth], ['known to everybody', 'post']);
    const { token, renewed } = await w.oauth.token(grant, grant.accessToken, never);
    assert.equal(await w.server.holderOf(token), alice);
    assert.ok(renewed);
    const other: Grant = { ...renewed, clientId: 'tern', clientSecret: 'another' };
    await assert.rejects(w.oauth.token(other, token, never), { kind: 'auth' });
  });

  it('is nobody whom the server does not know', async (t) => {
    const w = await rigFor(t, { clientId: 'somebody' });
    const { signedIn, page } = w.begin();
    await assert.rejects(w.server.comeBack(await page, alice), /invalid_client|400/);
    const gone = assert.rejects(signedIn, { kind: 'cancelled' });
    await w.clock.advance(5 * MINUTE);
    await gone;
  });
});

describe('OA4: who signs people in', () => {
  it('is told by a JMAP server (RFC 9728)', async (t) => {
    const w = await rigFor(t);
    const jmap = await startJmapServer({ issuer: w.server.issuer });
    t.after(() => jmap.stop());
    const signedIn = w.oauth.signIn({ candidate: candidateAt(null, jmap.config) }, never);
    await until('the page', () => w.pages.length === 1);
    await w.server.visit(w.pages[0] ?? '', alice);
    assert.equal((await signedIn).type, 'oauth');
  });

  it('is nobody where neither the server nor the candidate says so', async (t) => {
    const w = await rigFor(t);
    const jmap = await startJmapServer();
    t.after(() => jmap.stop());
    for (const candidate of [candidateAt(null), candidateAt(null, jmap.config), candidateAt(jmap.url)])
      await assert.rejects(w.oauth.signIn({ candidate }, never), { kind: 'unsupported' });
    await assert.rejects(w.oauth.signIn({ candidate: candidateAt('https://issuer.example/?who') }, never), {
      kind: 'invalid',
    });
    // As people type it: https is meant, and nothing listens there.
    const typed = candidateAt(null, { protocol: 'jmap', sessionUrl: '127.0.0.1:1' });
    await assert.rejects(w.oauth.signIn({ candidate: typed }, never), { kind: 'network' });
    assert.deepEqual(w.pages, []);
  });

  it('may not send the browser, or a token, anywhere but to the web', async (t) => {
    const issuer = 'https://odd.example';
    const good = `${issuer}/ask`;
    const odd = [
      'file:///etc/passwd',
      'javascript:alert(1)',
      'http://example.com/',
      'http://127.0.0.1:8080/',
      'nothing',
      '',
    ];
    for (const [page, endpoint] of [...odd.map((each) => [each, good]), ...odd.map((each) => [good, each])]) {
      const server = { issuer, authorization_endpoint: page ?? '', token_endpoint: endpoint ?? '' };
      const providers = [{ name: 'odd', issuer, hosts: /^127/, scopes: ['mail'], params: {}, server }];
      const pages: string[] = [];
      const browse = async (url: string): Promise<void> => void pages.push(url);
      const clientFor = async () => ({ clientId: 'tern' });
      const oauth = createOAuth({ clock: fakeClock(), clientFor, browse, providers });
      t.after(() => oauth.stop());
      await assert.rejects(oauth.signIn({ candidate: candidateAt(null) }, never), { kind: 'unsupported' });
      assert.deepEqual(pages, [], `${page} ${endpoint}`);
    }
  });

  it('is not asked without encryption, unless it is this very machine', async (t) => {
    const w = await rigFor(t);
    await assert.rejects(w.oauth.signIn({ candidate: candidateAt('http://example.com') }, never), {
      kind: 'unsupported',
    });
  });
});
