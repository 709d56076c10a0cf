import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as fc from 'fast-check';
import { decodeWords } from '../../src-main/mime/encodedWords.ts';

const inBase64 = (bytes: Buffer): string => `=?utf-8?B?${bytes.toString('base64')}?=`;
const inQuoted = (bytes: Buffer): string =>
  `=?UTF-8?q?${Array.from(bytes, (byte) => `=${byte.toString(16).padStart(2, '0')}`).join('')}?=`;

describe('encoded words', () => {
  const cases: [name: string, encoded: string, text: string][] = [
    ['none', 'plain text', 'plain text'],
    ['Q', '=?utf-8?Q?caf=C3=A9_au_lait?=', 'café au lait'],
    ['B', '=?utf-8?B?Y2Fmw6k=?=', 'café'],
    ['lower case', '=?UTF-8?b?Y2Fmw6k=?= =?utf-8?q?=c3=a9?=', 'caféé'],
    ['among text', 'Re: =?utf-8?Q?=C3=A9?= (x)', 'Re: é (x)'],
    ['white space between words goes', '=?utf-8?Q?a?=  \t=?utf-8?Q?b?=', 'ab'],
    ['white space beside text stays', 'a =?utf-8?Q?b?= c', 'a b c'],
    ['charsets change', '=?iso-8859-1?Q?=E9?= =?utf-8?Q?=C3=A9?=', 'éé'],
    ['a character split over two', '=?utf-8?B?w6nD?= =?utf-8?B?qQ==?=', 'éé'],
    ['a character split over B and Q', '=?utf-8?B?w6nD?= =?UTF-8?Q?=A9?=', 'éé'],
    ['a language', '=?utf-8*en?Q?=C3=A9?=', 'é'],
    ['a charset and a language', '=?iso-8859-2*pl?Q?=B1?=', 'ą'],
    ['ISO-2022-JP', '=?iso-2022-jp?B?GyRCJUYlOSVIGyhC?=', 'テスト'],
    ['an unknown charset', '=?x-what?Q?caf=C3=A9?= =?x-what?Q?=E9?=', 'cafÃ©é'],
    ['an unknown encoding', '=?utf-8?x?abc?=', '=?utf-8?x?abc?='],
    ['spaces within, against the rules', '=?utf-8?Q?caf=C3=A9 au lait?=', 'café au lait'],
    ['glued to text', 'a=?utf-8?Q?=C3=A9?=b', 'aéb'],
    ['glued to each other', '=?utf-8?Q?a?==?utf-8?Q?b?=', 'ab'],
    ['nothing in it', 'a =?utf-8?Q??= b', 'a  b'],
    ['a question in it', '=?utf-8?Q?really??=', 'really?'],
    ['no end', '=?utf-8?Q?abc', '=?utf-8?Q?abc'],
    ['no end before the next', '=?utf-8?Q?abc =?utf-8?Q?d?=', '=?utf-8?Q?abc d'],
    ['broken escapes', '=?utf-8?Q?a=ZZ=4?=', 'a=ZZ=4'],
    ['broken base64', '=?utf-8?B?!!Y2Fm?=', 'caf'],
    ['decoded once', '=?utf-8?Q?=3D=3Futf-8=3FQ=3Fx=3F=3D?=', '=?utf-8?Q?x?='],
    ['raw eight-bit beside', 'é =?utf-8?Q?=C3=A9?= ✓', 'é é ✓'],
    ['raw eight-bit within', '=?utf-8?Q?é=C3=A9?=', 'éé'],
    ['halves of words', '=? ?= =?= ?==?', '=? ?= =?= ?==?'],
  ];
  for (const [name, encoded, text] of cases) it(name, () => assert.equal(decodeWords(encoded), text));

  it('give back any text, cut anywhere, in either encoding', () => {
    const cuts = fc.array(fc.tuple(fc.nat(40), fc.boolean()), { maxLength: 8 });
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1 }), cuts, (text, places) => {
        const bytes = Buffer.from(text);
        const words: string[] = [];
        let from = 0;
        for (const [length, quoted] of [...places, [bytes.length, true] as const]) {
          const piece = bytes.subarray(from, from + length);
          words.push(quoted ? inQuoted(piece) : inBase64(piece));
          from += length;
        }
        assert.equal(decodeWords(words.join(' ')), text);
      }),
    );
  });

  it('that never end take time in step with their number', () => {
    const began = process.cpuUsage();
    assert.equal(decodeWords(`${'=?a?q?x '.repeat(500_000)}?=`).length, 3_999_994);
    assert.ok(process.cpuUsage(began).user < 5_000_000);
  });

  it('leave alone what is none, and never throw', () => {
    const piece = fc.constantFrom('=?', '?=', '?', '=', 'utf-8', 'q', 'b', ' ', 'Y2Fm', '_', 'é', '*');
    fc.assert(
      fc.property(fc.array(piece), (pieces) => {
        const text = pieces.join('');
        const decoded = decodeWords(text);
        assert.ok(decoded.length <= text.length);
        if (!/=\?[^?\s]+\?[bq]\?/i.test(text)) assert.equal(decoded, text);
      }),
    );
  });
});
