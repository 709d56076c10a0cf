import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { core, mail } from '../servers/jmap/testClient.ts';
import { mails, type World, world } from '../support/world.ts';
import { tapNth } from '../support/worldTap.ts';

const sessionReads = (w: World): number => w.server.requests.filter(({ path }) => !path.startsWith('/jmap/api')).length;

describe('J5: the session is found', () => {
  it('at the well-known place, by its redirect', async (t) => {
    const w = await world(t, { mails: 5 });
    await w.expectTrue();
    assert.deepEqual(
      w.server.requests.slice(0, 2).map(({ path }) => path),
      ['/.well-known/jmap', '/jmap/session'],
    );
  });

  it('from a bare address, which stands for its well-known place', async (t) => {
    const w = await world(t, { mails: 5 });
    w.account.config = { ...w.account.config, sessionUrl: w.server.url };
    await w.expectTrue();
    assert.equal(w.server.requests[0]?.path, '/.well-known/jmap');
  });

  it('at its own address', async (t) => {
    const w = await world(t, { mails: 5 });
    w.account.config = { ...w.account.config, sessionUrl: w.server.sessionUrl };
    await w.expectTrue();
    assert.equal(sessionReads(w), 1);
  });

  it('and where it was found is kept: a restart goes there at once', async (t) => {
    const w = await world(t, { mails: 5 });
    await w.expectTrue();
    w.forget();
    await w.restart();
    await w.expectTrue();
    assert.deepEqual(
      w.server.requests.map(({ path }) => path),
      ['/jmap/session', '/jmap/api/'],
    );
  });

  it('but not where another configured address led to', async (t) => {
    const w = await world(t, { mails: 5 });
    await w.expectTrue();
    w.forget();
    w.account.config = { ...w.account.config, sessionUrl: `${w.server.url}/jmap/session?other` };
    await w.restart();
    await w.expectTrue();
    assert.equal(w.server.requests[0]?.path, '/jmap/session?other');
  });

  it('from the configured address again when it moved', async (t) => {
    const w = await world(t, { mails: 5 });
    await w.expectTrue();
    w.server.trouble.failNext('http404', 1, { on: 'session' });
    await w.restart();
    await w.expectTrue();
  });

  it('although what was kept of it cannot be read', async (t) => {
    const w = await world(t, { mails: 5 });
    await w.expectTrue();
    w.store.script(`UPDATE sync_state SET value = '{"configured' WHERE key = 'session'`);
    await w.restart();
    await w.expectTrue();
  });

  for (const status of [301, 302, 303, 307, 308])
    it(`through a redirect with status ${status}, relative or absolute`, async (t) => {
      const w = await world(t, { mails: 5 });
      w.server.trouble.redirectSession('session', status);
      w.account.config = { ...w.account.config, sessionUrl: `${w.server.url}/jmap/../.well-known/jmap` };
      w.server.trouble.redirectSession('/jmap/session', status);
      await w.expectTrue();
      w.server.trouble.redirectSession(w.server.sessionUrl, status);
      await w.restart();
      await w.expectTrue();
    });

  it('not at all where redirects go in a circle: a few requests, then an error', async (t) => {
    const w = await world(t);
    w.server.trouble.redirectSession('/.well-known/jmap');
    const { error } = await w.sync();
    assert.equal(error?.kind, 'server');
    assert.ok(w.server.countRequests() <= 8, `${w.server.countRequests()} requests`);
  });
});

describe('J5: what sessions look like', () => {
  const other = { name: 'other', isPersonal: false, accountCapabilities: { [mail]: {} } };
  const own = { name: 'own', isPersonal: true, accountCapabilities: { [mail]: {} } };
  const odd: [name: string, override: Record<string, unknown>][] = [
    ['accountCapabilities null', { accounts: { alice: { name: 'a', isPersonal: true, accountCapabilities: null } } }],
    ['no capabilities', { capabilities: undefined }],
    ['capabilities null', { capabilities: null }],
    ['limits of the wrong type', { capabilities: { [core]: { maxObjectsInGet: 'many', maxCallsInRequest: -1 } } }],
    [
      'limits of zero',
      { capabilities: { [core]: { maxObjectsInGet: 0, maxConcurrentRequests: 0, maxSizeRequest: 0 } } },
    ],
    ['no primaryAccounts', { primaryAccounts: undefined }],
    ['primaryAccounts null', { primaryAccounts: null }],
    ['no primary account for mail', { primaryAccounts: { [core]: 'bob' } }],
    ['several accounts', { accounts: { bob: other, alice: own, carol: other } }],
    ['several accounts and no primary one', { accounts: { bob: other, alice: own }, primaryAccounts: {} }],
    ["one account that is nobody's own", { accounts: { files: {}, alice: other }, primaryAccounts: {} }],
    ['one account that says nothing', { accounts: { alice: { accountCapabilities: null } }, primaryAccounts: null }],
    ['an account without mail first', { accounts: { files: { isPersonal: true }, alice: own }, primaryAccounts: {} }],
    ['no accounts but a primary one', { accounts: undefined }],
    ['no state', { state: undefined }],
    ['no other URLs', { downloadUrl: undefined, uploadUrl: null, eventSourceUrl: '' }],
    ['more than anybody knows', { 'urn:example:new': [1], username: 5 }],
  ];
  for (const [name, override] of odd)
    it(name, async (t) => {
      const w = await world(t, { mails: 30 });
      w.server.trouble.sessionOverride(override);
      await w.expectTrue();
    });

  it('an absolute API URL', async (t) => {
    const w = await world(t, { mails: 5 });
    w.server.trouble.sessionOverride({ apiUrl: `${w.server.url}/jmap/api/` });
    await w.expectTrue();
  });

  it('nonsense is an error of the server, and Tern tries again', async (t) => {
    const w = await world(t, { mails: 5 });
    for (const override of [
      { apiUrl: undefined },
      { apiUrl: 'http://' },
      { accounts: 5 },
      { accounts: {}, primaryAccounts: {} },
    ]) {
      w.server.trouble.sessionOverride(override);
      const { error } = await w.sync();
      assert.equal(error?.kind, 'server', JSON.stringify(override));
      assert.equal(w.engine.status().phase, 'offline');
    }
    w.server.trouble.sessionOverride({});
    await w.expectTrue();
  });
});

describe('J5: the session is read again', () => {
  it('when its state changed, and only then', async (t) => {
    const w = await world(t, { mails: 5 });
    await w.expectTrue();
    w.forget();
    await w.expectTrue();
    assert.equal(sessionReads(w), 0);
    w.server.trouble.changeSession();
    await w.expectTrue();
    await w.expectTrue();
    assert.equal(sessionReads(w), 1);
    await w.expectTrue();
    assert.equal(sessionReads(w), 1);
  });

  it('once by a server that never calls its state as the session does', async (t) => {
    const w = await world(t, { mails: 5 });
    w.server.trouble.sessionOverride({ state: 'another' });
    await w.expectTrue();
    w.forget();
    await w.expectTrue();
    await w.expectTrue();
    assert.equal(w.server.countRequests(), 2);
  });

  it('on 404: the API moved', async (t) => {
    const w = await world(t, { mails: 5 });
    await w.expectTrue();
    w.forget();
    w.server.trouble.changeSession({ apiPath: '/new/api' });
    await w.server.deliver([{}]);
    await w.expectTrue();
    assert.deepEqual(
      w.server.requests.map(({ path }) => path),
      ['/jmap/api/', '/jmap/session', '/new/api'],
    );
  });

  it('on accountNotFound: the account moved', async (t) => {
    const w = await world(t, { mails: 5 });
    await w.expectTrue();
    w.server.trouble.changeSession({ accountId: 'alice2' });
    await w.server.deliver([{}]);
    await w.sync();
    await w.expectTrue();
  });

  it('on accountNotFound, and then the same is asked once more', async (t) => {
    const w = await world(t, { mails: 5 });
    await w.expectTrue();
    w.forget();
    await w.server.deliver([{}]);
    w.server.trouble.failMethod('Email/changes', 'accountNotFound');
    await w.expectTrue();
    assert.deepEqual(
      w.server.requests.map(({ path }) => path),
      ['/jmap/api/', '/jmap/session', '/jmap/api/'],
    );
  });

  it('once only: an account that stays away is an error, until it is back', async (t) => {
    const w = await world(t, { mails: 5 });
    await w.expectTrue();
    w.forget();
    w.server.trouble.accountMissing(true);
    const { error } = await w.sync();
    assert.equal(error?.kind, 'server');
    assert.ok(w.server.countRequests() <= 3);
    w.server.trouble.accountMissing(false);
    await w.expectTrue();
  });

  it('and its new limits hold', async (t) => {
    const w = await world(t, { mails: 30 });
    await w.expectTrue();
    w.server.trouble.changeSession({
      limits: { maxObjectsInGet: 5, maxCallsInRequest: 3, maxConcurrentRequests: 1, maxSizeRequest: 3000 },
    });
    await w.server.deliver(mails(40));
    await w.sync();
    await w.server.deliver(mails(40));
    await w.expectTrue();
  });

  it('and a get that kept to the old limit is split at once', async (t) => {
    const w = await world(t, { mails: 30 });
    await w.expectTrue();
    const ids = Object.keys(w.view().emails);
    w.server.trouble.changeSession({ limits: { maxObjectsInGet: 5 } });
    await w.server.deliver(mails(40));
    await w.server.setKeywords(ids, { $seen: true });
    await w.expectTrue();
  });

  it('in the middle of a first fill, with smaller limits', async (t) => {
    const w = await world(t, { mails: 200, limits: { maxObjectsInGet: 50 } });
    tapNth(w, 'Email/get', 2, () =>
      w.server.trouble.changeSession({ limits: { maxObjectsInGet: 7, maxConcurrentRequests: 1 } }),
    );
    await w.expectTrue();
  });
});
