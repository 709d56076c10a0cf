import { deepEqual, ok } from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as fc from 'fast-check';
import { storeBody, storeRendered } from '../../src-main/store/bodies.ts';
import { searchEmails } from '../../src-main/store/searchPages.ts';
import type { RemoteEmail } from '../../src-shared/remote.ts';
import { parseSearch } from '../../src-shared/search.ts';
import { remoteAttachment, remoteEmail, remoteMailbox, someSecond } from '../support/builders.ts';
import { openStore, type TestStore } from '../support/store.ts';

const mailboxes = [
  remoteMailbox({ remoteId: 'inbox', name: 'Inbox', role: 'inbox' }),
  remoteMailbox({ remoteId: 'trash', name: 'Papierkorb', role: 'trash' }),
  remoteMailbox({ remoteId: 'junk', name: 'Junk', role: 'junk' }),
  remoteMailbox({ remoteId: 'work', name: 'Work' }),
  remoteMailbox({ remoteId: 'cafe', name: 'Café plans', parentRemoteId: 'work' }),
];

/** A store that holds these emails; the later ones of the list are the newer. */
const holding = (...emails: Partial<RemoteEmail>[]): TestStore => {
  const s = openStore();
  s.hold(
    ...mailboxes,
    ...emails.map((said, n) => remoteEmail({ subject: '', preview: '', receivedAt: someSecond + n, ...said })),
  );
  return s;
};

/** Remote ids of what is found, newest first. */
const found = (s: TestStore, text: string, limit = 50): string[] => {
  const ids = new Map(s.rows('emails').map((row) => [String(row['id']), String(row['remote_id'])]));
  const page = s.read((db) => searchEmails(db, 'a1', { terms: parseSearch(text), limit, after: null }));
  return page.rows.map(({ id }) => ids.get(id) ?? '?');
};

const hasBody = (s: TestStore, remoteId: string, text: string): void => {
  s.write((tx) => {
    storeBody(tx, s.emailId(remoteId), { texts: [], textBody: [], htmlBody: [] });
    const shown = { html: null, text, textHtml: '', blockedRemote: 0, remote: [], preview: '' };
    storeRendered(tx, s.emailId(remoteId), shown, 1);
  });
};

const person = (name: string | null, email: string) => [{ name, email }];

describe('a search for words', () => {
  const s = holding(
    { remoteId: 'plan', subject: 'Quarterly planning', preview: 'We meet on Monday' },
    { remoteId: 'bread', subject: 'Bread', from: person('Zoë Müller', 'zoe.mueller@bakery.example') },
    { remoteId: 'file', attachments: [remoteAttachment({ name: 'invoice-2024.pdf' })], hasAttachment: true },
    { remoteId: 'body' },
    { remoteId: 'tokyo', subject: '東京都で会議があります' },
    { remoteId: 'lodz', subject: 'Łódź, Straße, Ølsen', to: person('Ada', 'ada@x.example') },
    { remoteId: 'cc', cc: person(null, 'carol@club.example') },
  );
  hasBody(s, 'body', 'The marmalade is in the cellar. Gr\u00fc\u00dfe!');
  const cases: [what: string, typed: string, ids: string[]][] = [
    ['F1 finds words of the subject', 'planning', ['plan']],
    ['F1 finds words of the preview', 'monday', ['plan']],
    ['F1 finds words of a body that is held', 'marmalade', ['body']],
    ['F1 finds the names of attachments', 'invoice', ['file']],
    ['F1 finds names and addresses', 'bakery', ['bread']],
    ['F1 finds what begins with a word', 'quarter', ['plan']],
    ['F1 finds mail that has all words, wherever they are', 'monday planning', ['plan']],
    ['F1 does not find mail that has one of two', 'monday bread', []],
    ['F1 finds a phrase in its order', '"the cellar"', ['body']],
    ['F1 does not find a phrase in another order', '"cellar the"', []],
    ['F1 takes a phrase by whole words', '"the cell"', []],
    ['F1 finds what is written with other signs between', 'zoe-mueller@bakery', ['bread']],
    ['F2 leaves out what has a word', 'bread -zoe', []],
    ['F2 leaves out all that has a word', '-planning -bread -invoice -marmalade -carol', ['lodz', 'tokyo']],
    ['F3 looks in the sender alone', 'from:zoe', ['bread']],
    ['F3 looks in the sender alone, and not elsewhere', 'from:bread', []],
    ['F3 finds part of a sender', 'from:uelle', ['bread']],
    ['F3 finds a whole address', 'from:zoe.mueller@bakery.example', ['bread']],
    ['F3 looks in To and Cc', 'to:carol', ['cc']],
    ['F3 looks in Cc alone', 'cc:ada', []],
    ['F3 looks in the subject alone', 'subject:monday', []],
    ['F3 does not take the letters of another header', 'subject:uelle', []],
    ['F9 folds letters: marks', 'muller', ['bread']],
    ['F9 folds letters: those that have no mark', 'lodz strasse olsen', ['lodz']],
    ['F9 folds what is typed, too', 'LÓDŹ', ['lodz']],
    ['F9 folds bodies', 'grusse', ['body']],
    ['F10 finds letters within a word of the subject', 'arterl', ['plan']],
    ['F10 does not find letters within a word of a body', 'rmala', []],
    ['F10 finds three letters within', 'lan', ['plan']],
    ['F11 finds one letter and two as beginnings', 'br', ['bread']],
    ['F12 finds Han and kana by any letters in a row', '京都', ['tokyo']],
    ['F12 finds a single one', '都', ['tokyo']],
    ['F12 finds the last one', 'す', ['tokyo']],
    ['F12 finds a longer run', '東京都で会', ['tokyo']],
    ['F12 does not find another order', '都京', []],
    ['F7 finds nothing for nothing', '', []],
    ['F7 finds nothing for signs', '-- !? "', []],
  ];
  for (const [what, typed, ids] of cases) it(`${what}: ${typed}`, () => deepEqual(found(s, typed), ids));
});

describe('a search for other things', () => {
  const s = holding(
    { remoteId: 'read', keywords: ['$seen'] },
    { remoteId: 'flagged', keywords: ['$seen', '$flagged'], hasAttachment: true },
    { remoteId: 'unread', mailboxIds: ['inbox', 'cafe'] },
    { remoteId: 'trashed', mailboxIds: ['trash'], subject: 'word' },
    { remoteId: 'junk', mailboxIds: ['junk'], subject: 'word' },
    { remoteId: 'both', mailboxIds: ['work', 'trash'], subject: 'word', keywords: ['$seen'] },
    { remoteId: 'marked', keywords: ['$deleted'], subject: 'word' },
    { remoteId: 'old', receivedAt: Date.UTC(2020, 1, 29, 23, 59, 59) / 1000, keywords: ['$seen'] },
  );
  const cases: [what: string, typed: string, ids: string[]][] = [
    ['F4', 'is:unread', ['unread']],
    ['F4', 'is:read', ['both', 'flagged', 'read', 'old']],
    ['F4', 'is:flagged', ['flagged']],
    ['F4', '-is:flagged is:read', ['both', 'read', 'old']],
    ['F4', 'has:attachment', ['flagged']],
    ['F4', '-has:attachment is:read', ['both', 'read', 'old']],
    ['F5 leaves trash and junk alone', 'word', ['both']],
    ['F5 looks in the trash where that is named', 'in:trash word', ['both', 'trashed']],
    ['F5 takes the name', 'in:papierkorb word', ['both', 'trashed']],
    ['F5 takes the role by another name', 'in:spam', ['junk']],
    ['F5 takes a name without its marks', 'in:"cafe PLANS"', ['unread']],
    ['F5 takes a path', 'in:"work/café plans"', ['unread']],
    ['F5 takes a name that no mailbox has', 'in:nowhere', []],
    ['F5 leaves out a mailbox', '-in:work is:read', ['flagged', 'read', 'old']],
    ['F5 leaves out a mailbox that there is none of', '-in:nowhere is:unread', ['unread']],
    ['F5 looks everywhere', 'in:anywhere word', ['both', 'junk', 'trashed']],
    ['F5 takes several', 'in:trash in:work', ['both']],
    ['F6', 'before:2021', ['old']],
    ['F6', 'before:2020-03-01', ['old']],
    ['F6', 'before:2020-02-29', []],
    ['F6', 'after:2020-02-29 before:2020-03', ['old']],
    ['F6', '-after:2020-03', ['old']],
    ['F13 finds nothing that is marked as deleted', 'in:inbox word', []],
  ];
  for (const [what, typed, ids] of cases) it(`${what}: ${typed}`, () => deepEqual(found(s, typed), ids));
});

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
    let after: { second: number; id: number } | null = null;
    for (let page = 0; page < 20; page++) {
      const at = after;
      const got = s.read((db) => searchEmails(db, 'a1', { terms: parseSearch('rep'), limit: 20, after: at }));
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
        ok(!steps.some((step) => /^SCAN e(?! USING INDEX)/.test(step)), `${text}: ${steps.join('; ')}`);
      }
  });
});
