import { HTML, lines, multipart, multipartLines, PDF, PLAIN, type Sample } from './sample.ts';

const text = (message: Buffer): string => message.toString('latin1');
const MIXED = multipart('mixed', PLAIN, PDF);

/** What broken mail is made of. */
export const broken: Sample[] = [
  { name: 'nothing', text: ['1 text/plain'], says: { '1': '' }, message: Buffer.alloc(0) },
  { name: 'an empty line', text: ['1 text/plain'], says: { '1': '' }, message: lines('') },
  { name: 'a header without a body', text: ['1 text/plain'], says: { '1': '' }, message: lines('Subject: a') },
  { name: 'no header', text: ['1 text/plain'], message: lines('', 'Hello') },
  {
    name: 'lines that are no fields in the header',
    text: ['1 text/html'],
    says: { '1': '<p>Hello' },
    message: lines('From me Mon Jan 1', '>From you', 'Content-Type: text/html', '', '<p>Hello'),
  },
  {
    name: 'no final boundary',
    text: ['1 text/plain'],
    attached: ['2 application/pdf plan.pdf'],
    message: Buffer.from(text(MIXED).replace('--b--\r\n', '')),
  },
  {
    name: 'no line end behind the final boundary',
    text: ['1 text/plain'],
    attached: ['2 application/pdf plan.pdf'],
    message: MIXED.subarray(0, -2),
  },
  {
    name: 'cut off within a part',
    text: ['1 text/plain'],
    attached: ['2 application/pdf plan.pdf'],
    message: MIXED.subarray(0, -14),
  },
  {
    name: 'cut off within a header',
    text: ['1 text/plain', '2 text/plain'],
    says: { '2': '' },
    message: MIXED.subarray(0, 120),
  },
  {
    name: 'no boundary in a multipart',
    text: ['1 text/plain'],
    says: { '1': 'Hello\r\n-- b\r\n--bb' },
    message: lines('Content-Type: multipart/mixed; boundary=b', '', 'Hello', '-- b', '--bb'),
  },
  {
    name: 'no boundary parameter',
    text: ['1 text/plain'],
    says: { '1': '--b\r\n\r\nHello\r\n--b--' },
    message: lines('Content-Type: multipart/mixed', '', '--b', '', 'Hello', '--b--'),
  },
  {
    name: 'a multipart that ends at once',
    text: [],
    message: lines('Content-Type: multipart/mixed; boundary=b', '', '--b--', 'x'),
  },
  {
    name: 'a multipart without boundary within one that has',
    text: ['1 text/plain'],
    attached: ['2 application/pdf plan.pdf'],
    message: multipart('mixed', ['Content-Type: multipart/alternative', '', 'Hello'], PDF),
  },
  {
    name: 'a boundary that is the beginning of another',
    text: ['1.1 text/plain'],
    html: ['1.2 text/html'],
    attached: ['2 application/pdf plan.pdf'],
    message: lines(...multipartLines('mixed', 'a', multipartLines('alternative', 'aa', PLAIN, HTML), PDF)),
  },
  {
    name: 'a boundary that is another with dashes behind it',
    text: ['1.1 text/plain'],
    html: ['1.2 text/html'],
    attached: ['2 application/pdf plan.pdf'],
    message: lines(...multipartLines('mixed', 'a', multipartLines('alternative', 'a--', PLAIN, HTML), PDF)),
  },
  {
    name: 'the same boundary twice',
    text: ['1.1 text/plain'],
    html: ['1.2 text/html'],
    attached: ['2 application/pdf plan.pdf'],
    message: lines(...multipartLines('mixed', 'b', multipartLines('alternative', 'b', PLAIN, HTML), PDF)),
  },
  {
    name: 'an inner multipart that never ends',
    text: ['1.1 text/plain'],
    html: ['1.2 text/html'],
    attached: ['2 application/pdf plan.pdf'],
    message: lines(...multipartLines('mixed', 'a', multipartLines('alternative', 'b', PLAIN, HTML).slice(0, -1), PDF)),
  },
  {
    name: 'blanks behind boundaries',
    text: ['1 text/plain'],
    attached: ['2 application/pdf plan.pdf'],
    message: Buffer.from(text(MIXED).replaceAll(/^(--b(?:--)?)\r$/gm, '$1 \t \r')),
  },
  {
    name: 'junk behind a boundary, which is none then',
    text: ['1 text/plain'],
    attached: ['2 application/pdf plan.pdf'],
    says: { '1': 'Hello\r\n--b and more\r\n--b-' },
    message: multipart('mixed', [...PLAIN, '--b and more', '--b-'], PDF),
  },
  {
    name: 'text before the first boundary and behind the last',
    text: ['1 text/plain'],
    message: lines(
      'Content-Type: multipart/mixed; boundary=b',
      '',
      'This is a message in MIME.',
      '--b',
      ...PLAIN,
      '--b--',
      'Bye',
      '--b',
      '',
      'Lost',
    ),
  },
  {
    name: 'a part without a header and an empty line',
    text: ['1 text/plain'],
    attached: ['2 application/pdf plan.pdf'],
    says: { '1': 'Hello there\r\nand more' },
    message: multipart('mixed', ['Hello there', 'and more'], PDF),
  },
  {
    name: 'a part whose header has no end',
    text: ['1 text/html'],
    attached: ['2 application/pdf plan.pdf'],
    says: { '1': '' },
    message: multipart('mixed', ['Content-Type: text/html'], PDF),
  },
  {
    name: 'a part that is empty',
    text: ['1 text/plain'],
    attached: ['2 application/pdf plan.pdf'],
    says: { '1': '' },
    message: multipart('mixed', [], PDF),
  },
  {
    name: 'parts with empty bodies',
    text: ['1 text/plain'],
    html: ['2 text/html'],
    says: { '1': '', '2': '' },
    message: multipart('alternative', ['Content-Type: text/plain', ''], ['Content-Type: text/html', '']),
  },
  {
    name: 'LF alone',
    text: ['1 text/plain'],
    attached: ['2 application/pdf plan.pdf'],
    message: Buffer.from(text(MIXED).replaceAll('\r', '')),
  },
  {
    name: 'CR alone',
    text: ['1 text/plain'],
    attached: ['2 application/pdf plan.pdf'],
    message: Buffer.from(text(MIXED).replaceAll('\n', '')),
  },
  {
    name: 'CRLF and LF in turns',
    text: ['1 text/plain'],
    attached: ['2 application/pdf plan.pdf'],
    message: Buffer.from(
      text(MIXED)
        .split('\r\n')
        .map((line, at) => `${line}${at % 2 ? '\n' : '\r\n'}`)
        .join(''),
    ),
  },
  {
    name: 'CR twice before LF',
    text: ['1 text/plain'],
    attached: ['2 application/pdf plan.pdf'],

    message: Buffer.from(text(MIXED).replaceAll('\r\n', '\r\r\n')),
  },
  {
    name: 'CR within text',
    text: ['1 text/plain'],
    says: { '1': 'one\rtwo\r\nthree' },
    message: lines('', 'one\rtwo', 'three'),
  },
  {
    name: 'NULs',
    text: ['1 text/plain'],
    says: { '1': 'a\uFFFDb' },
    message: lines('Sub\0ject: a\0b', 'Content-Type: text/plain;\0 charset=utf-8', '', 'a\0b'),
  },
  {
    name: 'a type that is none',
    text: [],
    attached: ['1 application/octet-stream'],
    message: lines('Content-Type: what?', '', 'x'),
  },
  { name: 'a type of before MIME', text: ['1 text/plain'], message: lines('Content-Type: text', '', 'Hello') },
  { name: 'an empty type', text: ['1 text/plain'], message: lines('Content-Type:', '', 'Hello') },
  {
    name: 'a type without a semicolon',
    text: ['1 text/html'],
    says: { '1': 'При' },
    message: lines('Content-Type: text/html charset="koi8-r" (really)', '', '\xf0\xd2\xc9'),
  },
  {
    name: 'a type with comments',
    text: ['1 text/html'],
    says: { '1': 'При' },
    message: lines('Content-Type: (a) text/html (b; "c); charset="koi8-r" (d)', '', '\xf0\xd2\xc9'),
  },
  {
    name: 'a type twice, of which the first counts',
    text: ['1 text/plain'],
    message: lines('Content-Type: text/plain', 'Content-Type: text/html', '', 'Hello'),
  },
  {
    name: 'a boundary with blanks and quotes',
    text: ['1 text/plain'],
    message: lines('Content-Type: multipart/mixed; boundary="a \\"b\\\\ (c)"', '', '--a "b\\ (c)', ...PLAIN),
  },
  {
    name: 'a folded boundary',
    text: ['1 text/plain'],
    message: lines('Content-Type: multipart/mixed;', '\tboundary=', ' "b"', '', '--b', ...PLAIN),
  },
  {
    name: 'a boundary in eight bits',
    text: ['1 text/plain'],
    attached: ['2 application/pdf plan.pdf'],
    message: lines(...multipartLines('mixed', 'gr\xfc\xdfe', PLAIN, PDF)),
  },
  {
    name: 'a boundary by RFC 2231',
    text: ['1 text/plain'],
    message: lines("Content-Type: multipart/mixed; boundary*0*=us-ascii''a%20; boundary*1=b", '', '--a b', ...PLAIN),
  },
  {
    name: 'a multipart in base64, which is none',
    text: ['1 text/plain'],
    message: lines('Content-Transfer-Encoding: base64', ...multipartLines('mixed', 'b', PLAIN)),
  },
  { name: 'a subtype that is none', text: ['1 text/plain'], message: multipart('a b', PLAIN) },
];
