import { cyrusAvailable, startCyrus } from '../servers/cyrus.ts';
import { skipWithout } from '../servers/skipWithout.ts';
import { conformanceSuite, overImap } from './behaviours.ts';
import { accountsOnOne } from './servers.ts';
import { inTurn } from './turns.ts';

const skip = skipWithout(cyrusAvailable(), "conformance on Cyrus's imapd");

conformanceSuite(
  'IMAP of Cyrus',
  accountsOnOne(() => startCyrus({ protocol: 'imap' })),
  { ...overImap, skip, takes: inTurn('cyrus') },
);
