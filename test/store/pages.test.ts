import { deepEqual, equal, ok } from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as fc from 'fast-check';
import { putEmail, removeEmail } from '../../src-main/store/emails.ts';
import { putMailbox } from '../../src-main/store/mailboxes.ts';
import type { RemoteEmail } from '../../src-shared/remote.ts';
import { remoteEmail, remoteMailbox, someSecond } from '../support/builders.ts';
import { openStore, type TestStore } from '../support/store.ts';
import { allMail, type List, page, walk } from './pagesSupport.ts';
import { anySecond } from './replicaArbitrary.ts';

const inbox = (s: TestStore): List => ({ ...allMail, mailbox: s.mailboxId('inbox') });

/** Emails of an inbox in the order in which they came, in seconds that often meet. */
const inboxOf = (seconds: number[]): TestStore => {
  const s = openStore();
  s.hold(
    remoteMailbox({ remoteId: 'inbox' }),
    ...seconds.map((receivedAt, i) => remoteEmail({ remoteId: `e${i}`, receivedAt })),
  );
  return s;
};
/** The names by second, newest first, and within a second the last that came first. */
const newestFirst = (seconds: number[]): string[] =>
  seconds
    .map((second, i) => ({ second: Math.min(Math.max(second, 0), 2 ** 32 - 1), i }))
    .toSorted((a, b) => b.second - a.second || b.i - a.i)
    .map(({ i }) => `e${i}`);

const ordinarySeconds = fc.array(fc.integer({ min: someSecond, max: someSecond + 3 }), { maxLength: 25 });
const limits = fc.integer({ min: 1, max: 7 });
const lists: [name: string, of: (s: TestStore) => List][] = [
  ['a mailbox', inbox],
  ['all mail', () => allMail],
];

describe('walking a list by its places', () => {
  for (const [name, of] of lists) {
    it(`shows every email of ${name} once, newest first, with pages of any size`, () => {
      fc.assert(
        fc.property(ordinarySeconds, limits, (seconds, limit) => {
          const s = inboxOf(seconds);
          deepEqual(walk(s, of(s), limit), newestFirst(seconds));
          s.store.close();
        }),
        { numRuns: 60 },
      );
    });

    it(`shows every email of ${name} once also where dates are absurd`, () => {
      fc.assert(
        fc.property(fc.array(anySecond, { maxLength: 20 }), limits, (seconds, limit) => {
          const s = inboxOf(seconds);
          deepEqual(walk(s, of(s), limit), newestFirst(seconds));
          s.store.close();
        }),
        { numRuns: 60, examples: [[[2 ** 32 - 1, 253402300799], 1]] },
      );
    });

    it(`of ${name} misses and repeats nothing while emails come and go, also the one at the place itself`, () => {
      const trouble = fc.record({
        atPlace: fc.boolean(),
        gone: fc.nat(30),
        come: fc.array(fc.integer({ min: someSecond - 1, max: someSecond + 4 }), { maxLength: 3 }),
      });
      fc.assert(
        fc.property(ordinarySeconds, limits, fc.infiniteStream(trouble), (seconds, limit, troubles) => {
          const s = inboxOf(seconds);
          const gone = new Set<string>();
          const shown: string[] = [];
          let come = 0;
          const remove = (remoteId: string): void => {
            s.write((tx) => removeEmail(tx, remoteId));
            gone.add(remoteId);
          };
          for (let after: ReturnType<typeof page>['last'] = null; ; ) {
            const { names, more, last } = page(s, of(s), limit, after);
            shown.push(...names);
            if (!more) break;
            after = last;
            const next = troubles.next().value;
            const at = names.at(-1);
            if (next.atPlace && at !== undefined) remove(at);
            remove(`e${next.gone}`);
            s.hold(...next.come.map((receivedAt: number) => remoteEmail({ remoteId: `late${++come}`, receivedAt })));
            if (come > 60) break;
          }
          equal(new Set(shown).size, shown.length, 'an email was shown twice');
          const old = shown.filter((each) => !each.startsWith('late'));
          deepEqual(
            old,
            newestFirst(seconds).filter((each) => shown.includes(each)),
          );
          if (come <= 60)
            deepEqual(
              newestFirst(seconds).filter((each) => !shown.includes(each) && !gone.has(each)),
              [],
            );
          s.store.close();
        }),
        { numRuns: 60 },
      );
    });
  }

  it('goes on in the right second when the email at the place is gone and another took its key', () => {
    const s = inboxOf([someSecond, someSecond, someSecond]);
    const first = page(s, allMail, 1);
    deepEqual(first.names, ['e2']);
    s.write((tx) => removeEmail(tx, 'e2'));
    s.hold(remoteEmail({ remoteId: 'new', receivedAt: someSecond }));
    deepEqual(page(s, allMail, 5, first.last).names, ['e1', 'e0']);
  });
});

describe('a page', () => {
  it('says whether there is more, and where each row stands', () => {
    const s = inboxOf([someSecond, someSecond + 1, someSecond + 1]);
    const whole = page(s, allMail, 3);
    deepEqual([whole.names, whole.more], [['e2', 'e1', 'e0'], false]);
    deepEqual(whole.places, [
      { second: someSecond + 1, id: s.emailId('e2') },
      { second: someSecond + 1, id: s.emailId('e1') },
      { second: someSecond, id: s.emailId('e0') },
    ]);
    deepEqual([page(s, allMail, 2).more, page(s, allMail, 2, whole.last).names], [true, []]);
  });

  it('of all mail leaves out what is only in trash or junk', () => {
    const s = openStore();
    s.hold(
      remoteMailbox({ remoteId: 'inbox' }),
      remoteMailbox({ remoteId: 'trash', role: 'trash' }),
      remoteMailbox({ remoteId: 'junk', role: 'junk' }),
      ...['trash', 'junk', 'inbox'].map((box) => remoteEmail({ remoteId: `in ${box}`, mailboxIds: [box] })),
      remoteEmail({ remoteId: 'in two', mailboxIds: ['trash', 'inbox'] }),
      remoteEmail({ remoteId: 'in none', mailboxIds: [] }),
    );
    deepEqual(page(s, allMail, 10).names, ['in two', 'in inbox']);
    deepEqual(page(s, { ...allMail, mailbox: s.mailboxId('trash') }, 10).names, ['in two', 'in trash']);
  });
});

type Told = { second: number; thread: string; mailboxIds: string[]; keywords: string[] };
const told: fc.Arbitrary<Told> = fc.record({
  second: fc.integer({ min: someSecond, max: someSecond + 4 }),
  thread: fc.constantFrom('t1', 't2', 't3', 't4'),
  mailboxIds: fc.subarray(['inbox', 'archive', 'trash']),
  keywords: fc.subarray(['$seen', '$flagged']),
});

describe('collapsed threads', () => {
  const shapes: [name: string, filter: List['filter'], matches: (email: Told) => boolean][] = [
    ['all emails', {}, () => true],
    ['unread emails', { unread: true }, ({ keywords }) => !keywords.includes('$seen')],
    ['flagged emails', { flagged: true }, ({ keywords }) => keywords.includes('$flagged')],
    [
      'emails before a moment',
      { before: new Date((someSecond + 3) * 1000).toISOString() },
      ({ second }) => second < someSecond + 3,
    ],
    [
      'emails from a moment on',
      { after: new Date((someSecond + 2) * 1000).toISOString() },
      ({ second }) => second >= someSecond + 2,
    ],
  ];
  for (const [name, filter, matches] of shapes)
    for (const where of ['inbox', null])
      it(`show the newest of ${name} of each thread in ${where ?? 'all mail'}, once, on pages of any size`, () => {
        fc.assert(
          fc.property(fc.array(told, { maxLength: 16 }), limits, (emails, limit) => {
            const s = openStore();
            s.write((tx) => {
              for (const remoteId of ['inbox', 'archive', 'trash'])
                putMailbox(tx, remoteMailbox({ remoteId, role: remoteId }));
              emails.forEach(({ second, thread, ...rest }, i) =>
                putEmail(tx, remoteEmail({ remoteId: `e${i}`, receivedAt: second, threadRemoteId: thread, ...rest })),
              );
            });
            const listed = ({ mailboxIds }: Told): boolean =>
              where === null ? mailboxIds.some((box) => box !== 'trash') : mailboxIds.includes(where);
            const wanted = newestFirst(emails.map(({ second }) => second))
              .flatMap((each) => {
                const email = emails[Number(each.slice(1))];
                return email && listed(email) && matches(email) ? [{ each, thread: email.thread }] : [];
              })
              .filter(({ thread }, i, all) => all.findIndex((other) => other.thread === thread) === i)
              .map(({ each }) => each);
            const list = { mailbox: where === null ? null : s.mailboxId(where), filter, collapseThreads: true };
            deepEqual(walk(s, list, limit), wanted);
            s.store.close();
          }),
          { numRuns: 40 },
        );
      });

  it('tell the size and unread count of the whole thread', () => {
    const s = openStore();
    const inThread = (said: Partial<RemoteEmail>) => remoteEmail({ threadRemoteId: 't', ...said });
    s.hold(inThread({}), inThread({ mailboxIds: ['archive'] }), inThread({ keywords: ['$seen'] }), remoteEmail());
    const [, thread] = page(s, { ...inbox(s), collapseThreads: true }, 10).rows;
    deepEqual([thread?.threadSize, thread?.threadUnread], [3, 2]);
    const [plain] = page(s, inbox(s), 10).rows;
    ok(plain && !('threadSize' in plain));
  });
});
