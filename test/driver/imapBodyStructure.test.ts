import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as fc from 'fast-check';
import { parseBodyStructure } from '../../src-main/driver/imap/bodyStructure.ts';
import type { Token } from '../../src-main/driver/imap/tokens.ts';
import { bodyPartsOf } from '../../src-main/mime/bodyParts.ts';
import type { Part } from '../../src-main/mime/part.ts';
import { tokensOf } from '../support/imapTokens.ts';

const parsed = async (wire: string, literals?: Buffer[]): Promise<Part | null> =>
  parseBodyStructure(await tokensOf(wire, literals));

const text = (subtype = 'plain', disposition = 'NIL'): string =>
  `("text" "${subtype}" ("charset" "UTF-8") NIL NIL "7bit" 12 1 NIL ${disposition} NIL NIL)`;
const data = (type: string, { id = 'NIL', disposition = 'NIL', parameters = 'NIL' } = {}): string =>
  `("${type.replace('/', '" "')}" ${parameters} ${id} NIL "base64" 780 NIL ${disposition} NIL NIL)`;
const multipart = (subtype: string, ...parts: string[]): string =>
  `(${parts.join('')} "${subtype}" ("boundary" "x") NIL NIL NIL)`;
const named = (name: string): string => `("attachment" ("filename" "${name}"))`;

const outline = (part: Part | null): unknown =>
  part === null
    ? null
    : part.parts.length > 0
      ? [part.number, part.type, ...part.parts.map(outline)]
      : [part.number, part.type];

describe('BODYSTRUCTURE', () => {
  it('of one part says all that is known of it', async () => {
    assert.deepEqual(
      await parsed(
        '("TEXT" "Html" ("CHARSET" "ISO-8859-1" "name" "b") "<a@b>" NIL "QUOTED-PRINTABLE" 120 4 NIL ("INLINE" ("filename" "a.html")) NIL NIL)',
      ),
      {
        number: '1',
        type: 'text/html',
        disposition: 'inline',
        name: 'a.html',
        charset: 'iso-8859-1',
        encoding: 'quoted-printable',
        size: 120,
        cid: 'a@b',
        isFlowed: false,
        delSp: false,
        parts: [],
      },
    );
  });

  const outlines: [name: string, wire: string, outline: unknown][] = [
    ['one part', text(), ['1', 'text/plain']],
    [
      'parts within parts',
      multipart('mixed', multipart('alternative', text(), text('html')), data('image/png')),
      [
        '',
        'multipart/mixed',
        ['1', 'multipart/alternative', ['1.1', 'text/plain'], ['1.2', 'text/html']],
        ['2', 'image/png'],
      ],
    ],
    [
      'a message in a message, which is not looked into',
      multipart(
        'mixed',
        text(),
        `("message" "rfc822" NIL NIL NIL "7bit" 900 ("date" "subject" NIL NIL NIL NIL NIL NIL NIL "<a@b>") ${text()} 20 NIL ${named('a.eml')} NIL NIL)`,
        data('image/png'),
      ),
      ['', 'multipart/mixed', ['1', 'text/plain'], ['2', 'message/rfc822'], ['3', 'image/png']],
    ],
    ['a part that is NIL', multipart('mixed', 'NIL ', text()), ['', 'multipart/mixed', null, ['2', 'text/plain']]],
    ['a part that is empty', multipart('mixed', '()', text()), ['', 'multipart/mixed', null, ['2', 'text/plain']]],
    [
      'a part that is cut off',
      multipart('mixed', '("text" "plain")', text()),
      ['', 'multipart/mixed', null, ['2', 'text/plain']],
    ],
    ['a multipart whose subtype is none', multipart('a b', text()), ['', 'multipart/mixed', ['1', 'text/plain']]],
    ['a multipart without a subtype', `(${text()})`, ['', 'multipart/mixed', ['1', 'text/plain']]],
    ['types that are none', '("a b" "" NIL NIL NIL "7bit" 1 NIL NIL NIL NIL)', ['1', 'application/octet-stream']],
    ['nothing', 'NIL', null],
    ['an empty list', '()', null],
    ['an atom', 'broken', null],
    ['numbers', '(1 2 3)', null],
    ['NIL throughout', '(NIL NIL NIL NIL NIL NIL NIL NIL NIL)', null],
    ['an empty multipart', '("mixed" ("boundary" "x") NIL NIL NIL)', null],
  ];
  for (const [name, wire, expected] of outlines)
    it(name, async () => assert.deepEqual(outline(await parsed(wire)), expected));

  const details: [name: string, wire: string, expected: Partial<Part>][] = [
    [
      'text without its lines',
      '("text" "plain" NIL NIL NIL "7bit" 12 NIL ("attachment" ("filename" "a")) NIL NIL)',
      { name: 'a', disposition: 'attachment' },
    ],
    [
      'a message whose envelope is NIL',
      `("message" "rfc822" NIL NIL NIL "7bit" 900 NIL ${text()} 20 NIL ${named('a.eml')} NIL NIL)`,
      { name: 'a.eml' },
    ],
    [
      'a message without its envelope',
      `("message" "rfc822" NIL NIL NIL "7bit" 900 NIL ${named('a.eml')} NIL NIL)`,
      { name: 'a.eml' },
    ],
    [
      'a disposition that is a string',
      '("image" "png" NIL NIL NIL "7bit" 12 NIL "attachment" NIL NIL)',
      { disposition: 'attachment' },
    ],
    ['no extension data', '("image" "png" ("name" "a.png") NIL NIL "7bit" 12)', { name: 'a.png', disposition: null }],
    [
      'a name of two charsets',
      data('image/png', { disposition: `("attachment" ("filename*" "iso-8859-1''pl%E4n" "filename" "plan"))` }),
      { name: 'plän' },
    ],
    ['a name in pieces', data('image/png', { parameters: '("name*0" "pl" "name*1" "an")' }), { name: 'plan' }],
    ['an encoded name', data('image/png', { parameters: '("name" "=?utf-8?Q?pl=C3=A4n?=")' }), { name: 'plän' }],
    [
      'an empty file name and a name',
      data('image/png', { disposition: '("attachment" ("filename" ""))', parameters: '("name" "a")' }),
      { name: 'a' },
    ],
    [
      'flowed text',
      '("text" "plain" ("Format" "Flowed" "DelSp" "Yes") NIL NIL "7bit" 12 1 NIL NIL NIL NIL)',
      { isFlowed: true, delSp: true },
    ],
    ['parameters without values', data('image/png', { parameters: '("name")' }), { name: null }],
    ['parameters that are no strings', data('image/png', { parameters: '("name" ("a") NIL NIL)' }), { name: null }],
    ['a size that is none', '("image" "png" NIL NIL NIL "7bit" "many" NIL NIL NIL NIL)', { size: 0 }],
    ['an id without brackets', data('image/png', { id: '"a b"' }), { cid: 'ab' }],
    ['an empty id', data('image/png', { id: '"<>"' }), { cid: null }],
  ];
  for (const [name, wire, expected] of details)
    it(name, async () => {
      const part = await parsed(wire);
      assert.deepEqual({ ...part, ...expected }, part);
    });

  it('may hold names as literals', async () => {
    const part = await parsed('("image" "png" ("name" {6}\r\n) NIL NIL "7bit" 12 NIL NIL NIL NIL)', [
      Buffer.from('plän'),
    ]);
    assert.equal(part?.name, 'plän');
  });

  it('is read to a depth and a number of parts', () => {
    const leaf: Token = ['text', 'plain', null, null, null, '7bit', '1'].map((value) =>
      value === null ? null : { type: 'STRING', value },
    );
    const count = (part: Part | null): number =>
      part === null ? 0 : 1 + part.parts.reduce((sum, child) => sum + count(child), 0);
    let deep: Token = leaf;
    for (let level = 0; level < 100_000; level++) deep = [deep];
    assert.equal(count(parseBodyStructure(deep)), 51);
    const wide = parseBodyStructure(Array.from({ length: 100_000 }, () => leaf));
    assert.deepEqual([count(wide), wide?.parts.length], [1000, 999]);
  });

  it('never throws, and numbers no part twice', () => {
    const leaf = fc.oneof(
      fc
        .constantFrom('text', 'plain', 'attachment', 'filename', '7bit', '12', '')
        .map((value) => ({ type: 'STRING', value })),
      fc.constant(null),
    );
    const { tree } = fc.letrec<{ tree: Token; list: Token }>((tie) => ({
      tree: fc.oneof({ withCrossShrink: true }, leaf, tie('list')),
      list: fc.array(tie('tree'), { maxLength: 12 }),
    }));
    fc.assert(
      fc.property(tree, (tokens) => {
        const { attachments, text: plain, html } = bodyPartsOf(parseBodyStructure(tokens));
        assert.equal(new Set(attachments.map(({ part }) => part)).size, attachments.length);
        for (const { number } of [...plain, ...html]) assert.match(number, /^\d+(\.\d+)*$/);
      }),
    );
  });
});

describe('what is attached, and what is text (RFC 8621 section 4.1.4)', () => {
  const picture = data('image/png', { id: '"<p@x>"' });
  const shown = data('image/png', { id: '"<p@x>"', disposition: '("inline" NIL)' });
  const pdf = data('application/pdf', { disposition: named('a.pdf') });
  const alternative = multipart('alternative', text(), text('html'));
  const cases: [name: string, wire: string, text: string[], html: string[], attachments: string[], has: boolean][] = [
    ['text alone', text(), ['1'], ['1'], [], false],
    ['HTML alone', text('html'), ['1'], ['1'], [], false],
    ['an attachment alone', pdf, [], [], ['1'], true],
    ['a picture alone', picture, ['1'], ['1'], [], false],
    ['alternative', alternative, ['1'], ['2'], [], false],
    ['alternative with HTML only', multipart('alternative', text('html')), ['1'], ['1'], [], false],
    ['alternative with a calendar', multipart('alternative', text(), text('calendar')), ['1'], ['1'], ['2'], true],
    ['mixed', multipart('mixed', alternative, pdf), ['1.1'], ['1.2'], ['2'], true],
    ['text behind an attachment', multipart('mixed', text(), pdf, text()), ['1', '3'], ['1', '3'], ['2'], true],
    ['attached text', multipart('mixed', text(), text('plain', named('a.txt'))), ['1'], ['1'], ['2'], true],
    [
      'named text',
      multipart('mixed', text(), text('plain', '("inline" ("filename" "a.txt"))')),
      ['1'],
      ['1'],
      ['2'],
      true,
    ],
    ['a picture among text', multipart('mixed', text(), shown, text()), ['1', '2', '3'], ['1', '2', '3'], [], false],
    ['related', multipart('related', text('html'), picture, shown), ['1'], ['1'], ['2', '3'], false],
    [
      'related, and attached',
      multipart('mixed', multipart('related', text('html'), picture), pdf),
      ['1.1'],
      ['1.1'],
      ['1.2', '2'],
      true,
    ],
    [
      'attached in related',
      multipart('related', text('html'), data('image/png', { id: '"<p>"', disposition: named('a') })),
      ['1'],
      ['1'],
      ['2'],
      true,
    ],
    ['without an id in related', multipart('related', text('html'), data('image/png')), ['1'], ['1'], ['2'], true],
    [
      'related in alternative',
      multipart('alternative', text(), multipart('related', text('html'), picture)),
      ['1'],
      ['2.1'],
      ['2.2'],
      false,
    ],
    [
      'text with a picture, or HTML with one',
      multipart('alternative', multipart('mixed', text(), picture), multipart('related', text('html'), picture)),
      ['1.1', '1.2'],
      ['2.1'],
      ['1.2', '2.2'],
      true,
    ],
    ['a forwarded message', multipart('mixed', text(), data('message/rfc822')), ['1'], ['1'], ['2'], true],
    [
      'a file with an id',
      multipart('mixed', text(), data('application/pdf', { id: '"<a@x>"' })),
      ['1'],
      ['1'],
      ['2'],
      true,
    ],
    ['broken parts', multipart('mixed', 'NIL ', text(), '()', pdf), ['2'], ['2'], ['4'], true],
    ['nothing', 'NIL', [], [], [], false],
  ];
  for (const [name, wire, plain, html, attached, has] of cases)
    it(name, async () => {
      const parts = bodyPartsOf(await parsed(wire));
      const numbers = [parts.text, parts.html].map((list) => list.map(({ number }) => number));
      assert.deepEqual([...numbers, parts.attachments.map(({ part }) => part)], [plain, html, attached]);
      assert.equal(parts.hasAttachment, has);
    });

  it('tells the size that a file will have', async () => {
    const [attachment] = bodyPartsOf(await parsed(pdf)).attachments;
    assert.equal(attachment?.size, 570);
    const [plain] = bodyPartsOf(await parsed(text('plain', named('a.txt')))).attachments;
    assert.equal(plain?.size, 12);
  });
});
