import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type SmallInternet, startSmallInternet } from '../../support/smallInternet.ts';
import { run, saidBy } from './rig.ts';
import { imaps, smtps, srv, worded } from './setup.ts';

const bothSrv = (domain: string, host: string) => [
  srv('_imaps', domain, host, 993),
  srv('_submissions', domain, host, 465),
];

describe('a domain', () => {
  let net: SmallInternet;
  before(async () => {
    net = await startSmallInternet(['mail.apart.test', 'mail.in.test']);
  });
  after(() => net.stop());

  for (const [domain, mute, fate] of [
    ['half.test', '_imap', 'servfail'],
    ['mostly.test', '_submission', 'hang'],
  ] as const)
    it(`whose name servers answer for all services but one (${fate}): what they name is taken`, async () => {
      net.dns.decide(`${mute}._tcp.${domain}`, fate);
      net.dns.add(...bothSrv(domain, 'mail.apart.test'));
      await net.host('mail.apart.test', [imaps, smtps]);
      const result = await run(net, `alice@${domain}`);
      assert.ok(result.ms <= 5_000, `${result.ms} ms`);
      assert.deepEqual(result.answer.candidates.map(worded), [
        `srv mail.apart.test:993 + mail.apart.test:465 as alice@${domain} by password (confirm apart.test)`,
      ]);
      assert.equal(saidBy(result, `srv _imaps._tcp.${domain}`), 'found');
    });

  it('whose name servers know nothing of outgoing mail: who keeps the mail is known all the same', async () => {
    for (const service of ['_submissions', '_submission']) net.dns.decide(`${service}._tcp.in.test`, 'servfail');
    net.dns.add(srv('_imaps', 'in.test', 'mail.in.test', 993));
    await net.host('mail.in.test', [imaps, smtps]);
    const result = await run(net, 'alice@in.test');
    assert.deepEqual(result.answer.candidates.map(worded), [
      'guess mail.in.test:993 + mail.in.test:465 as alice@in.test by password',
    ]);
    assert.match(saidBy(result, 'srv _imaps._tcp.in.test'), /^nothing the domain name system does not answer/);
  });
});
