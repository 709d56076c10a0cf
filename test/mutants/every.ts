import { accounts } from './accounts.ts';
import { composing } from './composing.ts';
import { discovering } from './discovery.ts';
import { imapCore } from './imapCore.ts';
import { imapReads } from './imapReads.ts';
import { imapWrites } from './imapWrites.ts';
import { leaving } from './leaving.ts';
import type { Mutant } from './mutant.ts';
import { oauth } from './oauth.ts';
import { outgoing } from './outgoing.ts';
import { push } from './push.ts';
import { queueCalls } from './queueCalls.ts';
import { queueDropped } from './queueDropped.ts';
import { queueFailed } from './queueFailed.ts';
import { queueMore } from './queueMore.ts';
import { queueOutcomes } from './queueOutcomes.ts';
import { queueRecord } from './queueRecord.ts';
import { queueView } from './queueView.ts';
import { reading } from './reading.ts';
import { readingServers } from './readingServers.ts';
import { replica } from './replica.ts';
import { sending } from './sending.ts';
import { sendingCore, sendingEngine } from './sendingEngine.ts';
import { sendingJmap } from './sendingJmap.ts';
import { sendingSettled } from './sendingSettled.ts';
import { core } from './table.ts';

/** What CI always runs. */
export const inCore: readonly Mutant[] = [...core, ...imapCore, ...sendingCore];

const others: readonly Mutant[] = [
  ...queueRecord,
  ...queueView,
  ...queueOutcomes,
  ...queueDropped,
  ...queueCalls,
  ...queueFailed,
  ...queueMore,
  ...reading,
  ...readingServers,
  ...leaving,
  ...composing,
  ...discovering,
  ...push,
  ...oauth,
  ...outgoing,
  ...sendingJmap,
  ...sending,
  ...sendingEngine,
  ...sendingSettled,
  ...replica,
  ...accounts,
  ...imapReads,
  ...imapWrites,
];

/** Every mutant there is. */
export const everyMutant: readonly Mutant[] = [...inCore, ...others];

/** So many days and every one had its turn. */
const TURNS = 12;

/** The part of the others whose turn it is. `day`: any number that grows by one a day. */
export const sliceOf = (day: number): Mutant[] => others.filter((_, index) => index % TURNS === day % TURNS);
