import type { WriteDb } from './db.ts';

/** By how much counters of mailboxes change, by local id. */
export type Counts = Map<number, { total: number; unread: number }>;

/** It matters while a mailbox shows the server's counters: from its first fill on it counts its rows, which show all. */
const addTo =
  (kind: 'pending' | 'server') =>
  (tx: WriteDb, counts: Counts): void => {
    for (const [mailbox, { total, unread }] of counts)
      if (total !== 0 || unread !== 0)
        tx.run(
          `UPDATE mailboxes SET ${kind}_total = ${kind}_total + ?, ${kind}_unread = ${kind}_unread + ?
           WHERE id = ? AND is_filled = 0`,
          total,
          unread,
          mailbox,
        );
  };

/** Adds to what unsettled changes mean for the counters, which the server knows nothing of. */
export const addPendingCounts = addTo('pending');

/** Adds what the server accepted to its counters, ahead of its own word. */
export const addServerCounts = addTo('server');
