import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as fc from 'fast-check';
import iconv from 'iconv-lite';
import { decodeText } from '../../src-main/mime/decodePart.ts';
import { inBase64, inQuotedPrintable } from '../support/mimeEncoders.ts';

const latin = (text: string): Buffer => Buffer.from(text, 'latin1');
const decoded = (bytes: Buffer, charset: string | null, type = 'text/plain', encoding = '8bit'): string =>
  decodeText(bytes, { encoding, charset, type });

describe('a text part (M4)', () => {
  const cases: [name: string, bytes: Buffer, charset: string | null, text: string][] = [
    ['in its charset', latin('pr\xe9'), 'iso-8859-1', 'pré'],
    ['without a charset, in UTF-8', Buffer.from('pré✓'), null, 'pré✓'],
    ['without a charset, and not in UTF-8', latin('pr\xe9 \x93a\x94'), null, 'pré “a”'],
    ['in a charset nobody knows', latin('pr\xe9'), 'x-none', 'pré'],
    ['in ASCII with eight bits', latin('pr\xe9'), 'us-ascii', 'pré'],
    ['in ASCII that is UTF-8', Buffer.from('pré'), 'us-ascii', 'pré'],
    ['in Latin 1 that is UTF-8', Buffer.from('pré'), 'iso-8859-1', 'pré'],
    ['in UTF-8 that is windows-1252', latin('pr\xe9s d\x92ici'), 'utf-8', 'prés d’ici'],
    ['in UTF-8 of which a character is broken', latin('pr\xc3\xa9s \xff'), 'utf-8', 'prés \uFFFD'],
    ['in UTF-8 whose last character is cut in half', latin('pr\xc3'), 'utf-8', 'pr\uFFFD'],
    ['with a mark of UTF-8', latin('\xef\xbb\xbfpr\xc3\xa9'), 'iso-8859-1', 'pré'],
    ['with a mark of UTF-16', latin('\xfe\xff\0p\0\xe9'), 'utf-8', 'pé'],
    ['with a mark of UTF-16, the other way round', latin('\xff\xfep\0\xe9\0'), null, 'pé'],
    ['in UTF-7', latin('Hi +AOk-!'), 'utf-7', 'Hi é!'],
    ['in gb2312 that is gbk', latin('\x81\x40'), 'gb2312', '丂'],
    ['with NULs', latin('a\0b'), 'utf-8', 'a\uFFFDb'],
    ['with half a character of UTF-16', latin('\xd8\x3d'), 'utf-16be', '\uFFFD'],
    ['empty', latin(''), null, ''],
  ];
  for (const [name, bytes, charset, text] of cases) it(name, () => assert.equal(decoded(bytes, charset), text));

  it('is decoded by its transfer encoding first', () => {
    assert.equal(decoded(latin('pr=C3=A9'), 'utf-8', 'text/plain', 'quoted-printable'), 'pré');
    assert.equal(decoded(latin('cHLDqQ=='), 'utf-8', 'text/plain', 'base64'), 'pré');
  });

  const charsets = ['utf-8', 'utf-16be', 'utf-16le', 'gb18030', 'utf-7'];
  it('gives back any text that was put into a charset and an encoding', () => {
    const text = fc.string({ unit: 'grapheme' }).filter((one) => !one.includes('\0') && !one.startsWith('\uFEFF'));
    fc.assert(
      fc.property(text, fc.constantFrom(...charsets), (one, charset) => {
        const bytes = iconv.encode(one, charset);
        assert.equal(decoded(inBase64(bytes), charset, 'text/plain', 'base64'), one);
        assert.equal(decoded(inQuotedPrintable(bytes), charset, 'text/plain', 'quoted-printable'), one);
      }),
    );
  });

  it('never throws, and never holds what cannot be stored', () => {
    const charset = fc.constantFrom(null, '', 'utf-8', 'utf-7', 'iso-2022-jp', 'utf-16', 'utf-32', 'gb18030', 'x');
    const encoding = fc.constantFrom('', 'base64', 'quoted-printable', 'x-uuencode');
    fc.assert(
      fc.property(fc.uint8Array(), charset, encoding, (bytes, name, transfer) => {
        const text = decoded(Buffer.from(bytes), name, 'text/html', transfer);
        assert.ok(text.isWellFormed() && !text.includes('\0'));
      }),
    );
  });
});

describe('HTML names its charset itself (M4)', () => {
  const cyrillic = '\xcf\xf0\xe8';
  const html: [name: string, html: string, charset: string | null, end: string][] = [
    ['in a meta element', `<meta charset="windows-1251">${cyrillic}`, null, 'При'],
    [
      'in an old meta element',
      `<META HTTP-EQUIV=Content-Type CONTENT='text/html; charset=windows-1251'>${cyrillic}`,
      null,
      'При',
    ],
    ['where the label says ASCII', `<meta charset=windows-1251>${cyrillic}`, 'us-ascii', 'При'],
    ['not where the label names one', `<meta charset="koi8-r">${cyrillic}`, 'windows-1251', 'При'],
    ['not behind its first 1024 bytes', `${' '.repeat(1024)}<meta charset="windows-1251">${cyrillic}`, null, 'Ïðè'],
    ['UTF-16, which cannot be', '<meta charset="utf-16">pr\xc3\xa9', null, 'pré'],
    ['a charset nobody knows', '<meta charset="none">pr\xe9', null, 'pré'],
  ];
  for (const [name, text, charset, end] of html)
    it(name, () => assert.ok(decoded(latin(text), charset, 'text/html').endsWith(end)));

  it('and plain text does not', () => {
    assert.ok(decoded(latin(`<meta charset="windows-1251">${cyrillic}`), null).endsWith('Ïðè'));
  });
});
