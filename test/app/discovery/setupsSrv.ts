import { imap, imaps, imapsOauth, type Setup, smtp, smtps, srv } from './setup.ts';

const both = (domain: string) => [
  srv('_imaps', domain, `imap.${domain}`, 993),
  srv('_submissions', domain, `smtp.${domain}`, 465),
];

/** Domains that name their mail servers in SRV records (RFC 6186, RFC 8314). */
export const srvSetups: Setup[] = [
  {
    what: 'TLS for both',
    email: 'alice@s1.test',
    dns: both('s1.test'),
    hosts: { 'imap.s1.test': [imaps], 'smtp.s1.test': [smtps] },
    found: ['srv imap.s1.test:993 + smtp.s1.test:465 as alice@s1.test by password'],
    told: { 'srv _imaps._tcp.s1.test': 'found' },
  },
  {
    what: 'STARTTLS for both',
    email: 'alice@s2.test',
    dns: [srv('_imap', 's2.test', 'mail.s2.test', 143), srv('_submission', 's2.test', 'mail.s2.test', 587)],
    hosts: { 'mail.s2.test': [imap, smtp] },
    found: ['srv mail.s2.test:143 starttls + mail.s2.test:587 starttls as alice@s2.test by password'],
  },
  {
    what: 'TLS from the start before STARTTLS, whatever the priorities',
    email: 'alice@s3.test',
    dns: [
      srv('_imap', 's3.test', 'mail.s3.test', 143, [0, 1]),
      srv('_imaps', 's3.test', 'mail.s3.test', 993, [10, 1]),
      srv('_submission', 's3.test', 'mail.s3.test', 587, [0, 1]),
      srv('_submissions', 's3.test', 'mail.s3.test', 465, [10, 1]),
    ],
    hosts: { 'mail.s3.test': [imap, imaps, smtp, smtps] },
    found: ['srv mail.s3.test:993 + mail.s3.test:465 as alice@s3.test by password'],
  },
  {
    what: "STARTTLS where TLS from the start is said not to be: '.'",
    email: 'alice@s4.test',
    dns: [
      srv('_imaps', 's4.test', '.', 0),
      srv('_imap', 's4.test', 'mail.s4.test', 143),
      srv('_submission', 's4.test', 'mail.s4.test', 587),
    ],
    hosts: { 'mail.s4.test': [imap, smtp] },
    found: ['srv mail.s4.test:143 starttls + mail.s4.test:587 starttls as alice@s4.test by password'],
  },
  {
    what: 'a domain that says it has no mail for anybody: nobody guesses',
    email: 'alice@s5.test',
    dns: ['_imaps', '_imap', '_submissions', '_submission'].map((each) => srv(each, 's5.test', '.', 0)),
    hosts: { 'mail.s5.test': [imaps, smtps] },
    found: [],
    told: { 'srv _imaps._tcp.s5.test': 'nothing says that it has no IMAP; says that it has no outgoing mail' },
  },
  {
    what: 'servers of another domain: the person is asked',
    email: 'alice@s6.test',
    dns: [
      srv('_imaps', 's6.test', 'imap.hoster-a.test', 993),
      srv('_submissions', 's6.test', 'smtp.hoster-a.test', 465),
    ],
    hosts: { 'imap.hoster-a.test': [imaps], 'smtp.hoster-a.test': [smtps] },
    found: ['srv imap.hoster-a.test:993 + smtp.hoster-a.test:465 as alice@s6.test by password (confirm hoster-a.test)'],
  },
  {
    what: 'servers of two other domains: the person is asked for both',
    email: 'alice@s7.test',
    dns: [
      srv('_imaps', 's7.test', 'imap.hoster-d.test', 993),
      srv('_submissions', 's7.test', 'smtp.hoster-e.test', 465),
    ],
    hosts: { 'imap.hoster-d.test': [imaps], 'smtp.hoster-e.test': [smtps] },
    found: [
      'srv imap.hoster-d.test:993 + smtp.hoster-e.test:465 as alice@s7.test by password (confirm hoster-d.test, hoster-e.test)',
    ],
  },
  {
    what: 'a domain below a public suffix is no home of its neighbours',
    email: 'alice@s8.co.uk',
    dns: [srv('_imaps', 's8.co.uk', 'imap.other.co.uk', 993), srv('_submissions', 's8.co.uk', 'smtp.s8.co.uk', 465)],
    hosts: { 'imap.other.co.uk': [imaps], 'smtp.s8.co.uk': [smtps] },
    found: ['srv imap.other.co.uk:993 + smtp.s8.co.uk:465 as alice@s8.co.uk by password (confirm other.co.uk)'],
  },
  {
    what: 'an address below the domain that was registered',
    email: 'alice@mail.dept.s9.test',
    dns: [
      srv('_imaps', 'mail.dept.s9.test', 'imap.s9.test', 993),
      srv('_submissions', 'mail.dept.s9.test', 'smtp.s9.test', 465),
    ],
    hosts: { 'imap.s9.test': [imaps], 'smtp.s9.test': [smtps] },
    found: ['srv imap.s9.test:993 + smtp.s9.test:465 as alice@mail.dept.s9.test by password'],
  },
  {
    what: 'the lowest priority first',
    email: 'alice@s10.test',
    dns: [
      srv('_imaps', 's10.test', 'two.s10.test', 993, [20, 100]),
      srv('_imaps', 's10.test', 'one.s10.test', 993, [10, 1]),
      srv('_submissions', 's10.test', 'one.s10.test', 465),
    ],
    hosts: { 'one.s10.test': [imaps, smtps], 'two.s10.test': [imaps] },
    found: ['srv one.s10.test:993 + one.s10.test:465 as alice@s10.test by password'],
  },
  {
    what: 'the next one where the first is down',
    email: 'alice@s11.test',
    dns: [
      srv('_imaps', 's11.test', 'one.s11.test', 993, [1, 1]),
      srv('_imaps', 's11.test', 'two.s11.test', 993, [2, 1]),
      srv('_submissions', 's11.test', 'two.s11.test', 465),
    ],
    hosts: { 'one.s11.test': [], 'two.s11.test': [imaps, smtps] },
    found: ['srv two.s11.test:993 + two.s11.test:465 as alice@s11.test by password'],
  },
  {
    what: 'a weight of nothing beside one of something',
    email: 'alice@s12.test',
    dns: [
      srv('_imaps', 's12.test', 'light.s12.test', 993, [0, 0]),
      srv('_imaps', 's12.test', 'heavy.s12.test', 993, [0, 65_535]),
      srv('_submissions', 's12.test', 'heavy.s12.test', 465),
    ],
    hosts: { 'light.s12.test': [imaps], 'heavy.s12.test': [imaps, smtps] },
    found: ['srv heavy.s12.test:993 + heavy.s12.test:465 as alice@s12.test by password'],
  },
  {
    what: 'a server that is down is told all the same, in doubt',
    email: 'alice@s13.test',
    dns: both('s13.test'),
    hosts: { 'imap.s13.test': [], 'smtp.s13.test': [smtps] },
    found: ['srv imap.s13.test:993 + smtp.s13.test:465 as alice@s13.test by password'],
    told: { 'srv _imaps._tcp.s13.test': 'found imap.s13.test cannot be reached' },
  },
  {
    what: 'in doubt comes after what was guessed and answers',
    email: 'alice@s14.test',
    dns: [srv('_imaps', 's14.test', 'down.s14.test', 993), srv('_submissions', 's14.test', 'down.s14.test', 465)],
    hosts: { 'down.s14.test': [], 'mail.s14.test': [imaps, smtps] },
    found: [
      'guess mail.s14.test:993 + mail.s14.test:465 as alice@s14.test by password',
      'srv down.s14.test:993 + down.s14.test:465 as alice@s14.test by password',
    ],
  },
  {
    what: 'a server that does not exist',
    email: 'alice@s15.test',
    dns: both('s15.test'),
    hosts: { 'smtp.s15.test': [smtps] },
    found: [],
    told: { 'srv _imaps._tcp.s15.test': 'nothing there is no imap.s15.test' },
  },
  {
    what: 'ways to sign in, as the server says',
    email: 'alice@s16.test',
    dns: both('s16.test'),
    hosts: { 'imap.s16.test': [imapsOauth], 'smtp.s16.test': [smtps] },
    found: ['srv imap.s16.test:993 + smtp.s16.test:465 as alice@s16.test by password, oauth'],
  },
  {
    what: 'a server that takes no password',
    email: 'alice@s17.test',
    dns: both('s17.test'),
    hosts: {
      'imap.s17.test': [
        {
          port: 993,
          tls: true,
          greeting: '* OK hello\r\n',
          bait: () => '* CAPABILITY IMAP4rev1 LOGINDISABLED AUTH=XOAUTH2\r\na OK done\r\n',
        },
      ],
      'smtp.s17.test': [smtps],
    },
    found: ['srv imap.s17.test:993 + smtp.s17.test:465 as alice@s17.test by oauth'],
  },
  {
    what: 'a certificate that nobody vouches for: told, in doubt',
    email: 'alice@s18.test',
    dns: both('s18.test'),
    hosts: { 'imap.s18.test': [{ port: 993, distrusted: 'imaps' }], 'smtp.s18.test': [smtps] },
    found: ['srv imap.s18.test:993 + smtp.s18.test:465 as alice@s18.test by password'],
    told: { 'srv _imaps._tcp.s18.test': 'found imap.s18.test cannot be trusted' },
  },
  {
    what: 'only half of it: the other half is guessed',
    email: 'alice@s19.test',
    dns: [srv('_imaps', 's19.test', 'in.s19.test', 993)],
    hosts: { 'in.s19.test': [imaps], 'smtp.s19.test': [smtps] },
    found: ['guess in.s19.test:993 + smtp.s19.test:465 as alice@s19.test by password'],
    told: { 'srv _imaps._tcp.s19.test': 'nothing names no server for outgoing mail' },
  },
  {
    what: 'STARTTLS that is not offered',
    email: 'alice@s20.test',
    dns: [srv('_imap', 's20.test', 'mail.s20.test', 143), srv('_submission', 's20.test', 'mail.s20.test', 587)],
    hosts: {
      'mail.s20.test': [
        {
          port: 143,
          tls: false,
          greeting: '* OK hello\r\n',
          bait: () => '* CAPABILITY IMAP4rev1 AUTH=PLAIN\r\na OK done\r\n',
        },
        { port: 587, tls: false, greeting: '220 hello\r\n', bait: () => '250 AUTH PLAIN\r\n' },
      ],
    },
    found: ['srv mail.s20.test:143 starttls + mail.s20.test:587 starttls as alice@s20.test by password'],
    told: { 'srv _imaps._tcp.s20.test': 'found mail.s20.test offers no encryption' },
  },
];
