import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  basic,
  changes,
  fields,
  getSchema,
  mail,
  one,
  post,
  problemOf,
  query,
  querySchema,
  refused,
  request,
  requestOf,
  start,
  state,
} from './jmap/testClient.ts';
import { startJmapServer } from './jmapServer.ts';

describe('trouble', () => {
  it('fails the next requests, once each', async (t) => {
    const server = await start(t);
    const echo = () => post(server, requestOf([['Core/echo', {}]]));
    for (const [kind, status] of [
      ['http500', 500],
      ['http503', 503],
      ['http429', 429],
      ['http401', 401],
      ['http404', 404],
    ] as const) {
      server.trouble.failNext(kind, 1, { retryAfter: 7 });
      const response = await echo();
      assert.equal(response.status, status);
      if (status === 429 || status === 503) assert.equal(response.headers.get('retry-after'), '7');
      await response.text();
    }
    for (const kind of ['html', 'malformed', 'truncated'] as const) {
      server.trouble.failNext(kind);
      const response = await echo();
      assert.equal(response.status, 200);
      await assert.rejects(response.json(), SyntaxError);
    }
    server.trouble.failNext('cutShort');
    await assert.rejects((async () => (await echo()).text())(), TypeError);
    for (const kind of ['dropBefore', 'dropAfter'] as const) {
      server.trouble.failNext(kind);
      await assert.rejects(echo(), TypeError);
    }
    server.trouble.failNext('limit', 1, { limit: 'maxSizeRequest' });
    assert.deepEqual(await problemOf(await echo()), [400, 'limit', 'maxSizeRequest']);
    for (const kind of ['serverFail', 'serverUnavailable'] as const) {
      server.trouble.failNext(kind);
      assert.equal(await refused(server, 'Email/get', { ids: [] }), kind);
    }
    server.trouble.failMethod('Email/get', 'serverPartialFail');
    assert.equal(await refused(server, 'Email/get', { ids: [] }), 'serverPartialFail');
    assert.equal((await echo()).status, 200);
  });

  it('breaks changes', async (t) => {
    const server = await start(t);
    const before = await state(server);
    const ids = await server.deliver([{}, {}, {}]);
    server.trouble.cannotCalculateChanges('Email');
    assert.deepEqual((await changes(server, await state(server, 'Mailbox'), {}, 'Mailbox')).updated, []);
    assert.equal(await refused(server, 'Email/changes', { sinceState: before }), 'cannotCalculateChanges');
    server.trouble.cannotCalculateUnless(100);
    assert.equal(
      await refused(server, 'Email/changes', { sinceState: before, maxChanges: 99 }),
      'cannotCalculateChanges',
    );
    assert.deepEqual((await changes(server, before)).created, ids);
    server.trouble.stuckChanges();
    const stuck = await changes(server, before);
    assert.deepEqual([stuck.newState, stuck.hasMoreChanges], [before, true]);
    server.trouble.emptyChangesPage(2);
    const first = await changes(server, before);
    const second = await changes(server, first.newState);
    assert.equal(new Set([before, first.newState, second.newState]).size, 3);
    assert.deepEqual([second.created, second.hasMoreChanges], [[], true]);
    assert.deepEqual((await changes(server, second.newState)).created, ids);
    server.trouble.stateAhead(true);
    const ahead = await one(server, getSchema, 'Email/get', { ids });
    await server.deliver([{}]);
    assert.deepEqual((await changes(server, ahead.state)).created, []);
    assert.equal(await state(server), (await changes(server, before)).newState);
  });

  it('breaks queries and gets', async (t) => {
    const server = await start(t);
    const ids = await server.deliver(Array.from({ length: 10 }, () => ({})));
    server.trouble.capQuery(4);
    const capped = await query(server, { limit: 6, calculateTotal: true });
    assert.deepEqual([capped.ids.length, capped.limit, capped.total], [4, 4, 10]);
    server.trouble.capQuery(null);
    server.trouble.totalCap(3);
    assert.deepEqual((await query(server, { calculateTotal: true })).total, 3);
    assert.equal(await refused(server, 'Email/query', { anchor: ids[0] }), 'anchorNotFound');
    server.trouble.totalCap(null);
    server.trouble.emptyQuery();
    assert.deepEqual([(await query(server)).ids.length, (await query(server)).ids.length], [0, 10]);
    server.trouble.anchorNotFound();
    assert.equal(await refused(server, 'Email/query', { anchor: ids[0] }), 'anchorNotFound');
    server.trouble.noAnchors(true);
    assert.equal(await refused(server, 'Email/query', { anchor: ids[0] }), 'invalidArguments');
    server.trouble.shuffleGets(true);
    const { list } = await one(server, getSchema, 'Email/get', { ids, properties: ['id'] });
    const listed = list.map(({ id }) => id);
    assert.notDeepEqual(listed, ids);
    assert.deepEqual(new Set(listed), new Set(ids));
  });

  it('changes the session', async (t) => {
    const server = await start(t);
    const session = async () => {
      const response = await fetch(server.sessionUrl, { headers: { Authorization: basic() }, redirect: 'manual' });
      return response.status === 200 ? fields.parse(await response.json()) : response.headers.get('location');
    };
    server.trouble.sessionOverride({ capabilities: null, apiUrl: 'https://api.elsewhere.example/' });
    assert.partialDeepStrictEqual(await session(), { capabilities: null, apiUrl: 'https://api.elsewhere.example/' });
    server.trouble.sessionOverride({});
    server.trouble.accountMissing(true);
    assert.partialDeepStrictEqual(await session(), { accounts: { alice: { accountCapabilities: null } } });
    assert.equal(await refused(server, 'Email/get', { ids: [] }), 'accountNotFound');
    server.trouble.redirectSession('https://elsewhere.example/session');
    assert.equal(await session(), 'https://elsewhere.example/session');
    server.trouble.reset();
    const old = (await request(server)).sessionState;
    server.trouble.changeSession({ accountId: 'alice2', apiPath: '/jmap/v2/', limits: { maxObjectsInGet: 5 } });
    assert.equal((await post(server, requestOf([]))).status, 404);
    assert.partialDeepStrictEqual(await session(), { apiUrl: '/jmap/v2/', primaryAccounts: { [mail]: 'alice2' } });
    assert.notEqual(fields.parse(await session()).state, old);
  });

  it('lets a test act between the work and the reply', async (t) => {
    const server = await start(t);
    server.trouble.beforeReply(async ({ methodCalls }, response) => {
      if (methodCalls[0]?.[0] === 'Email/query') await server.deliver([{}]);
      response.sessionState = 'other';
    });
    const { methodResponses, sessionState } = await request(server, ['Email/query', {}]);
    assert.deepEqual([querySchema.parse(methodResponses[0]?.[1]).ids, sessionState], [[], 'other']);
    assert.equal(Object.keys((await server.truth()).emails).length, 1);
    server.trouble.beforeReply(null);
    server.trouble.slow(30);
    const started = performance.now();
    await Promise.all([query(server), query(server)]);
    assert.ok(performance.now() - started >= 29);
    assert.equal(server.maxInFlight, 2);
    assert.equal(server.countRequests('Email/query'), 3);
    assert.deepEqual(server.requests[0]?.methods, ['Email/query']);
  });

  it('stops at once while a request hangs', async () => {
    const server = await startJmapServer();
    server.trouble.hang();
    const pending = post(server, requestOf([['Core/echo', {}]]));
    const failure = assert.rejects(pending, TypeError);
    while (server.requests.length === 0) await sleep(1);
    await server.stop();
    await failure;
    await server.stop();
  });
});
