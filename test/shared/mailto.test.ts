import { deepStrictEqual, strictEqual } from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type MailtoFields, parseMailto } from '../../src-shared/mailto.ts';

const nothing: MailtoFields = { to: [], cc: [], bcc: [], subject: '', body: '', inReplyTo: null };
const to = (...emails: string[]): { email: string }[] => emails.map((email) => ({ email }));

describe('a mailto: link', () => {
  const links: [link: string, fields: Partial<MailtoFields>][] = [
    // RFC 6068 section 6.1
    ['mailto:chris@example.com', { to: to('chris@example.com') }],
    ['mailto:infobot@example.com?subject=current-issue', { to: to('infobot@example.com'), subject: 'current-issue' }],
    [
      'mailto:infobot@example.com?body=send%20current-issue',
      { to: to('infobot@example.com'), body: 'send current-issue' },
    ],
    [
      'mailto:infobot@example.com?body=send%20current-issue%0D%0Asend%20index',
      { to: to('infobot@example.com'), body: 'send current-issue\nsend index' },
    ],
    [
      'mailto:list@example.org?In-Reply-To=%3C3469A91.D10AF4C@example.com%3E',
      { to: to('list@example.org'), inReplyTo: '3469A91.D10AF4C@example.com' },
    ],
    [
      'mailto:?to=joe@example.com&cc=bob@example.com&body=hello',
      { to: to('joe@example.com'), cc: to('bob@example.com'), body: 'hello' },
    ],
    [
      'mailto:joe@example.com?cc=bob@example.com&amp;body=hello',
      { to: to('joe@example.com'), cc: to('bob@example.com') },
    ],
    ['mailto:gorby%25kremvax@example.com', { to: to('gorby%kremvax@example.com') }],
    ['mailto:unlikely%3Faddress@example.com?blat=foop', { to: to('unlikely?address@example.com') }],
    ['mailto:addr1@an.example,addr2@an.example', { to: to('addr1@an.example', 'addr2@an.example') }],
    ['mailto:%22not%40me%22@example.org', { to: to('"not@me"@example.org') }],
    ['mailto:user@example.org?subject=caf%C3%A9', { to: to('user@example.org'), subject: 'café' }],
    ['MAILTO:a@b.example?SUBJECT=x&Bcc=c@d.example', { to: to('a@b.example'), bcc: to('c@d.example'), subject: 'x' }],
    // Section 4: a fragment is none of the message. Section 5: '+' is a plus sign.
    ['mailto:a+b@c.example?subject=1+1#top', { to: to('a+b@c.example'), subject: '1+1' }],
    ['mailto:', {}],
  ];
  for (const [link, fields] of links)
    it(`reads ${link}`, () => deepStrictEqual(parseMailto(link), { ...nothing, ...fields }));

  it('names no sender, file or header field', () => {
    const dangerous =
      'from=eve@example.org&attach=/etc/passwd&attachment=x&x-y=z&reply-to=e@f.example&body-type=html&=x&y';
    deepStrictEqual(parseMailto(`mailto:?${dangerous}`), nothing);
  });

  it('starts no header field, and hides nothing in a line', () => {
    const {
      subject,
      to: people,
      inReplyTo,
    } = parseMailto(
      'mailto:a%0d%0aBcc:%20eve@example.org@b.example?subject=x%0D%0ABcc:%20eve%40example.org%E2%80%AEtxt%00&in-reply-to=%3Ca@b%3E%0d%0ax',
    ) ?? nothing;
    strictEqual(subject, 'x Bcc: eve@example.org txt');
    deepStrictEqual(people, []);
    strictEqual(inReplyTo, null);
    strictEqual(parseMailto('mailto:?body=a%00b%0Cc%09d')?.body, 'abc\td');
  });

  it('is none where it is too long, malformed or of another scheme', () => {
    for (const other of ['http://example.org', 'xmailto:a@b.example', '', `mailto:?body=${'x'.repeat(65_536)}`])
      strictEqual(parseMailto(other), null);
    deepStrictEqual(parseMailto('mailto:%E0%A4%A?subject=%zz&cc=%,ok@b.example'), {
      ...nothing,
      cc: to('ok@b.example'),
    });
    strictEqual(parseMailto(`mailto:${'a@b.example,'.repeat(3000)}`)?.to.length, 100);
  });
});
