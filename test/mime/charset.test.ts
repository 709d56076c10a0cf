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
    ['csISO2022JP', Buffer.from('\x1b&@\x1b$B%F\x1b(H!'), 'テ!'],
    ['iso-2022-jp', Buffer.from('\x1b$(B%F\x1b$(@%9\x1b(B'), 'テス'],
    ['iso-2022-jp', Buffer.from('a\x0e1\x0fb'), 'aｱb'],
    ['iso-2022-jp-2', Buffer.from('\x1b$(D0!\x1b(B'), '丂'],
    ['iso-2022-jp', Buffer.from('plän'), 'plän'],
    ['iso-2022-kr', Buffer.from('\x1b$)C\x0eGQ\x0fx'), '한x'],
    ['utf-7', Buffer.from('Hi Mom +Jjo-!'), 'Hi Mom ☺!'],
    ['unicode-1-1-utf-7', Buffer.from('+AOk-'), 'é'],
    ['utf-7', Buffer.from('plän'), 'plän'],
    ['utf-16le', hex('e900'), 'é'],
    ['utf-16', hex('feff00e9'), 'é'],
    ['utf-16', hex('fffee900'), 'é'],
    ['utf-16', Buffer.from('Not so at all: plän'), 'Not so at all: plän'],
    ['iso-8859-1', Buffer.from('plän'), 'plän'],
    ['iso-8859-15', Buffer.from('plän'), 'plän'],
    ['koi8-u', hex('a4'), 'є'],
    ['windows-1250', hex('9e'), 'ž'],
    ['windows-1253', hex('e1'), 'α'],
    ['windows-1254', hex('fe'), 'ş'],
    ['windows-1255', hex('e0'), 'א'],
    ['windows-1256', hex('c7'), 'ا'],
    ['windows-1257', hex('fe'), 'ž'],
    ['windows-1258', hex('fe'), '₫'],
    ['x-cp1251', hex('cff0e8'), 'При'],
    ['x-mac-roman', hex('8e'), 'é'],
    ['ibm850', hex('82'), 'é'],
    ['x-sjis', hex('8365'), 'テ'],
    ['windows-31j', hex('8740'), '①'],
    ['x-euc-jp', hex('a5c6'), 'テ'],
    ['big5-hkscs', hex('a741'), '你'],
    ['x-big5', hex('a741'), '你'],
    ['euc-cn', hex('c4e3'), '你'],
    ['gb2312', hex('8140'), '丂'],
    ['cp949', hex('8141'), '갂'],
    ['TIS-620', hex('a1'), 'ก'],
    ['unknown-8bit', hex('e9'), 'é'],
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
