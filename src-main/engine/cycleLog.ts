import type { Log } from '../lib/log.ts';
import type { Store } from '../store/db.ts';
import { type CycleRecord, logCycle } from '../store/syncLog.ts';

/** The sync log's writing end. A cycle that the disk would not take is kept in memory until it does. */
export type CycleLog = {
  add(cycle: CycleRecord): void;
  /** Cycles not on disk yet, oldest first. */
  unwritten(): readonly CycleRecord[];
};

const KEPT_UNWRITTEN = 100;

/** A log that writes into the store, and into memory while the store cannot. */
export const createCycleLog = (store: Store, log: Log): CycleLog => {
  let waiting: CycleRecord[] = [];
  return {
    add: (cycle) => {
      waiting = [...waiting, cycle].slice(-KEPT_UNWRITTEN);
      try {
        store.write((tx) => {
          for (const each of waiting) logCycle(tx, each);
        });
        waiting = [];
      } catch (error) {
        log.warn({ err: error }, 'the sync log cannot be written');
      }
    },
    unwritten: () => waiting,
  };
};
