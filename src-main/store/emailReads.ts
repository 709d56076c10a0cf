import type { Address, Email, EmailHead } from '../../src-shared/model.ts';
import type { RemoteHeaders } from '../../src-shared/remote.ts';
import { isoTime } from '../lib/clock.ts';
import { safeJson, storedList } from '../lib/json.ts';
import { readAttachments } from './attachments.ts';
import type { ReadDb } from './db.ts';
import { secondOfSortKey } from './sortKey.ts';
import { threadCounts } from './threads.ts';

/** The columns that make an `EmailHead`. */
export type HeadRow = {
  id: number;
  thread_id: number;
  sort_key: number;
  sent_at: string | null;
  subject: string | null;
  from_list: string;
  to_list: string;
  cc_list: string;
  preview: string;
  size: number;
  has_attachment: number;
  keywords: string;
  pending: number;
  mailbox_ids: string;
};

/** SQL for `HeadRow`, of the table alias `e`. The mailboxes ride along: a query of their own per row costs six times more. */
export const headColumns = `e.id, e.thread_id, e.sort_key, e.sent_at, e.subject, e.from_list, e.to_list, e.cc_list,
  e.preview, e.size, e.has_attachment, e.keywords,
  CASE e.pending WHEN 0 THEN 0 ELSE EXISTS (SELECT 1 FROM pending_emails p INDEXED BY pending_emails_active
    WHERE p.email_id = e.id AND p.stage IN ('queued', 'inflight', 'acknowledged') AND p.stage <> 'acknowledged') END AS pending,
  (SELECT json_group_array(h.mailbox_id) FROM email_mailboxes h JOIN mailboxes i ON i.id = h.mailbox_id
   WHERE h.email_id = e.id AND i.is_listed = 1) AS mailbox_ids`;

const idSet = (names: (string | number)[]): Record<string, true> =>
  Object.fromEntries(names.map((name) => [String(name), true as const]));

/** A row as lists show it. */
export const headOf = (account: string, row: HeadRow): EmailHead => ({
  id: String(row.id),
  account,
  threadId: String(row.thread_id),
  mailboxIds: idSet(storedList<number>(row.mailbox_ids)),
  keywords: idSet(storedList<string>(row.keywords)),
  subject: row.subject,
  from: storedList<Address>(row.from_list),
  to: storedList<Address>(row.to_list),
  cc: storedList<Address>(row.cc_list),
  receivedAt: isoTime(secondOfSortKey(row.sort_key) * 1000),
  sentAt: row.sent_at,
  preview: row.preview,
  hasAttachment: row.has_attachment === 1,
  size: row.size,
  pending: row.pending > 0,
});

/** The same with the size and unread count of its thread. */
export const threadHeadOf = (db: ReadDb, account: string, row: HeadRow): EmailHead => {
  const counts = threadCounts(db, row.thread_id);
  return { ...headOf(account, row), threadSize: counts.size, threadUnread: counts.unread };
};

/** The head of one email by its local id. */
export const readHead = (db: ReadDb, account: string, id: number): EmailHead | undefined => {
  const row = db.get<HeadRow>(`SELECT ${headColumns} FROM emails e WHERE e.id = ? AND e.is_hidden = 0`, id);
  return row && headOf(account, row);
};

const noHeaders: RemoteHeaders = {
  bcc: [],
  replyTo: [],
  sender: [],
  messageId: [],
  inReplyTo: [],
  references: [],
  listUnsubscribe: null,
  listUnsubscribePost: null,
};

/** One email whole, by its local id. */
export const readEmail = (db: ReadDb, account: string, id: number): Email | undefined => {
  const row = db.get<HeadRow & { headers: string }>(
    `SELECT ${headColumns}, e.headers FROM emails e WHERE e.id = ? AND e.is_hidden = 0`,
    id,
  );
  if (!row) return undefined;
  const { listUnsubscribe, listUnsubscribePost, ...headers } = {
    ...noHeaders,
    ...(safeJson(row.headers) as Partial<RemoteHeaders> | undefined),
  };
  return {
    ...headOf(account, row),
    ...headers,
    attachments: readAttachments(db, id),
    ...(listUnsubscribe === null ? {} : { listUnsubscribe }),
    ...(listUnsubscribePost === null ? {} : { listUnsubscribePost }),
  };
};
