import type { Connections } from '../driver/connections.ts';
import type { Rpc } from '../rpc/rpc.ts';
import type { ConnectionWanted } from '../rpc/workerProtocol.ts';

/** Connections as the host lends them, to all drivers that a worker has in its life. */
export const connectionsBy = (rpc: Rpc): Connections => {
  let last = 0;
  return {
    take: async (wanted, signal) => {
      const lease = ++last;
      let isLent = true;
      const free = (): void => {
        // A line that is closed took all leases with it.
        if (isLent) rpc.call('freeConnection', { lease }).catch(() => undefined);
        isLent = false;
      };
      try {
        await rpc.call('takeConnection', { ...wanted, lease } satisfies ConnectionWanted, signal);
        return free;
      } catch (error) {
        // It may have been lent just as it was given up.
        if (signal.aborted) free();
        throw error;
      }
    },
  };
};
