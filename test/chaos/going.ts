import type { Readable } from './actor.ts';
import type { Ledger } from './ledger.ts';

/** A failed deletion of a mailbox that is tried again takes what is in it, and below it, by then, and nowhere else. */
export const noteGoing = (ledger: Ledger, raw: Readable, change: number): void => {
  const rows = raw.read((db) =>
    db.all<{ id: number }>(
      `WITH RECURSIVE tree(id) AS (
         SELECT json_extract(payload, '$.mailbox') FROM pending_changes
         WHERE id = ? AND type = 'mailbox' AND stage = 'failed' AND json_extract(payload, '$.removeEmails')
         UNION SELECT m.id FROM mailboxes m JOIN tree ON m.parent_id = tree.id)
       SELECT DISTINCT email_id AS id FROM email_mailboxes WHERE mailbox_id IN (SELECT id FROM tree)
         AND email_id NOT IN (SELECT email_id FROM email_mailboxes WHERE mailbox_id NOT IN (SELECT id FROM tree))`,
      change,
    ),
  );
  for (const { id } of rows) {
    const object = ledger.remoteEmails.get(id);
    if (object !== undefined) ledger.doomed.set(object, (ledger.doomed.get(object) ?? new Set()).add(change));
  }
};
