import * as z from 'zod';
import { safeJson } from '../../lib/json.ts';
import { labelsText } from './gmail.ts';
import type { MailboxStatus } from './list.ts';
import type { Matched } from './matching.ts';

/** So many messages that cannot be read are remembered of a mailbox. */
export const MOST_BROKEN = 1000;

/**
 * How far one mailbox is synced (docs/sync.md I1). Every message with low <= UID <= last is held, under this UIDVALIDITY;
 * the first fill is done when low is 1.
 */
const schema = z.object({
  /** The mailbox's name on the server, as the server writes it. */
  path: z.string(),
  /** MAILBOXID (RFC 8474), which survives a rename. */
  mailboxId: z.string().nullable(),
  /** UIDVALIDITY; '0' where the server has none that means anything. */
  validity: z.string(),
  low: z.int().min(1),
  last: z.int().min(0),
  /** Flags are known as of this mod-sequence (RFC 7162); null: none that can be trusted, so they are read whole. */
  modseq: z.string().nullable(),
  /** The labels that its messages were read with (Gmail): under others, all of theirs are read anew. */
  labels: z.string().nullable(),
  /** What STATUS said when it was last looked at: as long as it says the same, nothing is new. */
  messages: z.int().min(0),
  next: z.int().min(0),
  unseen: z.int().min(0),
  /** Messages that the server lists and does not hand over: each has a placeholder, and is asked for again later. */
  broken: z.array(z.int()).max(MOST_BROKEN),
});
export type MailboxCursor = z.infer<typeof schema>;

/** The stored text of a cursor. */
export const cursorText = (cursor: MailboxCursor): string => JSON.stringify(cursor);

/** A stored cursor; null for one that cannot be read, which then is as if there were none. */
export const readCursor = (text: string | null): MailboxCursor | null => {
  const parsed = schema.safeParse(text === null ? null : safeJson(text));
  return parsed.success ? parsed.data : null;
};

/** The cursor of a mailbox of which nothing is held. What STATUS says was said before anything is fetched. */
export const startOf = ({ path, labels }: Pick<Matched, 'path' | 'labels'>, status: MailboxStatus): MailboxCursor => ({
  path,
  labels: labelsText(labels),
  mailboxId: status.mailboxId,
  validity: status.validity,
  low: status.messages === 0 ? 1 : Math.max(status.next, 1),
  last: Math.max(status.next, 1) - 1,
  modseq: status.modseq,
  messages: status.messages,
  next: status.next,
  unseen: status.unseen,
  broken: [],
});
