import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { asTernError } from '../../../src-shared/errors.ts';
import { type TokenTrouble } from '../../servers/authServer.ts';
import { settle } from '../../support/clock.ts';
import { until } from '../../support/processes.ts';
import { rigFor, storedOf } from './rig.ts';

const alice = 'alice@example.test';
const MINUTE = 60_000;

const altered = (url: URL, changes: Record<string, string | null>): URL => {
  const other = new URL(url);
  for (const [name, value] of Object.entries(changes))
    if (value === null) other.searchParams.delete(name);
    else other.searchParams.set(name, value);
  return other;
};

describe('OA1: signing in', () => {
  it('asks in the browser, with PKCE, and holds what is granted for whoever called', async (t) => {
    const w = await rigFor(t);
    const { signedIn, page } = w.begin();
    const asked = new URL(await page).searchParams;
    assert.equal(asked.get('code_challenge_method'), 'S256');
    assert.match(asked.get('redirect_uri') ?? '', /^http:\/\/127\.0\.0\.1:\d+\/$/);
    assert.equal(asked.get('scope'), 'urn:ietf:params:oauth:scope:mail offline_access openid');
    assert.equal(asked.get('login_hint'), alice);
    const { status, text } = await w.server.visit(await page, alice);
    assert.equal(status, 200);
    assert.match(text, /You may close this window/);
    const credential = await signedIn;
    assert.deepEqual(Object.keys(credential), ['type', 'handle']);
    const grant = await storedOf(w.oauth, credential);
    assert.equal(await w.server.holderOf(grant.accessToken), alice);
    assert.equal(grant.username, alice);
    assert.equal(grant.expiresAt, w.clock.now() + 3600_000);
    assert.equal(grant.person, `${w.server.issuer} ${alice}`);
    assert.ok(grant.refreshToken);
    assert.equal(w.clock.pending(), 0, 'nothing is left behind');
  });

  it('waits on when something else knocks: another state, another path, another name of this machine', async (t) => {
    const w = await rigFor(t);
    const { signedIn, page } = w.begin();
    const back = await w.server.comeBack(await page, alice);
    const statusAt = async (url: URL, init: RequestInit = {}): Promise<number> => (await fetch(url, init)).status;
    const elsewhere = new URL(back);
    elsewhere.pathname = '/other';
    assert.equal(await statusAt(altered(back, { state: 'another' })), 400);
    assert.equal(await statusAt(altered(back, { state: null })), 400);
    assert.equal(await statusAt(elsewhere), 404);
    assert.equal(await statusAt(new URL('/', back)), 404);
    assert.equal(await statusAt(back, { method: 'POST' }), 404);
    const renamed = new URL(back);
    renamed.hostname = 'localhost';
    assert.equal(await statusAt(renamed), 404);
    assert.equal(await statusAt(back), 200);
    assert.equal((await signedIn).type, 'oauth');
  });

  it('takes a code once: it is over then, and the server would not give anything for it either', async (t) => {
    const w = await rigFor(t);
    const { signedIn, page } = w.begin();
    const back = await w.server.comeBack(await page, alice);
    await fetch(back);
    await signedIn;
    await assert.rejects(fetch(back), (error: Error) =>
      /ECONNREFUSED/.test(String((error.cause as NodeJS.ErrnoException).code)),
    );
    assert.deepEqual(w.server.asked, ['authorization_code']);

    // The same while the code is on its way.
    w.server.fail({ kind: 'hang' });
    const next = w.begin();
    const url = await w.server.comeBack(await next.page, alice);
    assert.deepEqual([(await fetch(url)).status, (await fetch(url)).status], [200, 410]);
    const ended = assert.rejects(next.signedIn, { kind: 'cancelled' });
    w.oauth.stop();
    await ended;
  });

  it('believes nobody but the server that was asked (RFC 9207)', async (t) => {
    for (const iss of ['https://other.example', null]) {
      const w = await rigFor(t);
      const { signedIn, page } = w.begin();
      const back = await w.server.comeBack(await page, alice);
      const failed = assert.rejects(signedIn, { kind: 'forbidden', message: /not from 127\.0\.0\.1/ });
      await fetch(altered(back, { iss }));
      await failed;
      assert.deepEqual(w.server.asked, [], 'the code went nowhere');
    }
  });

  it('does not mix up two that go on at once', async (t) => {
    const w = await rigFor(t);
    const [first, second] = [w.begin(), await (async () => (await settle(), w.begin()))()];
    await until('two pages', () => w.pages.length === 2);
    const [one = '', other = ''] = w.pages;
    // Each comes back to the other's port: it is not the one that is waited for there.
    const [a, b] = [await w.server.comeBack(one, alice), await w.server.comeBack(other, 'bob@example.test')];
    const crossed = new URL(a);
    crossed.port = b.port;
    assert.equal((await fetch(crossed)).status, 400);
    await fetch(b);
    await fetch(a);
    const grants = await Promise.all([first, second].map(async ({ signedIn }) => storedOf(w.oauth, await signedIn)));
    const holders = await Promise.all(grants.map(({ accessToken }) => w.server.holderOf(accessToken)));
    assert.deepEqual(new Set(holders), new Set([alice, 'bob@example.test']));
  });

  it('ends when the person refuses, does not come back, or gives up', async (t) => {
    const w = await rigFor(t);
    const refused = w.begin();
    const failed = assert.rejects(refused.signedIn, { kind: 'cancelled', message: /refused in the browser/ });
    assert.match((await w.server.visit(await refused.page, null)).text, /not let in/);
    await failed;

    const late = w.begin();
    const port = new URL(new URL(await late.page).searchParams.get('redirect_uri') ?? '');
    await w.clock.advance(5 * MINUTE - 1);
    assert.equal((await fetch(port)).status, 404, 'still there');
    const gone = assert.rejects(late.signedIn, { kind: 'cancelled', message: /nobody came back/ });
    await w.clock.advance(1);
    await gone;
    await assert.rejects(fetch(port), 'the port is closed');

    const control = new AbortController();
    const given = w.begin(control.signal);
    await given.page;
    control.abort();
    await assert.rejects(given.signedIn, { kind: 'cancelled' });
    const ended = w.begin();
    await ended.page;
    w.oauth.stop();
    await assert.rejects(ended.signedIn, { kind: 'cancelled', message: /ending/ });
    assert.equal(w.clock.pending(), 0);
  });
});

describe('OA2: a token endpoint that is not well', () => {
  const troubles: [name: string, trouble: TokenTrouble, kind: string][] = [
    ['503', { kind: 'say', status: 503, body: 'later', headers: { 'Retry-After': '7' } }, 'server'],
    ['429', { kind: 'say', status: 429, body: '' }, 'rateLimited'],
    ['a web page', { kind: 'say', status: 200, body: '<html>Welcome to our hotel</html>' }, 'server'],
    [
      'half an answer',
      { kind: 'say', status: 200, body: '{"access_token":"x"', headers: { 'Content-Type': 'application/json' } },
      'server',
    ],
    [
      'a token of another kind',
      {
        kind: 'say',
        status: 200,
        body: '{"access_token":"x","token_type":"mac"}',
        headers: { 'Content-Type': 'application/json' },
      },
      'server',
    ],
    [
      'a token that is two lines',
      {
        kind: 'say',
        status: 200,
        body: '{"access_token":"x\\r\\ny","token_type":"Bearer"}',
        headers: { 'Content-Type': 'application/json' },
      },
      'server',
    ],
    [
      'somewhere else',
      { kind: 'say', status: 307, body: '', headers: { Location: 'https://evil.example/' } },
      'server',
    ],
    ['too much', { kind: 'huge' }, 'server'],
    ['a lost answer', { kind: 'lose' }, 'network'],
    [
      'no',
      { kind: 'say', status: 400, body: '{"error":"invalid_grant"}', headers: { 'Content-Type': 'application/json' } },
      'auth',
    ],
    [
      'who are you',
      {
        kind: 'say',
        status: 401,
        body: '{"error":"invalid_client"}',
        headers: { 'Content-Type': 'application/json', 'WWW-Authenticate': 'Basic realm="x"' },
      },
      'auth',
    ],
  ];
  for (const [name, trouble, kind] of troubles)
    it(`answers ${name}: the sign-in fails as ${kind}, and nothing of it is held`, async (t) => {
      const w = await rigFor(t);
      w.server.fail(trouble);
      const { signedIn, page } = w.begin();
      const failed = assert.rejects(signedIn, (error) => {
        const { message, cause } = asTernError(error);
        assert.equal(asTernError(error).kind, kind, message);
        assert.equal(cause, undefined, 'what the library throws may hold tokens');
        return true;
      });
      await w.server.visit(await page, alice);
      await failed;
      assert.equal(w.clock.pending(), 0);
    });

  it('answers nothing: it has 30 seconds', async (t) => {
    const w = await rigFor(t);
    w.server.fail({ kind: 'hang' });
    const { signedIn, page } = w.begin();
    await w.server.visit(await page, alice);
    await until('the request', () => w.server.asked.length === 1);
    const failed = assert.rejects(signedIn, { kind: 'network', message: /does not answer/ });
    await w.clock.advance(30_000);
    await failed;
  });
});
