import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseMessage, partOf } from '../../../src-main/mime/message.ts';
import { attachment, composition, fieldsOf, written } from '../../support/composition.ts';

/** The types of a message's parts, as they nest. */
const treeOf = (message: Buffer): string[] =>
  [...message.toString('latin1').matchAll(/^Content-Type: ([^;\r]+)/gm)].map(([, type = '']) => type);

const picture = { type: 'image/png', disposition: 'inline', cid: 'p1@example.com', name: 'p.png' } as const;
const html = '<p>At noon? <img src="cid:p1@example.com"></p>';

describe('a message that is written', () => {
  it('has the fields that it needs and no other', async () => {
    const names = fieldsOf(await written(composition())).map(([name]) => name);
    assert.deepEqual(names.toSorted(), [
      'Content-Transfer-Encoding',
      'Content-Type',
      'Date',
      'From',
      'MIME-Version',
      'Message-ID',
      'Subject',
      'To',
    ]);
  });

  it('says who, to whom, when, and in answer to what', async () => {
    const bytes = await written(
      composition({
        sender: { name: null, email: 'office@example.com' },
        replyTo: [{ name: null, email: 'list@example.com' }],
        cc: [{ name: 'Müller, "Eva"', email: 'eva@münchen.de' }],
        inReplyTo: ['b@example.org'],
        references: ['a@example.org', 'b@example.org'],
      }),
    );
    const { header } = parseMessage(bytes);
    assert.deepEqual(header, {
      subject: 'Lunch',
      sentAt: '2026-11-28T09:30:00+00:00',
      from: [{ name: 'Anna', email: 'anna@example.com' }],
      sender: [{ name: null, email: 'office@example.com' }],
      replyTo: [{ name: null, email: 'list@example.com' }],
      to: [{ name: 'Ben', email: 'ben@example.org' }],
      cc: [{ name: 'Müller, "Eva"', email: 'eva@xn--mnchen-3ya.de' }],
      bcc: [],
      messageId: ['6f1c2b1e-6f0e-4f3c-9d8a-0d6a3c1b2a11@example.com'],
      inReplyTo: ['b@example.org'],
      references: ['a@example.org', 'b@example.org'],
      unsubscribe: [],
      unsubscribePost: null,
    });
  });

  it('names those of Bcc only in the copy that stays here', async () => {
    const bcc = [{ name: 'Eve', email: 'eve@example.net' }];
    const sent = await written(composition({ bcc, html }));
    assert.doesNotMatch(sent.toString(), /bcc|eve/i);
    const kept = parseMessage(await written(composition({ bcc, html, keepBcc: true })));
    assert.deepEqual(kept.header.bcc, bcc);
  });

  it('may be for those of Bcc alone, and say nothing', async () => {
    const bytes = await written(
      composition({ to: [], bcc: [{ name: null, email: 'eve@example.net' }], text: null, subject: '' }),
    );
    const { header, source } = parseMessage(bytes);
    assert.deepEqual([header.subject, header.to, source.texts[0]?.text], [null, [], '']);
  });

  it('is the same each time, and another with another id', async () => {
    const given = composition({ html, attachments: [attachment('bytes'), attachment('png', picture)] });
    assert.deepEqual(await written(given), await written(given));
    const other = await written({ ...given, messageId: 'other@example.com' });
    assert.doesNotMatch(other.toString(), /577e8f6a/);
    const boundaries = (bytes: Buffer) => bytes.toString().match(/boundary="[^"]+"/g);
    assert.notDeepEqual(boundaries(other), boundaries(await written(given)));
  });

  it('has text that flows', async () => {
    const { source } = parseMessage(await written(composition({ text: `> ${'quoted '.repeat(40)}\n\nyes` })));
    const [text] = source.texts;
    assert.equal(text?.isFlowed, true);
    assert.match(text?.text ?? '', /^(?:> (?:quoted )+\r\n)+> (?:quoted )*quoted\r\n\r\nyes\r\n$/);
  });

  it('has HTML beside the text, with what it shows, before what is attached', async () => {
    const attachments = [attachment('%PDF', { type: 'application/pdf', name: 'plan.pdf' }), attachment('png', picture)];
    const bytes = await written(composition({ html, attachments }));
    assert.deepEqual(treeOf(bytes), [
      'multipart/mixed',
      'multipart/alternative',
      'text/plain',
      'multipart/related',
      'text/html',
      'image/png',
      'application/pdf',
    ]);
    const parsed = parseMessage(bytes);
    assert.deepEqual(
      parsed.source.texts.map(({ type }) => type),
      ['text/plain', 'text/html'],
    );
    assert.equal(partOf(bytes, '1.2.2')?.bytes.toString(), 'png');
    assert.equal(partOf(bytes, '2')?.bytes.toString(), '%PDF');
    assert.equal(parsed.attachments.find(({ type }) => type === 'image/png')?.cid, 'p1@example.com');
  });

  it('has no more levels than it needs', async () => {
    assert.deepEqual(treeOf(await written(composition())), ['text/plain']);
    assert.deepEqual(treeOf(await written(composition({ text: null, html }))), ['text/html']);
    const both = ['multipart/alternative', 'text/plain', 'text/html'];
    assert.deepEqual(treeOf(await written(composition({ html }))), both);
    const file = composition({ attachments: [attachment('a')] });
    assert.deepEqual(treeOf(await written(file)), ['multipart/mixed', 'text/plain', 'application/octet-stream']);
  });

  it('keeps the id of a picture where no HTML shows it', async () => {
    const bytes = await written(composition({ attachments: [attachment('png', picture)] }));
    assert.deepEqual(treeOf(bytes), ['multipart/mixed', 'text/plain', 'image/png']);
    assert.equal(parseMessage(bytes).attachments[0]?.cid, 'p1@example.com');
  });

  it('tells nothing of the folders that a file was in', async () => {
    const files = ['C:\\Users\\anna\\Secret\\plan.pdf', '/home/anna/plan.pdf'].map((name) => attachment('', { name }));
    const bytes = await written(composition({ attachments: files }));
    assert.doesNotMatch(bytes.toString(), /anna[/\\]|Secret/);
    assert.deepEqual(
      parseMessage(bytes).attachments.map(({ name }) => name),
      ['plan.pdf', 'plan.pdf'],
    );
  });

  it('has names of files in any letters', async () => {
    const names = [
      'Überraschung für Ñ.pdf',
      '計画書.pdf',
      'a "b" = \'c\'; d.txt',
      `${'lang '.repeat(30)}ä.txt`,
      '=?utf-8?q?x?=.txt',
      '100%.txt',
    ];
    const bytes = await written(composition({ attachments: names.map((name) => attachment('x', { name })) }));
    const found = parseMessage(bytes).attachments.map(({ name }) => name);
    assert.deepEqual(
      found,
      names.map((name) => name.replaceAll(/["?]/g, '_')),
    );
  });
});

describe('a message that goes along', () => {
  const eml = 'From: a@example.com\r\nSubject: x\r\n\r\nHello\r\n';
  const forwarded = async (bytes: string | Buffer, type = 'message/rfc822') => {
    const message = await written(composition({ attachments: [attachment(bytes, { type, name: 'x.eml' })] }));
    const part = partOf(message, '2');
    assert.ok(message.every((byte) => byte < 0x80));
    return {
      type: part?.type,
      bytes: part?.bytes,
      encoding: /name=x\.eml\r\nContent-Transfer-Encoding: (\S+)/.exec(message.toString())?.[1],
      message,
    };
  };

  it('is a part as it is', async () => {
    const { type, bytes, encoding, message } = await forwarded(eml);
    assert.deepEqual([type, bytes?.toString(), encoding], ['message/rfc822', eml, '7bit']);
    assert.equal(partOf(message, '2.1')?.bytes.toString(), 'Hello\r\n');
  });

  it('has lines that end in CRLF, whatever they ended in', async () => {
    const { type, bytes } = await forwarded(eml.replaceAll('\r', ''));
    assert.deepEqual([type, bytes?.toString()], ['message/rfc822', eml]);
  });

  it('is encoded byte by byte where it could not travel otherwise', async () => {
    const long = `${eml}${'x'.repeat(999)}`;
    for (const bytes of [
      `${eml}é`,
      `${eml}\0`,
      `${eml}a\rb`,
      `${eml}a\r`,
      long,
      Buffer.from([...Buffer.from(eml), 0xff]),
    ]) {
      const found = await forwarded(bytes);
      assert.deepEqual([found.type, found.encoding], ['message/global', 'base64']);
      assert.deepEqual(found.bytes, Buffer.from(bytes as string));
      assert.equal(partOf(found.message, '2.1')?.bytes.toString('latin1').slice(0, 7), 'Hello\r\n');
    }
    assert.equal((await forwarded(`${eml}${'x'.repeat(998)}\r\n`)).type, 'message/rfc822');
  });

  it('is data where it is a piece of a message, or points to one', async () => {
    for (const type of ['message/partial', 'message/external-body', 'Message/Delivery-Status'])
      assert.deepEqual((await forwarded('x', type)).type, 'application/octet-stream');
  });
});

describe('a message to an address beyond ASCII', () => {
  const to = [{ name: 'Müller', email: 'müller@münchen.de' }];

  it('says that it needs servers for it, and has it in its header alone', async () => {
    const { composeMessage } = await import('../../../src-main/mime/compose/compose.ts');
    assert.equal(composeMessage(composition({ to, text: 'Grüße' })).needsUtf8, true);
    assert.equal(composeMessage(composition({ bcc: to })).needsUtf8, true);
    assert.equal(composeMessage(composition({ to: [{ name: 'Müller', email: 'm@münchen.de' }] })).needsUtf8, false);
    const bytes = await written(composition({ to, text: 'Grüße' }));
    assert.deepEqual(parseMessage(bytes).header.to, to);
    const body = bytes.subarray(bytes.indexOf('\r\n\r\n'));
    assert.ok(body.every((byte) => byte < 0x80));
  });
});
