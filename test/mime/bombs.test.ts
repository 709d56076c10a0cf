import { describe, it } from 'node:test';
import { unflow } from '../../src-main/mime/flowed.ts';
import { parseMessage, partOf } from '../../src-main/mime/message.ts';
import { decodeParameters } from '../../src-main/mime/parameters.ts';
import { readStructuredField } from '../../src-main/mime/structuredField.ts';
import { createDecoder } from '../../src-main/mime/transferEncoding.ts';
import { assertLinear } from '../support/linear.ts';

const filled = (piece: string, size: number): string => piece.repeat(Math.ceil(size / piece.length));

const nested = (size: number): string => {
  let message = '';
  for (let level = 0; message.length < size; level++)
    message += `Content-Type: multipart/mixed; boundary=b${level}\n\n--b${level}\n`;
  return message;
};

/** As many multiparts as may be open, with lines that look like their boundaries. */
const almostBoundaries = (size: number): string => {
  const name = 'x'.repeat(60);
  let message = '';
  for (let level = 10; level < 60; level++)
    message += `Content-Type: multipart/mixed; boundary=${name}${level}\n\n--${name}${level}\n`;
  return `${message}\n${filled(`--${name}99\n--${name}1\n`, size)}`;
};

const withType = (type: string, body: string): string => `Content-Type: ${type}\n\n${body}`;
const inMixed = (part: string): string => `Content-Type: multipart/mixed; boundary=b\n\n--b\n${part}`;
const named = (parameters: string): string => inMixed(`Content-Type: a/b; ${parameters}\n\nx\n--b--`);
const encoded = (encoding: string, body: string): string => `Content-Transfer-Encoding: ${encoding}\n\n${body}`;

/** Messages made to take long, of at least so many bytes. */
const bombs: [name: string, of: (size: number) => string][] = [
  ['multiparts in multiparts', nested],
  ['millions of tiny parts', (size) => inMixed(filled('\n--b\n', size))],
  ['millions of parts with a header', (size) => inMixed(filled('A: b\n\nx\n--b\n', size))],
  ['lines that are almost boundaries', almostBoundaries],
  ['lines that begin as boundaries do', (size) => inMixed(`\n${filled('--\n', size)}`)],
  ['one boundary that never ends', (size) => inMixed(`\n--b${filled('b', size)}`)],
  ['a boundary with blanks behind it', (size) => inMixed(`\n--b${filled(' ', size)}x\n--b--`)],
  ['a header field without end', (size) => `A: ${filled('b', size)}`],
  ['many header fields', (size) => filled('A: b\n', size)],
  ['many folds', (size) => `Content-Type: text/plain${filled('\n ', size)}`],
  ['parts that are headers without end', (size) => inMixed(filled('A: b\nA: b\nA: b\n--b\n', size))],
  ['carriage returns', (size) => filled('\r', size)],
  ['carriage returns in lines', (size) => filled('\r\r\r\n--\r', size)],
  ['encoded words in a name', (size) => named(`name="${filled('=?utf-8?q?a?= ', size)}"`)],
  ['encoded words that never end', (size) => `Subject: ${filled('=?a?q?x ', size)}\n\n`],
  ['pieces of a name', (size) => named(filled('name*0*=a;name*1*=%41;', size))],
  ['parameters without a value', (size) => named(filled('a;', size))],
  ['quotes in parameters', (size) => named(filled('a=";', size))],
  ['comments in parameters', (size) => named(filled('a=b (', size))],
  ['base64 junk', (size) => encoded('base64', filled('!*', size))],
  ['base64 padding', (size) => encoded('base64', filled('YQ==', size))],
  ['equals signs in quoted-printable', (size) => encoded('quoted-printable', filled('=', size))],
  ['white space in quoted-printable', (size) => encoded('quoted-printable', filled('= \t', size))],
  ['empty lines of uuencode', (size) => encoded('x-uuencode', `begin 644 a\n${filled('_\n', size)}`)],
  ['shifts of UTF-7', (size) => withType('text/plain; charset=utf-7', filled('+-+', size))],
  ['escapes of ISO-2022-JP', (size) => withType('text/plain; charset=iso-2022-jp', filled('\x1b$B\x1b(', size))],
  ['broken UTF-8', (size) => withType('text/plain; charset=utf-8', filled('\xe9\xff', size))],
  ['elements of HTML that may name a charset', (size) => withType('text/html', filled('<meta ', size))],
];

describe('a message made to take long', () => {
  for (const [name, of] of bombs)
    it(`takes time in step with its size: ${name}`, () => {
      assertLinear((size) => Buffer.from(of(size), 'latin1'), parseMessage);
    });

  it('is taken apart in time in step with its size, where messages are in messages', () => {
    const wrapped = (size: number): Buffer => {
      const headers = 'Content-Type: message/rfc822\n\n'.repeat(20);
      return Buffer.from(`${headers}\n${filled('--\n', size)}`);
    };
    assertLinear(wrapped, (message) => partOf(message, '1.1.1.1.1.1.1.1.1'));
  });
});

describe('a field made to take long', () => {
  for (const piece of [
    'a;',
    'a=;',
    'a="',
    'a="\\',
    'a=(',
    '(',
    '()',
    '(\\',
    ';(',
    '; (a) ',
    'a=b ( ',
    'a=) ',
    '"',
    '/',
    ' ',
    '=',
  ])
    it(`is read in time in step with its length: ${JSON.stringify(piece)}`, () => {
      assertLinear((size) => `a/b; ${filled(piece, size)}`, readStructuredField);
    });

  it('has its pieces joined in time in step with their number', () => {
    const pairs = (size: number): [string, string][] =>
      Array.from({ length: size / 16 }, (_, at) => [`name*${at % 99}*`, "utf-8''%41"]);
    assertLinear(pairs, decodeParameters);
  });
});

describe('text made to take long', () => {
  for (const piece of [' \n', '> \n', '>', ' ', '-- \n', '\r', '\r\n', '>a \n> \n'])
    it(`flows in time in step with its length: ${JSON.stringify(piece)}`, () => {
      assertLinear(
        (size) => filled(piece, size),
        (text) => unflow(text, true),
      );
    });

  for (const encoding of ['base64', 'quoted-printable', 'x-uuencode'])
    it(`is decoded piece by piece in step with its length: ${encoding}`, () => {
      const decodeAll = (bytes: Buffer): void => {
        const decoder = createDecoder(encoding);
        for (let at = 0; at < bytes.length; at += 100) decoder.push(bytes.subarray(at, at + 100));
        decoder.end();
      };
      assertLinear((size) => Buffer.from(filled(' \t=', size)), decodeAll);
    });
});
