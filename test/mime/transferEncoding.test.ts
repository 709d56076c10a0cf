import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as fc from 'fast-check';
import { createDecoder, decodeTextTransfer, decodeTransfer } from '../../src-main/mime/transferEncoding.ts';
import { inBase64, inPieces, inQuotedPrintable, inUuencode } from '../support/mimeEncoders.ts';

const decoded = (text: string, encoding: string): string =>
  decodeTransfer(Buffer.from(text, 'latin1'), encoding).toString('latin1');

describe('transfer encodings (M2)', () => {
  const cases: [name: string, encoding: string, text: string, decoded: string][] = [
    ['none', '7bit', 'a=41 YQ==', 'a=41 YQ=='],
    ['8bit', '8bit', '\xe9', '\xe9'],
    ['one nobody knows', 'x-zip', 'YQ==', 'YQ=='],
    ['base64', 'base64', 'Y2Fm6Q==', 'caf\xe9'],
    ['in capitals, quoted, with a comment', ' "BASE64" (of course)', 'YQ==', 'a'],
    ['base64 in lines', 'base64', 'Y2\r\nFm\r\n6Q=\r\n=\r\n', 'caf\xe9'],
    ['base64 with junk', 'base64', '!Y2*Fm-_6Q\0==', 'caf\xe9'],
    ['base64 without padding', 'base64', 'Y2Fm6Q', 'caf\xe9'],
    ['base64 of two pieces, each padded', 'base64', 'YQ==\r\nYmM=\r\n', 'abc'],
    ['base64 with half a character more', 'base64', 'YWJjY', 'abc'],
    ['padding alone', 'base64', '====', ''],
    ['quoted-printable', 'quoted-printable', 'caf=E9=e9', 'caf\xe9\xe9'],
    ['quoted-printable, misspelt', 'Quoted_Printable', 'caf=E9', 'caf\xe9'],
    ['a soft line break', 'quoted-printable', 'a=\r\nb', 'ab'],
    ['soft breaks that end in LF or CR', 'quoted-printable', 'a=\nb=\rc', 'abc'],
    ['a soft break with blanks behind it', 'quoted-printable', 'a= \t\r\nb', 'ab'],
    ['a soft break at the end', 'quoted-printable', 'a=', 'a'],
    ['white space before a line end', 'quoted-printable', 'a \t\r\nb \n c ', 'a\r\nb\n c'],
    ['white space before a soft break', 'quoted-printable', 'a =\r\nb', 'a b'],
    ['white space that was encoded', 'quoted-printable', 'a=20\r\nb', 'a \r\nb'],
    ['an escape that is none', 'quoted-printable', '1=2 =G1 =4', '1=2 =G1 =4'],
    ['an equals sign twice', 'quoted-printable', 'a==41', 'a=A'],
    ['eight-bit text in quoted-printable', 'quoted-printable', '\xe9=E9', '\xe9\xe9'],
    ['uuencode', 'x-uuencode', 'hello\nbegin 644 cat.txt\n#0V%T\n`\nend\nbye\n', 'Cat'],
    ['uuencode that lost its blanks', 'uuencode', 'begin 644 a\r\n$0 !#\r\nend', '@\0C\0'],
    ['a line of uuencode that promises more than it has', 'uuencode', 'begin 644 a\n_\nend', '\0'],
    ['uuencode cut off', 'x-uue', 'begin 644 a\n#0V%T', 'Cat'],
  ];
  for (const [name, encoding, text, expected] of cases) it(name, () => assert.equal(decoded(text, encoding), expected));

  it('give back any bytes, however they were cut into lines and pieces', () => {
    const line = fc.constantFrom(4, 20, 60, 76, 1000);
    const cuts = fc.array(fc.nat(50), { maxLength: 20 });
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), line, cuts, (bytes, width, pieces) => {
        for (const [encoding, encoded] of [
          ['base64', inBase64(bytes, width)],
          ['quoted-printable', inQuotedPrintable(bytes, Math.max(width, 8))],
          ['x-uuencode', inUuencode(bytes)],
          ['binary', Buffer.from(bytes)],
        ] as const) {
          const decoder = createDecoder(encoding);
          const parts = inPieces(encoded, pieces).map((piece) => decoder.push(piece));
          assert.deepEqual(Buffer.concat([...parts, decoder.end()]), Buffer.from(bytes), encoding);
        }
      }),
    );
  });

  it('make the same of broken bytes, however they come', () => {
    const bytes = fc
      .array(fc.constantFrom('=', '=', ' ', '\t', '\r', '\n', 'A', '4', 'Z', '\xff', 'begin 644 a\n', ' '.repeat(1500)))
      .map((pieces) => Buffer.from(pieces.join(''), 'latin1'));
    const encoding = fc.constantFrom('base64', 'quoted-printable', 'x-uuencode', '8bit');
    fc.assert(
      fc.property(bytes, encoding, fc.array(fc.nat(9)), (broken, name, cuts) => {
        const decoder = createDecoder(name);
        const parts = inPieces(broken, cuts).map((piece) => decoder.push(piece));
        const whole = decodeTransfer(broken, name);
        assert.deepEqual(Buffer.concat([...parts, decoder.end()]), whole);
        assert.ok(whole.length <= broken.length);
      }),
    );
  });
});

describe('text that is not in the encoding it names (M3)', () => {
  const same: [name: string, encoding: string, text: string][] = [
    ['plain words as base64', 'base64', 'This is a plain text, and nobody encoded it.\r\n'],
    ['eight-bit text as base64', 'base64', 'Gr\xfc\xdfe'],
    ['no beginning of uuencode', 'x-uuencode', 'hello\n#0V%T\n'],
  ];
  for (const [name, encoding, text] of same)
    it(`stays as it is: ${name}`, () =>
      assert.equal(decodeTextTransfer(Buffer.from(text, 'latin1'), encoding).toString('latin1'), text));

  it('is decoded where it may be', () => {
    for (const text of ['Y2Fm', 'Y2Fm\r\nY2Fm', 'Y2Fm!Y2Fm', ''])
      assert.match(decodeTextTransfer(Buffer.from(text), 'base64').toString(), /^(?:caf)*$/);
  });
});
