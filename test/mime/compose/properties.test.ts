import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as fc from 'fast-check';
import { fileName } from '../../../src-main/mime/fileName.ts';
import { flow } from '../../../src-main/mime/flowed.ts';
import { parseMessage, partOf } from '../../../src-main/mime/message.ts';
import { tidyText } from '../../../src-main/mime/text.ts';
import { needsUtf8, outgoingEmailSchema, outgoingNameSchema, wireEmail } from '../../../src-shared/address.ts';
import { type Composition, compositionSchema } from '../../../src-shared/composition.ts';
import { cappedReferences } from '../../../src-shared/messageId.ts';
import { attachment, composition, fieldsOf, written } from '../../support/composition.ts';
import { inPieces } from '../../support/mimeEncoders.ts';

const anyText = fc.oneof(
  fc.string(),
  fc.string({ unit: 'binary' }),
  fc.string({
    unit: fc.constantFrom(
      'a',
      'b c',
      'ä',
      '語',
      '😀',
      '"',
      '\\',
      '=?',
      '?=',
      ',',
      '<',
      '@',
      ' ',
      '\u00A0',
      'e\u0301',
      ':',
      ';',
    ),
  }),
  fc.string({ unit: fc.constantFrom('word ', 'wörter ', 'x'), minLength: 20, maxLength: 80 }),
);
const anyName = fc.option(anyText.filter((text) => outgoingNameSchema.safeParse(text).success));
const anyEmail = fc
  .tuple(
    fc.oneof(
      fc.stringMatching(/^[a-z0-9!#$%&'*+/=?^_`{|}~-]{1,8}(?:\.[a-z]{1,5}){0,2}$/),
      fc
        .string({
          unit: fc.constantFrom('a', ' ', '@', ',', '<', '>', ';', ':', '\\\\', '\\"', '(', ')', '.'),
          maxLength: 12,
        })
        .map((text) => `"${text}"`),
      fc.constantFrom('müller', '用户', 'josé', '"a ü"'),
    ),
    fc.constantFrom(
      'example.com',
      'EXAMPLE.org',
      'münchen.de',
      'localhost',
      '[127.0.0.1]',
      '[IPv6:2001:db8::1]',
      '例子.广告',
    ),
  )
  .map(([local, domain]) => `${local}@${domain}`)
  .filter((email) => outgoingEmailSchema.safeParse(email).success);
const anyAddress = fc.record({ name: anyName, email: anyEmail });
const anyAddresses = fc.array(anyAddress, { maxLength: 4 });
const anyId = fc.stringMatching(/^[!-;=?A-~]{1,40}@[!-;=?A-~]{1,60}$/);

const anyFile = fc.record({
  name: anyName,
  type: fc.constantFrom('text/plain', 'application/pdf', 'image/png', 'application/x-Odd+json', 'text/html'),
  disposition: fc.constantFrom('attachment', 'inline'),
  cid: fc.option(anyId),
  bytes: fc.uint8Array({ maxLength: 300 }),
  cuts: fc.array(fc.nat(50), { maxLength: 5 }),
});

const anyBody = fc.oneof(
  anyText,
  fc.array(anyText).map((lines) => lines.join('\r\n')),
  fc.string({ unit: fc.constantFrom('\r', '\n', ' ', '>', '-- ', 'From ', '.', 'a', '\0', '\x1b', 'ä', '--=_') }),
);

const anyComposition = fc
  .record({
    from: anyAddress,
    sender: fc.option(anyAddress),
    replyTo: anyAddresses,
    to: anyAddresses,
    cc: anyAddresses,
    bcc: anyAddresses,
    subject: anyText,
    text: fc.option(anyBody),
    html: fc.option(anyBody),
    messageId: anyId,
    inReplyTo: fc.array(anyId, { maxLength: 3 }),
    references: fc.array(anyId, { maxLength: 60 }),
    files: fc.array(anyFile, { maxLength: 3 }),
    keepBcc: fc.boolean(),
  })
  .map(({ files, ...given }) => {
    const attachments = files.map(({ bytes, cuts, ...file }) =>
      attachment('', {
        ...file,
        open: async function* () {
          yield* inPieces(Buffer.from(bytes), cuts);
        },
      }),
    );
    return { given: composition({ ...given, attachments }), files };
  })
  .filter(({ given }) => compositionSchema.safeParse(given).success);

const nameRead = (name: string | null): string | null =>
  tidyText((name ?? '').replaceAll(/[\u202A-\u202E\u2066-\u2069]/g, '').replaceAll(/\s+/gu, ' '), 1000) || null;

/** An address as it is read: beyond ASCII on both sides of the '@', or on none. */
const emailRead = (email: string): string => {
  const wire = wireEmail(email) ?? '';
  return needsUtf8(email)
    ? wire.replace('xn--mnchen-3ya', 'münchen').replace('xn--fsqu00a.xn--4rr70v', '例子.广告')
    : wire;
};
const addressesRead = (addresses: Composition['to']) =>
  addresses.map(({ name, email }) => ({ name: nameRead(name), email: emailRead(email) }));

const KNOWN =
  /^(?:From|Sender|Reply-To|To|Cc|Bcc|Subject|Date|Message-ID|In-Reply-To|References|MIME-Version|Content-Type|Content-Transfer-Encoding)$/;

/** A message's last line is ended where it was not. */
const lastEnded = (text = ''): string => (/(?:^|\r\n)$/.test(text) ? text : `${text}\r\n`);

const isRead = (bytes: Buffer, given: Composition): void => {
  const { header, source } = parseMessage(bytes);
  assert.deepEqual(header, {
    subject: given.subject === '' ? null : tidyText(given.subject, 10_000),
    sentAt: '2026-11-28T09:30:00+00:00',
    from: addressesRead([given.from]),
    sender: addressesRead(given.sender ? [given.sender] : []),
    replyTo: addressesRead(given.replyTo),
    to: addressesRead(given.to),
    cc: addressesRead(given.cc),
    bcc: addressesRead(given.keepBcc ? given.bcc : []),
    messageId: [given.messageId],
    inReplyTo: given.inReplyTo,
    references: cappedReferences(given.references),
    unsubscribe: [],
    unsubscribePost: null,
  });
  const plain = source.texts.find(({ type, isFlowed }) => type === 'text/plain' && isFlowed);
  const clean = (text: string): string => text.replaceAll('\0', '\uFFFD');
  if (given.text !== null || given.html === null)
    assert.equal(lastEnded(plain?.text), lastEnded(flow(clean(given.text ?? ''))));
  if (given.html !== null) {
    const rich = source.texts.find(
      ({ type, text }) =>
        type === 'text/html' && lastEnded(text) === lastEnded(clean(given.html ?? '').replaceAll(/\r\n?|\n/g, '\r\n')),
    );
    assert.ok(rich, 'the HTML is as it was');
  }
};

const isWellFormed = (bytes: Buffer, given: Composition): void => {
  const text = bytes.toString('latin1');
  assert.doesNotMatch(text, /\r(?!\n)|(?<!\r)\n/, 'lines end in CRLF');
  const mayBeUtf8 = [given.from, given.sender, ...given.replyTo, ...given.to, ...given.cc, ...given.bcc].some(
    (each) => each && needsUtf8(each.email),
  );
  const ascii = mayBeUtf8 ? text.slice(text.indexOf('\r\n\r\n')) : text;
  assert.doesNotMatch(ascii, /[^\t\r\n -~]/, 'all is ASCII that can be seen');
  for (const line of text.split('\r\n')) assert.ok(line.length <= 998);
  const names = fieldsOf(bytes).map(([name]) => name);
  for (const name of names) assert.match(name, KNOWN);
  assert.equal(new Set(names).size, names.length, 'each field once');
  assert.equal(names.includes('Bcc'), given.keepBcc && given.bcc.length > 0);
};

describe('whatever is composed', () => {
  it('is read as what it was, in lines of ASCII, with no field but the known ones', async () => {
    await fc.assert(
      fc.asyncProperty(anyComposition, async ({ given, files }) => {
        const bytes = await written(given);
        isWellFormed(bytes, given);
        isRead(bytes, given);
        const { attachments } = parseMessage(bytes);
        const asFiles = [...bytes.toString('latin1').matchAll(/^Content-Disposition:/gm)];
        assert.equal(asFiles.length, files.length);
        for (const { bytes: content, name, type, cid } of files) {
          const named = name === null && cid !== null ? null : fileName(name, type.toLowerCase());
          const same = attachments.filter(
            (each) => each.type === type.toLowerCase() && (named === null || each.name === tidyText(named, 1000)),
          );
          assert.ok(
            same.some(({ part }) => partOf(bytes, part)?.bytes.equals(content)),
            'each file is there, byte by byte',
          );
        }
      }),
      { numRuns: 150 },
    );
  });

  it('folds its fields at 78 characters where there is a place to fold', async () => {
    await fc.assert(
      fc.asyncProperty(anyComposition, async ({ given }) => {
        const [head = ''] = (await written(given)).toString('utf8').split('\r\n\r\n');
        for (const line of head.split('\r\n'))
          assert.ok(line.length <= 78 || !/\S\s+\S/.test(line.replace(/^\S+: |^ /, '')), line);
      }),
      { numRuns: 150 },
    );
  });
});
