import {
  entriesOf,
  FILE,
  fileText,
  imaps,
  jmap,
  mailHosts,
  OWN_FILE,
  page,
  refusal,
  type Setup,
  smtps,
  srv,
  to,
  web,
} from './setup.ts';

const usual = (domain: string): string => fileText(entriesOf(domain));

/** Domains that have a file of the Mozilla kind (draft-ietf-mailmaint-autoconfig). */
export const fileSetups: Setup[] = [
  {
    what: 'a file at autoconfig.<domain>',
    email: 'alice@f1.test',
    hosts: { 'autoconfig.f1.test': [web({ [FILE]: page(usual('f1.test')) })], ...mailHosts('f1.test') },
    found: ['autoconfig imap.f1.test:993 + smtp.f1.test:465 as alice@f1.test by password'],
    told: { 'autoconfig https://autoconfig.f1.test/mail/config-v1.1.xml': 'found' },
  },
  {
    what: 'a file at the well-known place of the domain',
    email: 'alice@f2.test',
    hosts: { 'f2.test': [web({ [OWN_FILE]: page(usual('f2.test')) })], ...mailHosts('f2.test') },
    found: ['autoconfig imap.f2.test:993 + smtp.f2.test:465 as alice@f2.test by password'],
  },
  {
    what: 'the same in both is one candidate',
    email: 'alice@f3.test',
    hosts: {
      'autoconfig.f3.test': [web({ [FILE]: page(usual('f3.test')) })],
      'f3.test': [web({ [OWN_FILE]: page(usual('f3.test')) })],
      ...mailHosts('f3.test'),
    },
    found: ['autoconfig imap.f3.test:993 + smtp.f3.test:465 as alice@f3.test by password'],
  },
  {
    what: 'the local part to sign in with, and placeholders everywhere',
    email: 'alice@f4.test',
    hosts: {
      'autoconfig.f4.test': [
        web({
          [FILE]: page(
            fileText([
              { type: 'imap', host: 'imap.%EMAILDOMAIN%', port: 993, user: '%EMAILLOCALPART%' },
              { type: 'smtp', host: 'smtp.%EMAILDOMAIN%', port: 465, user: '%EMAILLOCALPART%' },
            ]),
          ),
        }),
      ],
      ...mailHosts('f4.test'),
    },
    found: ['autoconfig imap.f4.test:993 + smtp.f4.test:465 as alice by password'],
  },
  {
    what: 'the first server of several that Tern can use',
    email: 'alice@f5.test',
    hosts: {
      'autoconfig.f5.test': [
        web({
          [FILE]: page(
            fileText([
              { type: 'pop3', host: 'pop.f5.test', port: 995 },
              { type: 'imap', host: 'plain.f5.test', port: 143, socket: 'plain' },
              { type: 'imap', host: 'kerberos.f5.test', port: 993, auth: ['GSSAPI'] },
              { type: 'imap', host: '127.0.0.1', port: 993 },
              { type: 'imap', host: 'noport.f5.test', port: 99_999 },
              { type: 'imap', host: 'imap.f5.test', port: 143, socket: 'STARTTLS' },
              { type: 'imap', host: 'later.f5.test', port: 993 },
              { type: 'smtp', host: 'smtp.f5.test', port: 587, socket: 'STARTTLS' },
            ]),
          ),
        }),
      ],
      ...mailHosts('f5.test'),
    },
    found: ['autoconfig imap.f5.test:143 starttls + smtp.f5.test:587 starttls as alice@f5.test by password'],
  },
  {
    what: 'an issuer of its own domain',
    email: 'alice@f6.test',
    hosts: {
      'autoconfig.f6.test': [
        web({
          [FILE]: page(
            fileText(
              entriesOf('f6.test').map((entry) => ({ ...entry, auth: ['OAuth2', 'password-cleartext'] })),
              '<oAuth2><issuer>login.f6.test</issuer><scope>mail</scope></oAuth2>',
            ),
          ),
        }),
      ],
      ...mailHosts('f6.test'),
    },
    found: ['autoconfig imap.f6.test:993 + smtp.f6.test:465 as alice@f6.test by oauth, password'],
  },
  {
    what: 'an issuer of another domain does not count',
    email: 'alice@f7.test',
    hosts: {
      'autoconfig.f7.test': [
        web({
          [FILE]: page(
            fileText(
              entriesOf('f7.test').map((entry) => ({ ...entry, auth: ['OAuth2', 'password-cleartext'] })),
              '<oAuth2><issuer>login.evil.test</issuer></oAuth2>',
            ),
          ),
        }),
      ],
      ...mailHosts('f7.test'),
    },
    found: ['autoconfig imap.f7.test:993 + smtp.f7.test:465 as alice@f7.test by password, oauth'],
  },
  {
    what: 'a way to sign in that only one of the servers takes',
    email: 'alice@f8.test',
    hosts: {
      'autoconfig.f8.test': [
        web({
          [FILE]: page(
            fileText([
              { type: 'imap', host: 'imap.f8.test', port: 993, auth: ['OAuth2', 'password-encrypted', 'unheard-of'] },
              { type: 'smtp', host: 'smtp.f8.test', port: 465, auth: ['password-cleartext'] },
            ]),
          ),
        }),
      ],
      ...mailHosts('f8.test'),
    },
    found: ['autoconfig imap.f8.test:993 + smtp.f8.test:465 as alice@f8.test by password'],
  },
  {
    what: 'servers of another domain: the person is asked',
    email: 'alice@f9.test',
    hosts: {
      'autoconfig.f9.test': [web({ [FILE]: page(usual('hoster-f.test')) })],
      ...mailHosts('hoster-f.test'),
    },
    found: [
      'autoconfig imap.hoster-f.test:993 + smtp.hoster-f.test:465 as alice@f9.test by password (confirm hoster-f.test)',
    ],
  },
  {
    what: 'a file that is kept elsewhere: the person is asked for that',
    email: 'alice@f10.test',
    hosts: {
      'autoconfig.f10.test': [web({ [FILE]: to('https://files.hoster-g.test/f10.xml') })],
      'files.hoster-g.test': [web({ '/f10.xml': page(usual('f10.test')) })],
      ...mailHosts('f10.test'),
    },
    found: ['autoconfig imap.f10.test:993 + smtp.f10.test:465 as alice@f10.test by password (confirm hoster-g.test)'],
  },
  {
    what: 'JMAP in a file',
    email: 'alice@f11.test',
    hosts: {
      'autoconfig.f11.test': [
        web({ [FILE]: page(fileText([{ type: 'jmap', url: 'https://jmap.f11.test/session', auth: ['Basic'] }])) }),
      ],
      'jmap.f11.test': [web({ '/session': refusal() })],
    },
    found: ['autoconfig https://jmap.f11.test/session as alice@f11.test by password'],
  },
  {
    what: 'JMAP that a file names and that is not there',
    email: 'alice@f12.test',
    hosts: {
      'autoconfig.f12.test': [
        web({
          [FILE]: page(fileText([{ type: 'jmap', url: 'https://jmap.f12.test/session' }, ...entriesOf('f12.test')])),
        }),
      ],
      'jmap.f12.test': [web({})],
      ...mailHosts('f12.test'),
    },
    found: ['autoconfig imap.f12.test:993 + smtp.f12.test:465 as alice@f12.test by password'],
    told: { 'autoconfig https://autoconfig.f12.test/mail/config-v1.1.xml': 'found jmap.f12.test answers 404' },
  },
  {
    what: 'a file for reading alone',
    email: 'alice@f13.test',
    hosts: {
      'autoconfig.f13.test': [web({ [FILE]: page(fileText([{ type: 'imap', host: 'imap.f13.test', port: 993 }])) })],
      ...mailHosts('f13.test'),
    },
    found: [],
    told: {
      'autoconfig https://autoconfig.f13.test/mail/config-v1.1.xml':
        'failed the file names no servers that Tern can use',
    },
  },
  {
    what: 'better from SRV, but the name to sign in with from the file',
    email: 'alice@f14.test',
    dns: [srv('_imaps', 'f14.test', 'imap.f14.test', 993), srv('_submissions', 'f14.test', 'smtp.f14.test', 465)],
    hosts: {
      'f14.test': [
        web({
          [OWN_FILE]: page(fileText(entriesOf('f14.test').map((entry) => ({ ...entry, user: '%EMAILLOCALPART%' })))),
        }),
      ],
      'imap.f14.test': [imaps],
      'smtp.f14.test': [smtps],
    },
    found: ['srv imap.f14.test:993 + smtp.f14.test:465 as alice by password'],
  },
  {
    what: 'a name to sign in with that nobody can type',
    email: 'alice@f15.test',
    hosts: {
      'autoconfig.f15.test': [
        web({ [FILE]: page(fileText(entriesOf('f15.test').map((entry) => ({ ...entry, user: 'a&#10;b' })))) }),
      ],
      ...mailHosts('f15.test'),
    },
    found: ['autoconfig imap.f15.test:993 + smtp.f15.test:465 as alice@f15.test by password'],
  },
  {
    what: 'everything at once, in order',
    email: 'alice@f16.test',
    dns: [
      srv('_jmap', 'f16.test', 'jmap.f16.test', 443),
      srv('_imaps', 'f16.test', 'mail.f16.test', 993),
      srv('_submissions', 'f16.test', 'mail.f16.test', 465),
    ],
    hosts: {
      'f16.test': [jmap()],
      'jmap.f16.test': [jmap()],
      'mail.f16.test': [imaps, smtps],
      'autoconfig.f16.test': [web({ [FILE]: page(usual('f16.test')) })],
      ...mailHosts('f16.test'),
    },
    found: [
      'srv https://jmap.f16.test/.well-known/jmap as alice@f16.test by password',
      'wellKnown https://f16.test/.well-known/jmap as alice@f16.test by password',
      'srv mail.f16.test:993 + mail.f16.test:465 as alice@f16.test by password',
      'autoconfig imap.f16.test:993 + smtp.f16.test:465 as alice@f16.test by password',
    ],
  },
];
