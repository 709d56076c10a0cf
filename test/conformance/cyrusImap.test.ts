import { cyrusAvailable, startCyrus } from '../servers/cyrus.ts';
import { conformanceSuite, overImap } from './behaviours.ts';
import { accountsOnOne } from './servers.ts';
import { inTurn } from './turns.ts';

const why = cyrusAvailable();
if (why !== null) {
  if (process.env['TERN_REQUIRE_SERVERS'] === '1') throw new Error(`no Cyrus to test with: ${why}`);
  console.error(`SKIPPED: conformance on Cyrus's imapd, because ${why}`);
}

conformanceSuite(
  'IMAP of Cyrus',
  accountsOnOne(() => startCyrus({ protocol: 'imap' })),
  { ...overImap, skip: why ?? false, takes: inTurn('cyrus') },
);
