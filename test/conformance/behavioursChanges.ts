import assert from 'node:assert/strict';
import type { Behaviour } from './behaviours.ts';
import { listAll } from './replica.ts';
import { changed, letters, roleOf, type World } from './world.ts';

/** Synced with `count` emails in the inbox; answers their remote ids. */
const synced = async (world: World, count: number): Promise<string[]> => {
  const ids = await world.server.deliver(letters('mail', count));
  await world.add();
  await world.agree();
  return ids;
};

const newMail: Behaviour = [
  'new mail comes, with an event that names it',
  async (world) => {
    await synced(world, 5);
    const told = changed(world, ({ emails }) => emails?.created.length === 3);
    await world.server.deliver([
      ...letters('new', 2),
      ...letters('old mail, newly moved in', 1, () => ({ receivedAt: new Date('2020-01-01T00:00:00Z') })),
    ]);
    const { emails } = await world.agree();
    assert.equal(emails.length, 8);
    const { emails: named } = await told;
    const { emails: got } = await world.host().call('emails.get', world.account(), { ids: named?.created ?? [] });
    assert.equal(got.length, 3);
    // A cycle that the server's hint began may have been there first.
    const { cycles } = await world.host().call('sync.log', world.account(), {});
    assert.deepEqual(
      cycles.map(({ counts }) => counts.created).filter((count) => count > 0),
      [3, 5],
    );
  },
];

const flags: Behaviour = [
  'keywords set and cleared elsewhere come, also a custom one',
  async (world) => {
    const [one = '', two = '', three = ''] = await synced(world, 3);
    await world.server.setKeywords([one, two], { $seen: true, $flagged: true, 'project-x': true });
    await world.agree();
    await world.server.setKeywords([two], { $flagged: null, 'project-x': null });
    await world.server.setKeywords([three], { $answered: true, $forwarded: true });
    const { emails } = await world.agree();
    assert.deepEqual(
      emails.map(({ keywords }) => keywords),
      [['$flagged', '$seen', 'project-x'].toSorted(), ['$seen'], ['$answered', '$forwarded']],
    );
    await world.server.setKeywords([one, two], { $seen: null });
  },
];

const moves: Behaviour = [
  'an email moved, copied, or taken from one of its mailboxes stays what it is',
  async (world, _t, { copies }) => {
    const [moved = '', copied = '', third = ''] = await synced(world, 4);
    const idsBySubject = async (): Promise<Map<string | null, string>> =>
      new Map((await listAll(world.host(), world.account(), {})).map((head) => [head.subject, head.id]));
    const before = await idsBySubject();
    const truth = await world.server.truth();
    const [inbox, archive, junk] = [roleOf(truth, 'inbox'), roleOf(truth, 'archive'), roleOf(truth, 'junk')];
    await world.server.setMailboxes([moved], { [archive]: true, [inbox]: null });
    await world.server.setMailboxes([copied, third], { [archive]: true });
    const { emails } = await world.agree();
    const places = emails.filter(({ subject }) => subject === 'mail 2').map(({ mailboxes }) => mailboxes.length);
    assert.deepEqual(places, copies === 'same email' ? [2] : [1, 1]);
    await world.server.setMailboxes([copied], { [inbox]: null });
    await world.server.setMailboxes([third], { [archive]: null });
    await world.agree();
    const after = await idsBySubject();
    // What is left of a copied email is the copy, where that is an email of its own.
    if (copies === 'own emails') for (const ids of [before, after]) ids.delete('mail 2');
    assert.deepEqual(after, before, 'their ids are what they were');
    await world.server.setMailboxes([third], { [junk]: true, [inbox]: null });
  },
];

const deletes: Behaviour = [
  'deleted emails go, here and there',
  async (world) => {
    const ids = await synced(world, 6);
    const { host, account } = world;
    const heads = await listAll(host(), account(), {});
    await world.server.destroy(ids.slice(1, 4));
    const { emails } = await world.agree();
    assert.equal(emails.length, 3);
    const { notFound } = await host().call('emails.get', account(), { ids: heads.map(({ id }) => id) });
    assert.equal(notFound.length, 3);
    await world.server.destroy([ids[0] ?? '', ...ids.slice(4)]);
    assert.deepEqual((await world.agree()).emails, []);
  },
];

const passing: Behaviour = [
  'mail that came and went, or changed often, between two cycles ends as it is',
  async (world) => {
    const { server } = world;
    const [old = ''] = await synced(world, 2);
    const truth = await server.truth();
    const [inbox, archive] = [roleOf(truth, 'inbox'), roleOf(truth, 'archive')];
    const [gone = '', kept = ''] = await server.deliver(letters('in passing', 2));
    await server.setKeywords([gone, kept, old], { $seen: true });
    await server.destroy([gone]);
    await server.setMailboxes([kept], { [archive]: true, [inbox]: null });
    await server.setKeywords([kept, old], { $seen: null, later: true });
    const { emails } = await world.agree();
    assert.equal(emails.length, 3);
    await server.setKeywords([old], { $flagged: true });
    await server.destroy([old]);
  },
];

const answers: Behaviour = [
  'an answer joins the thread that is held',
  async (world) => {
    const { server, host, account } = world;
    await server.deliver(letters('talk', 1));
    await world.add();
    await world.agree();
    await server.deliver(letters('answer', 1, () => ({ subject: 'Re: talk 1', inReplyTo: 'talk-1@conformance.test' })));
    await world.agree();
    const collapsed = await listAll(host(), account(), { collapseThreads: true });
    assert.deepEqual(
      collapsed.map(({ subject, threadSize }) => [subject, threadSize]),
      [['Re: talk 1', 2]],
    );
  },
];

const churn: Behaviour = [
  'what happens while cycles run is not lost',
  async (world) => {
    const { server } = world;
    const ids = await synced(world, 60);
    const truth = await server.truth();
    const [inbox, archive] = [roleOf(truth, 'inbox'), roleOf(truth, 'archive')];
    const over = new AbortController();
    const cycles = async (): Promise<void> => {
      while (!over.signal.aborted) assert.deepEqual(await world.sync(), { result: 'ok' });
    };
    const others = async (): Promise<void> => {
      for (let n = 0; n < 12; n += 1) {
        const [one = '', two = '', three = ''] = ids.slice(n * 5, n * 5 + 3);
        await server.setKeywords([one, two], { $seen: true, [`round-${n}`]: true });
        await server.setMailboxes([two], { [archive]: true, ...(n % 2 ? { [inbox]: null } : {}) });
        await server.destroy([three]);
        await server.deliver(letters(`round ${n}`, 2, () => ({ mailboxIds: [n % 2 ? inbox : archive] })));
        const box = await server.createMailbox(`Round ${n}`);
        if (n % 4 === 0) await server.deleteMailbox(box);
      }
    };
    await Promise.all([cycles(), others().finally(() => over.abort())]);
  },
];

/** What another client does while Tern runs. */
export const changeBehaviours: Behaviour[] = [newMail, flags, moves, deletes, passing, answers, churn];
