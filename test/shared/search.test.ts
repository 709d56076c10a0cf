import { deepEqual, equal, ok } from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as fc from 'fast-check';
import { parseSearch, type SearchTerm } from '../../src-shared/search.ts';

const text = (value: string, more: Partial<SearchTerm> = {}): SearchTerm =>
  ({ type: 'text', field: 'any', text: value, isPhrase: false, not: false, ...more }) as SearchTerm;
const second = (day: string): number => Date.parse(`${day}T00:00:00Z`) / 1000;

describe('what a person types to search', () => {
  const cases: [rule: string, typed: string, terms: SearchTerm[]][] = [
    ['F1 is words, all of which have to be there', 'bake bread', [text('bake'), text('bread')]],
    ['F1 is a phrase in quotes', '"fresh bread" now', [text('fresh bread', { isPhrase: true }), text('now')]],
    [
      'F1 is a phrase to the end where the quote is not closed',
      '"fresh bread',
      [text('fresh bread', { isPhrase: true })],
    ],
    ['F1 takes the quotes that word processors make', '“fresh bread”', [text('fresh bread', { isPhrase: true })]],
    [
      'F2 leaves out what has a minus',
      '-jam -"sour dough"',
      [text('jam', { not: true }), text('sour dough', { isPhrase: true, not: true })],
    ],
    [
      'F3 looks in a header',
      'from:ada to:"Bob B" subject:plan cc:eve',
      [
        text('ada', { field: 'from' }),
        text('Bob B', { field: 'to', isPhrase: true }),
        text('plan', { field: 'subject' }),
        text('eve', { field: 'cc' }),
      ],
    ],
    [
      'F3 knows its operators in any case',
      'FROM:Ada Is:Unread',
      [text('Ada', { field: 'from' }), { type: 'unread', not: false }],
    ],
    [
      'F4 asks for a state',
      'is:unread is:flagged has:attachment',
      [
        { type: 'unread', not: false },
        { type: 'flagged', not: false },
        { type: 'attachment', not: false },
      ],
    ],
    [
      'F4 has other words for some',
      'is:read is:starred -is:read has:attachments',
      [
        { type: 'unread', not: true },
        { type: 'flagged', not: false },
        { type: 'unread', not: false },
        { type: 'attachment', not: false },
      ],
    ],
    [
      'F5 names a mailbox, quoted where it has spaces',
      'in:inbox -in:"Old mail"',
      [
        { type: 'in', mailbox: 'inbox', not: false },
        { type: 'in', mailbox: 'Old mail', not: true },
      ],
    ],
    [
      'F6 names a day',
      'after:2024-02-29 before:2024/3/1',
      [
        { type: 'after', second: second('2024-02-29'), not: false },
        { type: 'before', second: second('2024-03-01'), not: false },
      ],
    ],
    [
      'F6 names a month or a year, and means its beginning',
      'before:2024-03 after:2024',
      [
        { type: 'before', second: second('2024-03-01'), not: false },
        { type: 'after', second: second('2024-01-01'), not: false },
      ],
    ],
    [
      'F7 is plain words where there is no such operator',
      'http://tern.example size:3',
      [text('http://tern.example'), text('size:3')],
    ],
    [
      'F7 is plain words where a value is none',
      'before:soon after:2023-02-29 is:blue from:',
      [text('before:soon'), text('after:2023-02-29'), text('is:blue'), text('from:')],
    ],
    ['F7 is nothing where there are no letters or digits', ' -- "" "!?" * ', []],
    ['F7 is nothing at all', '', []],
  ];
  for (const [rule, typed, terms] of cases) it(rule, () => deepEqual(parseSearch(typed), terms));

  it('F7 can be any text: nothing throws, and what is left of it is what was typed', () => {
    const marks = fc.constantFrom('"', '-', ':', ' ', '(', ')', '*', '^', '{', '}', '+', '\0', '\r', '\n');
    const odd = fc.string({ unit: fc.oneof(marks, fc.string({ unit: 'binary', maxLength: 1 })) });
    fc.assert(
      fc.property(fc.oneof(odd, fc.string({ unit: 'binary' })), (typed) => {
        for (const term of parseSearch(typed)) {
          if (term.type !== 'text') continue;
          ok(/[\p{L}\p{N}]/u.test(term.text));
          ok(typed.normalize('NFC').replaceAll(/[“”„]/g, '"').includes(term.text));
        }
      }),
      { numRuns: 500 },
    );
  });

  it('F6 takes every day there is and no other', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 9999 }),
        fc.integer({ min: 0, max: 13 }),
        fc.integer({ min: 0, max: 32 }),
        (y, m, d) => {
          const day = [String(y).padStart(4, '0'), String(m).padStart(2, '0'), String(d).padStart(2, '0')].join('-');
          const time = Date.parse(`${day}T00:00:00Z`);
          const isReal = !Number.isNaN(time) && new Date(time).toISOString().slice(0, 10) === day;
          const [term] = parseSearch(`before:${day}`);
          equal(term?.type, isReal && y >= 100 ? 'before' : 'text');
          if (term?.type === 'before') equal(term.second, time / 1000);
        },
      ),
    );
  });
});
