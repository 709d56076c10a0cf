import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { createDiscover } from '../../../src-main/app/discovery/discover.ts';
import { calls } from '../../../src-shared/contract.ts';
import { events } from '../../../src-shared/events.ts';
import { fakeClock } from '../../support/clock.ts';
import { type SmallInternet, startSmallInternet } from '../../support/smallInternet.ts';
import { type Setup, worded } from './setup.ts';
import { fileSetups } from './setupsFiles.ts';
import { jmapSetups } from './setupsJmap.ts';
import { otherSetups } from './setupsOthers.ts';
import { srvSetups } from './setupsSrv.ts';

const setups = { JMAP: jmapSetups, 'SRV records': srvSetups, files: fileSetups, 'the other sources': otherSetups };
const all = Object.values(setups).flat();
const hosts = [...new Set(all.flatMap((setup) => Object.keys(setup.hosts ?? {})))];

const never = new AbortController().signal;

describe('discovery, of domains set up by', () => {
  let net: SmallInternet;
  before(async () => {
    net = await startSmallInternet(hosts);
    for (const { dns = [], hosts: listening = {} } of all) {
      net.dns.add(...dns);
      for (const [host, there] of Object.entries(listening))
        if (Array.isArray(there)) await net.host(host, there);
        else await net.host(host, there.services, there.at);
    }
  });
  after(() => net.stop());

  const look = async ({ email, ispdb = false }: Setup) => {
    const told: unknown[] = [];
    const discover = createDiscover({
      clock: fakeClock(),
      emit: (name, data) => told.push([name, data]),
      ispdb: async () => ispdb,
      testNetwork: net.network,
    });
    return { told, answer: await discover(email, never) };
  };

  for (const [kind, some] of Object.entries(setups))
    describe(kind, () => {
      for (const setup of some)
        it(setup.what, async () => {
          const { answer, told } = await look(setup);
          assert.deepEqual(answer.candidates.map(worded), setup.found);
          for (const [name, words] of Object.entries(setup.told ?? {})) {
            const probe = answer.probes.find(({ source, target }) => `${source} ${target}` === name);
            const said = probe && `${probe.state}${probe.reason === undefined ? '' : ` ${probe.reason}`}`;
            assert.ok(said?.startsWith(words), `${name}: ${said}`);
          }
          // Nothing but what the contract says, and every source ends with what it said.
          assert.deepEqual(calls['accounts.discover'].output.parse(answer), answer);
          assert.ok(answer.probes.every(({ state, reason }) => state !== 'looking' && (state === 'found' || reason)));
          const last = events.discovery.data.parse((told.at(-1) as [string, unknown])[1]);
          assert.deepEqual([last.email, last.candidates], [setup.email, answer.candidates]);
        });
    });

  it('has at least 60 of them', () => assert.ok(all.length >= 60, String(all.length)));

  it('tells a hoster nothing of the address, and a domain only its own', () => {
    const asked = net.requests.filter(({ path }) => path.includes('@') || path.includes('%40'));
    assert.ok(asked.length > 0);
    for (const { host, path } of asked) {
      const domain = decodeURIComponent(path).split('@')[1];
      assert.equal(host, `autoconfig.${domain}`);
    }
  });

  it('says nothing to mail servers but what opens a conversation, and sends pages no credential', () => {
    const harmless = /^(EHLO \[127\.0\.0\.1\]|STARTTLS|QUIT|a CAPABILITY|a STARTTLS|z LOGOUT)$/;
    const lines = net.heard();
    assert.deepEqual(
      lines.filter((line) => !harmless.test(line)),
      [],
    );
    assert.ok(lines.length > 50);
    for (const { headers } of net.requests)
      assert.deepEqual(Object.keys(headers).toSorted(), [
        'accept',
        'accept-encoding',
        'connection',
        'host',
        'user-agent',
      ]);
  });
});
