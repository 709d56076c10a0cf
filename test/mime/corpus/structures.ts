import { HTML, lines, multipart, multipartLines, PDF, PICTURE, PLAIN, type Sample } from './sample.ts';

const INNER = ['From: b@x.example', 'Subject: Inner', 'Content-Type: text/plain', '', 'Inside'];

const nested = (levels: number): string[] =>
  levels === 0
    ? INNER
    : multipartLines('mixed', `b${levels}`, ['Content-Type: message/rfc822', '', ...nested(levels - 1)]);

/** What well-formed mail is made of. */
export const structures: Sample[] = [
  { name: 'plain text without MIME', text: ['1 text/plain'], message: lines('From: a@x.example', '', 'Hello') },
  { name: 'HTML alone', text: ['1 text/html'], message: lines(...HTML) },
  {
    name: 'alternative',
    text: ['1 text/plain'],
    html: ['2 text/html'],
    message: multipart('alternative', PLAIN, HTML),
  },
  {
    name: 'alternative with a calendar',
    text: ['1 text/plain'],
    html: ['2 text/html'],
    attached: ['3 text/calendar invite.ics'],
    message: multipart('alternative', PLAIN, HTML, [
      'Content-Type: text/calendar; method=REQUEST; name=invite.ics',
      '',
      'BEGIN:VCALENDAR',
    ]),
  },
  {
    name: 'mixed with an attachment',
    text: ['1 text/plain'],
    attached: ['2 application/pdf plan.pdf'],
    message: multipart('mixed', PLAIN, PDF),
  },
  {
    name: 'an attachment alone',
    text: [],
    attached: ['1 application/pdf plan.pdf'],
    message: lines('MIME-Version: 1.0', ...PDF),
  },
  {
    name: 'related',
    text: ['1 text/html'],
    attached: ['2 image/png a.png'],
    says: { '1': '<img src="cid:p@x">' },
    message: multipart('related', ['Content-Type: text/html', '', '<img src="cid:p@x">'], PICTURE),
  },
  {
    name: 'related in alternative, as Thunderbird writes it',
    text: ['1 text/plain'],
    html: ['2.1 text/html'],
    attached: ['2.2 image/png a.png'],
    message: multipart('alternative', PLAIN, multipartLines('related', 'r', HTML, PICTURE)),
  },
  {
    name: 'alternative in related, as Outlook writes it',
    text: ['1.1 text/plain'],
    html: ['1.2 text/html'],
    attached: ['2 image/png a.png'],
    message: multipart('related', multipartLines('alternative', 'a', PLAIN, HTML), PICTURE),
  },
  {
    name: 'HTML, a picture and HTML, as Apple Mail writes it',
    text: ['1 text/html', '2 image/png', '3 text/html'],
    attached: ['2 image/png a.png'],
    message: multipart('mixed', HTML, PICTURE, HTML),
  },
  {
    name: 'text or HTML with pictures between, as Apple Mail writes it',
    text: ['1 text/plain'],
    html: ['2.1 text/html', '2.2 image/png', '2.3 text/html'],
    attached: ['2.2 image/png a.png'],
    message: multipart('alternative', PLAIN, multipartLines('mixed', 'm', HTML, PICTURE, HTML)),
  },
  {
    name: 'text, a picture and text',
    text: ['1 text/plain', '2 image/png', '3 text/plain'],
    attached: ['2 image/png a.png'],
    message: multipart('mixed', PLAIN, PICTURE, PLAIN),
  },
  {
    name: 'Outlook with winmail.dat',
    text: ['1 text/plain'],
    attached: ['2 application/ms-tnef winmail.dat'],
    message: multipart('mixed', PLAIN, [
      'Content-Type: application/ms-tnef; name="winmail.dat"',
      'Content-Disposition: attachment; filename="winmail.dat"',
      'Content-Transfer-Encoding: base64',
      '',
      'eJ8+Ig==',
    ]),
  },
  {
    name: 'signed with PGP',
    text: ['1 text/plain'],
    attached: ['2 application/pgp-signature signature.asc'],
    message: multipart('signed; micalg=pgp-sha256; protocol="application/pgp-signature"', PLAIN, [
      'Content-Type: application/pgp-signature; name=signature.asc',
      '',
      '-----BEGIN PGP SIGNATURE-----',
      '-----END PGP SIGNATURE-----',
    ]),
  },
  {
    name: 'signed with S/MIME, with attachments',
    text: ['1.1 text/plain'],
    attached: ['1.2 application/pdf plan.pdf', '2 application/pkcs7-signature smime.p7s'],
    message: multipart(
      'signed; micalg=sha-256; protocol="application/pkcs7-signature"',
      multipartLines('mixed', 'm', PLAIN, PDF),
      ['Content-Type: application/pkcs7-signature; name=smime.p7s', 'Content-Transfer-Encoding: base64', '', 'MIIB'],
    ),
  },
  {
    name: 'encrypted',
    text: [],
    attached: ['1 application/pgp-encrypted', '2 application/octet-stream encrypted.asc'],
    message: multipart(
      'encrypted; protocol="application/pgp-encrypted"',
      ['Content-Type: application/pgp-encrypted', '', 'Version: 1'],
      ['Content-Type: application/octet-stream; name=encrypted.asc', '', '-----BEGIN PGP MESSAGE-----'],
    ),
  },
  {
    name: 'a forwarded message',
    text: ['1 text/plain'],
    attached: ['2 message/rfc822'],
    message: multipart('mixed', PLAIN, ['Content-Type: message/rfc822', '', ...INNER]),
  },
  {
    name: 'a forwarded message in base64',
    text: ['1 text/plain'],
    attached: ['2 message/rfc822 inner.eml'],
    message: multipart('mixed', PLAIN, [
      'Content-Type: message/rfc822; name=inner.eml',
      'Content-Transfer-Encoding: base64',
      '',
      Buffer.from(INNER.join('\r\n')).toString('base64'),
    ]),
  },
  {
    name: 'a message that is a message',
    text: [],
    attached: ['1 message/rfc822'],
    message: lines('Content-Type: message/rfc822', '', ...INNER),
  },
  { name: 'messages in messages', text: [], attached: ['1 message/rfc822'], message: lines(...nested(4)) },
  {
    name: 'a digest',
    text: ['2 text/plain'],
    attached: ['1 message/rfc822'],
    says: { '2': 'A note' },
    message: multipart('digest', ['', ...INNER], ['Content-Type: text/plain', '', 'A note']),
  },
  {
    name: 'a report of a failed delivery',
    text: ['1 text/plain'],
    attached: ['2 message/delivery-status', '3 text/rfc822-headers'],
    message: multipart(
      'report; report-type=delivery-status',
      PLAIN,
      ['Content-Type: message/delivery-status', '', 'Reporting-MTA: dns; x.example'],
      ['Content-Type: text/rfc822-headers', '', 'Subject: Lost'],
    ),
  },
  {
    name: 'a body that is elsewhere, which is never fetched',
    text: ['1 text/plain'],
    attached: ['2 message/external-body x.pdf'],
    message: multipart('mixed', PLAIN, [
      'Content-Type: message/external-body; access-type=URL; URL="http://canary.example/x"; name=x.pdf',
      '',
      'Content-Type: application/pdf',
      '',
    ]),
  },
  {
    name: 'a link where an attachment should be, which is ignored',
    text: ['1 text/plain'],
    attached: ['2 application/pdf plan.pdf'],
    message: multipart('mixed', PLAIN, ['X-Mozilla-External-Attachment-URL: file:///etc/passwd', ...PDF]),
  },
  {
    name: 'one of many parts of a message',
    text: [],
    attached: ['1 message/partial'],
    message: lines('Content-Type: message/partial; id="a@x"; number=1; total=2', '', 'From: b@x.example'),
  },
  {
    name: 'files of a Macintosh',
    text: [],
    attached: ['1 application/applefile', '2 application/pdf plan.pdf'],
    message: multipart('appledouble', ['Content-Type: application/applefile', '', 'x'], PDF),
  },
  {
    name: 'a multipart that nobody knows',
    text: ['1 text/plain'],
    attached: ['2 application/pdf plan.pdf'],
    message: multipart('x-what', PLAIN, PDF),
  },
  {
    name: 'text that is named',
    text: ['1 text/plain'],
    attached: ['2 text/plain notes.txt'],
    message: multipart('mixed', PLAIN, ['Content-Type: text/plain; name=notes.txt', '', 'Notes']),
  },
  {
    name: 'text that is attached',
    text: ['1 text/plain'],
    attached: ['2 text/plain'],
    message: multipart('mixed', PLAIN, ['Content-Disposition: attachment', '', 'Notes']),
  },
  {
    name: 'two texts',
    text: ['1 text/plain', '2 text/plain'],
    says: { '2': 'Sent through a list' },
    message: multipart('mixed', PLAIN, ['', 'Sent through a list']),
  },
  {
    name: 'flowed text',
    text: ['1 text/plain'],
    says: { '1': 'one  \r\ntwo' },
    message: lines('Content-Type: text/plain; format=flowed; delsp=yes', '', 'one  ', 'two'),
  },
  {
    name: 'multiparts in multiparts',
    text: ['1.1.1 text/plain'],
    attached: ['1.2 application/pdf plan.pdf', '2 application/pdf plan.pdf'],
    message: lines(
      ...multipartLines('mixed', 'c', multipartLines('mixed', 'b', multipartLines('mixed', 'a', PLAIN), PDF), PDF),
    ),
  },
];
