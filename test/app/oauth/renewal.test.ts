import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Grant } from '../../../src-main/app/oauth/grant.ts';
import { asTernError } from '../../../src-shared/errors.ts';
import type { TokenTrouble } from '../../servers/authServer.ts';
import { until } from '../../support/processes.ts';
import { type Rig, rigFor, storedOf } from './rig.ts';

const never = new AbortController().signal;
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** A token, and the grant that has to be stored by then. */
const take = async (
  { oauth }: Rig,
  held: Grant,
  refused: string | null = null,
): Promise<{ token: string; held: Grant }> => {
  const { token, renewed } = await oauth.token(held, refused, never);
  return { token, held: renewed ?? held };
};

/** How often the server renewed. */
const renewals = ({ server }: Rig): number => server.asked.filter((grant) => grant === 'refresh_token').length;

const down: TokenTrouble = { kind: 'say', status: 503, body: '' };

describe('OA5: a token', () => {
  it('is taken as it is until five minutes before its end, and renewed then', async (t) => {
    const w = await rigFor(t);
    const grant = await w.grant();
    await w.clock.advance(HOUR - 5 * MINUTE - 1);
    assert.deepEqual(await take(w, grant), { token: grant.accessToken, held: grant });
    assert.equal(renewals(w), 0);
    await w.clock.advance(1);
    const { token, held } = await take(w, grant);
    assert.notEqual(token, grant.accessToken);
    assert.equal(await w.server.holderOf(token), 'alice@example.test');
    assert.deepEqual([held.accessToken, held.obtainedAt], [token, w.clock.now()]);
    assert.equal((await take(w, held)).token, token);
    assert.equal(renewals(w), 1);
  });

  it('of a short life is renewed after three quarters of it', async (t) => {
    const w = await rigFor(t, { tokenLife: 60 });
    const grant = await w.grant();
    await w.clock.advance(45_000 - 1);
    assert.equal((await take(w, grant)).token, grant.accessToken);
    await w.clock.advance(1);
    assert.notEqual((await take(w, grant)).token, grant.accessToken);
  });

  it('is renewed once for all who ask at once, and for all who were refused with it', async (t) => {
    const w = await rigFor(t);
    const grant = await w.grant();
    await w.clock.advance(HOUR);
    const taken = await Promise.all(Array.from({ length: 10 }, () => take(w, grant)));
    assert.equal(new Set(taken.map(({ token }) => token)).size, 1);
    assert.equal(renewals(w), 1);
    const [first] = taken;
    assert.ok(first);
    w.server.endTokens();
    const again = await Promise.all(Array.from({ length: 10 }, () => take(w, first.held, first.token)));
    assert.equal(new Set(again.map(({ token }) => token)).size, 1);
    assert.notEqual(again[0]?.token, first.token);
    // One who comes late with the same complaint gets what replaced it.
    assert.equal((await take(w, first.held, first.token)).token, again[0]?.token);
    assert.equal(renewals(w), 2);
  });

  it('is still renewed for the others when who asked first gives up', async (t) => {
    const w = await rigFor(t);
    const grant = await w.grant();
    const control = new AbortController();
    const gone = assert.rejects(w.oauth.token(grant, grant.accessToken, control.signal), { kind: 'cancelled' });
    const other = take(w, grant, grant.accessToken);
    control.abort();
    await gone;
    assert.equal(await w.server.holderOf((await other).token), 'alice@example.test');
    assert.equal(renewals(w), 1);
  });

  it('that ended while the computer was off for days is renewed', async (t) => {
    const w = await rigFor(t);
    const grant = await w.grant();
    await w.clock.advance(20 * DAY);
    assert.equal(await w.server.holderOf((await take(w, grant)).token), 'alice@example.test');
  });

  it('is renewed when the clock was put back since: nothing says when it ends', async (t) => {
    const w = await rigFor(t);
    const grant = await w.grant();
    w.clock.putBack(365 * DAY);
    const { held } = await take(w, grant);
    assert.equal(renewals(w), 1);
    assert.equal(held.obtainedAt, w.clock.now());
    await take(w, held);
    assert.equal(renewals(w), 1, 'and that is that');
  });

  it('without an end is taken until it is refused', async (t) => {
    const w = await rigFor(t);
    const grant: Grant = { ...(await w.grant()), expiresAt: null };
    await w.clock.advance(20 * DAY);
    assert.equal((await take(w, grant)).token, grant.accessToken);
    assert.notEqual((await take(w, grant, grant.accessToken)).token, grant.accessToken);
  });
});

describe('OA6: a refresh token that is replaced each time', () => {
  it('is never used twice: who comes with an old one, as after a crash, gets what replaced it', async (t) => {
    const w = await rigFor(t);
    const first = await w.grant();
    let held = first;
    for (let n = 0; n < 5; n++) {
      await w.clock.advance(HOUR);
      ({ held } = await take(w, held));
    }
    assert.equal(renewals(w), 5);
    const { token, held: caught } = await take(w, first);
    assert.deepEqual([token, caught], [held.accessToken, held]);
    await w.clock.advance(HOUR);
    assert.equal(await w.server.holderOf((await take(w, first)).token), 'alice@example.test');
    assert.equal(renewals(w), 6);
  });

  it('whose answer was lost is tried again, which a strict server takes for theft: the person signs in anew', async (t) => {
    const w = await rigFor(t, { rotates: true });
    const grant = await w.grant();
    await w.clock.advance(HOUR);
    w.server.fail({ kind: 'lose' });
    await assert.rejects(take(w, grant), { kind: 'network' });
    await assert.rejects(take(w, grant), { kind: 'auth', message: /invalid_grant.*sign in again/ });
  });

  it('whose answer was lost is tried again, which one that lets it be used again answers', async (t) => {
    const w = await rigFor(t, { rotates: false });
    const grant = await w.grant();
    await w.clock.advance(HOUR);
    w.server.fail({ kind: 'lose' });
    await assert.rejects(take(w, grant), { kind: 'network' });
    const { token, held } = await take(w, grant);
    assert.equal(await w.server.holderOf(token), 'alice@example.test');
    assert.equal(held.refreshToken, grant.refreshToken);
  });
});

describe('OA6: an answer that says little', () => {
  it('leaves the refresh token, the scope and the person as they were, and the token without an end', async (t) => {
    const w = await rigFor(t);
    const grant = await w.grant();
    const body = '{"access_token":"next","token_type":"bearer"}';
    w.server.fail({ kind: 'say', status: 200, body, headers: { 'Content-Type': 'application/json' } });
    const { held } = await take(w, grant, grant.accessToken);
    assert.deepEqual(held, { ...grant, accessToken: 'next', expiresAt: null });
  });
});

describe('OA7: what keeps a token from being renewed', () => {
  const json = { 'Content-Type': 'application/json' };
  const kinds: [name: string, trouble: TokenTrouble, kind: string][] = [
    ['nothing that answers', { kind: 'lose' }, 'network'],
    ['503', down, 'server'],
    ['429', { kind: 'say', status: 429, body: '', headers: { 'Retry-After': '60' } }, 'rateLimited'],
    ['a web page', { kind: 'say', status: 200, body: '<html>' }, 'server'],
    ['a web page with 403', { kind: 'say', status: 403, body: '<html>' }, 'server'],
    ['an error that is none of OAuth', { kind: 'say', status: 404, body: '{"message":"no"}', headers: json }, 'server'],
    [
      'not just now',
      { kind: 'say', status: 400, body: '{"error":"temporarily_unavailable"}', headers: json },
      'server',
    ],
    ['too much', { kind: 'huge' }, 'server'],
    ['invalid_grant', { kind: 'say', status: 400, body: '{"error":"invalid_grant"}', headers: json }, 'auth'],
    [
      'interaction_required',
      { kind: 'say', status: 400, body: '{"error":"interaction_required"}', headers: json },
      'auth',
    ],
  ];
  for (const [name, trouble, kind] of kinds)
    it(`${name} is ${kind}; ${kind === 'auth' ? 'the person signs in anew' : 'later it goes on'}`, async (t) => {
      const w = await rigFor(t);
      const grant = await w.grant();
      await w.clock.advance(HOUR);
      w.server.fail(trouble);
      await assert.rejects(take(w, grant), (error) => {
        assert.equal(asTernError(error).kind, kind);
        assert.equal(asTernError(error).retryAfter, name === '429' ? 60 : undefined);
        return true;
      });
      // What was not done by the server can be done yet, whatever it said.
      if (trouble.kind !== 'lose')
        assert.equal(await w.server.holderOf((await take(w, grant)).token), 'alice@example.test');
    });

  it('does not matter while the one there is has not ended; refused, it does', async (t) => {
    const w = await rigFor(t);
    const grant = await w.grant();
    await w.clock.advance(HOUR - MINUTE);
    w.server.fail(down, 3);
    assert.equal((await take(w, grant)).token, grant.accessToken);
    await assert.rejects(take(w, grant, grant.accessToken), { kind: 'server' });
    await w.clock.advance(MINUTE);
    await assert.rejects(take(w, grant), { kind: 'server' });
    assert.notEqual((await take(w, grant)).token, grant.accessToken);
  });

  it('hangs for 30 seconds at most', async (t) => {
    const w = await rigFor(t);
    const grant = await w.grant();
    w.server.fail({ kind: 'hang' });
    const failed = assert.rejects(take(w, grant, grant.accessToken), { kind: 'network' });
    await until('the request', () => w.server.asked.length === 2);
    await w.clock.advance(30_000);
    await failed;
    assert.equal(w.clock.pending(), 0);
  });

  it('is for the person where all was taken back, and where there is no refresh token', async (t) => {
    const w = await rigFor(t);
    const grant = await w.grant();
    w.server.revoke();
    await assert.rejects(take(w, grant, grant.accessToken), { kind: 'auth' });
    const short: Grant = { ...(await w.grant()), refreshToken: null };
    assert.equal((await take(w, short)).token, short.accessToken);
    await assert.rejects(take(w, short, short.accessToken), { kind: 'auth', message: /sign in again/ });
  });
});

describe('OA8: a handle', () => {
  it('can be tried as often as one likes before it is stored, with what it has come to by then', async (t) => {
    const w = await rigFor(t, { tokenLife: 60 });
    const { signedIn, page } = w.begin();
    await w.server.visit(await page, 'alice@example.test');
    const credential = await signedIn;
    assert.ok(credential.type === 'oauth');
    const { handle } = credential;
    const first = await w.oauth.forTrial(handle, null, never);
    assert.equal(await w.server.holderOf(first.token), 'alice@example.test');
    assert.deepEqual(first, { token: first.token, username: 'alice@example.test' });
    await w.clock.advance(MINUTE);
    const second = await w.oauth.forTrial(handle, null, never);
    assert.notEqual(second.token, first.token);
    const third = await w.oauth.forTrial(handle, second.token, never);
    assert.notEqual(third.token, second.token, 'a refused one is renewed');
    assert.equal((await storedOf(w.oauth, credential)).accessToken, third.token);
    await assert.rejects(w.oauth.forTrial(handle, null, never), { kind: 'notFound' });
  });

  it('is good once, for ten minutes, and again where nothing came of it', async (t) => {
    const w = await rigFor(t);
    const sign = async () => {
      const { signedIn, page } = w.begin();
      await w.server.visit(await page, 'alice@example.test');
      return signedIn;
    };
    const credential = await sign();
    await assert.rejects(
      w.oauth.withStored(credential, () => Promise.reject(new Error('full'))),
      /full/,
    );
    let inside: unknown;
    await w.oauth.withStored(credential, async () => {
      inside = await w.oauth.withStored(credential, async () => 'twice').catch(asTernError);
    });
    assert.equal(asTernError(inside).kind, 'notFound');
    await assert.rejects(
      w.oauth.withStored(credential, async () => 'again'),
      { kind: 'notFound' },
    );

    const late = await sign();
    await w.clock.advance(10 * MINUTE - 1);
    await assert.rejects(
      w.oauth.withStored(late, () => Promise.reject(new Error('full'))),
      /full/,
    );
    await w.clock.advance(1);
    await assert.rejects(
      w.oauth.withStored(late, async () => 'late'),
      { kind: 'notFound', field: 'credential.handle' },
    );
  });
});
