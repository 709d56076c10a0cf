import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { listEmails } from '../../src-main/store/emailPages.ts';
import { mailboxesWithRole } from '../../src-main/store/mailboxes.ts';
import { settle } from '../support/clock.ts';
import { mails, type World, world } from '../support/world.ts';
import { countWhole, tap, texts } from '../support/worldTap.ts';

const small = { maxObjectsInGet: 20 };

const subjectsInInbox = (w: World): (string | null)[] =>
  w.store.read((db) => {
    const [mailbox = 0] = mailboxesWithRole(db, 'inbox');
    const query = { mailbox, filter: {}, collapseThreads: false, limit: 1000, after: null };
    return listEmails(db, 'world', query).rows.map(({ subject }) => subject);
  });

describe('J2: a first sync', () => {
  it('shows the mailboxes first, and a small first page before anything else', async (t) => {
    const w = await world(t, { mails: 300 });
    const seen: { held: number; mailboxes: number; requests: number; first: string | null | undefined }[] = [];
    w.hooks.onCommit = ({ held }) =>
      seen.push({
        held,
        mailboxes: Object.keys(w.view().mailboxes).length,
        requests: w.server.countRequests('Email/get'),
        first: subjectsInInbox(w)[0],
      });
    await w.expectTrue();
    assert.deepEqual(seen.find(({ mailboxes }) => mailboxes > 0)?.held, 0);
    assert.deepEqual(
      seen.find(({ held }) => held >= 50),
      { held: 50, mailboxes: 6, requests: 2, first: 'mail 300' },
    );
  });

  it('chains the first page by a back-reference', async (t) => {
    const w = await world(t, { mails: 300 });
    await w.expectTrue();
    const first = w.server.requests.find(({ methods }) => methods.includes('Email/query'));
    assert.deepEqual(first?.methods, ['Email/query', 'Email/get']);
  });

  it('is one walk without a filter: an email in three mailboxes comes once', async (t) => {
    const w = await world(t, { limits: small });
    const mailboxIds = ['inbox', 'archive', 'sent'].map((role) => w.server.mailboxId(role));
    await w.server.deliver(mails(90, () => ({ mailboxIds })));
    const filters: unknown[] = [];
    const whole = countWhole(w);
    await w.expectTrue();
    assert.deepEqual([...new Set(whole.values())], [1]);
    assert.equal(whole.size, 90);
    await w.restart();
    tap(w, ({ name, asked }) => {
      if (name === 'Email/query') filters.push(asked['filter']);
    });
    w.server.trouble.cannotCalculateChanges('Email', 2);
    await w.expectTrue();
    assert.ok(filters.length > 0);
    assert.deepEqual(
      filters.filter((filter) => filter != null),
      [],
    );
  });

  it('pages by anchor, in the walk and in the verification', async (t) => {
    const w = await world(t, { mails: 100, limits: small });
    w.server.trouble.capQuery(15);
    const asked: string[] = [];
    tap(w, (call) => {
      if (call.name !== 'Email/query') return;
      asked.push(call.asked['anchor'] === undefined ? 'position' : 'anchor');
    });
    await w.expectTrue();
    assert.equal(asked.filter((way) => way === 'position').length, 2, 'only where each of the two begins');
    assert.ok(asked.length > 12);
  });

  it('goes from the newest to the oldest, each page visible and its place kept', async (t) => {
    const w = await world(t, { mails: 200, limits: small });
    const held: number[] = [];
    w.hooks.onCommit = (commit) => {
      if (commit.created === 0) return;
      held.push(commit.held);
      assert.deepEqual(
        subjectsInInbox(w),
        Array.from({ length: commit.held }, (_, n) => `mail ${200 - n}`),
      );
    };
    await w.expectTrue();
    assert.ok(held.length >= 8);
  });

  it('tells how far it is', async (t) => {
    const w = await world(t, { mails: 200, limits: small });
    await w.expectTrue();
    assert.deepEqual(w.progress[0], { done: 20, total: 200 });
    assert.deepEqual(w.progress.at(-1), { done: 200, total: 200 });
  });

  it("shows the server's counters until it is done, and counts from then on", async (t) => {
    const w = await world(t, { mails: 200, limits: small });
    const inbox = w.server.mailboxId('inbox');
    const totals = new Set<number>();
    w.hooks.onCommit = ({ held }) => {
      const total = w.view().mailboxes[inbox]?.totalEmails;
      if (total !== undefined && held < 200) totals.add(total);
    };
    await w.expectTrue();
    assert.deepEqual([...totals], [200]);
    // From now on the server's counters are nobody's business.
    const id = (await w.server.deliver([{}]))[0] ?? '';
    await w.server.override(inbox, { totalEmails: 5000, unreadEmails: 4000 });
    await w.expectTrue();
    await w.server.setKeywords([id], { $seen: true });
    await w.expectTrue();
  });

  it('of an account without mail, or without anything, ends', async (t) => {
    const w = await world(t, { mailboxes: [] });
    await w.expectTrue();
    const id = await w.server.createMailbox('first');
    await w.server.deliver([{ mailboxIds: [id] }]);
    await w.expectTrue();
  });

  for (const limits of [
    { maxObjectsInGet: 1 },
    { maxObjectsInGet: 3, maxCallsInRequest: 3 },
    { maxSizeRequest: 4500 },
    { maxSizeRequest: 2500, maxObjectsInGet: 500 },
    { maxCallsInRequest: 4 },
    { maxCallsInRequest: 1, maxObjectsInGet: 9, maxConcurrentRequests: 1, maxSizeRequest: 3000 },
  ])
    it(`keeps to ${JSON.stringify(limits)}`, async (t) => {
      const w = await world(t, { mails: limits.maxSizeRequest ? 260 : 60, limits });
      const refused: string[] = [];
      tap(w, ({ name, answer, failed }) => {
        if (failed) refused.push(`${name} ${JSON.stringify(answer)}`);
      });
      await w.expectTrue();
      await w.server.deliver(mails(30));
      await w.expectTrue();
      assert.deepEqual(refused, []);
      const largest = Math.max(...w.server.requests.map(({ bytes }) => bytes));
      assert.ok(largest <= (limits.maxSizeRequest ?? 5000), `a request of ${largest} octets`);
      assert.ok(w.cycles().every(({ result }) => result === 'ok'));
    });

  for (const maxConcurrentRequests of [1, 2, 3, 8])
    it(`has at most ${maxConcurrentRequests} requests under way where that is the limit, and no more than four`, async (t) => {
      const w = await world(t, { mails: 300, limits: { ...small, maxConcurrentRequests } });
      const together = Math.min(3, maxConcurrentRequests);
      let gets = 0;
      // The first pages are answered only once as many of them are under way as may be.
      tap(w, async ({ name, asked }) => {
        // Long enough for a request too many to come.
        await settle(5);
        if (name !== 'Email/get' || texts(asked['ids']).length === 0) return;
        gets += 1;
        if (gets <= together) await w.until(() => gets >= together, `${together} gets at once`);
      });
      await w.expectTrue();
      assert.ok(w.server.maxInFlight <= Math.min(4, maxConcurrentRequests), `${w.server.maxInFlight} at once`);
    });

  it('resumes after a crash at any commit, and does not start over', async (t) => {
    const w = await world(t, { mails: 300, limits: small });
    const whole = countWhole(w);
    let crashes = 0;
    for (let commit = 1; ; commit++) {
      w.crashAt(5);
      await w.sync();
      if (!w.crashed()) break;
      crashes += 1;
      assert.ok(commit < 100, 'it gets on');
      await w.restart();
    }
    assert.ok(crashes > 3, `${crashes} crashes`);
    await w.restart();
    await w.expectTrue();
    const read = [...whole.values()].reduce((sum, n) => sum + n, 0);
    // What was under way when it died is read again: at most three pages for each crash.
    assert.ok(read <= 300 + crashes * 80, `${read} emails read`);
    const late = [...whole].filter(([id]) => id > 'M000000F0').map(([, n]) => n);
    assert.ok(Math.max(...late) <= 5, `the first page is not read for each crash: ${Math.max(...late)} times`);
  });

  it('ends true after a crash at each of its commits in turn', async (t) => {
    const w = await world(t, { mails: 150, limits: small });
    let commits = 1;
    for (; commits < 200; commits++) {
      w.crashAt(commits);
      await w.sync();
      if (!w.crashed()) break;
      await w.restart();
      if (commits % 3 === 0) await w.server.deliver(mails(1));
    }
    await w.restart();
    await w.expectTrue();
  });

  it('resumes where its anchor is gone', async (t) => {
    const w = await world(t, { mails: 200, limits: small });
    w.server.trouble.capQuery(40);
    w.crashAt(7);
    await w.sync();
    assert.ok(w.crashed());
    const { place } = JSON.parse(w.commits.at(-1)?.cursors['fill'] ?? '{}') as { place: { anchors: string[] } };
    assert.ok(place.anchors.length > 1);
    for (const gone of [place.anchors.slice(0, 1), place.anchors.slice(1)]) {
      await w.server.destroy(gone);
      await w.restart();
      w.crashAt(3);
      await w.sync();
    }
    await w.restart();
    await w.expectTrue();
  });
});
