import { type CapabilitySet, capabilitySets, dovecotAvailable, startDovecot } from '../servers/dovecot.ts';
import { conformanceSuite, overImap, type SuiteOptions } from './behaviours.ts';
import { oneEach } from './servers.ts';
import { inTurn } from './turns.ts';

const why = dovecotAvailable();
if (why !== null) {
  if (process.env['TERN_REQUIRE_SERVERS'] === '1') throw new Error(`no Dovecot to test with: ${why}`);
  console.error(`SKIPPED: conformance on Dovecot, because ${why}`);
}
const skip = why ?? false;

/** Without CONDSTORE a cycle that a person asked for reads the flags of all mail. */
const flagsRead: SuiteOptions['idle'] = { roundTrips: 30, bytes: 50_000 };

const idleOf: Partial<Record<CapabilitySet, SuiteOptions['idle']>> = { noCondstore: flagsRead, bare: flagsRead };

conformanceSuite(
  'IMAP of Dovecot',
  oneEach(() => startDovecot()),
  { ...overImap, skip },
);

for (const capabilities of capabilitySets) {
  if (capabilities === 'full') continue;
  conformanceSuite(
    `IMAP of Dovecot, ${capabilities}`,
    oneEach(() => startDovecot({ capabilities })),
    { ...overImap, idle: idleOf[capabilities] ?? overImap.idle, skip, takes: inTurn(capabilities) },
  );
}
