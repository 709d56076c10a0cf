import { type CapabilitySet, capabilitySets, dovecotAvailable, startDovecot } from '../servers/dovecot.ts';
import { conformanceSuite, overImap, type SuiteOptions } from './behaviours.ts';
import { oneEach } from './servers.ts';

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

// Shown whole by `npm run conformance`. In `npm test` each behaviour is shown on one of the poorer servers, tomorrow on the
// next; TERN_TURN=3 is another day's choice.
const poorer = capabilitySets.filter((set) => set !== 'full');
const whole = process.env['TERN_CONFORMANCE'] === 'whole';
const turn = Number(process.env['TERN_TURN'] ?? Math.floor(Date.now() / 86_400_000));

for (const [place, capabilities] of poorer.entries()) {
  conformanceSuite(
    `IMAP of Dovecot, ${capabilities}`,
    oneEach(() => startDovecot({ capabilities })),
    {
      ...overImap,
      idle: idleOf[capabilities] ?? overImap.idle,
      skip,
      takes: (index) => whole || (index + turn) % poorer.length === place,
    },
  );
}
