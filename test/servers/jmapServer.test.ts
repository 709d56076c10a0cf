import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import * as z from 'zod';
import { deliverSample, sampleMail } from './jmap/sampleMail.ts';
import {
  basic,
  type Call,
  changes,
  core,
  follow,
  getSchema,
  mail,
  one,
  post,
  problemOf,
  query,
  refused,
  request,
  requestOf,
  start,
  state,
  submission,
} from './jmap/testClient.ts';

describe('session and sign-in', () => {
  it('redirects the well-known place to a session with relative URLs', async (t) => {
    const server = await start(t);
    const moved = await fetch(`${server.url}/.well-known/jmap`, { redirect: 'manual' });
    assert.deepEqual([moved.status, moved.headers.get('location')], [301, '/jmap/session']);
    const response = await fetch(server.sessionUrl, { headers: { Authorization: basic() } });
    const session = z.looseObject({ apiUrl: z.string(), state: z.string() }).parse(await response.json());
    assert.equal(session.apiUrl, '/jmap/api/');
    assert.deepEqual(session.primaryAccounts, { [core]: 'alice', [mail]: 'alice', [submission]: 'alice' });
    assert.equal((await request(server)).sessionState, session.state);
  });

  it('takes the password or the token of the moment and nothing else', async (t) => {
    const server = await start(t, { token: 'first' });
    const status = async (authorization: string) =>
      (await post(server, requestOf([['Core/echo', {}]]), { Authorization: authorization })).status;
    assert.deepEqual([await status(basic()), await status('Bearer first'), await status('Bearer no')], [200, 200, 401]);
    await server.changePassword('next');
    await server.setToken(null);
    assert.deepEqual(
      [await status(basic()), await status(basic('next')), await status('Bearer first')],
      [401, 200, 401],
    );
    const refusal = await fetch(server.sessionUrl);
    assert.match(refusal.headers.get('www-authenticate') ?? '', /Basic/);
  });
});

describe('requests', () => {
  it('tells what is wrong with a whole request', async (t) => {
    const server = await start(t, { limits: { maxCallsInRequest: 2, maxSizeRequest: 2000 } });
    assert.deepEqual(await problemOf(await post(server, '{')), [400, 'notJSON', undefined]);
    assert.deepEqual(await problemOf(await post(server, '{}', { 'Content-Type': 'text/plain' })), [
      400,
      'notJSON',
      undefined,
    ]);
    assert.deepEqual(await problemOf(await post(server, '{"using":[]}')), [400, 'notRequest', undefined]);
    const foreign = JSON.stringify({ using: ['urn:x'], methodCalls: [] });
    assert.deepEqual(await problemOf(await post(server, foreign)), [400, 'unknownCapability', undefined]);
    const echo: Call = ['Core/echo', {}];
    assert.deepEqual(await problemOf(await post(server, requestOf([echo, echo, echo]))), [
      400,
      'limit',
      'maxCallsInRequest',
    ]);
    const large = requestOf([['Core/echo', { text: 'x'.repeat(2000) }]]);
    assert.deepEqual(await problemOf(await post(server, large)), [400, 'limit', 'maxSizeRequest']);
  });

  it('refuses more concurrent requests than it says', async (t) => {
    const server = await start(t, { limits: { maxConcurrentRequests: 2 } });
    server.trouble.hang();
    const held = [request(server, ['Core/echo', {}]), request(server, ['Core/echo', {}])];
    while (server.maxInFlight < 2) await sleep(1);
    const third = post(server, requestOf([['Core/echo', {}]]));
    while (server.maxInFlight < 3) await sleep(1);
    server.trouble.resume();
    assert.deepEqual(await problemOf(await third), [400, 'limit', 'maxConcurrentRequests']);
    await Promise.all(held);
  });

  it('tells what is wrong with one call', async (t) => {
    const server = await start(t, { limits: { maxObjectsInGet: 2 } });
    const ids = await server.deliver([{}, {}, {}]);
    assert.equal(await refused(server, 'Email/nothing'), 'unknownMethod');
    assert.equal(await refused(server, 'Email/get', { accountId: 'bob' }), 'accountNotFound');
    assert.equal(await refused(server, 'Email/get', { ids, surprise: 1 }), 'invalidArguments');
    assert.equal(await refused(server, 'Email/get', { ids: [], properties: ['nope'] }), 'invalidArguments');
    assert.equal(await refused(server, 'Email/get', { ids }), 'requestTooLarge');
    assert.equal(await refused(server, 'Email/get', { ids: null }), 'requestTooLarge');
    assert.equal(await refused(server, 'Email/query', { filter: { nope: 1 } }), 'unsupportedFilter');
    assert.equal(await refused(server, 'Email/query', { sort: [{ property: 'nope' }] }), 'unsupportedSort');
    assert.equal(await refused(server, 'Email/changes', { sinceState: 'm1' }), 'cannotCalculateChanges');
    assert.equal(await refused(server, 'Email/changes', { sinceState: 'e999999' }), 'cannotCalculateChanges');
    const { list } = await one(server, getSchema, 'Mailbox/get', { ids: null });
    assert.equal(list.length, 6);
    const twice = await one(server, getSchema, 'Email/get', { ids: [ids[0], ids[0], 'gone'], properties: ['id'] });
    assert.deepEqual([twice.list, twice.notFound], [[{ id: ids[0] }], ['gone']]);
  });

  it('follows back-references, also through arrays', async (t) => {
    const server = await start(t);
    const ids = await server.deliver([{ messageId: 'a@x' }, { messageId: 'b@x', inReplyTo: '<a@x>' }, {}]);
    const { methodResponses } = await request(
      server,
      ['Email/query', { filter: { inMailbox: server.mailboxId('inbox') }, collapseThreads: true }, 'q'],
      ['Email/get', { '#ids': { resultOf: 'q', name: 'Email/query', path: '/ids' }, properties: ['threadId'] }, 'g'],
      ['Thread/get', { '#ids': { resultOf: 'g', name: 'Email/get', path: '/list/*/threadId' } }, 't'],
      ['Email/get', { '#ids': { resultOf: 't', name: 'Thread/get', path: '/list/*/emailIds' }, properties: [] }, 'all'],
      ['Email/get', { '#ids': { resultOf: 'q', name: 'Email/get', path: '/ids' } }, 'wrongName'],
      ['Email/get', { '#ids': { resultOf: 'q', name: 'Email/query', path: '/nope' } }, 'wrongPath'],
      ['Email/get', { ids: [], '#ids': { resultOf: 'q', name: 'Email/query', path: '/ids' } }, 'both'],
    );
    const last = getSchema.parse(methodResponses[3]?.[1]).list.map(({ id }) => id);
    assert.deepEqual(new Set(last), new Set(ids));
    const errors = methodResponses.slice(4).map(([, answer]) => answer.type);
    assert.deepEqual(errors, ['invalidResultReference', 'invalidResultReference', 'invalidArguments']);
  });
});

describe('changes', () => {
  it('coalesces what happened to one email', async (t) => {
    const server = await start(t);
    const [kept = '', gone = ''] = await server.deliver([{}, {}]);
    const before = await state(server);
    const [fresh = '', brief = ''] = await server.deliver([{}, {}]);
    await server.setKeywords([kept, fresh], { $seen: true });
    await server.setKeywords([kept], { $seen: null });
    await server.destroy([brief, gone]);
    const all = await changes(server, before);
    assert.deepEqual([all.created, all.updated, all.destroyed], [[fresh], [kept], [gone]]);
    assert.equal(all.newState, await state(server));
    assert.deepEqual(await changes(server, all.newState), {
      ...all,
      oldState: all.newState,
      created: [],
      updated: [],
      destroyed: [],
    });
    await server.setKeywords([kept], { $seen: null });
    assert.equal(await state(server), all.newState);
  });

  it('pages through intermediate states that lose nothing', async (t) => {
    const server = await start(t);
    const old = await server.deliver(Array.from({ length: 20 }, () => ({})));
    const before = await state(server);
    const fresh = await server.deliver(Array.from({ length: 20 }, () => ({})));
    await server.setKeywords([...old, ...fresh], { $flagged: true });
    await server.destroy([...old.slice(0, 5), ...fresh.slice(0, 5)]);
    for (const maxChanges of [1, 3, 7, 500]) {
      const { held, since, strangers } = await follow(server, before, old, maxChanges);
      assert.deepEqual(held, Object.keys((await server.truth()).emails).toSorted());
      assert.deepEqual([since, strangers], [await state(server), []]);
    }
    server.trouble.maxChanges(4);
    assert.equal((await changes(server, before)).hasMoreChanges, true);
    server.trouble.lateChanges(true);
    assert.notEqual((await follow(server, before, old, 9)).strangers.length, 0);
  });

  it('moves mailboxes by counters alone where nothing else changed', async (t) => {
    const server = await start(t);
    const inbox = server.mailboxId('inbox');
    const before = await state(server, 'Mailbox');
    const [id = ''] = await server.deliver([{}, {}]);
    const counted = await changes(server, before, {}, 'Mailbox');
    assert.deepEqual(counted.updated, [inbox]);
    assert.deepEqual(counted.updatedProperties, ['totalEmails', 'unreadEmails', 'totalThreads', 'unreadThreads']);
    await server.setKeywords([id], { $flagged: true });
    assert.equal(await state(server, 'Mailbox'), counted.newState);
    const made = await server.createMailbox('New', inbox);
    await server.renameMailbox(server.mailboxId('archive'), 'Attic');
    await server.setMailboxes([id], { [made]: true, [inbox]: null });
    const mixed = await changes(server, before, {}, 'Mailbox');
    assert.deepEqual([mixed.created, mixed.updatedProperties], [[made], null]);
    await server.deleteMailbox(made);
    assert.equal((await server.truth()).emails[id], undefined);
    assert.deepEqual((await changes(server, counted.newState, {}, 'Mailbox')).created, []);
  });

  it('counts mails and threads', async (t) => {
    const server = await start(t);
    const [inbox, trash] = [server.mailboxId('inbox'), server.mailboxId('trash')];
    const ids = await server.deliver([
      { messageId: 'a@x', keywords: ['$Seen'] },
      { inReplyTo: 'a@x' },
      { inReplyTo: 'a@x', keywords: ['$draft'] },
      { messageId: 'b@x', keywords: ['$seen'] },
      { inReplyTo: 'b@x', mailboxIds: [trash] },
    ]);
    const counters = async (id: string) => {
      const { list } = await one(server, getSchema, 'Mailbox/get', { ids: [id] });
      const [box = {}] = list;
      return [box.totalEmails, box.unreadEmails, box.totalThreads, box.unreadThreads];
    };
    assert.deepEqual(
      [await counters(inbox), await counters(trash)],
      [
        [4, 1, 2, 1],
        [1, 1, 1, 1],
      ],
    );
    const before = await state(server, 'Thread');
    await server.destroy(ids.slice(0, 3));
    assert.deepEqual(await counters(inbox), [1, 0, 1, 0]);
    const threads = await changes(server, before, {}, 'Thread');
    assert.deepEqual([threads.destroyed.length, threads.updated.length], [1, 0]);
  });
});

describe('a large account', () => {
  it('is filled and walked in time that grows with its size', async (t) => {
    const server = await start(t);
    const mails = sampleMail(20_000, { seed: 3 });
    assert.deepEqual(sampleMail(50, { seed: 3 }), sampleMail(50, { seed: 3 }));
    const ids = await deliverSample(server, mails);
    const before = await state(server);
    await server.setKeywords(ids.slice(0, 3), { custom: true });
    assert.deepEqual((await changes(server, before)).updated, ids.slice(0, 3));
    const walked = new Set<string>();
    for (let anchor: string | undefined; ; ) {
      const page = await query(server, anchor ? { anchor, anchorOffset: 1, limit: 5000 } : { limit: 5000 });
      if (page.ids.length === 0) break;
      for (const id of page.ids) walked.add(id);
      anchor = page.ids.at(-1);
    }
    assert.equal(walked.size, 20_000);
    const tern = await server.truth();
    assert.ok(Object.values(tern.mailboxes).some(({ name, parentId }) => name === 'Tern' && parentId !== null));
  });
});
