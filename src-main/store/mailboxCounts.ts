import type { WriteDb } from './db.ts';

/** By how much counters of mailboxes change, by local id. */
export type Counts = Map<number, { total: number; unread: number }>;

/**
 * Adds to what unsettled changes mean for the counters. It matters while a mailbox shows the server's: those know nothing
 * of the changes. From its first fill on it counts its rows, which show them.
 */
export const addPendingCounts = (tx: WriteDb, counts: Counts): void => {
  for (const [mailbox, { total, unread }] of counts)
    if (total !== 0 || unread !== 0)
      tx.run(
        'UPDATE mailboxes SET pending_total = pending_total + ?, pending_unread = pending_unread + ? WHERE id = ? AND is_filled = 0',
        total,
        unread,
        mailbox,
      );
};

/** Adds what the server accepted to its counters, ahead of its own word. */
export const addServerCounts = (tx: WriteDb, counts: Counts): void => {
  for (const [mailbox, { total, unread }] of counts)
    if (total !== 0 || unread !== 0)
      tx.run(
        'UPDATE mailboxes SET server_total = server_total + ?, server_unread = server_unread + ? WHERE id = ? AND is_filled = 0',
        total,
        unread,
        mailbox,
      );
};
