import {
  entriesOf,
  FILE,
  fileText,
  imap,
  imaps,
  imapsOauth,
  jmap,
  mailHosts,
  mx,
  OWN_FILE,
  page,
  type Setup,
  smtp,
  smtps,
  srv,
  web,
} from './setup.ts';

/** What the database knows; its host is set up once for all. */
const database = web(
  Object.fromEntries(
    ['d1.test', 'd2.test', 'hoster-k.test'].map((domain) => [`/${domain}`, page(fileText(entriesOf(domain)))]),
  ),
);

/** By whoever takes a domain's mail; by the table; by the database; by guessing; and domains beyond ASCII. */
export const otherSetups: Setup[] = [
  {
    what: 'mail that Google takes',
    email: 'alice@m1.test',
    dns: [mx('m1.test', 'aspmx.l.google.com', 1), mx('m1.test', 'alt1.aspmx.l.google.com', 5)],
    found: [
      'mx imap.gmail.com:993 + smtp.gmail.com:465 as alice@m1.test by oauth, password [Gmail] (confirm gmail.com)',
    ],
  },
  {
    what: 'mail that Microsoft takes',
    email: 'alice@m2.test',
    dns: [mx('m2.test', 'm2-test.mail.protection.outlook.com', 0)],
    found: [
      'mx outlook.office365.com:993 + smtp.office365.com:587 starttls as alice@m2.test by oauth [Microsoft 365] (confirm office365.com)',
    ],
  },
  {
    what: 'mail that Fastmail takes: JMAP first',
    email: 'alice@m3.test',
    dns: [mx('m3.test', 'in1-smtp.messagingengine.com')],
    found: [
      'mx https://api.fastmail.com/jmap/session as alice@m3.test by oauth [Fastmail] (confirm fastmail.com)',
      'mx imap.fastmail.com:993 + smtp.fastmail.com:465 as alice@m3.test by password [Fastmail] (confirm fastmail.com)',
    ],
  },
  {
    what: 'mail that a hoster with a file takes: the person is asked, the hoster learns no address',
    email: 'alice@m4.test',
    dns: [mx('m4.test', 'mx1.hoster-h.test')],
    hosts: {
      'autoconfig.hoster-h.test': [web({ [FILE]: page(fileText(entriesOf('hoster-h.test'))) })],
      ...mailHosts('hoster-h.test'),
    },
    found: ['mx imap.hoster-h.test:993 + smtp.hoster-h.test:465 as alice@m4.test by password (confirm hoster-h.test)'],
    told: { 'mx m4.test': 'nothing its mail is taken by hoster-h.test' },
  },
  {
    what: 'the file of the part of a hoster that takes the mail comes from there',
    email: 'alice@m5.test',
    dns: [mx('m5.test', 'mx.europe.hoster-i.test')],
    hosts: {
      'autoconfig.europe.hoster-i.test': [web({ [FILE]: page(fileText(entriesOf('europe.hoster-i.test'))) })],
      ...mailHosts('europe.hoster-i.test'),
    },
    found: [
      'mx imap.europe.hoster-i.test:993 + smtp.europe.hoster-i.test:465 as alice@m5.test by password (confirm hoster-i.test)',
    ],
  },
  {
    what: 'a hoster whose file names the servers of the domain itself: the person is asked for the hoster',
    email: 'alice@m6.test',
    dns: [mx('m6.test', 'mx.hoster-j.test')],
    hosts: {
      'autoconfig.hoster-j.test': [web({ [FILE]: page(fileText(entriesOf('%EMAILDOMAIN%'))) })],
      ...mailHosts('m6.test'),
    },
    found: ['mx imap.m6.test:993 + smtp.m6.test:465 as alice@m6.test by password (confirm hoster-j.test)'],
  },
  {
    what: 'a domain that takes its mail itself',
    email: 'alice@m7.test',
    dns: [mx('m7.test', 'mx.m7.test')],
    found: [],
    told: { 'mx m7.test': 'nothing takes its mail itself' },
  },
  {
    what: 'an address below the domain that takes its mail',
    email: 'alice@dept.m8.test',
    dns: [mx('dept.m8.test', 'mx.m8.test')],
    hosts: { 'autoconfig.m8.test': [web({ [FILE]: page(fileText(entriesOf('m8.test'))) })], ...mailHosts('m8.test') },
    found: ['mx imap.m8.test:993 + smtp.m8.test:465 as alice@dept.m8.test by password'],
  },
  {
    what: "a domain that takes no mail: '.' (RFC 7505)",
    email: 'alice@m9.test',
    dns: [mx('m9.test', '.', 0)],
    found: [],
    told: { 'mx m9.test': 'nothing says that it takes no mail' },
  },
  {
    what: 'Google, by the address',
    email: 'Alice.B@GMAIL.com',
    found: ['table imap.gmail.com:993 + smtp.gmail.com:465 as Alice.B@gmail.com by oauth, password [Gmail]'],
    told: { 'table gmail.com': 'found' },
  },
  {
    what: 'Outlook.com, whose servers are of other domains',
    email: 'alice@hotmail.com',
    found: [
      'table outlook.office365.com:993 + smtp-mail.outlook.com:587 starttls as alice@hotmail.com by oauth [Outlook.com] (confirm office365.com, outlook.com)',
    ],
  },
  {
    what: 'a provider that wants the local part',
    email: 'alice@free.fr',
    found: ['table imap.free.fr:993 + smtp.free.fr:465 as alice by password [Free]'],
  },
  {
    what: 'a provider whose own SRV records are better than the table',
    email: 'alice@posteo.de',
    dns: [srv('_imaps', 'posteo.de', 'posteo.de', 993), srv('_submissions', 'posteo.de', 'posteo.de', 465)],
    hosts: { 'posteo.de': [imaps, smtps] },
    found: ['srv posteo.de:993 + posteo.de:465 as alice@posteo.de by password [Posteo]'],
  },
  {
    what: "a provider's hint goes with its servers, wherever those were learned",
    email: 'alice@t5.test',
    dns: [srv('_imaps', 't5.test', 'imap.gmail.com', 993), srv('_submissions', 't5.test', 'smtp.gmail.com', 465)],
    hosts: { 'imap.gmail.com': [imapsOauth], 'smtp.gmail.com': [smtps] },
    found: [
      'srv imap.gmail.com:993 + smtp.gmail.com:465 as alice@t5.test by oauth, password [Gmail] (confirm gmail.com)',
    ],
  },
  {
    what: 'a provider that lets no other program in',
    email: 'alice@proton.me',
    found: [],
    told: { 'table proton.me': 'nothing Proton Mail is read through its program Bridge' },
  },
  {
    what: 'the database, where it may be asked',
    email: 'alice@d1.test',
    ispdb: true,
    hosts: { 'v1.ispdb.net': [database], ...mailHosts('d1.test') },
    found: ['ispdb imap.d1.test:993 + smtp.d1.test:465 as alice@d1.test by password'],
  },
  {
    what: 'the database, where it may not',
    email: 'alice@d2.test',
    hosts: mailHosts('d2.test'),
    found: [],
  },
  {
    what: 'the database by whoever takes the mail: the person is asked',
    email: 'alice@d3.test',
    ispdb: true,
    dns: [mx('d3.test', 'mx.hoster-k.test')],
    hosts: mailHosts('hoster-k.test'),
    found: ['mx imap.hoster-k.test:993 + smtp.hoster-k.test:465 as alice@d3.test by password (confirm hoster-k.test)'],
  },
  {
    what: 'usual names, both with TLS from the start',
    email: 'alice@g1.test',
    hosts: { 'imap.g1.test': [imaps, imap], 'smtp.g1.test': [smtps, smtp] },
    found: ['guess imap.g1.test:993 + smtp.g1.test:465 as alice@g1.test by password'],
    told: { 'guess g1.test': 'found' },
  },
  {
    what: 'usual names: mail.<domain> with STARTTLS',
    email: 'alice@g2.test',
    hosts: { 'mail.g2.test': [imap, smtp] },
    found: ['guess mail.g2.test:143 starttls + mail.g2.test:587 starttls as alice@g2.test by password'],
  },
  {
    what: 'the domain itself',
    email: 'alice@g3.test',
    hosts: { 'g3.test': [imaps, smtps] },
    found: ['guess g3.test:993 + g3.test:465 as alice@g3.test by password'],
  },
  {
    what: 'TLS from the start at the second name before STARTTLS at the first',
    email: 'alice@g4.test',
    hosts: { 'imap.g4.test': [imap], 'mail.g4.test': [imaps, smtps] },
    found: ['guess mail.g4.test:993 + mail.g4.test:465 as alice@g4.test by password'],
  },
  {
    what: 'JMAP under its usual name',
    email: 'alice@g5.test',
    hosts: { 'jmap.g5.test': [jmap()] },
    found: ['guess https://jmap.g5.test/.well-known/jmap as alice@g5.test by password'],
  },
  {
    what: 'a usual name with a certificate that nobody vouches for is no guess to be made',
    email: 'alice@g6.test',
    hosts: { 'imap.g6.test': [{ port: 993, distrusted: 'imaps' }], 'smtp.g6.test': [smtps] },
    found: [],
    told: { 'guess g6.test': 'nothing no IMAP server answers under the usual names of g6.test' },
  },
  {
    what: 'IMAP without anything to send by',
    email: 'alice@g7.test',
    hosts: { 'imap.g7.test': [imaps] },
    found: [],
    told: { 'guess g7.test': 'nothing no server for outgoing mail answers' },
  },
  {
    what: 'nothing at all',
    email: 'alice@g8.test',
    found: [],
    told: {
      'guess g8.test': 'nothing no IMAP server answers',
      'mx g8.test': 'nothing names nobody who takes its mail',
    },
  },
  {
    what: 'a domain beyond ASCII',
    email: 'alice@bücher.test',
    dns: [
      srv('_imaps', 'xn--bcher-kva.test', 'imap.xn--bcher-kva.test', 993),
      srv('_submissions', 'xn--bcher-kva.test', 'smtp.xn--bcher-kva.test', 465),
    ],
    hosts: { 'imap.xn--bcher-kva.test': [imaps], 'smtp.xn--bcher-kva.test': [smtps] },
    found: ['srv imap.xn--bcher-kva.test:993 + smtp.xn--bcher-kva.test:465 as alice@xn--bcher-kva.test by password'],
  },
  {
    what: 'a file of a domain beyond ASCII that names its hosts in its own letters',
    email: 'müller@straße.test',
    hosts: {
      'xn--strae-oqa.test': [web({ [OWN_FILE]: page(fileText(entriesOf('straße.test'))) })],
      ...mailHosts('xn--strae-oqa.test'),
    },
    found: [
      'autoconfig imap.xn--strae-oqa.test:993 + smtp.xn--strae-oqa.test:465 as müller@xn--strae-oqa.test by password',
    ],
  },
];
