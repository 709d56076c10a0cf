import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as fc from 'fast-check';
import { readHeader } from '../../src-main/mime/header.ts';

const subjectOf = (subject: string): string | null => readHeader(Buffer.from(`Subject: ${subject}\r\n\r\n`)).subject;
const MEGABYTE = 1024 * 1024;

describe('a header', () => {
  it('has null and nothing for what is missing', () => {
    assert.deepEqual(readHeader(Buffer.alloc(0)), {
      subject: null,
      sentAt: null,
      from: [],
      sender: [],
      replyTo: [],
      to: [],
      cc: [],
      bcc: [],
      messageId: [],
      inReplyTo: [],
      references: [],
      unsubscribe: [],
      unsubscribePost: null,
    });
  });

  const subjects: [name: string, subject: string, shown: string][] = [
    ['an empty one', '', ''],
    ['a folded one', 'Plan\r\n for\r\n\tMonday', 'Plan for Monday'],
    ['an encoded one, folded', '=?utf-8?Q?pl?=\r\n =?utf-8?Q?=C3=A4n?=', 'plän'],
    ['one with an encoded line end', '=?utf-8?Q?a=0D=0ABcc:_b?=', 'a  Bcc: b'],
    ['one with NUL', '=?utf-8?Q?a=00b?= c\0d', 'a b c d'],
    ['raw UTF-8', 'plän ✓', 'plän ✓'],
    ['one that is not in normal form', 'pla\u0308n', 'plän'],
    ['a lone surrogate', '=?utf-16be?B?2D0=?=', '\uFFFD'],
  ];
  for (const [name, subject, shown] of subjects) it(`shows ${name}`, () => assert.equal(subjectOf(subject), shown));

  it('has a subject of bounded length, no character of which is cut in half', () => {
    assert.equal(subjectOf('x'.repeat(20_000)), 'x'.repeat(10_000));
    assert.equal(subjectOf(`x${'😀'.repeat(20_000)}`), `x${'😀'.repeat(4999)}`);
  });

  it('takes its unsubscribe URLs, and ten at most', () => {
    const urls = (field: string) => readHeader(Buffer.from(`List-Unsubscribe: ${field}\r\n\r\n`)).unsubscribe;
    assert.deepEqual(urls('<mailto:a@b.c?subject=x>,\r\n <https://b.c/\r\n off> (one click)'), [
      'mailto:a@b.c?subject=x',
      'https://b.c/off',
    ]);
    assert.deepEqual(urls('https://b.c/off, <>'), []);
    assert.deepEqual(urls('(write to <mailto:a@b.c> \\) or) <https://b.c/(off)>, (<'), ['https://b.c/(off)']);
    assert.equal(urls('<a:b>'.repeat(20)).length, 10);
  });

  it('never throws', () => {
    const name = fc.constantFrom('From', 'To', 'Subject', 'Date', 'Message-ID', 'References', 'List-Unsubscribe');
    const field = fc.tuple(name, fc.uint8Array({ maxLength: 100 }));
    fc.assert(
      fc.property(fc.array(field), (fields) => {
        readHeader(Buffer.concat(fields.flatMap(([n, v]) => [Buffer.from(`${n}: `), v, Buffer.from('\n')])));
      }),
    );
  });
});

/** What a parser that looks again from every place would take the square of its length for. */
const bombs: [name: string, of: (length: number) => string][] = [
  ['fields', (length) => 'A: b\r\n'.repeat(length / 6)],
  ['wanted fields', (length) => 'To: a@b.c\r\n'.repeat(length / 11)],
  ['lines without a colon', (length) => `${'x\n'.repeat(length / 2 - 1)}:`],
  ['folds', (length) => `To: a${'\r\n '.repeat(length / 3)}`],
  ['carriage returns', (length) => `To: ${'\r'.repeat(length)}`],
  ['carriage returns in a fold', (length) => `To: ${'\r'.repeat(length)}x\n y\n`],
  ['carriage returns in lines', (length) => `A: b\nTo: ${'\r'.repeat(length)}\n`],
  ...[
    '"',
    '\\"',
    '<\\"',
    '"\\',
    '(',
    '((a)',
    ')',
    '<',
    '<<@',
    '<@a,',
    '>',
    ',',
    ';',
    ':',
    '[',
    ']',
    '=',
    '=?',
    '=?a?q?',
    '=?a?q??',
    '=?utf-8?q?a?= ',
    '=?utf-8?b?',
    'a ',
    'a@',
    '@ ',
    '@:',
    'a:',
    '"a" ',
    '"a"@',
    '<a>',
    'a<',
    '\\',
    '\x1b$B',
    '\x0e',
    '\xe9',
    '=?utf-7?q?+?=',
    '=?iso-2022-jp?q?=1b$B?=',
    '\u{1f600}',
    ' ',
    '%',
    '*',
  ].map((piece): [string, (length: number) => string] => [
    JSON.stringify(piece),
    (length) => {
      const value = piece.repeat(Math.floor(length / piece.length / 3));
      return ['To', 'Subject', 'References'].map((name) => `${name}: ${value}`).join('\r\n');
    },
  ]),
];

describe('a header made to take long', () => {
  for (const [name, of] of bombs)
    it(`takes time in step with its length: ${name}`, () => {
      // A tenth of a second on a machine that does nothing else; the square would take a minute.
      const block = Buffer.from(of(400_000), 'latin1');
      const began = process.cpuUsage();
      readHeader(block);
      assert.ok(process.cpuUsage(began).user < 2_000_000);
    });

  it('of 300 MB is read as far as its first megabyte', () => {
    const block = Buffer.alloc(300 * MEGABYTE);
    block.write(`Subject: Hello\r\n${'To: a@b.c\r\n'.repeat(100_000)}Subject: Bye\r\n`);
    assert.equal(readHeader(block).subject, 'Hello');
  });
});
