import { TernError } from '../../src-shared/errors.ts';
import { abortReason, throwIfAborted } from '../lib/async.ts';
import type { ConnectionWanted } from '../rpc/workerProtocol.ts';

/** Who may have a connection to which server, over all accounts (docs/sync.md I7). */
export type ConnectionBudget = {
  /** Resolves when there is room, and it is lent. Throws `rateLimited` at once for one that listens and finds none. */
  take(account: string, wanted: ConnectionWanted, signal: AbortSignal): Promise<void>;
  free(account: string, lease: number): void;
  /** The account's worker is gone, and all its connections with it. */
  gone(account: string): void;
};

/** So many are kept for those who pull and read before anybody may listen. */
const KEPT = 2;

/** Each account numbers its own. */
const keyOf = (account: string, lease: number): string => `${account} ${lease}`;

type Lease = { account: string; server: string; use: ConnectionWanted['use'] };
type Waiting = { server: string; most: number; enter: () => void };

/** A budget of which nothing is taken. `makeRoom` asks an account to give back a connection that it can do without. */
export const createConnectionBudget = (makeRoom: (account: string) => void): ConnectionBudget => {
  const leases = new Map<string, Lease>();
  const queue = new Set<Waiting>();
  const of = (server: string): Lease[] => [...leases.values()].filter((each) => each.server === server);
  /** Whoever listens gives way first, the one that came last; else all that do nothing at the moment. */
  const askForRoom = (server: string, account: string): void => {
    const held = of(server);
    const listener = held.findLast(({ use }) => use === 'listen');
    const asked = listener ? [listener.account] : held.map((each) => each.account).filter((each) => each !== account);
    for (const each of new Set(asked)) makeRoom(each);
  };
  const handOn = (): void => {
    for (const waiting of queue) {
      if (of(waiting.server).length >= waiting.most) continue;
      queue.delete(waiting);
      waiting.enter();
    }
  };
  return {
    take: async (account, { lease: number, server, most, use }, signal) => {
      throwIfAborted(signal);
      if (use === 'listen' && of(server).length >= most - KEPT)
        throw new TernError('rateLimited', 'the server has as many connections as it is given');
      const lend = (): void => void leases.set(keyOf(account, number), { account, server, use });
      // While anybody waits there is no room, so nobody is passed by.
      if (of(server).length < most) return lend();
      askForRoom(server, account);
      return new Promise((resolve, reject) => {
        const leave = (): void => {
          if (queue.delete(waiting)) reject(abortReason(signal));
        };
        const enter = (): void => {
          signal.removeEventListener('abort', leave);
          // At once, so that nobody slips in between.
          resolve(lend());
        };
        const waiting = { server, most, enter };
        queue.add(waiting);
        signal.addEventListener('abort', leave);
      });
    },
    free: (account, lease) => {
      leases.delete(keyOf(account, lease));
      handOn();
    },
    gone: (account) => {
      for (const [lease, held] of leases) if (held.account === account) leases.delete(lease);
      handOn();
    },
  };
};
