import type { ReadDb } from './db.ts';
import { sortKeyFloor } from './sortKey.ts';

/** Which of these emails a person wants to hear of, oldest first: unread, in the inbox, and received since `since` (ms). */
export const worthTelling = (db: ReadDb, ids: readonly number[], since: number): number[] =>
  db
    .all<{ id: number }>(
      `SELECT id FROM emails
       WHERE id IN (SELECT value FROM json_each(?)) AND sort_key >= ? AND is_unread = 1 AND is_hidden = 0
         AND EXISTS (SELECT 1 FROM email_mailboxes p JOIN mailboxes m ON m.id = p.mailbox_id
           WHERE p.email_id = emails.id AND m.role = 'inbox')
         AND NOT EXISTS (SELECT 1 FROM email_mailboxes p JOIN mailboxes m ON m.id = p.mailbox_id
           WHERE p.email_id = emails.id AND m.role IN ('sent', 'drafts', 'junk', 'trash'))
       ORDER BY sort_key`,
      JSON.stringify(ids),
      sortKeyFloor(Math.floor(since / 1000)),
    )
    .map(({ id }) => id);
