import { deepEqual, ok } from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as fc from 'fast-check';
import type { EmailPlace } from '../../src-main/store/emailPages.ts';
import { searchEmails } from '../../src-main/store/searchPages.ts';
import { parseSearch } from '../../src-shared/search.ts';
import { remoteEmail, someSecond } from '../support/builders.ts';
import { found, holding, pageOf } from './searchSupport.ts';

describe('what is found', () => {
  it('F13 comes newest first and in pages, whatever arrives between them', () => {
    const s = holding(
      ...Array.from({ length: 130 }, (_, n) => ({
        remoteId: `e${n}`,
        subject: `report ${n}`,
        receivedAt: someSecond + Math.floor(n / 7),
      })),
    );
    const seen: string[] = [];
    let after: EmailPlace | null = null;
    for (let page = 0; page < 20; page++) {
      const got = pageOf(s, 'rep', 20, after);
      seen.push(...got.rows.map(({ subject }) => String(subject)));
      if (!got.more) break;
      after = got.places.at(-1) ?? null;
      s.hold(remoteEmail({ remoteId: `late${page}`, subject: 'report late', receivedAt: someSecond + 1000 }));
    }
    deepEqual(
      seen,
      Array.from({ length: 130 }, (_, n) => `report ${129 - n}`),
    );
  });

  const words = [
    'report',
    'reports',
    'plan',
    'ada',
    'Köln',
    '東京都',
    'a',
    'ab',
    '-',
    '"',
    'in:inbox',
    '-plan',
    'is:unread',
    'from:ada',
    'e1',
  ];
  const anyText = fc.oneof(
    fc.array(fc.constantFrom(...words), { maxLength: 6 }).map((some) => some.join(' ')),
    fc.string({
      unit: fc.constantFrom(
        '"',
        "'",
        '*',
        '(',
        ')',
        '{',
        '}',
        ':',
        '^',
        '+',
        '-',
        ' ',
        'a',
        'AND',
        'OR',
        'NOT',
        'NEAR',
        '\0',
        '_',
        '東',
        '\ud800',
      ),
    }),
    fc.string({ unit: 'binary', maxLength: 100 }),
  );
  it('F7 can be asked for by any text: none is an error of the database', () => {
    const s = holding(
      { subject: 'report plan 東京都' },
      { subject: 'reports of Köln' },
      { subject: 'a AND b OR NOT c NEAR d' },
    );
    fc.assert(
      fc.property(anyText, (typed) => {
        found(s, typed);
      }),
      { numRuns: 2000 },
    );
  });

  it('F13 is the same whichever way it is looked for', () => {
    // With few emails a condition leads, with many the words do: what is found by both together is what each finds.
    const many = Array.from({ length: 300 }, (_, n) => ({
      remoteId: `e${n}`,
      subject: `report ${n % 3 === 0 ? 'monday' : 'tuesday'} x${n}`,
      mailboxIds: n % 4 === 0 ? ['work'] : n % 50 === 1 ? ['cafe', 'inbox'] : ['inbox'],
      keywords: n % 60 === 7 ? [] : n % 2 === 0 ? ['$seen'] : ['$seen', '$flagged'],
    }));
    const s = holding(...many);
    const plain = (keep: (each: (typeof many)[number], n: number) => boolean): string[] =>
      many
        .filter(keep)
        .map(({ remoteId }) => remoteId)
        .toReversed();
    deepEqual(
      found(s, 'repo in:"cafe plans"', 200),
      plain(({ mailboxIds }) => mailboxIds.includes('cafe')),
    );
    deepEqual(
      found(s, 'repo in:inbox is:flagged', 200),
      plain(({ mailboxIds, keywords }) => mailboxIds.includes('inbox') && keywords.includes('$flagged')),
    );
    deepEqual(
      found(s, 'monday is:unread', 200),
      plain((_, n) => n % 3 === 0 && n % 60 === 7),
    );
    deepEqual(
      found(s, 'monday in:inbox', 200),
      plain(({ mailboxIds }, n) => n % 3 === 0 && mailboxIds.includes('inbox')),
    );
    deepEqual(
      found(s, 'report -monday in:work', 200),
      plain(({ mailboxIds }, n) => n % 3 !== 0 && mailboxIds.includes('work')),
    );
  });

  it('F10 is every email whose subject has the letters within a word', () => {
    const word = fc.string({ unit: fc.constantFrom('a', 'b', 'c', 'é'), minLength: 1, maxLength: 9 });
    fc.assert(
      fc.property(fc.array(fc.array(word, { maxLength: 4 }), { maxLength: 5 }), word, (subjects, looked) => {
        const s = holding(
          ...subjects.map((some, n) => ({ remoteId: `e${n}`, subject: some.join(' '), from: [], to: [] })),
        );
        const plain = (text: string): string => text.replaceAll('é', 'e');
        const expected = subjects.flatMap((some, n) =>
          some.some(
            (each) =>
              plain(each).startsWith(plain(looked)) || (looked.length > 2 && plain(each).includes(plain(looked))),
          )
            ? [`e${n}`]
            : [],
        );
        deepEqual(found(s, looked), expected.toReversed());
        s.store.close();
      }),
      { numRuns: 150 },
    );
  });

  it('F13 goes through no table from end to end, and sorts nothing', () => {
    const s = holding({ subject: 'report' });
    for (const text of [
      'report',
      'report in:inbox',
      'report is:unread',
      'in:work',
      'is:flagged',
      '-report',
      'from:ada before:2020',
    ])
      for (const { sql, steps } of s.plans((db) =>
        searchEmails(db, 'a1', { terms: parseSearch(text), limit: 50, after: null }),
      )) {
        if (!sql.includes('e.sent_at')) continue;
        ok(!steps.some((step) => /TEMP B-TREE FOR ORDER/.test(step)), `${text}: ${steps.join('; ')}`);
        ok(!steps.some((step) => /^SCAN e(?! USING (?:COVERING )?INDEX)/.test(step)), `${text}: ${steps.join('; ')}`);
      }
  });
});
