import { type Mutant, m } from './mutant.ts';

const discovery = 'src-main/app/discovery/';
const table = 'app/discovery/discover';
const network = 'app/discovery/badNetwork';
const hosts = 'app/discovery/privateHosts';
const file = 'app/discovery/autoconfigFile';

const line = (name: string, path: string, from: string, becomes: string, tests: string): Mutant =>
  m(`discovery: ${name}`, `${discovery}${path}.ts`, from, becomes, tests);

/** Lines that keep discovery from being led astray, held up, or told on (docs/accounts.md). */
export const discovering: Mutant[] = [
  line('https alone', 'visit', "if (url.protocol !== 'https:')", 'if (url.port === "1")', table),
  line('three redirects', 'visit', 'MOST_REDIRECTS = 3', 'MOST_REDIRECTS = 9', table),
  line('no user name in a redirect', 'visit', 'if (!url || url.username || url.password)', 'if (!url)', table),
  line(
    'every address is of the internet',
    'reach',
    'addresses.every(isPublicAddress)',
    'addresses.some(isPublicAddress)',
    hosts,
  ),
  line('no address for a name', 'reach', 'if (hostName(host) !== host)', 'if (host === "")', hosts),
  line('an address is asked for once', 'resolver', 'known.get(host) ?? lookUp(host)', 'lookUp(host)', network),
  line('64 KB', 'web', 'if (size > LARGEST_PAGE)', 'if (size > 1e9)', network),
  line('no document type', 'autoconfigFile', String.raw`/<!(?:DOCTYPE|ENTITY)/i.test(text)`, 'text === ""', file),
  line('no depth', 'autoconfigFile', 'if (path.length > DEEPEST)', 'if (path.length > 1e9)', file),
  line(
    'an issuer of its own',
    'autoconfig',
    'foreignDomains([new URL(issuer).hostname], homes) === null',
    'true',
    table,
  ),
  line(
    'the hosts of a file are of the internet',
    'autoconfig',
    'await Promise.all([servers.imap.host, servers.smtp.host].map((host) => publicAddresses(resolver, host, signal)));',
    '',
    hosts,
  ),
  line(
    'a hoster learns no address',
    'autoconfig',
    '`https://autoconfig.${hoster}/${FILE}`',
    '`https://autoconfig.${hoster}/${FILE}?emailaddress=${encodeURIComponent(wanted.email)}`',
    table,
  ),
  line('the database only where it may be asked', 'discover', '...(mayAsk ? [', '...(mayAsk !== null ? [', table),
  line('JMAP first', 'candidates', "=== 'jmap' ? 0 : 100)", "=== 'jmap' ? 100 : 100)", table),
  line('doubtful ones last', 'candidates', '(isDoubtful ? 50 : 0)', '(isDoubtful ? 0 : 0)', table),
  line('the same servers once', 'candidates', 'const better = kept.get(key);', 'const better = kept.get("");', table),
  line('a name from where one is named', 'candidates', '!namesUser.has(better.source) && ', 'false && ', table),
  line('every host on the way is confirmed', 'jmap', 'hosts: [...hosts, ...way]', 'hosts', table),
  line(
    'no site that wants a password for all',
    'jmap',
    'if (page.status === 401 && url.href === address.href && (',
    'if (page.status === 1 && (',
    table,
  ),
  line("a target of '.'", 'srvOrder', "name !== '' && name !== '.' && ", '', `app/discovery/srvOrder ${table}`),
  line('four targets', 'srvOrder', 'order.length < MOST_TARGETS', 'order.length < 1e9', `app/discovery/srvOrder`),
  line('no server within', 'srvMail', "kind !== 'forbidden' && kind !== 'notFound'", "kind !== 'notFound'", hosts),
  line(
    'no guess of what is denied',
    'guess',
    "denied.has('imap') || denied.has('smtp') ? [] : [mail]",
    'denied === null ? [] : [mail]',
    table,
  ),
  line(
    'TLS before STARTTLS',
    'guess',
    "...hosts.map((host) => ({ host, port: tls, security: 'tls' as const })),",
    '',
    table,
  ),
  line('nothing before encryption', 'dial', "if (text !== '') throw", "if (text === '?') throw", network),
  line('nobody talks without an end', 'dial', 'if (heard > MOST_HEARD)', 'if (heard > 1e9)', network),
  line('nobody is signed in already', 'greet', String.raw`/^\* OK\b/i`, String.raw`/^\* (?:OK|PREAUTH)\b/i`, network),
  line(
    'a domain on the internet',
    'discover',
    'wire === null || domain === null',
    'wire === null',
    'app/discovery/addresses',
  ),
  line('the guesses have their time', 'discover', 'bounded(clock, SOURCES_MS,', 'bounded(clock, TOTAL_MS,', network),
  line(
    'a given up one is told of no more',
    'discover',
    'else if (!until.aborted || isLate(abortReason(until)))',
    'else',
    network,
  ),
  line(
    'whole labels of a host',
    'providers',
    '`.${exchange}`.endsWith(`.${domain}`)',
    'exchange.endsWith(domain)',
    'app/discovery/providers',
  ),
];
