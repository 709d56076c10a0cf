import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { type JmapServer, type JmapServerOptions, startJmapServer } from '../servers/jmapServer.ts';
import { conformanceSuite, overJmap } from './behaviours.ts';
import { listAll } from './replica.ts';
import { oneEach } from './servers.ts';
import { everyOther } from './turns.ts';
import { entered, letters, openWorld, rowOf, type World } from './world.ts';

conformanceSuite(
  'JMAP in process',
  oneEach(() => startJmapServer()),
  { ...overJmap, takes: everyOther },
);

const open = async (t: TestContext, options: JmapServerOptions = {}): Promise<World & { server: JmapServer }> => {
  const server = await startJmapServer(options);
  return { ...(await openWorld(t, async () => server)), server };
};

/** What a server must not say of an email, and some do. */
const nonsense: Record<string, unknown>[] = [
  { subject: null, from: null, to: null, preview: null, receivedAt: null, sentAt: null, size: null },
  { subject: 42, from: 'bob', to: [null], keywords: { $seen: false, $FLAGGED: true }, preview: {}, size: -1 },
  { subject: 'half a pair \ud83d', preview: '\ude80\0', from: [{ name: '\ud83d', email: null }], cc: [{}] },
  { receivedAt: 'yesterday', sentAt: '+275760-09-13T00:00:00Z', size: 1e300, threadId: null, blobId: 7 },
  { receivedAt: '9999-12-31T23:59:59Z', sentAt: '0000-01-01T00:00:00Z', hasAttachment: 'yes', attachments: 'none' },
  { receivedAt: '1901-01-01T00:00:00Z', messageId: 'bare', references: [null, 1], attachments: [null, { size: '1' }] },
  { keywords: null, threadId: undefined, subject: undefined, mailboxIds: { P001: true, P404: true, P002: false } },
];

describe('JMAP in process, where it is worse than any real server', () => {
  it('lists mail however badly it is described', { timeout: 180_000 }, async (t) => {
    const world = await open(t);
    const { server, host, account } = world;
    for (const patch of nonsense.slice(0, 4)) await server.putRaw(patch, letters('odd', 1)[0]);
    await server.deliver(letters('plain', 3));
    await world.add();
    assert.deepEqual(await world.sync(), { result: 'ok' });
    for (const patch of nonsense.slice(4)) await server.putRaw(patch, letters('odd', 1)[0]);
    const [late = ''] = await server.deliver(letters('described anew', 1));
    await server.override(late, { keywords: { $seen: 'yes', ' ': true, [`x${'y'.repeat(300)}`]: true } });
    assert.deepEqual(await world.sync(), { result: 'ok' });

    const { mailboxes } = await host().call('mailboxes.list', account(), {});
    const inbox = mailboxes.find(({ role }) => role === 'inbox');
    const heads = await listAll(host(), account(), { mailbox: inbox?.id ?? '' }, 3);
    assert.equal(heads.length, nonsense.length + 4);
    const ids = heads.map(({ id }) => id);
    const { emails } = await host().call('emails.get', account(), { ids });
    assert.equal(emails.length, ids.length);
    const plain = heads.filter(({ subject }) => subject?.startsWith('plain'));
    assert.deepEqual(new Set(plain.map(({ subject }) => subject)), new Set(['plain 1', 'plain 2', 'plain 3']));
  });

  it('asks for another token when the old one expired', { timeout: 180_000 }, async (t) => {
    const server = await startJmapServer({ token: 'first' });
    const world = await openWorld(t, async () => ({ ...server, credential: { type: 'bearer', token: 'first' } }));
    await server.deliver(letters('mail', 2));
    await world.add();
    await world.agree();
    await server.setToken('second');
    assert.equal((await world.sync()).error?.kind, 'auth');
    assert.deepEqual([(await rowOf(world)).phase, (await rowOf(world)).error?.kind], ['blocked', 'auth']);
    await server.deliver(letters('new', 1));
    const live = entered(world, 'live');
    const credential = { type: 'bearer' as const, token: 'second' };
    await world.host().call('accounts.update', null, { account: world.account(), credential });
    await live;
    await world.agree();
  });

  it('brings new mail that changes tell only as updated, as Cyrus does', { timeout: 180_000 }, async (t) => {
    const world = await open(t);
    world.server.trouble.lateChanges(true);
    world.server.trouble.maxChanges(5);
    await world.server.deliver(letters('mail', 3));
    await world.add();
    await world.agree();
    const fresh = await world.server.deliver(letters('new', 20));
    await world.server.setKeywords(fresh.slice(0, 9), { $seen: true });
    assert.equal((await world.agree()).emails.length, 23);
  });

  it('stays true on a server with every habit at once', { timeout: 180_000 }, async (t) => {
    const limits = { maxObjectsInGet: 7, maxCallsInRequest: 3, maxConcurrentRequests: 1, maxSizeRequest: 20_000 };
    const world = await open(t, { limits, strictMailboxGet: true });
    const { server } = world;
    server.trouble.unstableOrder(true);
    server.trouble.shuffleGets(true);
    server.trouble.lateChanges(true);
    server.trouble.maxChanges(5);
    server.trouble.capQuery(11);
    server.trouble.emptyChangesPage(3);
    const at = new Date('2026-01-02T03:04:05Z');
    const ids = await server.deliver(letters('mail', 90, (n) => (n % 2 ? { receivedAt: at } : {})));
    await world.add();
    await world.agree();
    const archive = server.mailboxId('archive');
    const box = await server.createMailbox('Box');
    await server.setKeywords(ids.slice(0, 30), { $seen: true });
    await server.setMailboxes(ids.slice(20, 50), { [archive]: true, [box]: true });
    await server.destroy(ids.slice(45, 60));
    const fresh = await server.deliver(letters('new', 20, () => ({ mailboxIds: [box] })));
    await server.setKeywords(fresh.slice(0, 9), { $seen: true });
    await world.agree();
    server.trouble.cannotCalculateChanges(null, 3);
    await server.deleteMailbox(box);
    await server.destroy(ids.slice(70, 75));
    await server.setKeywords(ids.slice(60, 70), { $flagged: true });
    await world.agree();
  });
});
