import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as fc from 'fast-check';
import { type FetchedMessage, flagOf, keywordsOf, toRemoteEmail } from '../../src-main/driver/imap/convert.ts';
import { emailSchema } from '../../src-shared/model.ts';
import type { RemoteEmail } from '../../src-shared/remote.ts';
import { tokensOf } from '../support/imapTokens.ts';

const lines = (...of: string[]): Buffer => Buffer.from(`${of.join('\r\n')}\r\n\r\n`);

const message = (said: Partial<FetchedMessage> = {}): FetchedMessage => ({
  uid: 7,
  flags: [],
  internalDate: '17-Jul-1996 02:44:25 -0700',
  size: 4321,
  header: lines('From: Ada <ada@example.org>', 'Subject: Hello'),
  bodyStructure: null,
  objectId: null,
  threadId: null,
  ...said,
});
const converted = (said: Partial<FetchedMessage> = {}): RemoteEmail => toRemoteEmail(message(said), 'INBOX', '99');

describe('an IMAP message as Tern keeps it', () => {
  it('has everything that lists and readers show', async () => {
    const email = converted({
      flags: ['\\Seen', '$Forwarded', '\\Recent'],
      header: lines(
        'Received: from a by b; Thu, 1 Jan 2026 00:00:00 +0000',
        'From: =?utf-8?Q?=C3=84da?= <ada@example.org>',
        'To: Bob <bob@example.org>, eve@example.org',
        'Cc: team: a@example.org, b@example.org;',
        'Bcc: hidden@example.org',
        'Reply-To: reply@example.org',
        'Sender: robot@example.org',
        'Subject: Plan for',
        ' Monday',
        'Date: Wed, 17 Jul 1996 11:44:20 +0200',
        'Message-ID: <1@example.org>',
        'In-Reply-To: <0@example.org>',
        'References: <a@example.org> <0@example.org>',
        'List-Unsubscribe: <mailto:off@example.org>, <https://example.org/off>',
        'List-Unsubscribe-Post: List-Unsubscribe=One-Click',
      ),
      bodyStructure: await tokensOf(
        '(("text" "plain" ("charset" "utf-8") NIL NIL "7bit" 12 1 NIL NIL NIL NIL)' +
          '("application" "pdf" NIL NIL NIL "base64" 7800 NIL ("attachment" ("filename" "plan.pdf")) NIL NIL)' +
          ' "mixed" ("boundary" "x") NIL NIL NIL)',
      ),
      objectId: 'M1',
      threadId: 'T1',
    });
    const address = (name: string | null, at: string) => ({ name, email: at });
    assert.deepEqual(email, {
      remoteId: 'INBOX|99|0000000007',
      mailboxIds: ['INBOX'],
      keywords: ['$seen', '$forwarded'],
      objectId: 'M1',
      blobId: null,
      threadRemoteId: 'T1',
      receivedAt: Date.UTC(1996, 6, 17, 9, 44, 25) / 1000,
      sentAt: '1996-07-17T09:44:20.000Z',
      subject: 'Plan for Monday',
      from: [address('Äda', 'ada@example.org')],
      to: [address('Bob', 'bob@example.org'), address(null, 'eve@example.org')],
      cc: [address(null, 'a@example.org'), address(null, 'b@example.org')],
      headers: {
        bcc: [address(null, 'hidden@example.org')],
        replyTo: [address(null, 'reply@example.org')],
        sender: [address(null, 'robot@example.org')],
        messageId: ['1@example.org'],
        inReplyTo: ['0@example.org'],
        references: ['a@example.org', '0@example.org'],
        listUnsubscribe: '<mailto:off@example.org>, <https://example.org/off>',
        listUnsubscribePost: 'List-Unsubscribe=One-Click',
      },
      preview: '',
      size: 4321,
      hasAttachment: true,
      attachments: [
        {
          part: '2',
          blobId: null,
          name: 'plan.pdf',
          type: 'application/pdf',
          size: 5700,
          cid: null,
          disposition: 'attachment',
        },
      ],
    } satisfies RemoteEmail);
  });

  it('has no thread of the server where that names none', () => assert.equal(converted().threadRemoteId, null));

  const dates: [internalDate: string | null, sent: string, receivedAt: string][] = [
    [' 7-Jul-1996 02:44:25 +0000', '', '1996-07-07T02:44:25Z'],
    ['01-Jan-1904 00:00:00 +0000', '', '1970-01-01T00:00:00Z'],
    ['31-Dec-9999 00:00:00 +0000', '', '2106-02-07T06:28:15Z'],
    [null, 'Thu, 1 Jan 2026 00:00:00 +0000', '2026-01-01T00:00:00Z'],
    ['yesterday', 'Thu, 1 Jan 2026 00:00:00 +0000', '2026-01-01T00:00:00Z'],
    [null, 'today', '1970-01-01T00:00:00Z'],
  ];
  for (const [internalDate, sent, receivedAt] of dates)
    it(`received at ${internalDate}, sent ${sent}: ${receivedAt}`, () =>
      assert.equal(
        converted({ internalDate, header: lines(`Date: ${sent}`) }).receivedAt,
        Date.parse(receivedAt) / 1000,
      ));

  it('is a placeholder where nothing can be understood', () => {
    const nothing = { header: null as unknown as Buffer, bodyStructure: [[[]], 5] as unknown as null };
    const { subject, from, size, receivedAt, attachments, hasAttachment } = converted(nothing);
    assert.deepEqual(
      { subject, from, attachments, hasAttachment },
      { subject: null, from: [], attachments: [], hasAttachment: false },
    );
    assert.deepEqual([size, receivedAt], [4321, Date.parse('1996-07-17T09:44:25Z') / 1000]);
  });

  it('is one that callers can be given, whatever its bytes are', () => {
    const shown = emailSchema.pick({ subject: true, from: true, to: true, sentAt: true, bcc: true, messageId: true });
    const field = fc.constantFrom(
      'From: ',
      'To: ',
      'Subject: ',
      'Date: ',
      'Message-ID: ',
      'References: ',
      'X-Y: ',
      ' ',
    );
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 60 }),
      fc.string().map((text) => Buffer.from(text)),
    );
    const header = fc
      .array(fc.tuple(field, bytes))
      .map((fields) =>
        Buffer.concat(fields.flatMap(([name, value]) => [Buffer.from(name), value, Buffer.from('\r\n')])),
      );
    fc.assert(
      fc.property(header, fc.string(), fc.double(), (block, internalDate, size) => {
        const email = converted({ header: block, internalDate, size });
        shown.parse({ ...email, ...email.headers });
        const text = JSON.stringify(email);
        assert.ok(text.isWellFormed() && !text.includes('\\u0000') && text.length < 8 * block.length + 2000);
      }),
    );
  });
});

describe('flags', () => {
  const cases: [flag: string, keyword: string | null][] = [
    ['\\Seen', '$seen'],
    ['\\SEEN', '$seen'],
    ['\\Flagged', '$flagged'],
    ['\\Answered', '$answered'],
    ['\\Draft', '$draft'],
    ['\\Deleted', '$deleted'],
    ['\\Recent', null],
    ['\\Whatever', null],
    ['$Forwarded', '$forwarded'],
    ['NonJunk', 'nonjunk'],
    ['a/b~c:d', 'a/b~c:d'],
    ['$seen', null],
    ['$Deleted', null],
    ['a b', null],
    ['a"b', null],
    ['[b]', null],
    ['é', null],
    ['', null],
    ['x'.repeat(255), 'x'.repeat(255)],
    ['x'.repeat(256), null],
  ];
  for (const [flag, keyword] of cases)
    it(`${flag.slice(0, 20) || 'nothing'} is ${keyword?.slice(0, 20) ?? 'no keyword'}`, () =>
      assert.deepEqual(keywordsOf([flag]), keyword === null ? [] : [keyword]));

  it('are keywords once, however they are written', () =>
    assert.deepEqual(keywordsOf(['Work', 'work', 'WORK']), ['work']));

  it('come back from keywords', () => {
    const keyword = fc.constantFrom(
      '$seen',
      '$flagged',
      '$answered',
      '$draft',
      '$deleted',
      '$forwarded',
      'work',
      'a/b',
    );
    fc.assert(fc.property(keyword, (one) => assert.deepEqual(keywordsOf([flagOf(one)]), [one])));
    assert.equal(flagOf('$seen'), '\\Seen');
    assert.equal(flagOf('$forwarded'), '$forwarded');
  });
});
