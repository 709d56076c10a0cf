import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Grant } from '../../../src-main/app/oauth/grant.ts';
import { asTernError } from '../../../src-shared/errors.ts';
import { startJmapServer } from '../../servers/jmapServer.ts';
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
    assert.deepEqual(w.pages, []);
  });

  it('may not send the browser anywhere but to a web page', async (t) => {
    for (const page of ['file:///etc/passwd', 'javascript:alert(1)', 'http://example.com/', 'nothing', undefined]) {
      const w = await rigFor(t, {
        providers: [
          {
            name: 'odd',
            issuer: 'https://odd.example',
            hosts: /^127/,
            scopes: ['mail'],
            params: {},
            server: {
              issuer: 'https://odd.example',
              token_endpoint: 'https://odd.example/token',
              ...(page && { authorization_endpoint: page }),
            },
          },
        ],
      });
      await assert.rejects(w.oauth.signIn({ candidate: candidateAt(null) }, never), { kind: 'unsupported' });
      assert.deepEqual(w.pages, []);
    }
  });

  it('is not asked without encryption, unless it is this very machine', async (t) => {
    const w = await rigFor(t);
    await assert.rejects(w.oauth.signIn({ candidate: candidateAt('http://example.com') }, never), {
      kind: 'unsupported',
    });
  });
});
