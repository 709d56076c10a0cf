import { deepEqual, equal, ok, rejects } from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as fc from 'fast-check';
import type { Delta } from '../../src-main/driver/driver.ts';
import { applyDelta, noCounts } from '../../src-main/engine/apply.ts';
import { listMailboxes } from '../../src-main/store/mailboxes.ts';
import { readCursors } from '../../src-main/store/syncState.ts';
import { TernError } from '../../src-shared/errors.ts';
import { remoteEmail, remoteMailbox, someSecond } from '../support/builders.ts';
import { openStore, type TestStore } from '../support/store.ts';

const apply = async (s: TestStore, delta: Partial<Delta>) => {
  const counts = noCounts();
  await applyDelta(s.store, { cursors: [], ...delta }, counts);
  return counts;
};
const emailsOf = (count: number) => Array.from({ length: count }, (_, i) => remoteEmail({ remoteId: `e${i}` }));
const put = (...emails: ReturnType<typeof remoteEmail>[]) => ({ put: emails, patched: [], destroyed: [] });
const cursors = (s: TestStore) => s.read(readCursors);
const moved = (from: string | null, to: string | null) => [{ key: 'email', from, to }];

/** What a person can see of the replica, by the server's names. */
const seen = (s: TestStore) => {
  const mailboxes = new Map(s.rows('mailboxes').map((row) => [row['id'], row['remote_id']]));
  const places = s.rows('email_mailboxes');
  return {
    mailboxes: s.read((db) => listMailboxes(db, 'acc')).map(({ id: _id, parentId: _parent, ...rest }) => rest),
    emails: s.rows('emails ORDER BY remote_id').map(({ id, thread_id: _thread, sort_key, ...rest }) => ({
      ...rest,
      second: Math.floor(Number(sort_key) / 2 ** 21),
      mailboxes: places
        .filter((p) => p['email_id'] === id)
        .map((p) => String(mailboxes.get(p['mailbox_id'] ?? 0)))
        .toSorted(),
    })),
    threads: s
      .rows('threads')
      .map((row) => String(row['remote_id']))
      .toSorted(),
  };
};

describe('a delta', () => {
  it('of 1,000 rows commits in batches, its cursor only with the last', async () => {
    const s = openStore();
    const commits: { rows: number; cursor: string | undefined }[] = [];
    s.store.onCommit(() => commits.push({ rows: s.rows('emails').length, cursor: cursors(s)['email'] }));
    const counts = await apply(s, { emails: put(...emailsOf(1000)), cursors: moved(null, 's1') });
    ok(commits.length >= 2, `${commits.length} commits`);
    ok(commits.every(({ rows }, i) => rows - (commits[i - 1]?.rows ?? 0) <= 500));
    deepEqual(commits.at(-1), { rows: 1000, cursor: 's1' });
    deepEqual(commits.filter(({ cursor }) => cursor !== undefined).length, 1);
    deepEqual(counts, { ...noCounts(), created: 1000 });
  });

  it('lets other work run between its batches', async () => {
    const s = openStore();
    let turns = 0;
    const tick = (): void => {
      turns += 1;
      pending = setImmediate(tick);
    };
    let pending = setImmediate(tick);
    const commits: number[] = [];
    s.store.onCommit(() => commits.push(turns));
    await apply(s, { emails: put(...emailsOf(1000)) });
    clearImmediate(pending);
    equal(new Set(commits).size, commits.length);
  });

  it('without rows moves its cursor all the same', async () => {
    const s = openStore();
    await apply(s, { cursors: moved(null, 's1') });
    await apply(s, { cursors: moved('s1', 's2') });
    deepEqual(cursors(s), { email: 's2' });
  });

  it('whose cursor had moved is a conflict, and leaves nothing of its last batch', async () => {
    const s = openStore();
    await apply(s, { cursors: moved(null, 'theirs') });
    const counts = noCounts();
    const delta = {
      emails: put(...emailsOf(3)),
      cursors: [{ key: 'mailbox', from: null, to: 'm1' }, ...moved('mine', 's2')],
    };
    await rejects(
      applyDelta(s.store, delta, counts),
      (error) => error instanceof TernError && error.kind === 'conflict',
    );
    deepEqual([s.rows('emails'), cursors(s), counts], [[], { email: 'theirs' }, noCounts()]);
  });

  it('whose cursor had moved keeps its earlier batches, which are true anyhow, and counts them alone', async () => {
    const s = openStore();
    const counts = noCounts();
    await rejects(
      applyDelta(s.store, { emails: put(...emailsOf(1000)), cursors: moved('mine', 's2') }, counts),
      TernError,
    );
    const held = s.rows('emails').length;
    ok(held > 0 && held < 1000);
    deepEqual([counts.created, cursors(s)], [held, {}]);
  });

  it('counts what it did', async () => {
    const s = openStore();
    const counts = noCounts();
    const box = remoteMailbox({ remoteId: 'inbox' });
    await applyDelta(
      s.store,
      { mailboxes: { put: [box], counts: [], destroyed: [] }, emails: put(...emailsOf(3)), cursors: [] },
      counts,
    );
    const second: Delta = {
      mailboxes: { put: [], counts: [{ remoteId: 'inbox', totalEmails: 1, unreadEmails: 1 }], destroyed: ['nowhere'] },
      emails: {
        put: [remoteEmail({ remoteId: 'e0' }), remoteEmail({ remoteId: 'e9' })],
        patched: [
          { remoteId: 'e1', mailboxIds: ['inbox'], keywords: ['$seen'] },
          { remoteId: 'nobody', mailboxIds: ['inbox'], keywords: [] },
        ],
        destroyed: ['e2', 'e2', 'nobody'],
      },
      cursors: [],
    };
    await applyDelta(s.store, second, counts);
    deepEqual(counts, { mailboxes: 1, created: 4, updated: 1, destroyed: 1, pushed: 0 });
  });

  it('puts mailboxes before the emails in them and removes them after', async () => {
    const s = openStore();
    await apply(s, { mailboxes: { put: [remoteMailbox({ remoteId: 'a' })], counts: [], destroyed: [] } });
    const placeholders: number[] = [];
    s.store.onCommit(() => placeholders.push(s.rows('mailboxes WHERE is_listed = 0').length));
    await apply(s, {
      mailboxes: { put: [remoteMailbox({ remoteId: 'b' })], counts: [], destroyed: ['a'] },
      emails: put(remoteEmail({ remoteId: 'e1', mailboxIds: ['a', 'b'] })),
      filled: true,
    });
    deepEqual(placeholders, [0]);
    deepEqual(
      seen(s).emails.map(({ mailboxes }) => mailboxes),
      [['b']],
    );
    deepEqual(
      seen(s).mailboxes.map(({ path, totalEmails }) => [path, totalEmails]),
      [['b', 1]],
    );
  });

  it('applied twice is applied once', async () => {
    const emailName = fc.constantFrom('e1', 'e2', 'e3', 'e4');
    const mailboxName = fc.constantFrom('a', 'b', 'c');
    const mailboxIds = fc.subarray(['a', 'b', 'c']);
    const keywords = fc.subarray(['$seen', '$draft', 'work']);
    const state = fc.record({ remoteId: emailName, mailboxIds, keywords });
    const email = fc.record({
      state,
      thread: fc.constantFrom('t1', 't2'),
      second: fc.integer({ min: someSecond, max: someSecond + 1 }),
    });
    const delta: fc.Arbitrary<Delta> = fc
      .record({
        put: fc.array(email, { maxLength: 4 }),
        patched: fc.array(state, { maxLength: 3 }),
        destroyed: fc.array(emailName, { maxLength: 2 }),
        boxes: fc.array(mailboxName, { maxLength: 3 }),
        counts: fc.array(fc.record({ remoteId: mailboxName, totalEmails: fc.nat(9), unreadEmails: fc.nat(9) }), {
          maxLength: 2,
        }),
        gone: fc.array(mailboxName, { maxLength: 1 }),
        filled: fc.boolean(),
      })
      .map(({ boxes, counts, gone, filled, patched, destroyed, put: put_ }) => ({
        mailboxes: {
          put: boxes.map((remoteId) => remoteMailbox({ remoteId, totalEmails: 5 })),
          counts,
          destroyed: gone,
        },
        emails: {
          put: put_.map(({ state: said, thread, second }) =>
            remoteEmail({ ...said, threadRemoteId: thread, receivedAt: second }),
          ),
          patched,
          destroyed,
        },
        filled,
        cursors: [],
      }));
    await fc.assert(
      fc.asyncProperty(fc.array(delta, { maxLength: 3 }), delta, async (before, last) => {
        const [once, twice] = [openStore(), openStore()];
        for (const s of [once, twice]) for (const each of [...before, last]) await apply(s, each);
        await apply(twice, last);
        deepEqual(seen(twice), seen(once));
        once.store.close();
        twice.store.close();
      }),
    );
  });
});
