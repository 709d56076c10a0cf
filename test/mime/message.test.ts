import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { LONGEST_TEXT, LONGEST_TEXTS, parseMessage, partOf } from '../../src-main/mime/message.ts';
import { isSigned } from '../../src-main/mime/signed.ts';
import { broken } from './corpus/broken.ts';
import { encodings } from './corpus/encodings.ts';
import { lines, multipart, multipartLines, PDF, PICTURE, PLAIN, type Sample } from './corpus/sample.ts';
import { structures } from './corpus/structures.ts';

const sample = (name: string): Buffer => {
  const found = structures.find((each) => each.name === name);
  assert.ok(found, name);
  return found.message;
};

const many = (count: number, part: string[]): string[][] => Array.from({ length: count }, () => part);

const shows = ({ name, message, text, html = text, attached = [], says = {}, limits = [] }: Sample): void => {
  it(name, () => {
    const { source, attachments, limits: hit } = parseMessage(message);
    const items = [source.textBody, source.htmlBody].map((list) => list.map(({ part, type }) => `${part} ${type}`));
    assert.deepEqual(items, [text, html]);
    const files = attachments.map((file) =>
      [file.part, file.type, file.name].filter((word) => word !== null).join(' '),
    );
    assert.deepEqual(files, attached);
    for (const { part, type, text: said } of source.texts)
      assert.equal(said.replace(/[\r\n]+$/, ''), says[part] ?? (type === 'text/html' ? '<p>Hello</p>' : 'Hello'));
    assert.deepEqual(hit, limits);
  });
};

describe('what mail is made of (M7, M9)', () => structures.forEach(shows));
describe('broken mail is shown as far as it goes (M7)', () => broken.forEach(shows));
describe('what mail says of its bytes (M2 to M5)', () => encodings.forEach(shows));

describe('a message', () => {
  it('has its header read', () => {
    const { header } = parseMessage(lines('Subject: =?utf-8?Q?pl=C3=A4n?=', 'From: A <a@x.example>', '', 'Hello'));
    assert.equal(header.subject, 'plän');
    assert.deepEqual(header.from, [{ name: 'A', email: 'a@x.example' }]);
  });

  it('tells whether its text is flowed (M6)', () => {
    const [text] = parseMessage(sample('flowed text')).source.texts;
    assert.deepEqual([text?.isFlowed, text?.delSp], [true, true]);
  });

  it('tells of its attachments what there is to tell', () => {
    const { attachments, hasAttachment } = parseMessage(multipart('related', PLAIN, PICTURE));
    assert.deepEqual(attachments, [
      { part: '2', blobId: null, name: 'a.png', type: 'image/png', size: 8, cid: 'p@x', disposition: null },
    ]);
    assert.equal(hasAttachment, false);
  });

  it('that is signed can be told from one that is not (M11)', () => {
    for (const [name, signed] of [
      ['signed with PGP', true],
      ['signed with S/MIME, with attachments', true],
      ['encrypted', false],
      ['alternative', false],
    ] as const)
      assert.equal(isSigned(parseMessage(sample(name)).attachments), signed, name);
  });
});

describe('a part of a message (M8, M10)', () => {
  const bytesOf = (name: string, part: string): string | undefined => partOf(sample(name), part)?.bytes.toString();

  it('is taken out by its number, decoded', () => {
    assert.deepEqual(partOf(sample('mixed with an attachment'), '2'), {
      type: 'application/pdf',
      name: 'plan.pdf',
      bytes: Buffer.from('%PDF-'),
    });
    assert.equal(bytesOf('plain text without MIME', '1'), 'Hello\r\n');
    assert.equal(bytesOf('multiparts in multiparts', '1.1.1'), 'Hello');
  });

  it('may be in a message that is attached', () => {
    assert.equal(bytesOf('a forwarded message', '2.1'), 'Inside');
    assert.equal(bytesOf('a forwarded message in base64', '2.1'), 'Inside');
    assert.equal(bytesOf('a message that is a message', '1.1'), 'Inside\r\n');
    assert.equal(bytesOf('messages in messages', '1.1.1.1.1'), 'Inside');
    assert.equal(bytesOf('a digest', '1.1'), 'Inside');
  });

  it('is null where there is none', () => {
    for (const part of ['', '0', '3', '1.1', '2.1', '22', 'x', '1.'])
      assert.equal(partOf(sample('mixed with an attachment'), part), null, part);
    assert.equal(partOf(sample('multiparts in multiparts'), '1.1'), null);
    assert.equal(partOf(Buffer.alloc(0), '2'), null);
  });

  it('is found through ten messages and no more', () => {
    const wrap = (levels: number): Buffer =>
      lines(...Array<string>(levels).fill('Content-Type: message/rfc822\r\n'), '', 'x');
    const at = (levels: number): unknown =>
      partOf(
        wrap(levels),
        Array(levels + 1)
          .fill('1')
          .join('.'),
      )?.type;
    assert.deepEqual([at(10), at(11)], ['text/plain', undefined]);
  });
});

describe('a message that has too much (M1)', () => {
  it('of parts is read up to the thousandth', () => {
    const { source, limits } = parseMessage(multipart('mixed', ...many(1200, ['', 'x'])));
    assert.deepEqual([source.textBody.length, limits], [999, ['parts']]);
  });

  it('of levels is read up to the fiftieth, and the rest is a file', () => {
    const deep = (levels: number): string[] =>
      levels === 0 ? PLAIN : multipartLines('mixed', `b${levels}`, deep(levels - 1));
    const most = parseMessage(lines(...deep(50)));
    assert.deepEqual([most.source.textBody.length, most.limits], [1, []]);
    const more = parseMessage(lines(...deep(51)));
    assert.deepEqual(more.limits, ['depth']);
    assert.deepEqual(
      more.attachments.map(({ part, type }) => [part, type]),
      [[Array(50).fill('1').join('.'), 'application/octet-stream']],
    );
  });

  it('of a header is read, the rest of that header aside', () => {
    const long = `X: ${'y'.repeat(300_000)}`;
    const late = parseMessage(lines(long, 'Content-Type: text/html', '', 'Hello'));
    assert.deepEqual([late.source.textBody, late.limits], [[{ part: '1', type: 'text/plain' }], ['header']]);
    assert.equal(late.source.texts[0]?.text, 'Hello\r\n');
    const early = parseMessage(lines('Content-Type: text/html', long, '', 'Hello'));
    assert.equal(early.source.textBody[0]?.type, 'text/html');
  });

  it('of a text shows its beginning', () => {
    const { source, limits } = parseMessage(lines('', 'é'.repeat(LONGEST_TEXT)));
    assert.deepEqual(
      [source.texts[0]?.text.length, source.texts[0]?.isTruncated, limits],
      [LONGEST_TEXT, true, ['text']],
    );
  });

  it('of texts shows the first ones', () => {
    const { source, limits } = parseMessage(multipart('mixed', ...many(6, ['', 'x'.repeat(LONGEST_TEXT)])));
    const lengths = source.texts.map(({ text }) => text.length);
    assert.deepEqual([lengths.reduce((sum, length) => sum + length), lengths[5], limits], [LONGEST_TEXTS, 0, ['text']]);
  });

  it('of nothing has no limits to tell of', () => {
    assert.deepEqual(parseMessage(multipart('mixed', PLAIN, PDF)).limits, []);
  });
});
