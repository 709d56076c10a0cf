import type { Clock } from '../../lib/clock.ts';
import type { CursorTable } from '../cursors.ts';
import type { Known } from '../driver.ts';
import type { ImapConnection } from './connection.ts';
import { type MailboxCursor, readCursor } from './mailboxCursor.ts';
import type { Matched } from './matching.ts';
import type { Quirks } from './quirks.ts';

/** The account's server and user, and how far each mailbox is, by its key. */
export type CursorKey = 'account' | 'filled' | `mailbox:${string}`;

/** How the keys of mailboxes' cursors begin. */
export const MAILBOX = 'mailbox:';

/** What a driver remembers as long as it lives. */
export type Memory = {
  /** Mailboxes as they were last handed over, by key: only what differs is handed over again. */
  told: Map<string, string>;
  /** When the flags of a mailbox were last read whole, on the monotonic clock, where there is no mod-sequence. */
  sweptAt: Map<string, number>;
  /** The server hinted at flags in INBOX, and they have not been read since. */
  flagsTold: boolean;
  /** Keys of mailboxes that were numbered anew, and may have emails under their old numbers. */
  renumbered: Set<string>;
  /** Mailboxes as they were last listed, by key; empty before the first listing. */
  mailboxes: ReadonlyMap<string, Matched>;
  /** Keys of mailboxes that Tern made, by the names they have now: until a pull has listed them nothing else tells. */
  made: Map<string, string>;
  /** Keys of mailboxes that Tern has deleted, or not: no answer said. */
  deleted: ReadonlySet<string>;
  /** Keys of mailboxes that the server could not find under the name they were listed with, and ids of such emails. */
  missed: Set<string>;
};

/** What every part of one pull shares. */
export type PullContext = CursorTable<CursorKey> & {
  /** The connection; a new one where the last was lost. Throws what keeps it from being made. */
  connection(): Promise<ImapConnection>;
  /** The user and the server that every id belongs to. */
  account: string;
  known: Known;
  clock: Clock;
  signal: AbortSignal;
  quirks: Quirks;
  /** Also look at what the server does not announce. */
  thorough: boolean;
  memory: Memory;
  /** Told when something new was found in INBOX. */
  foundNews(): void;
};

/** A mailbox that a pull works on: where it is on the server, and the key that its ids begin with. */
export type Place = Pick<Matched, 'path' | 'key' | 'labels'>;

/** Where a mailbox stands by now; null for one that was never seen, or that holds no mail. */
export const cursorOf = (context: PullContext, key: string): MailboxCursor | null =>
  readCursor(context.cursor(`mailbox:${key}`));
