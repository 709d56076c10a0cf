import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as fc from 'fast-check';
import { decodeParameters } from '../../src-main/mime/parameters.ts';

type Pairs = [name: string, value: string][];

const percent = (bytes: Buffer): string =>
  Array.from(bytes, (byte) => `%${byte.toString(16).padStart(2, '0')}`).join('');

describe('parameters', () => {
  const cases: [name: string, pairs: Pairs, filename: string | undefined][] = [
    ['plain', [['filename', 'plan.pdf']], 'plan.pdf'],
    ['in any case', [['FileName', 'plan.pdf']], 'plan.pdf'],
    ['raw UTF-8', [['filename', 'plän.pdf']], 'plän.pdf'],
    ['an encoded word', [['filename', '=?utf-8?Q?pl=C3=A4n.pdf?=']], 'plän.pdf'],
    ['encoded words in two', [['filename', '=?utf-8?Q?pl=C3?= =?utf-8?Q?=A4n.pdf?=']], 'plän.pdf'],
    ['a charset', [['filename*', "utf-8''pl%C3%A4n.pdf"]], 'plän.pdf'],
    ['a charset and a language', [['filename*', "iso-8859-1'de'pl%E4n.pdf"]], 'plän.pdf'],
    ['an unknown charset', [['filename*', "x-what''pl%C3%A4n.pdf"]], 'plän.pdf'],
    ['no charset', [['filename*', 'pl%C3%A4n.pdf']], 'plän.pdf'],
    ['quotes in it', [['filename*', "utf-8''it's.pdf"]], "it's.pdf"],
    [
      'pieces',
      [
        ['filename*0', 'pl'],
        ['filename*1', 'an.pdf'],
      ],
      'plan.pdf',
    ],
    [
      'pieces in any order',
      [
        ['filename*1', 'an.pdf'],
        ['filename*0', 'pl'],
      ],
      'plan.pdf',
    ],
    [
      'pieces of which some are encoded',
      [
        ['filename*0*', "utf-8''pl%C3"],
        ['filename*1*', '%A4n'],
        ['filename*2', '%.pdf'],
      ],
      'plän%.pdf',
    ],
    [
      'more than ten pieces',
      Array.from({ length: 12 }, (_, n): [string, string] => [`filename*${n}`, `${n},`]),
      '0,1,2,3,4,5,6,7,8,9,10,11,',
    ],
    [
      'an encoded word over pieces',
      [
        ['filename*0', '=?utf-8?Q?pl=C3'],
        ['filename*1', '=A4n.pdf?='],
      ],
      'plän.pdf',
    ],
    [
      'a piece missing',
      [
        ['filename*0', 'pl'],
        ['filename*2', 'an.pdf'],
      ],
      'pl',
    ],
    [
      'the first piece missing',
      [
        ['filename*1', 'an.pdf'],
        ['filename', 'b'],
      ],
      'b',
    ],
    [
      'a piece twice',
      [
        ['filename*0', 'a'],
        ['filename*0', 'b'],
      ],
      'a',
    ],
    [
      'both ways',
      [
        ['filename', 'plan.pdf'],
        ['filename*', "utf-8''pl%C3%A4n.pdf"],
      ],
      'plän.pdf',
    ],
    [
      'twice',
      [
        ['filename', 'a'],
        ['filename', 'b'],
      ],
      'a',
    ],
    ['broken escapes', [['filename*', "utf-8''a%ZZ%4"]], 'a%ZZ%4'],
    ['control characters', [['filename', 'a\0\r\nb']], 'a   b'],
    ['NUL, encoded', [['filename*', "utf-8''a%00b"]], 'a b'],
    [
      'a strange name',
      [
        ['filename**', 'a'],
        ['*', 'b'],
        ['filename*1000', 'c'],
      ],
      undefined,
    ],
    ['none', [], undefined],
  ];
  for (const [name, pairs, filename] of cases)
    it(name, () => assert.equal(decodeParameters(pairs).get('filename'), filename));

  it('give back any text, cut anywhere', () => {
    const text = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 100 }).filter((one) => !/\p{Cc}/u.test(one));
    fc.assert(
      fc.property(text, fc.array(fc.integer({ min: 1, max: 20 }), { maxLength: 10 }), (value, cuts) => {
        const bytes = Buffer.from(value);
        const pairs: Pairs = [];
        let from = 0;
        for (const length of [...cuts, bytes.length]) {
          pairs.push([`name*${pairs.length}*`, percent(bytes.subarray(from, from + length))]);
          from += length;
        }
        if (pairs[0]) pairs[0][1] = `utf-8''${pairs[0][1]}`;
        assert.equal(decodeParameters(pairs).get('name'), value.trim().normalize('NFC'));
      }),
    );
  });

  it('are bounded in number and length', () => {
    const many = decodeParameters(
      Array.from({ length: 10_000 }, (_, n): [string, string] => [`n${n}`, 'x'.repeat(5000)]),
    );
    assert.equal(many.size, 200);
    assert.equal(many.get('n0')?.length, 1000);
  });
});
