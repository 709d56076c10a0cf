import type { Store, WriteDb } from '../../src-main/store/db.ts';
import { readCursors } from '../../src-main/store/syncState.ts';

/** One transaction: what it changed by remote id, and the replica right after it. */
export type Commit = {
  created: number;
  updated: number;
  destroyed: number;
  mailboxes: number;
  /** All cursors as they are now. */
  cursors: Record<string, string>;
  /** How many emails are held now. */
  held: number;
  /** Whether it is on disk, as what a person did has to be. */
  durable: boolean;
};

/** A store as one run of the program uses it: every commit is noted, and from a chosen one on nothing is written. */
export type WatchedStore = {
  store: Store;
  /** The same for the sync log: not noted, not counted, but nothing is written after the crash either. */
  logStore: Store;
  /** Dies instead of the n-th commit from now (1 is the next one), as by kill -9. */
  crashAt(n: number): void;
  crashed(): boolean;
};

/** What a commit after the crash meets; no program lives to see it. */
const crash = new Error('killed by the test');

/** Watches `store`; `onCommit` hears of every transaction right after it. */
export const watchStore = (store: Store, onCommit: (commit: Commit) => void): WatchedStore => {
  let left = Number.POSITIVE_INFINITY;
  let dead = false;
  const write: Store['write'] = (fn, options) => {
    left -= 1;
    dead ||= left <= 0;
    if (dead) throw crash;
    const noted: { tx?: WriteDb } = {};
    const result = store.write((tx) => {
      noted.tx = tx;
      return fn(tx);
    }, options);
    const emails = [...(noted.tx?.changed.emails.values() ?? [])];
    const count = (fate: string): number => emails.filter((each) => each === fate).length;
    onCommit({
      created: count('created'),
      updated: count('updated'),
      destroyed: count('destroyed'),
      mailboxes: noted.tx?.changed.mailboxes.size ?? 0,
      cursors: store.read(readCursors),
      held: store.read((db) => db.get<{ n: number }>('SELECT count(*) AS n FROM emails')?.n ?? 0),
      durable: options?.durable === true,
    });
    return result;
  };
  const writeLog: Store['write'] = (fn, options) => {
    if (dead) throw crash;
    return store.write(fn, options);
  };
  // The store itself in all but `write`: its handles and statements are shared.
  const withWrite = (value: Store['write']): Store => Object.create(store, { write: { value } }) as Store;
  return {
    store: withWrite(write),
    logStore: withWrite(writeLog),
    crashAt: (n) => {
      left = n;
    },
    crashed: () => dead,
  };
};
