import assert from 'node:assert/strict';
import type { TestMail } from '../servers/mailServer.ts';
import type { Behaviour } from './behaviours.ts';
import { expectedOf, listAll } from './replica.ts';
import { changed, lastCycle, letters, roleOf, type World } from './world.ts';

/** A server with some of everything: several mailboxes, one email in three, keywords, threads, equal dates. */
const settle = async ({ server }: World): Promise<void> => {
  const before = await server.truth();
  const [inbox, archive, trash] = [roleOf(before, 'inbox'), roleOf(before, 'archive'), roleOf(before, 'trash')];
  const projects = await server.createMailbox('Projects');
  const deep = await server.createMailbox('Grüße & Küsse', projects);
  const marks = [[], ['$seen'], ['$seen', '$flagged'], ['$answered', '$seen'], ['$draft'], ['$forwarded', 'project-x']];
  const at = new Date('2025-12-24T18:00:00Z');
  await server.deliver([
    ...letters('inbox', 120, (n) => ({ keywords: marks[n % marks.length] ?? [] })),
    ...letters('same second', 60, (n) => ({ receivedAt: at, mailboxIds: [n % 2 ? inbox : archive] })),
    ...letters('archived', 60, () => ({ mailboxIds: [archive], keywords: ['$seen'] })),
    ...letters('thrown away', 20, () => ({ mailboxIds: [trash], keywords: ['$seen'] })),
    ...letters('three places', 1, () => ({ mailboxIds: [inbox, archive, deep], keywords: ['important'] })),
    ...letters('deep', 30, () => ({ mailboxIds: [deep] })),
    ...letters('Straße 🚲', 3, () => ({ from: { name: 'Zoë Kröger', email: 'zoe@example.test' } })),
  ]);
};

/**
 * Waits until something shows, with the server's next words held back. They are held at each event and let go when it was not
 * the one: Tern must not be done before it is asked.
 */
const heldWhen = async (world: World, shows: () => Promise<boolean>): Promise<void> => {
  for (;;) {
    const more = changed(world);
    if (await shows()) return world.gate.hold();
    world.gate.release();
    await more;
    world.gate.hold();
  }
};

/** Waits until `count` emails were committed. */
const untilHeld = (world: World, count: number): Promise<void> =>
  heldWhen(world, async () => {
    const { emails } = await world.host().call('emails.list', world.account(), { limit: count });
    return emails.length >= count;
  });

/** Waits until so many emails of the inbox are said to be unread. */
const untilCounted = (world: World, unread: number): Promise<void> =>
  heldWhen(world, async () => {
    const { mailboxes } = await world.host().call('mailboxes.list', world.account(), {});
    return mailboxes.find(({ role }) => role === 'inbox')?.unreadEmails === unread;
  });

const firstSync: Behaviour = [
  'a first sync brings every mailbox, email, place and keyword',
  async (world, _t, { copies }) => {
    await settle(world);
    await world.add();
    const { mailboxes, emails } = await world.agree();
    const places = emails.filter(({ subject }) => subject === 'three places 1').map((email) => email.mailboxes.length);
    assert.deepEqual(places, copies === 'same email' ? [3] : [1, 1, 1]);
    assert.equal(emails.length, 293 + places.length);
    assert.equal(mailboxes.find(({ path }) => path === 'Projects/Grüße & Küsse')?.totalEmails, 31);
    const roles = mailboxes.flatMap(({ role }) => role ?? []).toSorted();
    assert.deepEqual(roles, ['archive', 'drafts', 'inbox', 'junk', 'sent', 'trash']);
    for (const role of roles) await world.host().call('emails.list', world.account(), { role });
  },
];

const emptyAccount: Behaviour = [
  'an account without mail is in sync at once',
  async (world) => {
    await world.add();
    const { emails } = await world.agree();
    assert.deepEqual(emails, []);
  },
];

const described: Behaviour = [
  'an email tells who wrote to whom, when, and in answer to what',
  async (world, _t, { previews }) => {
    const mail: TestMail = {
      subject: 'Grüße',
      from: { name: 'Zoë Kröger', email: 'zoe@example.test' },
      to: [
        { name: 'Alice', email: 'alice@example.test' },
        { name: null, email: 'bob@example.test' },
      ],
      text: 'Hello Alice,\nthis is the beginning of the text.',
      receivedAt: new Date('2026-01-02T03:04:05Z'),
      messageId: 'whole@conformance.test',
      inReplyTo: 'before@conformance.test',
    };
    await world.server.deliver([mail]);
    await world.add();
    await world.agree();
    const [head] = await listAll(world.host(), world.account(), {});
    const { emails } = await world.host().call('emails.get', world.account(), { ids: [head?.id ?? ''] });
    const [email] = emails;
    assert.deepEqual(
      [email?.subject, email?.from, email?.to, email?.messageId, email?.inReplyTo, email?.hasAttachment],
      [mail.subject, [mail.from], mail.to, [mail.messageId], [mail.inReplyTo], false],
    );
    assert.equal(Date.parse(email?.receivedAt ?? ''), mail.receivedAt?.getTime());
    if (previews) assert.match(email?.preview ?? '', /^Hello Alice,\s+this is the beginning/);
    assert.ok((email?.size ?? 0) > 100);
  },
];

const newestFirst: Behaviour = [
  'the newest mail is listed and the counters are right while the first sync goes on',
  async (world) => {
    const { server, gate, host, account } = world;
    await server.deliver(letters('mail', 700, (n) => ({ keywords: n % 3 === 0 ? ['$seen'] : [] })));
    const expected = expectedOf(await server.truth());
    gate.delay(500);
    await world.add();
    await untilHeld(world, 50);
    const newest = await listAll(host(), account(), {});
    assert.ok(newest.length < 700, 'the first sync is not over');
    assert.deepEqual(
      newest.slice(0, 50).map(({ subject }) => subject),
      Array.from({ length: 50 }, (_, n) => `mail ${700 - n}`),
    );
    const { mailboxes } = await host().call('mailboxes.list', account(), {});
    assert.deepEqual(
      mailboxes
        .map(({ path, role, totalEmails, unreadEmails }) => ({ path, role, totalEmails, unreadEmails }))
        .toSorted((a, b) => (a.path < b.path ? -1 : 1)),
      expected.mailboxes,
    );
    gate.delay(0);
    gate.release();
  },
];

const changedMeanwhile: Behaviour = [
  'what happens on the server during the first sync is not lost',
  async (world, _t, { copies }) => {
    const { server, gate } = world;
    const doomed = await server.createMailbox('Deleted meanwhile');
    await server.deliver(letters('doomed', 10, () => ({ mailboxIds: [doomed] })));
    const ids = await server.deliver(letters('mail', 400));
    gate.delay(200);
    await world.add();
    await untilHeld(world, 50);
    const box = await server.createMailbox('Made meanwhile');
    await server.setKeywords([...ids.slice(0, 3), ...ids.slice(-3)], { $seen: true, meanwhile: true });
    await server.setMailboxes([...ids.slice(10, 13), ...ids.slice(-13, -10)], { [box]: true });
    await server.destroy([...ids.slice(20, 23), ...ids.slice(-23, -20)]);
    await server.deleteMailbox(doomed);
    await server.deliver([...letters('new', 3), ...letters('new there', 2, () => ({ mailboxIds: [box] }))]);
    gate.delay(0);
    gate.release();
    const { emails } = await world.agree();
    assert.equal(emails.length, 400 - 6 + 5 + (copies === 'own emails' ? 6 : 0));
  },
];

const killed: Behaviour = [
  'a first sync that was cut short by kill -9 goes on where it was',
  async (world) => {
    const ids = await world.server.deliver(letters('mail', 700));
    world.gate.delay(500);
    await world.add();
    await untilHeld(world, 50);
    await world.leave('kill');
    await world.server.setKeywords([...ids.slice(0, 5), ...ids.slice(-5)], { $seen: true });
    world.gate.release();
    world.comeBack();
    await untilCounted(world, 690);
    const held = await listAll(world.host(), world.account(), {});
    assert.ok(held.length < 700, 'the counters were right before the first sync was over');
    world.gate.delay(0);
    world.gate.release();
    await world.agree();
    const { cycles } = await world.host().call('sync.log', world.account(), { limit: 50 });
    const fetched = cycles.reduce((sum, { counts }) => sum + counts.created, 0);
    assert.ok(fetched <= 650, `what was held is not fetched again: ${fetched}`);
  },
  'own home',
];

const threads: Behaviour = [
  "threads are the server's, in lists and one by one",
  async (world) => {
    const { server, host, account } = world;
    const beginnings = letters('talk', 12);
    const replies = beginnings.slice(0, 6).flatMap(({ subject = '', messageId = '' }) => [
      ...letters(`Re: ${subject}`, 2, (n) => ({
        subject: `Re: ${subject}`,
        messageId: `re-${n}-${messageId}`,
        inReplyTo: messageId,
        keywords: n === 1 ? ['$seen'] : [],
      })),
    ]);
    const mails = [...beginnings, ...replies];
    const ids = await server.deliver(mails);
    await world.add();
    await world.agree();
    const heads = await listAll(host(), account(), {});
    const name = (email: { subject: string | null; receivedAt: string }): string =>
      `${email.subject} at ${new Date(email.receivedAt).toISOString()}`;
    const groups = new Map<string, string[]>();
    const serverThreads = (await server.threads?.()) ?? {};
    for (const [n, mail] of mails.entries()) {
      // A server without threads of its own leaves it to the References to say what belongs together.
      const thread = serverThreads[ids[n] ?? ''] ?? mail.inReplyTo ?? mail.messageId ?? '';
      const sent = { subject: mail.subject ?? '', receivedAt: mail.receivedAt?.toISOString() ?? '' };
      groups.set(thread, [...(groups.get(thread) ?? []), name(sent)]);
    }
    const expected = [...groups.values()];
    const held: string[] = [];
    for (const threadId of new Set(heads.map((head) => head.threadId))) {
      const { emails } = await host().call('threads.get', account(), { thread: threadId });
      const dates = emails.map(({ receivedAt }) => receivedAt);
      assert.deepEqual(dates, dates.toSorted(), 'a thread goes from the oldest to the newest');
      held.push(emails.map(name).toSorted().join());
    }
    assert.deepEqual(held.toSorted(), expected.map((group) => group.toSorted().join()).toSorted());
    const collapsed = await listAll(host(), account(), { collapseThreads: true });
    assert.deepEqual(
      collapsed.map(({ threadSize }) => String(threadSize)).toSorted(),
      expected.map((group) => String(group.length)).toSorted(),
    );
    assert.equal(collapsed[0]?.threadUnread, 2);
  },
];

const idle: Behaviour = [
  'a cycle without news costs next to nothing and changes nothing',
  async (world, t, { idle: limit }) => {
    await settle(world);
    await world.add();
    const first = await world.agree();
    await world.sync();
    const { roundTrips, counts, bytes } = await lastCycle(world);
    t.diagnostic(`${roundTrips} round trips, ${bytes} bytes`);
    assert.ok(roundTrips >= 1 && roundTrips <= limit.roundTrips, `${roundTrips} round trips`);
    assert.deepEqual(counts, { mailboxes: 0, created: 0, updated: 0, destroyed: 0, pushed: 0 });
    assert.ok(bytes < limit.bytes, `${bytes} bytes`);
    assert.deepEqual(await world.agree(), first);
  },
];

/** The first sync, to its end and half-way. */
export const fillBehaviours: Behaviour[] = [
  firstSync,
  emptyAccount,
  described,
  newestFirst,
  changedMeanwhile,
  killed,
  threads,
  idle,
];
