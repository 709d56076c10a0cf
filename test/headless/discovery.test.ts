import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { testNetworkOf } from '../../src-main/platformTestNetwork.ts';
import { TernError } from '../../src-shared/errors.ts';
import { FILE, fileText, imaps, page, smtps, srv, web, worded } from '../app/discovery/setup.ts';
import { hostFor } from '../support/host.ts';
import { startSmallInternet } from '../support/smallInternet.ts';

describe('the headless host', () => {
  it('finds servers for an address, and tells how far it is', async (t) => {
    const net = await startSmallInternet(['mail.one.test', 'autoconfig.two.test']);
    t.after(() => net.stop());
    await net.host('mail.one.test', [imaps, smtps]);
    net.dns.add(srv('_imaps', 'one.test', 'mail.one.test', 993), srv('_submissions', 'one.test', 'mail.one.test', 465));
    await net.host('autoconfig.two.test', [web({ [FILE]: page(fileText([])) })]);
    const ports = `443:${net.portOf('pages')},993:${net.portOf('imaps')},465:${net.portOf('smtps')}`;
    const host = hostFor(t, {
      env: {
        TERN_TEST_DNS: String(net.dns.port),
        TERN_TEST_PORTS: ports,
        NODE_EXTRA_CA_CERTS: join(net.folder, 'ca.pem'),
      },
    });
    const { candidates, probes } = await host.call('accounts.discover', null, { email: 'alice@one.test' });
    assert.deepEqual(candidates.map(worded), [
      'srv mail.one.test:993 + mail.one.test:465 as alice@one.test by password',
    ]);
    const told = host.events.flatMap((each) => (each.event === 'discovery' ? each.data : []));
    assert.equal(told.length, 2 * probes.length);
    assert.deepEqual([told[0]?.email, told[0]?.probe.state], ['alice@one.test', 'looking']);
    assert.deepEqual(told.at(-1)?.candidates, candidates);
    const two = await host.call('accounts.discover', null, { email: 'alice@two.test' });
    assert.equal(two.probes.find(({ source }) => source === 'autoconfig')?.reason, 'the file describes no mail server');
    await assert.rejects(host.call('accounts.discover', null, { email: 'alice@localhost' }), {
      kind: 'invalid',
      field: 'email',
    });
    net.dns.decide('hanging.test', 'hang');
    const begun = host.event(({ event, data }) => event === 'discovery' && data.email === 'alice@hanging.test');
    const looking = assert.rejects(host.call('accounts.discover', null, { email: 'alice@hanging.test' }), {
      kind: 'cancelled',
      message: 'it was given up',
    });
    await begun;
    await host.call('accounts.cancel', null, {});
    await looking;
    assert.equal(host.stderr(), '');
  });
});

describe('a network for tests', () => {
  it('is none unless its name server is named', () => {
    assert.equal(testNetworkOf({}), undefined);
    assert.equal(testNetworkOf({ TERN_TEST_PORTS: '443:1' }), undefined);
  });

  it('leads every connection to this machine, and those to other ports nowhere', () => {
    const network = testNetworkOf({ TERN_TEST_DNS: '5353', TERN_TEST_PORTS: '443:8443,993:8993' });
    assert.equal(network?.nameServer, '127.0.0.1:5353');
    assert.deepEqual(network?.route('11.0.0.1', 993), { address: '127.0.0.1', port: 8993 });
    assert.deepEqual(network?.route('11.0.0.1', 25), { address: '127.0.0.1', port: 9 });
  });

  it('is refused where it is written wrongly', () => {
    for (const [dns, ports] of [
      ['x', ''],
      ['', ''],
      ['5353', '443'],
      ['5353', '443:x'],
      ['1.2.3.4:53', ''],
    ])
      assert.throws(
        () => testNetworkOf({ TERN_TEST_DNS: dns, TERN_TEST_PORTS: ports }),
        (error) => error instanceof TernError && error.kind === 'invalid',
      );
  });

  it('can be had by nothing but plain Node', () => {
    const naming = (word: string): string[] =>
      globSync('{src-main,src-shared,electron}/**/*.{ts,tsx}')
        .map((path) => path.replaceAll('\\', '/'))
        .filter((path) => readFileSync(path, 'utf8').includes(word));
    assert.deepEqual(naming('TERN_TEST_'), ['src-main/platformTestNetwork.ts']);
    assert.deepEqual(naming('testNetworkOf').toSorted(), [
      'src-main/platformNode.ts',
      'src-main/platformTestNetwork.ts',
    ]);
  });
});
