import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { composeMessage } from '../../../src-main/mime/compose/compose.ts';
import { parseMessage } from '../../../src-main/mime/message.ts';
import type { Composition } from '../../../src-shared/composition.ts';
import { TernError } from '../../../src-shared/errors.ts';
import { attachment, composition, fieldsOf, written } from '../../support/composition.ts';

const EVIL = 'x\r\nBcc: eve@evil.example\r\n\r\n<script>';
const someone = { name: null, email: 'ben@example.org' };

/** What a part of a message is called, and the message with this text in that part. */
const places: [field: string, put: (text: string) => Partial<Composition>][] = [
  ['from.name', (name) => ({ from: { ...someone, name } })],
  ['from.email', (text) => ({ from: { name: null, email: `a${text}@example.com` } })],
  ['sender.name', (name) => ({ sender: { ...someone, name } })],
  ['sender.email', (text) => ({ sender: { name: null, email: `a@exam${text}ple.com` } })],
  ['replyTo.0.name', (name) => ({ replyTo: [{ ...someone, name }] })],
  ['replyTo.0.email', (text) => ({ replyTo: [{ name: null, email: `"a${text}"@example.com` }] })],
  ['to.1.name', (name) => ({ to: [someone, { ...someone, name }] })],
  ['to.0.email', (text) => ({ to: [{ name: null, email: `a@example.com${text}` }] })],
  ['cc.0.name', (name) => ({ cc: [{ ...someone, name }] })],
  ['cc.0.email', (text) => ({ cc: [{ name: null, email: `${text}@example.com` }] })],
  ['bcc.0.name', (name) => ({ bcc: [{ ...someone, name }] })],
  ['bcc.0.email', (text) => ({ bcc: [{ name: null, email: `a@[127.0.0.1${text}]` }] })],
  ['subject', (subject) => ({ subject: `a${subject}` })],
  ['messageId', (text) => ({ messageId: `a${text}@example.com` })],
  ['inReplyTo.0', (text) => ({ inReplyTo: [`a@example${text}.com`] })],
  ['references.1', (text) => ({ references: ['a@example.com', `a@example.com${text}`] })],
  ['attachments.0.name', (name) => ({ attachments: [attachment('', { name: `a${name}.txt` })] })],
  ['attachments.0.type', (text) => ({ attachments: [attachment('', { type: `text/plain${text}` })] })],
  ['attachments.0.cid', (text) => ({ attachments: [attachment('', { cid: `a${text}` })] })],
];

const isRefused = (given: Partial<Composition>, field: string): void =>
  assert.throws(
    () => composeMessage(composition(given)),
    (error) => error instanceof TernError && error.kind === 'invalid' && error.field === field,
    field,
  );

describe('what would add to a header', () => {
  for (const [field, put] of places)
    it(`is refused in ${field}`, () => {
      for (const text of [EVIL, '\r', '\n', '\0', '\x1b', '\x7f', '\u0085', '\u2028', '\uD800'])
        isRefused(put(text), field);
    });

  it('is refused in a type, an id or a date that is none', () => {
    isRefused({ attachments: [attachment('', { type: 'multipart/mixed' })] }, 'attachments.0.type');
    isRefused({ attachments: [attachment('', { type: 'text/html; charset=utf-8' })] }, 'attachments.0.type');
    isRefused({ attachments: [attachment('', { type: 'text' })] }, 'attachments.0.type');
    isRefused({ attachments: [attachment('', { cid: 'a> <b' })] }, 'attachments.0.cid');
    isRefused({ messageId: 'a@b> <c@d' }, 'messageId');
    isRefused({ messageId: '<a@b>' }, 'messageId');
    isRefused({ references: ['no id'] }, 'references.0');
    isRefused({ references: [`${'a'.repeat(990)}@example.com`] }, 'references.0');
    isRefused({ date: new Date(Number.NaN) }, 'date');
    isRefused({ date: new Date(-1) }, 'date');
    isRefused({ subject: 'x'.repeat(2001) }, 'subject');
  });

  it('is refused as a file or an address of the web', () => {
    for (const open of ['/etc/passwd', { path: '/etc/passwd' }, { href: 'http://127.0.0.1/' }])
      isRefused({ attachments: [attachment('', { open: open as never })] }, 'attachments.0.open');
  });
});

describe('what looks like something else', () => {
  it('is the one address that it is', async () => {
    const strange = [
      '"ben@evil.example, eve"@example.org',
      '"eve@evil.example;b:c"@example.org',
      '"a\\"b"@example.org',
    ];
    const bytes = await written(composition({ to: strange.map((email) => ({ name: null, email })) }));
    assert.deepEqual(
      parseMessage(bytes).header.to.map(({ email }) => email),
      strange,
    );
  });

  it('is a name and no address, whatever is in it', async () => {
    const names = ['Eve <eve@evil.example>', 'a, b', 'a: b; c', '"', '\\', '"\\', '(a)', 'a)', '<', '>', '@', 'a@b.c'];
    const bytes = await written(composition({ to: names.map((name) => ({ ...someone, name })) }));
    assert.deepEqual(
      parseMessage(bytes).header.to,
      names.map((name) => ({ ...someone, name })),
    );
  });

  it('is text that nobody encoded', async () => {
    const words = '=?utf-8?q?=0D=0ABcc:_eve=40evil.example?=';
    const bytes = await written(composition({ subject: words, to: [{ ...someone, name: words }] }));
    const { header } = parseMessage(bytes);
    assert.deepEqual([header.subject, header.to[0]?.name], [words, words]);
    assert.doesNotMatch(bytes.toString(), /=\?utf-8\?q\?=0D/);
  });

  it('does not turn the address around', async () => {
    const bytes = await written(composition({ from: { ...someone, name: 'a\u202Eb\u2066c' } }));
    assert.equal(parseMessage(bytes).header.from[0]?.name, 'abc');
  });

  it('is no boundary, nor an end of what SMTP sends', async () => {
    const first = await written(composition({ html: '<p>a</p>' }));
    const [, boundary = ''] = /boundary="([^"]+)"/.exec(first.toString()) ?? [];
    const again = await written(composition({ html: '<p>a</p>', text: `--${boundary}--\n.\nmore` }));
    assert.equal(parseMessage(again).source.texts[0]?.text, `--${boundary}--\r\n.\r\nmore`);
  });

  it('adds no field through its text', async () => {
    const bytes = await written(composition({ text: EVIL, html: EVIL }));
    assert.deepEqual(
      fieldsOf(bytes)
        .map(([name]) => name)
        .filter((name) => name === 'Bcc'),
      [],
    );
  });
});
