import { imaps, jmap, refusal, type Setup, smtps, srv, to, web } from './setup.ts';

const path = '/.well-known/jmap';

/** Domains that have JMAP, or look as if (RFC 8620 section 2.2). */
export const jmapSetups: Setup[] = [
  {
    what: 'JMAP at the domain itself',
    email: 'alice@j1.test',
    hosts: { 'j1.test': [jmap()] },
    found: ['wellKnown https://j1.test/.well-known/jmap as alice@j1.test by password'],
    told: { 'wellKnown https://j1.test/.well-known/jmap': 'found', 'srv _jmap._tcp.j1.test': 'nothing no such record' },
  },
  {
    what: 'JMAP by an SRV record within the domain',
    email: 'alice@j2.test',
    dns: [srv('_jmap', 'j2.test', 'jmap.j2.test', 443)],
    hosts: { 'jmap.j2.test': [jmap()] },
    found: ['srv https://jmap.j2.test/.well-known/jmap as alice@j2.test by password'],
  },
  {
    what: 'JMAP by an SRV record elsewhere: the person is asked',
    email: 'alice@j3.test',
    dns: [srv('_jmap', 'j3.test', 'api.hoster-a.test', 443)],
    hosts: { 'api.hoster-a.test': [jmap()] },
    found: ['srv https://api.hoster-a.test/.well-known/jmap as alice@j3.test by password (confirm hoster-a.test)'],
  },
  {
    what: 'JMAP at another port',
    email: 'alice@j4.test',
    dns: [srv('_jmap', 'j4.test', 'jmap.j4.test', 8443)],
    hosts: { 'jmap.j4.test': [web({ [path]: refusal() }, 8443)] },
    found: ['srv https://jmap.j4.test:8443/.well-known/jmap as alice@j4.test by password'],
  },
  {
    what: 'a redirect to the session: its last place is kept',
    email: 'alice@j5.test',
    hosts: { 'j5.test': [web({ [path]: to('/jmap/session'), '/jmap/session': refusal() })] },
    found: ['wellKnown https://j5.test/jmap/session as alice@j5.test by password'],
  },
  {
    what: 'three redirects within the domain',
    email: 'alice@j6.test',
    hosts: {
      'j6.test': [web({ [path]: to('https://www.j6.test/a') })],
      'www.j6.test': [web({ '/a': to('https://jmap.j6.test/b', 302) })],
      'jmap.j6.test': [web({ '/b': to('/c', 308), '/c': refusal() })],
    },
    found: ['wellKnown https://jmap.j6.test/c as alice@j6.test by password'],
  },
  {
    what: 'four redirects are too many',
    email: 'alice@j7.test',
    hosts: { 'j7.test': [web({ [path]: to('/1'), '/1': to('/2'), '/2': to('/3'), '/3': to('/4'), '/4': refusal() })] },
    found: [],
    told: { 'wellKnown https://j7.test/.well-known/jmap': 'failed j7.test leads elsewhere again and again' },
  },
  {
    what: 'a redirect to another domain: the person is asked',
    email: 'alice@j8.test',
    hosts: {
      'j8.test': [web({ [path]: to('https://api.hoster-b.test/jmap') })],
      'api.hoster-b.test': [web({ '/jmap': refusal() })],
    },
    found: ['wellKnown https://api.hoster-b.test/jmap as alice@j8.test by password (confirm hoster-b.test)'],
  },
  {
    what: 'a redirect through another domain and back: the person is asked, too',
    email: 'alice@j9.test',
    hosts: {
      'j9.test': [web({ [path]: to('https://hoster-c.test/x'), '/back': refusal() })],
      'hoster-c.test': [web({ '/x': to('https://j9.test/back') })],
    },
    found: ['wellKnown https://j9.test/back as alice@j9.test by password (confirm hoster-c.test)'],
  },
  {
    what: 'a redirect to http is not followed',
    email: 'alice@j10.test',
    hosts: { 'j10.test': [web({ [path]: to('http://j10.test/jmap'), '/jmap': refusal() })] },
    found: [],
    told: { 'wellKnown https://j10.test/.well-known/jmap': 'failed j10.test leads to j10.test without encryption' },
  },
  {
    what: 'a redirect with a user name in it is not followed',
    email: 'alice@j11.test',
    hosts: { 'j11.test': [web({ [path]: to('https://alice:secret@j11.test/jmap'), '/jmap': refusal() })] },
    found: [],
    told: { 'wellKnown https://j11.test/.well-known/jmap': 'failed j11.test leads to what is no web address' },
  },
  {
    what: 'a web site without JMAP',
    email: 'alice@j12.test',
    hosts: { 'j12.test': [web({ '/': { status: 200, body: 'hello' } })] },
    found: [],
    told: { 'wellKnown https://j12.test/.well-known/jmap': 'nothing j12.test answers 404: no JMAP there' },
  },
  {
    what: 'a web site that shows its start page for everything',
    email: 'alice@j13.test',
    hosts: { 'j13.test': [web({ [path]: { status: 200, body: '<html>welcome</html>' } })] },
    found: [],
    told: { 'wellKnown https://j13.test/.well-known/jmap': 'nothing j13.test answers 200: no JMAP there' },
  },
  {
    what: 'a web site that wants a password for everything',
    email: 'alice@j14.test',
    hosts: { 'j14.test': [web({ [path]: refusal(), '/': refusal() })] },
    found: [],
    told: { 'wellKnown https://j14.test/.well-known/jmap': 'nothing j14.test wants a password for everything' },
  },
  {
    what: 'a server that shows its session to everybody',
    email: 'alice@j15.test',
    hosts: { 'j15.test': [web({ [path]: { status: 200, body: '{"capabilities":{},"apiUrl":"/api"}' } })] },
    found: ['wellKnown https://j15.test/.well-known/jmap as alice@j15.test by password'],
  },
  {
    what: 'a server that takes tokens of an issuer nobody knows',
    email: 'alice@j16.test',
    hosts: { 'j16.test': [jmap('Bearer, Basic realm="x"')] },
    found: ['wellKnown https://j16.test/.well-known/jmap as alice@j16.test by password, oauth'],
  },
  {
    what: 'a server that takes tokens alone',
    email: 'alice@j17.test',
    hosts: { 'j17.test': [jmap('Bearer realm="x"')] },
    found: ['wellKnown https://j17.test/.well-known/jmap as alice@j17.test by oauth'],
  },
  {
    what: "a domain that says it has no JMAP: '.'; nobody guesses",
    email: 'alice@j18.test',
    dns: [srv('_jmap', 'j18.test', '.', 0)],
    hosts: { 'jmap.j18.test': [jmap()] },
    found: [],
    told: { 'srv _jmap._tcp.j18.test': 'nothing says that it has no JMAP' },
  },
  {
    what: 'JMAP and IMAP: JMAP first, though IMAP comes from a better source',
    email: 'alice@j19.test',
    dns: [srv('_imaps', 'j19.test', 'imap.j19.test', 993), srv('_submissions', 'j19.test', 'smtp.j19.test', 465)],
    hosts: { 'j19.test': [jmap()], 'imap.j19.test': [imaps], 'smtp.j19.test': [smtps] },
    found: [
      'wellKnown https://j19.test/.well-known/jmap as alice@j19.test by password',
      'srv imap.j19.test:993 + smtp.j19.test:465 as alice@j19.test by password',
    ],
  },
  {
    what: 'the same session from two sources is one candidate, of the better one',
    email: 'alice@j20.test',
    dns: [srv('_jmap', 'j20.test', 'jmap.j20.test', 443)],
    hosts: {
      'j20.test': [web({ [path]: to('https://jmap.j20.test/s') })],
      'jmap.j20.test': [web({ [path]: to('/s'), '/s': refusal() })],
    },
    found: ['srv https://jmap.j20.test/s as alice@j20.test by password'],
  },
  {
    what: 'the first of two JMAP servers is down',
    email: 'alice@j21.test',
    dns: [srv('_jmap', 'j21.test', 'one.j21.test', 443, [1, 1]), srv('_jmap', 'j21.test', 'two.j21.test', 443, [2, 1])],
    hosts: { 'one.j21.test': [], 'two.j21.test': [jmap()] },
    found: ['srv https://two.j21.test/.well-known/jmap as alice@j21.test by password'],
  },
  {
    what: 'a certificate that nobody vouches for',
    email: 'alice@j22.test',
    hosts: { 'j22.test': [{ port: 443, distrusted: 'pages' }] },
    found: [],
    told: { 'wellKnown https://j22.test/.well-known/jmap': 'failed j22.test cannot be trusted: nobody known vouches' },
  },
];
