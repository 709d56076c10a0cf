import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as fc from 'fast-check';
import { decodeCharset, decodeUnlabelled } from '../../src-main/mime/charset.ts';

const hex = (text: string): Buffer => Buffer.from(text.replaceAll(' ', ''), 'hex');

describe('charsets', () => {
  const cases: [label: string, bytes: Buffer, text: string][] = [
    ['utf-8', hex('c3a9e29c93'), 'é✓'],
    ['UTF8', hex('c3a9ff'), 'é\uFFFD'],
    ['iso-8859-1', hex('e980'), 'é€'],
    ['us-ascii', hex('e9'), 'é'],
    ['US-ASCII', hex('c3a9'), 'é'],
    ['windows-1252', hex('93e994'), '“é”'],
    ['iso-8859-15', hex('a4'), '€'],
    ['iso-8859-2', hex('b1'), 'ą'],
    ['windows-1251', hex('cff0e8'), 'При'],
    ['koi8-r', hex('f0d2c9'), 'При'],
    ['iso-8859-8-i', hex('f9'), 'ש'],
    ['gb2312', hex('c4e3bac3'), '你好'],
    ['gbk', hex('80'), '€'],
    ['GB18030', hex('94 39 fc 36'), '😀'],
    ['big5', hex('a741a66e'), '你好'],
    ['euc-kr', hex('c7d1'), '한'],
    ['ks_c_5601-1987', hex('c7d1'), '한'],
    ['shift_jis', hex('83658358 8367'), 'テスト'],
    ['euc-jp', hex('a5c6a5b9a5c8'), 'テスト'],
    ['iso-2022-jp', Buffer.from('a\x1b$B%F%9%H\x1b(Bb'), 'aテストb'],
    ['ISO-2022-JP', Buffer.from('\x1b$@%F\x1b(J\x1b(I1\x1b(B'), 'テｱ'],
    ['iso-2022-jp', Buffer.from('\x1b$B%F\nabc'), 'テ\nabc'],
    ['iso-2022-jp', Buffer.from('\x1b$B%F%'), 'テ\uFFFD'],
    ['iso-2022-kr', Buffer.from('\x1b$)C\x0eGQ\x0fx'), '한x'],
    ['utf-7', Buffer.from('Hi Mom +Jjo-!'), 'Hi Mom ☺!'],
    ['unicode-1-1-utf-7', Buffer.from('+AOk-'), 'é'],
    ['utf-16le', hex('e900'), 'é'],
    ['x-unknown', hex('c3a9'), 'é'],
    ['x-unknown', hex('e9'), 'é'],
    ['', hex('e9'), 'é'],
    ['base64', Buffer.from('w6k='), 'w6k='],
    ['hex', Buffer.from('c3a9'), 'c3a9'],
    ['constructor', hex('e9'), 'é'],
    ['__proto__', hex('e9'), 'é'],
  ];
  for (const [label, bytes, text] of cases)
    it(`${label || 'none'}: ${JSON.stringify(text)}`, () => assert.equal(decodeCharset(bytes, label), text));

  it('never throw, and say something of bounded length, whatever they are called', () => {
    const label = fc.oneof(fc.string(), fc.constantFrom(...cases.map(([name]) => name)));
    fc.assert(
      fc.property(label, fc.uint8Array({ maxLength: 200 }), (name, bytes) => {
        assert.ok(decodeCharset(Buffer.from(bytes), name).length <= 2 * bytes.length + 2);
        assert.ok(decodeUnlabelled(Buffer.from(bytes)).length <= bytes.length);
      }),
    );
  });
});
