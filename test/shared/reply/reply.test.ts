import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Email } from '../../../src-shared/model.ts';
import { type ReplyMode, replyTo } from '../../../src-shared/reply/reply.ts';
import { email, identity, plain, quotable } from '../../support/reply.ts';

const me = [identity({ textSignature: 'Anna\nExample Inc.', htmlSignature: '<b>Anna</b>' })];
const signed = '\n\n-- \nAnna\nExample Inc.';
const begin = (given: Partial<Email>, said: Parameters<typeof quotable>[0], mode: ReplyMode, identities = me) =>
  replyTo(email(given), quotable(said), mode, identities);
const anyMode = ['reply', 'replyAll', 'forward', 'forwardAttached'] as const;

describe('the ids of an answer', () => {
  const ids = (given: Partial<Email>, mode: ReplyMode = 'reply') => {
    const { inReplyTo, references } = begin(given, {}, mode);
    return { inReplyTo, references };
  };

  it('are the email’s own, and those before it', () => {
    const given = { references: ['a@x', 'b@x'], inReplyTo: ['b@x'] };
    for (const mode of ['reply', 'replyAll'] as const)
      assert.deepEqual(ids(given, mode), {
        inReplyTo: ['m1@example.org'],
        references: ['a@x', 'b@x', 'm1@example.org'],
      });
  });

  it('are what it answers where it has no references, if that is one', () => {
    assert.deepEqual(ids({ inReplyTo: ['a@x'] }).references, ['a@x', 'm1@example.org']);
    assert.deepEqual(ids({ inReplyTo: ['a@x', 'b@x'] }).references, ['m1@example.org']);
  });

  it('are none where it has none', () => {
    assert.deepEqual(ids({ messageId: [] }), { inReplyTo: [], references: [] });
    assert.deepEqual(ids({ messageId: [], references: ['a@x'] }), { inReplyTo: [], references: ['a@x'] });
  });

  it('are only those that can be written', () => {
    const given = { messageId: ['a b@x', 'ü@x', 'ok@x'], references: ['a@x> <b@x', 'no id', 'a\r\n@x', 'fine@x'] };
    assert.deepEqual(ids(given), { inReplyTo: ['ok@x'], references: ['fine@x', 'ok@x'] });
  });

  it('of what is passed on say where it is from, not that it answers', () => {
    for (const mode of ['forward', 'forwardAttached'] as const)
      assert.deepEqual(ids({ references: ['a@x'] }, mode), { inReplyTo: [], references: ['a@x', 'm1@example.org'] });
  });
});

describe('what an answer says', () => {
  it('is room to write, the signature, and the quote', () => {
    const { text, html } = begin({}, { text: 'At noon?\n\n> I said\n>> You said\n\n' }, 'reply');
    assert.equal(text, `${signed}\n\nOn 2026-11-28 09:30 UTC, Ben wrote:\n> At noon?\n>\n>> I said\n>>> You said`);
    assert.equal(html, null);
  });

  it('has no signature where there is none, nor its separator twice', () => {
    assert.match(begin({}, {}, 'reply', [identity()]).text, /^\n\nOn /);
    assert.match(begin({}, {}, 'reply', []).text, /^\n\nOn /);
    assert.match(begin({}, {}, 'reply', [identity({ textSignature: '-- \r\nA\r\n' })]).text, /^\n\n-- \nA\n\nOn /);
  });

  it('says when by the email, with the zone it was sent from', () => {
    const line = (given: Partial<Email>) => /On (.*) wrote:/.exec(begin(given, {}, 'reply').text)?.[1];
    assert.equal(line({ sentAt: '2026-11-28T10:30:59+01:00' }), '2026-11-28 10:30 +01:00, Ben');
    assert.equal(line({ sentAt: null }), '2026-11-28 09:31 UTC, Ben');
    assert.equal(line({ from: plain('ben@example.org') }), '2026-11-28 09:30 UTC, ben@example.org');
    assert.equal(line({ from: [{ name: 'Be\nn', email: 'ben@example.org' }] }), '2026-11-28 09:30 UTC, Be n');
    assert.equal(line({ from: [] }), '2026-11-28 09:30 UTC, somebody');
  });

  it('says when by the clock of whoever answers, where that is known', () => {
    const when = (timeZone: string, sentAt = '2026-11-28T23:30:00Z') =>
      /On (.*), Ben wrote:/.exec(begin({ sentAt }, { timeZone }, 'reply').text)?.[1];
    assert.equal(when('Asia/Kolkata'), '29 Nov 2026 at 05:00');
    assert.equal(when('Europe/Berlin', '2026-07-01T22:30:00+00:00'), '2 Jul 2026 at 00:30');
    assert.match(begin({}, { timeZone: 'Asia/Tokyo' }, 'forward').text, /^Date: 28 Nov 2026 at 18:30$/m);
    const { html } = begin({}, { html: 'x', timeZone: 'Asia/Tokyo' }, 'reply');
    assert.match(html ?? '', /<div>On 28 Nov 2026 at 18:30, Ben wrote:/);
  });

  it('is HTML where the email is, the quote in an element that says so', () => {
    const { html } = begin({}, { html: '<p>At noon?</p>' }, 'reply');
    assert.equal(
      html,
      '<div><br></div><div><br></div><div>-- <br><b>Anna</b></div><div><br></div><div>On 2026-11-28 09:30 UTC, Ben wrote:</div>' +
        '<blockquote type="cite" cite="mid:m1@example.org" style="margin:0 0 0 0.8ex;border-left:1px solid #ccc;padding-left:1ex"><p>At noon?</p></blockquote>',
    );
  });

  it('has in its HTML no markup but its own', () => {
    const evil = '<img src=x onerror=alert(1)>"&';
    const given = {
      from: [{ name: evil, email: 'ben@example.org' }],
      subject: evil,
      messageId: [`${evil.replaceAll(' ', '').replaceAll('<', '').replaceAll('>', '')}@x`],
    };
    const mine = [identity({ textSignature: evil })];
    for (const mode of anyMode) {
      const { html } = begin(given, { html: '<p>x</p>' }, mode, mine);
      assert.doesNotMatch(html ?? '', /<img|="[^"]*alert\(1\)"&[^"]*"/);
    }
    assert.match(
      begin(given, { html: '' }, 'reply', mine).html ?? '',
      /&lt;img src=x onerror=alert\(1\)&gt;&quot;&amp;/,
    );
  });

  it('takes pictures along that the quote shows, and nothing else', () => {
    const { attachments } = begin({ attachments: parts }, { html: '<img src="cid:c1">', pictures }, 'reply');
    assert.deepEqual(attachments, [{ part: '2', name: 'p.png', type: 'image/png', disposition: 'inline', cid: 'c1' }]);
    assert.deepEqual(begin({ attachments: parts }, { pictures }, 'reply').attachments, []);
  });
});

const parts = [
  { part: '2', name: 'p.png', type: 'image/png', size: 1, cid: 'old', disposition: 'inline' },
  { part: '3', name: 'plan\r\n.pdf', type: 'application/pdf', size: 1, disposition: null },
  { part: '4', name: null, type: 'x', size: 1, disposition: 'attachment' },
];
const pictures = [{ part: '2', cid: 'c1' }];

describe('what is passed on', () => {
  it('says from whom, when, to whom, and what', () => {
    const given = {
      to: [{ name: 'Anna', email: 'anna@example.com' }, ...plain('carl@x.example')],
      cc: plain('dora@x.example'),
    };
    const { text, html } = begin(given, { text: 'At noon?\n', html: '<p>At noon?</p>' }, 'forward');
    assert.equal(
      text,
      `${signed}\n\n---------- Forwarded message ----------\nFrom: Ben <ben@example.org>\nDate: 2026-11-28 09:30 UTC\nSubject: Lunch\nTo: Anna <anna@example.com>, carl@x.example\nCc: dora@x.example\n\nAt noon?\n`,
    );
    assert.match(
      html ?? '',
      /<b>From:<\/b> Ben &lt;ben@example.org&gt;<br>.*<b>Cc:<\/b> dora@x.example<\/div><br><div><p>At noon\?<\/p><\/div>$/,
    );
  });

  it('tells nobody of Bcc', () => {
    for (const mode of anyMode)
      assert.doesNotMatch(JSON.stringify(begin({ bcc: plain('eve@example.net') }, { html: '' }, mode)), /eve@/);
  });

  it('has all that is attached', () => {
    const { attachments } = begin({ attachments: parts }, { html: '<img src="cid:c1">', pictures }, 'forward');
    assert.deepEqual(attachments, [
      { part: '2', name: 'p.png', type: 'image/png', disposition: 'inline', cid: 'c1' },
      { part: '3', name: 'plan .pdf', type: 'application/pdf', disposition: 'attachment', cid: null },
      { part: '4', name: null, type: 'application/octet-stream', disposition: 'attachment', cid: null },
    ]);
    const asText = begin({ attachments: parts }, { pictures }, 'forward').attachments;
    assert.deepEqual(
      asText.map(({ disposition, cid }) => [disposition, cid]),
      parts.map(() => ['attachment', null]),
    );
  });

  it('is the email itself where it goes as a file', () => {
    const { text, html, attachments, subject } = begin({ attachments: parts }, { html: '<p>x</p>' }, 'forwardAttached');
    const lines = '<div><br></div><div><br></div>';
    assert.deepEqual([text, html, subject], [signed, `${lines}<div>-- <br><b>Anna</b></div>`, 'Fwd: Lunch']);
    assert.deepEqual(attachments, [
      { part: null, name: 'Lunch.eml', type: 'message/rfc822', disposition: 'attachment', cid: null },
    ]);
    assert.equal(begin({}, { html: '' }, 'forwardAttached', []).html, '<div><br></div>');
  });
});
