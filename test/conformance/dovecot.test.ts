import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import {
  type CapabilitySet,
  capabilitySets,
  type DovecotOptions,
  dovecotAvailable,
  startDovecot,
} from '../servers/dovecot.ts';
import { skipWithout } from '../servers/skipWithout.ts';
import { until } from '../support/processes.ts';
import { conformanceSuite, overImap, type SuiteOptions } from './behaviours.ts';
import { oneEach } from './servers.ts';
import { inTurn } from './turns.ts';
import { letters, openWorld, ownHome, rowOf, type World } from './world.ts';

const skip = skipWithout(dovecotAvailable(), 'conformance on Dovecot');

/** Without CONDSTORE a cycle that a person asked for reads the flags of all mail. */
const flagsRead: SuiteOptions['idle'] = { roundTrips: 30, bytes: 50_000 };

const idleOf: Partial<Record<CapabilitySet, SuiteOptions['idle']>> = { noCondstore: flagsRead, bare: flagsRead };

conformanceSuite(
  'IMAP of Dovecot',
  oneEach(() => startDovecot()),
  { ...overImap, skip, takes: inTurn('dovecot') },
);

for (const capabilities of capabilitySets) {
  if (capabilities === 'full') continue;
  conformanceSuite(
    `IMAP of Dovecot, ${capabilities}`,
    oneEach(() => startDovecot({ capabilities })),
    { ...overImap, idle: idleOf[capabilities] ?? overImap.idle, skip, takes: inTurn(capabilities) },
  );
}

describe('TLS of Dovecot', { skip, concurrency: 2 }, () => {
  /** Tern, told to trust who signed the server's certificate. */
  const secured = async (t: TestContext, how: DovecotOptions): Promise<World> => {
    const server = await startDovecot(how);
    const home = ownHome(t, { NODE_EXTRA_CA_CERTS: `${server.folder}/ca.pem` });
    return openWorld(t, async () => server, home);
  };

  for (const security of ['tls', 'starttls'] as const) {
    it(`mail comes and goes over ${security}`, { timeout: 180_000 }, async (t) => {
      const world = await secured(t, { security });
      const ids = await world.server.deliver(letters('sealed', 3));
      await world.add();
      await world.agree();
      await world.server.destroy(ids.slice(0, 1));
      assert.equal((await world.agree()).emails.length, 2);
    });
  }

  for (const certificate of ['expired', 'otherHost'] as const) {
    it(`nothing is sent to a server with a bad certificate: ${certificate}`, { timeout: 180_000 }, async (t) => {
      const world = await secured(t, { security: certificate === 'expired' ? 'tls' : 'starttls', certificate });
      await world.add();
      await until('the account to be blocked', async () => (await rowOf(world)).phase === 'blocked');
      assert.equal((await world.sync()).error?.kind, 'tls');
      assert.deepEqual((await world.host().call('mailboxes.list', world.account(), {})).mailboxes, []);
    });
  }
});
