import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { isPublicAddress } from '../../../src-main/lib/publicAddress.ts';
import { type SmallInternet, startSmallInternet } from '../../support/smallInternet.ts';
import { run, saidBy } from './rig.ts';
import { FILE, fileText, imaps, jmap, mx, page, smtps, srv, to, web, worded } from './setup.ts';

/** What is no place on the internet, by the record that leads there. */
const inside: [what: string, address: string][] = [
  ['this machine', '127.0.0.1'],
  ['this machine, by another of its numbers', '127.8.9.10'],
  ['nothing', '0.0.0.0'],
  ['a private network', '10.1.2.3'],
  ['another', '172.20.1.2'],
  ['a third', '192.168.1.1'],
  ['the network of a provider', '100.64.0.1'],
  ['the machine of a cloud that tells secrets', '169.254.169.254'],
  ['everybody', '255.255.255.255'],
  ['this machine in IPv6', '::1'],
  ['a link in IPv6', 'fe80::1'],
  ['a private network in IPv6', 'fd12:3456::1'],
  ['IPv4 within IPv6', '::ffff:10.1.2.3'],
  ['this machine within IPv6', '::ffff:127.0.0.1'],
  ['IPv4 that a tunnel leads to', '2002:7f00:1::'],
  ['IPv4 that is translated', '64:ff9b::a01:203'],
];

/** Where a page must not lead. */
const placesInside = [
  'https://127.0.0.1/x',
  'https://localhost/x',
  'https://2130706433/x',
  'https://0x7f000001/x',
  'https://0177.0.0.1/x',
  'https://127.1/x',
  'https://0x7f.1/x',
  'https://[::1]/x',
  'https://[::ffff:127.0.0.1]/x',
  'https://10.1.2.3/x',
  'https://8.8.8.8/x',
  'https://127.0.0.1.nip.io/x',
  'https://printer.local/x',
];

const secret = 'not on the internet but on a private network';

describe('hosts that are not on the internet', () => {
  let net: SmallInternet;
  before(async () => {
    net = await startSmallInternet([
      ...inside.flatMap((_, n) => [`p${n}.test`, `srv${n}.test`]),
      ...placesInside.map((_, n) => `r${n}.test`),
      'mixed.test',
      'names.test',
      'autoconfig.names.test',
      'autoconfig.mail.names.test',
      'within.names.test',
    ]);
    await net.host('127.0.0.1.nip.io', [web({ '/x': { status: 401 } })], ['127.0.0.1']);
    await net.host('printer.local', [web({ '/x': { status: 401 } })], ['192.168.1.9']);
    await net.host('localhost', [web({ '/x': { status: 401 } })], ['127.0.0.1']);
  });
  after(() => net.stop());

  for (const [n, [what, address]] of inside.entries())
    it(`are not asked where a name leads to ${what}`, async () => {
      await net.host(`p${n}.test`, [jmap(), imaps, smtps], [address]);
      net.dns.add(srv('_imaps', `p${n}.test`, `p${n}.test`, 993), srv('_submissions', `p${n}.test`, `p${n}.test`, 465));
      const result = await run(net, `alice@p${n}.test`);
      assert.deepEqual(result.answer.candidates, []);
      assert.equal(saidBy(result, `wellKnown https://p${n}.test/.well-known/jmap`), `failed p${n}.test is ${secret}`);
      assert.equal(saidBy(result, `srv _imaps._tcp.p${n}.test`), `nothing p${n}.test is ${secret}`);
    });

  it('are not asked where only one of several addresses is within', async () => {
    await net.host('mixed.test', [jmap(), imaps, smtps], ['11.9.9.9', '10.1.1.1']);
    const result = await run(net, 'alice@mixed.test');
    assert.deepEqual(result.answer.candidates, []);
    assert.equal(saidBy(result, 'wellKnown https://mixed.test/.well-known/jmap'), `failed mixed.test is ${secret}`);
  });

  for (const [n, place] of placesInside.entries())
    it(`are not asked where a page leads to ${place}`, async () => {
      await net.host(`r${n}.test`, [web({ '/.well-known/jmap': to(place) })]);
      const result = await run(net, `alice@r${n}.test`);
      assert.deepEqual(result.answer.candidates, []);
      assert.match(
        saidBy(result, `wellKnown https://r${n}.test/.well-known/jmap`),
        /^failed \S+ is (?:no name of a server on the internet|not on the internet)/,
      );
    });

  it('are no candidates where SRV records, files or hosters name them', async () => {
    await net.host('within.names.test', [imaps, smtps], ['192.168.7.7']);
    const entries = (host: string) =>
      page(
        fileText([
          { type: 'imap', host, port: 993 },
          { type: 'smtp', host, port: 465 },
        ]),
      );
    await net.host('autoconfig.names.test', [web({ [FILE]: entries('within.names.test') })]);
    await net.host('autoconfig.mail.names.test', [web({ [FILE]: entries('192.168.7.7') })]);
    net.dns.add(
      srv('_imaps', 'names.test', 'within.names.test', 993),
      srv('_submissions', 'names.test', 'within.names.test', 465),
      srv('_jmap', 'names.test', 'within.names.test', 443),
      mx('names.test', 'mx.mail.names.test'),
    );
    const result = await run(net, 'alice@names.test');
    assert.deepEqual(result.answer.candidates.map(worded), []);
    const file = 'autoconfig https://autoconfig.names.test/mail/config-v1.1.xml';
    assert.equal(saidBy(result, file), `failed within.names.test is ${secret}`);
    assert.equal(saidBy(result, 'srv _jmap._tcp.names.test'), `failed within.names.test is ${secret}`);
    assert.equal(saidBy(result, 'srv _imaps._tcp.names.test'), `nothing within.names.test is ${secret}`);
    const hoster = 'mx https://autoconfig.mail.names.test/mail/config-v1.1.xml';
    assert.equal(saidBy(result, hoster), 'failed the file names no servers that Tern can use');
  });

  it('were never connected to in all of that', () => {
    const addresses = net.dialled.map((each) => each.slice(0, each.lastIndexOf(':')));
    assert.ok(addresses.length > 0);
    assert.deepEqual(
      addresses.filter((address) => !isPublicAddress(address)),
      [],
    );
    assert.ok(net.requests.every(({ path }) => path !== '/x'));
  });
});
