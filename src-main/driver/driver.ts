import type { BodySource } from '../../src-shared/body.ts';
import type { TernError } from '../../src-shared/errors.ts';
import type {
  HeldIdentity,
  MailboxCounts,
  RemoteAttachment,
  RemoteEmail,
  RemoteEmailState,
  RemoteMailbox,
} from '../../src-shared/remote.ts';
import type { SearchTerm } from '../../src-shared/search.ts';
import type { Mailer } from './outgoing.ts';

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
  mailboxes?: {
    put: RemoteMailbox[];
    counts: MailboxCounts[];
    destroyed: string[];
    /** No longer found, and perhaps only called something else: they go, and nothing says that they were deleted. */
    lost?: string[];
  };
  emails?: {
    /** Emails that are held under another id by now, each with what it is there. Taken before all else. */
    moved?: EmailMove[];
    put: RemoteEmail[];
    /** Ids among `put` of mail that is new on the server, not only here: people are told of it. */
    arrived?: string[];
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

/**
 * An email that is held as `from` is `to.remoteId` now: another client moved it, or the server numbered it anew. It keeps
 * its local id and what is pending on it. Where `to.remoteId` is held, too, that copy gives way; where `from` is not held,
 * nothing happens. Within a delta, no id is both left and taken.
 */
export type EmailMove = { from: string; to: RemoteEmailState };

/** What a driver may ask about the replica: which remote ids it holds, and what tells them apart; nothing else. */
export type Known = {
  /** Which of these emails are held. */
  emails(remoteIds: string[]): Set<string>;
  /** The identities of those of these emails that are held, by remote id. */
  identities(remoteIds: string[]): Map<string, HeldIdentity>;
  /** What the driver noted of those of these emails (`PushOptions.note`) that no pull has shown moved yet, by remote id. */
  notes(remoteIds: string[]): Map<string, string>;
  /** Held emails in pages, in the order of their remote ids; start with ''. */
  emailsAfter(remoteId: string, limit: number): string[];
  /** How many held emails have a remote id from the first to the last, in that order. */
  countBetween(first: string, last: string): number;
  emailCount(): number;
  /** At least so many emails exist, by the server's own mailbox counters. */
  emailsExpected(): number;
  mailboxes(): string[];
  /** Mailboxes that Tern made and that no pull has brought yet. */
  madeMailboxes(): string[];
  /** Mailboxes whose deletion was put to the server, and no answer says what became of it. */
  unansweredDeletions(): string[];
};

/** What one email should become on the server: true adds, false takes away. A destroyed one ignores the rest. */
export type EmailPush = {
  remoteId: string;
  keywords: Record<string, boolean>;
  mailboxes: Record<string, boolean>;
  destroy: boolean;
  /** All keywords it should have in the end, where one has a name that servers read differently in a patch. */
  wholeKeywords?: string[];
  /** What this driver noted of the email when a push of the same changes was cut off; null where it noted nothing. */
  journal: string | null;
};

/** What a mailbox should become. A deletion names children before their parents. */
export type MailboxPush =
  | { op: 'create'; name: string; parentRemoteId: string | null }
  | { op: 'rename'; remoteId: string; name?: string | undefined; parentRemoteId?: string | null | undefined }
  | { op: 'delete'; remoteIds: string[]; removeEmails: boolean };

/** What the person changed, to be put to the server in one piece. */
export type Push = { type: 'emails'; emails: EmailPush[] } | { type: 'mailbox'; mailbox: MailboxPush };

/** What became of one email or mailbox of a push. */
export type Outcome =
  /**
   * The server has it. `remoteId` of a mailbox that was created, or is known by another id since it was renamed. `state` where what the server has of the email now is not
   * simply the push applied to what it had: it moved and has another id, its copy became an email of its own, or it could
   * only be marked as deleted. `cursors`: what tells a mailbox that was created from others before a pull has read it.
   */
  | { result: 'done'; remoteId?: string; state?: RemoteEmailState; cursors?: CursorMove[] }
  /** It never will. */
  | { result: 'refused'; error: TernError }
  /** The server tried and could not; later it may. `together`: it said so of several at once, and it may be for one of them. */
  | { result: 'failed'; error: TernError; together?: boolean }
  /**
   * It was sent, and no answer says what became of it. `counts`: as an attempt, if the server answers otherwise. `together`:
   * that may be for one of several.
   */
  | { result: 'unknown'; error: TernError; counts: boolean; together?: boolean }
  /** Nothing was done: the server's state is not the one the cursors stand for. Pull, and try again. */
  | { result: 'stale' };

/** How a push is sent. */
export type PushOptions = {
  cursors: Cursors;
  /** After so many stale answers: do not insist on the state that was pulled. Only for keywords of emails. */
  relaxed: boolean;
  /**
   * Keeps a note on emails of the batch under way, by remote id, in place of the one before; null takes it back. It is on disk when this
   * resolves, comes back as `EmailPush.journal` should the push be cut off, and goes with the final outcome; where that is
   * done, with the pull that confirms it.
   */
  note: (notes: Map<string, string | null>) => Promise<void>;
};

/** How a pull is done. */
export type PullOptions = {
  /** A person asked, or the run has just begun: look at what the server does not announce as well. */
  thorough: boolean;
};

/**
 * What an email says, and every part of it that can be saved; or, where the server cannot take it apart, the message as it
 * is (RFC 5322), perhaps only its beginning.
 */
export type FetchedBody =
  | { source: BodySource; attachments: RemoteAttachment[] }
  | { message: Uint8Array; isTruncated: boolean };

/**
 * How bodies are read. `maxBytes`: of each text as UTF-8, where the server decodes it; else half as many again of what is
 * encoded; 0 < maxBytes.
 */
export type ReadOptions = { cursors: Cursors; maxBytes: number };

/** A part of an email to be read, or all of it where `part` is null. `blobId`: what the server calls it, if it does. */
export type Blob = { remoteId: string; part: string | null; blobId: string | null };

/** A term of a search as a server knows it. 'in': in one of these mailboxes, 'beyond': in one that is none of them. */
export type ServerTerm =
  | Exclude<SearchTerm, { type: 'in' }>
  | { type: 'in' | 'beyond'; mailboxes: readonly string[]; not: boolean };

/** What is looked for on the server; all terms have to hold. `limit`: the newest so many are enough. */
export type ServerSearch = { terms: readonly ServerTerm[]; limit: number };

/** What a driver sent and received since it was made, reading on a person's behalf aside. */
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
  pull(cursors: Cursors, known: Known, signal: AbortSignal, options: PullOptions): AsyncGenerator<Delta, void, void>;
  /**
   * Resolves when the server hinted that something is new since the last pull began, with the moment of the hint on the
   * monotonic clock, and when `signal` is aborted. A hint may be wrong or missing; throws what ended the watching. Once it is
   * aborted the other verbs may be called at once.
   */
  watch(signal: AbortSignal): Promise<number>;
  /** Whether all that happens on the server is hinted at, as far as can be told by now: then to look all the same can wait. */
  hears(): boolean;
  /**
   * The machine slept, or its network is another one: connections may lead nowhere. Those in use are given up where they stay
   * silent, the others are made anew.
   */
  probe(): void;
  /** Gives back a connection that it can do without: the one that listens, else each as soon as it is not in use. */
  makeRoom(): void;
  /**
   * Puts what the person changed to the server; that it may have arrived is on disk by then. Outcomes in the order of the
   * emails, or one for a mailbox. Throws what concerns the whole connection: then nothing was done.
   */
  push(push: Push, options: PushOptions, signal: AbortSignal): Promise<Outcome[]>;
  /** How many emails one push may hold. */
  pushLimit(): number;
  /**
   * What emails say, by remote id; one that the server no longer has is left out, one that it cannot hand over has its error
   * there. May be called while another verb is under way, as may `readBlob`.
   */
  readBodies(
    remoteIds: string[],
    options: ReadOptions,
    signal: AbortSignal,
  ): Promise<Map<string, FetchedBody | TernError>>;
  /** A part's bytes, decoded, or the whole message's, in pieces as they come. Throws `notFound` where it is gone. */
  readBlob(
    blob: Blob,
    options: Pick<ReadOptions, 'cursors'>,
    signal: AbortSignal,
  ): AsyncGenerator<Uint8Array, void, void>;
  /**
   * Remote ids of emails that the server finds, as it finds them; what is found need not hold more than the server was able to
   * look for. Answers whether that is all there is. May be called while another verb is under way.
   */
  search(
    search: ServerSearch,
    options: Pick<ReadOptions, 'cursors'>,
    signal: AbortSignal,
  ): AsyncGenerator<string[], boolean, void>;
  /** The half by which mail leaves, where the driver has one. */
  mailer?: Mailer;
  traffic(): Traffic;
  close(): Promise<void>;
};
