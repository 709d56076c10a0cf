import { lines, multipart, PLAIN, type Sample, utf8Lines } from './sample.ts';

const encoded = (encoding: string, charset: string, ...body: string[]): Buffer =>
  lines(`Content-Type: text/plain; charset=${charset}`, `Content-Transfer-Encoding: ${encoding}`, '', ...body);

const file = (...fields: string[]): Buffer => multipart('mixed', PLAIN, [...fields, '', 'x']);

/** What mail says of its bytes, and what they are. */
export const encodings: Sample[] = [
  {
    name: 'quoted-printable',
    text: ['1 text/plain'],
    says: { '1': 'café au lait =' },
    message: encoded('quoted-printable', 'utf-8', 'caf=C3=A9 =', 'au lait =3D'),
  },
  {
    name: 'quoted-printable with broken soft breaks',
    text: ['1 text/plain'],
    says: { '1': 'onetwoa=b ' },
    message: encoded('quoted-printable', 'utf-8', 'one= ', 'two=\t', 'a=b =', ''),
  },
  {
    name: 'base64 in lines',
    text: ['1 text/plain'],
    says: { '1': 'café au lait' },
    message: encoded('base64', 'utf-8', 'Y2Fmw6kg', 'YXUgbGFpdA=='),
  },
  {
    name: 'base64 with junk',
    text: ['1 text/plain'],
    says: { '1': 'café' },
    message: encoded('BASE64', 'utf-8', 'Y2Fm!w6k*=', '=='),
  },
  {
    name: 'base64 that is plain text',
    text: ['1 text/plain'],
    says: { '1': 'Hello, nobody encoded this text.' },
    message: encoded('base64', 'utf-8', 'Hello, nobody encoded this text.'),
  },
  { name: 'an encoding that nobody knows', text: ['1 text/plain'], message: encoded('x-what', 'utf-8', 'Hello') },
  {
    name: 'an encoding with a comment',
    text: ['1 text/plain'],
    says: { '1': 'é' },
    message: encoded('(for you) quoted-printable', 'utf-8', '=C3=A9'),
  },
  {
    name: 'uuencode by its name',
    text: ['1 text/plain'],
    says: { '1': 'Cat' },
    message: encoded('x-uuencode', 'us-ascii', 'begin 644 cat.txt', '#0V%T', '`', 'end'),
  },
  {
    name: 'uuencode within text, which stays',
    text: ['1 text/plain'],
    says: { '1': 'Look:\r\nbegin 644 cat.txt\r\n#0V%T\r\n`\r\nend' },
    message: lines('', 'Look:', 'begin 644 cat.txt', '#0V%T', '`', 'end'),
  },
  {
    name: 'raw eight bits without a label',
    text: ['1 text/plain'],
    says: { '1': 'café “quoted”' },
    message: lines('', 'caf\xe9 \x93quoted\x94'),
  },
  {
    name: 'raw UTF-8 without a label',
    text: ['1 text/plain'],
    says: { '1': 'café ✓' },
    message: utf8Lines('', 'café ✓'),
  },
  {
    name: 'UTF-8 called Latin 1',
    text: ['1 text/plain'],
    says: { '1': 'café ✓' },
    message: utf8Lines('Content-Type: text/plain; charset=iso-8859-1', '', 'café ✓'),
  },
  {
    name: 'windows-1252 called UTF-8',
    text: ['1 text/plain'],
    says: { '1': 'café – d’accord' },
    message: encoded('8bit', 'utf-8', 'caf\xe9 \x96 d\x92accord'),
  },
  {
    name: 'gbk called gb2312',
    text: ['1 text/plain'],
    says: { '1': '丂你' },
    message: encoded('8bit', 'gb2312', '\x81\x40\xc4\xe3'),
  },
  {
    name: 'a charset that nobody knows',
    text: ['1 text/plain'],
    says: { '1': 'café' },
    message: encoded('8bit', 'x-what', 'caf\xe9'),
  },
  {
    name: 'ISO-2022-JP with half-width katakana',
    text: ['1 text/plain'],
    says: { '1': 'テストｱ!' },
    message: encoded('7bit', 'ISO-2022-JP', '\x1b$B%F%9%H\x1b(I1\x1b(B!'),
  },
  {
    name: 'Shift_JIS',
    text: ['1 text/plain'],
    says: { '1': 'テスト' },
    message: encoded('8bit', 'Shift_JIS', '\x83\x65\x83\x58\x83\x67'),
  },
  { name: 'KOI8-R', text: ['1 text/plain'], says: { '1': 'При' }, message: encoded('8bit', 'koi8-r', '\xf0\xd2\xc9') },
  { name: 'UTF-7', text: ['1 text/plain'], says: { '1': 'café' }, message: encoded('7bit', 'utf-7', 'caf+AOk-') },
  {
    name: 'UTF-16 with a mark',
    text: ['1 text/plain'],
    says: { '1': 'café' },
    message: encoded('base64', 'utf-16', '/v8AYwBhAGYA6Q=='),
  },
  {
    name: 'HTML that names its charset',
    text: ['1 text/html'],
    says: { '1': '<meta charset=koi8-r>При' },
    message: lines('Content-Type: text/html', '', '<meta charset=koi8-r>\xf0\xd2\xc9'),
  },
  {
    name: 'a name in pieces (RFC 2231)',
    text: ['1 text/plain'],
    attached: ['2 application/pdf pläne 2.pdf'],
    message: file(
      'Content-Type: application/pdf',
      "Content-Disposition: attachment; filename*0*=utf-8''pl%C3%A4;",
      ' filename*1*=ne%20; filename*2="2.pdf"',
    ),
  },
  {
    name: 'a name in encoded words',
    text: ['1 text/plain'],
    attached: ['2 application/pdf pläne.pdf'],
    message: file('Content-Type: application/pdf; name="=?utf-8?Q?pl=C3=A4ne.pdf?="'),
  },
  {
    name: 'a name in raw UTF-8',
    text: ['1 text/plain'],
    attached: ['2 application/pdf pläne.pdf'],
    message: Buffer.from(file('Content-Type: application/pdf; name="pl@ne.pdf"').toString().replace('@', 'ä')),
  },
  {
    name: 'a name in raw Latin 1',
    text: ['1 text/plain'],
    attached: ['2 application/pdf pläne.pdf'],
    message: file('Content-Type: application/pdf; name="pl\xe4ne.pdf"'),
  },
  {
    name: 'a name with blanks and no quotes',
    text: ['1 text/plain'],
    attached: ['2 application/pdf my plan (2).pdf'],
    message: file('Content-Type: application/pdf; name=my plan (2).pdf'),
  },
  {
    name: 'a name whose quote has no end',
    text: ['1 text/plain'],
    attached: ['2 application/pdf plan.pdf'],
    message: file('Content-Type: application/pdf; name="plan.pdf; x=y'),
  },
  {
    name: 'a name with a path',
    text: ['1 text/plain'],
    attached: ['2 a/b C:\\temp\\..\\plan.pdf'],
    message: file('Content-Type: a/b', 'Content-Disposition: attachment; filename="C:\\temp\\..\\plan.pdf"'),
  },
  {
    name: 'a name with line ends',
    text: ['1 text/plain'],
    attached: ['2 a/b a  b c'],
    message: file('Content-Type: a/b', "Content-Disposition: attachment; filename*=utf-8''a%0D%0Ab%00c"),
  },
  {
    name: 'an encoded line end in the subject',
    text: ['1 text/plain'],
    message: lines('Subject: =?utf-8?Q?a=0D=0ABcc:_b@x.example?=', '', 'Hello'),
  },
];
