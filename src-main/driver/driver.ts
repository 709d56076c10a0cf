import type { MailboxCounts, RemoteEmail, RemoteEmailState, RemoteMailbox } from '../../src-shared/remote.ts';

/** Cursors by key, as last committed. What they say is the driver's own affair. */
export type Cursors = Record<string, string>;

/** A cursor's step, taken by compare-and-set in the transaction of the rows it covers. Null: no such cursor. */
export type CursorMove = { key: string; from: string | null; to: string | null };

/**
 * A delta of up to so many rows is one transaction with its cursors; a larger one is several, the cursors in the last.
 * 25 rows are 1 ms of work (measured), so that a read never waits a frame for its turn.
 */
export const ROWS_AT_ONCE = 25;

/**
 * A piece of the server's truth and the cursors that go with it. Committed whole, before the driver is asked for
 * the next one. Applying one twice is harmless.
 */
export type Delta = {
  mailboxes?: { put: RemoteMailbox[]; counts: MailboxCounts[]; destroyed: string[] };
  emails?: {
    put: RemoteEmail[];
    /** For emails that are held; one that is not is ignored. */
    patched: RemoteEmailState[];
    destroyed: string[];
  };
  cursors: CursorMove[];
  /** How far the first fill is, in emails. */
  progress?: { done: number; total: number };
  /** Every email is held now: counters are counted from here on. */
  filled?: boolean;
};

/** What a driver may ask about the replica: which remote ids it holds, nothing else. */
export type Known = {
  /** Which of these emails are held. */
  emails(remoteIds: string[]): Set<string>;
  /** Held emails in pages, in the order of their remote ids; start with ''. */
  emailsAfter(remoteId: string, limit: number): string[];
  emailCount(): number;
  /** At least so many emails exist, by the server's own mailbox counters. */
  emailsExpected(): number;
  mailboxes(): string[];
};

/** What a driver sent and received since it was made. */
export type Traffic = { roundTrips: number; bytes: number };

/**
 * One account's server, whatever it speaks. A driver deals in plain values and never sees the store.
 * Errors are `TernError`s whose kind says what they mean for the account.
 */
export type Driver = {
  /**
   * Connects and signs in, or does nothing when that still holds. `saved` is what the last `open` answered,
   * kept by the engine between runs of the program.
   */
  open(saved: string | null, signal: AbortSignal): Promise<string>;
  /** Everything that is new since the cursors, in order. Ends when the replica is true, or throws. */
  pull(cursors: Cursors, known: Known, signal: AbortSignal): AsyncGenerator<Delta, void, void>;
  traffic(): Traffic;
  close(): Promise<void>;
};
