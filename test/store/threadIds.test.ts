import { deepEqual, equal, ok } from 'node:assert/strict';
import { describe, it } from 'node:test';
import { applyDelta, finishMerges, noCounts } from '../../src-main/engine/apply.ts';
import { listEmails } from '../../src-main/store/emailPages.ts';
import { putEmail, removeEmail } from '../../src-main/store/emails.ts';
import { threadIdsOf } from '../../src-main/store/threadIds.ts';
import { threadCounts, threadEmails } from '../../src-main/store/threads.ts';
import type { RemoteEmail } from '../../src-shared/remote.ts';
import { remoteEmail, someSecond } from '../support/builders.ts';
import { empty, faults, type Letter, letter, partition, put, take } from './letters.ts';

const a: Letter = { name: 'a', own: 'a@x' };
const b: Letter = { name: 'b', own: 'b@x', inReplyTo: ['a@x'], references: ['a@x'] };
const c: Letter = { name: 'c', own: 'c@x', inReplyTo: ['b@x'], references: ['a@x', 'b@x'] };

describe('a conversation on a server that has no threads', () => {
  it('is what emails name in Message-ID, In-Reply-To and References', async () => {
    const s = empty();
    await take(s, a, b, c, { name: 'other', own: 'o@x' });
    deepEqual(partition(s), ['a b c', 'other']);
  });

  it('is never what a subject says', async () => {
    const s = empty();
    await take(
      s,
      { name: 'one', own: '1@x' },
      { name: 'two', own: '2@x' },
      { name: 'three', own: null },
      { name: 'four', own: null },
    );
    deepEqual(partition(s), ['four', 'one', 'three', 'two']);
  });

  it('takes in a parent that comes late', async () => {
    const s = empty();
    await take(s, { name: 'left', own: 'l@x', inReplyTo: ['p@x'] }, { name: 'right', own: 'r@x', references: ['q@x'] });
    deepEqual(partition(s), ['left', 'right']);
    await take(s, { name: 'parent', own: 'p@x', references: ['q@x'] });
    deepEqual(partition(s), ['left parent right']);
    deepEqual(faults(s), []);
  });

  it('is one though the ancestor that its emails have in common never comes', async () => {
    const s = empty();
    await take(
      s,
      { name: 'left', own: 'l@x', references: ['gone@x'] },
      { name: 'right', own: 'r@x', references: ['gone@x', 'm@x'] },
    );
    deepEqual(partition(s), ['left right']);
  });

  it('is a copy as well, of which there is one email in each mailbox', async () => {
    const s = empty();
    await take(s, a, { name: 'copy', own: 'a@x' });
    deepEqual(partition(s), ['a copy']);
  });

  it('of a server that has threads has nothing to do with it', async () => {
    const s = empty();
    s.hold(remoteEmail({ remoteId: 'theirs', threadRemoteId: 't', headers: letter(a).headers }));
    await take(s, a, b);
    deepEqual(partition(s), ['a b', 'theirs']);
  });
});

describe('threads that an email shows to be one', () => {
  const apart: Letter[] = [
    { name: '1', own: '1@x' },
    { name: '2', own: '2@x', inReplyTo: ['1@x'] },
    { name: '3', own: '3@x' },
  ];
  const between: Letter = { name: 'between', own: 'b@x', references: ['1@x', '3@x'] };

  it('are the larger one from then on; both are announced, and every email that went over', async () => {
    const s = empty();
    await take(s, ...apart);
    const threadOf = (name: string): number => Number(s.rows(`emails WHERE remote_id = '${name}'`)[0]?.['thread_id']);
    const [large, small] = [threadOf('1'), threadOf('3')];
    const told: { threads: number[]; emails: unknown[] }[] = [];
    s.store.onCommit(({ threads, emails }) =>
      told.push({ threads: [...threads].toSorted((x, y) => x - y), emails: [...emails] }),
    );
    await take(s, between);
    deepEqual(told, [
      {
        threads: [large, small],
        emails: [
          [s.emailId('between'), 'created'],
          [s.emailId('3'), 'updated'],
        ],
      },
    ]);
    deepEqual([threadOf('3'), threadOf('between')], [large, large]);
    deepEqual(
      s.read((db) => [threadEmails(db, large).length, threadEmails(db, small), threadCounts(db, large)]),
      [4, [], { size: 4, unread: 4 }],
    );
    deepEqual(faults(s), []);
  });

  it('are one row of a list that shows threads, at once', async () => {
    const s = empty();
    const threads = (): number[] =>
      s
        .read((db) =>
          listEmails(db, 'acc', {
            mailbox: s.mailboxId('inbox'),
            filter: {},
            collapseThreads: true,
            limit: 9,
            after: null,
          }),
        )
        .rows.map(({ threadSize = 0 }) => threadSize);
    await take(s, ...apart);
    deepEqual(threads(), [1, 2]);
    await take(s, between);
    deepEqual(threads(), [4]);
  });

  it('go with their ids when the last email does, and an id of theirs starts anew', async () => {
    const s = empty();
    await take(s, ...apart, between);
    for (const name of ['1', '2', '3']) s.write((tx) => removeEmail(tx, name));
    equal(s.rows('thread_ids').length, 4, 'as long as one is left, what connected the others is kept');
    s.write((tx) => removeEmail(tx, 'between'));
    deepEqual([s.rows('threads'), s.rows('thread_ids'), faults(s)], [[], [], []]);
    await take(s, { name: 'new', own: 'n@x', inReplyTo: ['1@x'] }, { name: 'another', own: '3@x' });
    deepEqual(partition(s), ['another', 'new']);
  });
});

describe('emails made to be a burden', () => {
  const many = (count: number, prefix: string): string[] => Array.from({ length: count }, (_, n) => `${prefix}${n}@x`);

  it('that name 10,000 others are threaded by the first and the last of them', () => {
    const references = many(10_000, 'r');
    const { headers } = letter({ name: 'bomb', own: 'own@x', inReplyTo: many(10_000, 'p'), references });
    const ids = threadIdsOf({ ...headers, messageId: many(10_000, 'm') });
    ok(ids.length <= 60, `${ids.length} ids`);
    ok(['m0@x', 'p0@x', 'r0@x', 'r9999@x'].every((each) => ids.includes(each)));
  });

  it('that name nothing, the same twice, or what no id is', () => {
    const { headers } = letter({
      name: 'odd',
      own: 'a@x',
      inReplyTo: ['', '  ', 'x'.repeat(501)],
      references: ['a@x', 'b@x', 'b@x'],
    });
    deepEqual(threadIdsOf(headers), ['a@x', 'b@x']);
  });

  it('with ids that are no proper text are stored', async () => {
    const s = empty();
    await take(
      s,
      { name: 'odd', own: '\uD800', references: ['\uDFFF', 'a\0b', '\uFFFD'] },
      { name: 'again', own: 'a\0b' },
    );
    equal(partition(s).length, 1);
  });

  it('merge large threads a few at a time: no commit moves more, and in between each email is in one', async () => {
    const s = empty();
    const size = 1000;
    const family = (root: string): RemoteEmail[] =>
      many(size, root).map((own, n) =>
        letter({ name: own, own, references: [`${root}@x`] }, { receivedAt: someSecond + n }),
      );
    for (const root of ['p', 'q']) await applyDelta(s.store, put(...family(root)), noCounts());
    const moved: number[] = [];
    s.store.onCommit(({ emails }) => moved.push(emails.size));
    await applyDelta(s.store, put(letter({ name: 'both', own: 'both@x', references: ['p@x', 'q@x'] })), noCounts());
    equal(partition(s).length, 2, 'the merge is not over with the delta that showed it');
    await finishMerges(s.store);
    deepEqual([partition(s).length, faults(s)], [1, []]);
    ok(Math.max(...moved) <= 101, `a commit moved ${Math.max(...moved)}`);
    equal(
      moved.reduce((sum, n) => sum + n),
      size + 1,
    );
  });

  it('that all name one id join its thread at the cost of one', async () => {
    const s = empty();
    const crowd = (count: number, from: number): RemoteEmail[] =>
      Array.from({ length: count }, (_, n) =>
        letter(
          { name: `${from + n}`, own: `${from + n}@x`, references: ['hub@x'] },
          { receivedAt: someSecond + from + n },
        ),
      );
    await applyDelta(s.store, put(...crowd(2000, 0)), noCounts());
    equal(partition(s).length, 1);
    const statements = s.writePlans((tx) => putEmail(tx, crowd(1, 2000)[0] ?? letter(a))).length;
    const alone = empty().writePlans((tx) => putEmail(tx, letter(b))).length;
    ok(statements <= alone, `${statements} statements, ${alone} where it is the first`);
  });
});
