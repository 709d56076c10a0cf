import { deepEqual } from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as fc from 'fast-check';
import type { Address } from '../../src-shared/model.ts';
import type { RemoteEmail } from '../../src-shared/remote.ts';
import { remoteEmail, remoteMailbox, someSecond } from '../support/builders.ts';
import { openStore } from '../support/store.ts';
import { allMail, type List, page } from './pagesSupport.ts';

type Filter = List['filter'];

/** SQLite's LIKE, and so Tern's filters, know the case of ASCII letters only. */
const folded = (text: string): string => text.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
const holds = (text: string | null, part: string): boolean => text !== null && folded(text).includes(folded(part));
const names = (list: Address[], part: string): boolean =>
  list.some(({ name, email }) => holds(name, part) || holds(email, part));
const secondsOf = (time: string): number => Date.parse(time) / 1000;

/** What each filter means, in plain JavaScript. */
const means: { [K in keyof Required<Filter>]: (email: RemoteEmail, wanted: NonNullable<Filter[K]>) => boolean } = {
  unread: ({ keywords }, wanted) => (!keywords.includes('$seen') && !keywords.includes('$draft')) === wanted,
  flagged: ({ keywords }, wanted) => keywords.includes('$flagged') === wanted,
  hasAttachment: (email, wanted) => email.hasAttachment === wanted,
  from: ({ from }, wanted) => names(from, wanted),
  to: ({ to }, wanted) => names(to, wanted),
  subject: ({ subject }, wanted) => holds(subject, wanted),
  before: ({ receivedAt }, wanted) => receivedAt < secondsOf(wanted),
  after: ({ receivedAt }, wanted) => receivedAt >= secondsOf(wanted),
  keyword: ({ keywords }, wanted) => keywords.includes(wanted.toLowerCase()),
};
const matches = (email: RemoteEmail, filter: Filter): boolean =>
  Object.entries(filter).every(([key, wanted]) =>
    (means[key as keyof Filter] as (email: RemoteEmail, wanted: unknown) => boolean)(email, wanted),
  );

/** Short texts in which LIKE's own signs, quotes and capitals often meet. */
const letters = ['a', 'A', 'b', 'B', '%', '_', '\\', '"', "'", 'é', 'É', ' ', '@', '✓', '{', '}', ',', '['];
const text = (minLength: number) => fc.string({ unit: fc.constantFrom(...letters), minLength, maxLength: 4 });
const address = fc.record({ name: fc.option(text(0)), email: text(0) });
const keyword = fc.constantFrom('$seen', '$draft', '$flagged', 'a', 'ab', 'a"b', 'a\\b', 'a","b');
const email = fc.record({
  keywords: fc.uniqueArray(keyword),
  hasAttachment: fc.boolean(),
  from: fc.array(address, { maxLength: 2 }),
  to: fc.array(address, { maxLength: 2 }),
  subject: fc.option(text(0)),
  receivedAt: fc.integer({ min: someSecond, max: someSecond + 4 }),
});
const moment = fc.integer({ min: -1500, max: 5500 }).map((ms) => new Date(someSecond * 1000 + ms).toISOString());
const wishes: { [K in keyof Required<Filter>]: fc.Arbitrary<NonNullable<Filter[K]>> } = {
  unread: fc.boolean(),
  flagged: fc.boolean(),
  hasAttachment: fc.boolean(),
  from: text(1),
  to: text(1),
  subject: text(1),
  before: moment,
  after: moment,
  keyword: fc.oneof(keyword, fc.constantFrom('A', '$SEEN', 'none')),
};

const agrees = (emails: Partial<RemoteEmail>[], filter: Filter): void => {
  const s = openStore();
  const told = emails.map((said, i) => remoteEmail({ ...said, remoteId: `e${i}` }));
  s.hold(remoteMailbox({ remoteId: 'inbox' }), ...told);
  const wanted = told
    .filter((each) => matches(each, filter))
    .map(({ remoteId }) => remoteId)
    .toSorted();
  for (const mailbox of [s.mailboxId('inbox'), null])
    deepEqual(page(s, { ...allMail, mailbox, filter }, 100).names.toSorted(), wanted);
  s.store.close();
};

describe('a filter', () => {
  for (const [key, wish] of Object.entries(wishes))
    it(`by ${key} shows just what matches, in a mailbox and in all mail`, () => {
      fc.assert(
        fc.property(fc.array(email, { maxLength: 10 }), wish, (emails, wanted) => agrees(emails, { [key]: wanted })),
        { numRuns: 50 },
      );
    });

  it('with several wishes shows what matches all of them', () => {
    fc.assert(
      fc.property(fc.array(email, { maxLength: 12 }), fc.record(wishes, { requiredKeys: [] }), (emails, filter) =>
        agrees(emails, filter),
      ),
    );
  });

  const far: [name: string, filter: Filter][] = [
    ['before a moment beyond the last second', { before: '2300-01-01T00:00:00Z' }],
    ['before 1970', { before: '1969-12-31T23:59:58Z' }],
    ['after 1970 began', { after: '1970-01-01T00:00:00Z' }],
  ];
  for (const [name, filter] of far)
    it(`${name} agrees also on emails at the ends of time`, () =>
      agrees([{ receivedAt: 0 }, { receivedAt: someSecond }, { receivedAt: 2 ** 32 - 1 }], filter));
});
