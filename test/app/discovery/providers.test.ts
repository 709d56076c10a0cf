import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { hostName } from '../../../src-main/app/discovery/hosts.ts';
import { providerByMx, providerOf } from '../../../src-main/app/discovery/providers.ts';
import { providers } from '../../../src-main/app/discovery/providerTable.ts';
import { providersByCountry } from '../../../src-main/app/discovery/providerTableByCountry.ts';
import { tableProbe } from '../../../src-main/app/discovery/table.ts';
import { candidateSchema } from '../../../src-shared/setup.ts';

const all = [...providers, ...providersByCountry];
const never = new AbortController().signal;

describe('the table of providers', () => {
  it('has at least 25, each domain once, every name a host', () => {
    assert.ok(all.length >= 25);
    const domains = all.flatMap((each) => each.domains);
    assert.equal(new Set(domains).size, domains.length);
    const names = all.flatMap(({ domains: own, exchanges = [], imap, smtp }) => [
      ...own,
      ...exchanges,
      imap.host,
      smtp.host,
    ]);
    assert.deepEqual(
      names.filter((name) => hostName(name) !== name),
      [],
    );
  });

  it('makes candidates that the contract takes, all of them with encryption', async () => {
    for (const { domains } of all)
      for (const domain of domains) {
        const probe = tableProbe({ email: `alice@${domain}`, local: 'alice', domain });
        const { findings = [] } = await probe.look(never);
        assert.ok(findings.length > 0);
        for (const { candidate } of findings) assert.deepEqual(candidateSchema.parse(candidate), candidate);
      }
  });

  it('knows who signs people in wherever that is the better way', () => {
    for (const { name, auth = [], issuer } of all) if (auth[0] === 'oauth') assert.ok(issuer, name);
  });

  it('knows providers by the hosts that take mail for others, whole labels of them alone', () => {
    const name = (host: string): string | undefined => providerByMx(host)?.name;
    assert.equal(name('aspmx.l.google.com'), 'Gmail');
    assert.equal(name('a-b.mail.protection.outlook.com'), 'Microsoft 365');
    assert.equal(name('in2-smtp.messagingengine.com'), 'Fastmail');
    for (const host of ['mx.notgoogle.com', 'google.com.evil.test', 'mx.outlook.com', 'mx.example.test'])
      assert.equal(name(host), undefined, host);
    assert.equal(providerOf('notgmail.com'), null);
    assert.equal(providerOf('constructor'), null);
  });
});
