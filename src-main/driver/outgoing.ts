import type { TernError } from '../../src-shared/errors.ts';
import type { RemoteIdentity } from '../../src-shared/remote.ts';
import type { Cursors, Outcome } from './driver.ts';

/** A message (RFC 5322, CRLF throughout) as it lies on this disk, never changed again. `path`: absolute; `size`: bytes. */
export type MessageFile = { path: string; size: number };

/** A message to be put into a mailbox: a draft, or the copy of what was sent. */
export type Filing = {
  file: MessageFile;
  /** Its Message-ID without angle brackets; no other message has it. */
  messageId: string;
  /** Remote id. */
  mailbox: string;
  keywords: string[];
  /** Ms since the epoch. */
  receivedAt: number;
  /** What was noted by a call that was cut off: the message may be there, and is looked for first. Null: never tried. */
  journal: string | null;
};

/** How a message is filed. `note` keeps what a later call needs to find it again: on disk when it resolves. */
export type FilingOptions = { cursors: Cursors; note: (journal: string) => Promise<void> };

/** The SMTP envelope (RFC 5321 section 3.3): addresses alone. */
export type Envelope = { from: string; to: string[] };

/** A message on its way out, without Bcc in its header: no driver takes it out, and not every server does. */
export type Outgoing = {
  file: MessageFile;
  messageId: string;
  envelope: Envelope;
  /** The draft (`$draft`) that `file` made of it, where the server sends what it holds (`Outlet`); null: bytes are handed over. */
  email: string | null;
  identity: string | null;
  /** Remote ids; null where there is none. */
  drafts: string | null;
  sent: string | null;
  /** Not before this moment, in ms since the epoch, where the server keeps it until then; null: now. */
  holdUntil: number | null;
};

/**
 * How a message is handed over. `committing` is told as the last moment comes in which it is certain that the server has not
 * accepted it, with what the driver wants to find again should no answer come; on disk when it resolves. Told again, the last
 * journal counts.
 */
export type OutgoingOptions = { cursors: Cursors; committing: (journal: string) => Promise<void> };

/**
 * What became of one recipient. `reply`: what the server said, made harmless, at most 200 characters; why it was not even
 * asked, where it was not; null where there is nothing to tell.
 */
export type RecipientResult = { email: string; state: 'accepted' | 'refused' | 'failed'; reply: string | null };

/** What became of a message handed over. `recipients`: all of them, in the order of the envelope. */
export type SendResult =
  /**
   * The server has it for at least one recipient; `failed` ones may be tried again. `filed`: it lies in Sent by now, or the server puts it there.
   * `submission`: what cancels it while the server holds it back.
   */
  | { result: 'accepted'; recipients: RecipientResult[]; filed: boolean; submission: string | null }
  /** Nobody gets it, and nobody ever will. */
  | { result: 'refused'; error: TernError; recipients: RecipientResult[] }
  /** Nobody got it; later somebody may. Of kind `notFound`: the server no longer has the email, which has to be filed again. */
  | { result: 'failed'; error: TernError; recipients: RecipientResult[] }
  /** The last moment had passed, and no answer came. */
  | { result: 'unknown'; error: TernError };

/**
 * What can be told of a message that no answer came for. `accepted`: the server has it for everybody; recipients: it had it, and
 * tells what became of each; `refused`: certainly not, and never will by the try that the journal is of.
 */
export type Fate = 'accepted' | RecipientResult[] | 'refused' | 'unknown';

/**
 * How mail leaves: `held`: the server sends an email that it holds (RFC 8621 section 7); `bytes`: they are handed over
 * (RFC 6409); `none`: not at all. `holdSeconds`: so long the server keeps mail back by itself; 0: it does not.
 * `largest`: bytes of a message, null where the server does not say.
 */
export type Outlet = { way: 'held' | 'bytes' | 'none'; holdSeconds: number; largest: number | null };

/**
 * The half of a driver by which mail leaves. All of it may be called while another verb is under way. It throws what
 * concerns the whole connection (`network`, `tls`, `auth`, `rateLimited`, `server`), `storage` where the message is not on
 * this disk, `unsupported` for a credential, and why it was aborted: then nothing was done, whatever was noted.
 */
export type Mailer = {
  /** After `open`. For `bytes` it may have to ask. */
  outlet(signal: AbortSignal): Promise<Outlet>;
  /** Empty where the server does not know. */
  identities(signal: AbortSignal): Promise<RemoteIdentity[]>;
  /**
   * Puts a message into a mailbox, once, however often it is called for the same message. `done` has the email's remote id
   * where it is known. After `unknown` it is to be called again, with what was noted, in a while: the server may be at it still.
   */
  file(filing: Filing, options: FilingOptions, signal: AbortSignal): Promise<Outcome>;
  /** Hands a message over, at most once. */
  submit(message: Outgoing, options: OutgoingOptions, signal: AbortSignal): Promise<SendResult>;
  /** Looks for what became of a message after an `unknown`; sends nothing. `journal`: as `committing` was told. */
  fate(message: Outgoing, journal: string, cursors: Cursors, signal: AbortSignal): Promise<Fate>;
  /**
   * Sees to it that an email that was sent lies in Sent and is no draft, where submitting it did not do so (RFC 8621
   * section 7.5.1); for `bytes`, whether a message with this Message-ID lies in Sent.
   */
  isFiled(message: Outgoing, cursors: Cursors, signal: AbortSignal): Promise<boolean>;
  /** Takes back what the server still holds back, once it is filed as sent (`isFiled`); false where it is too late. */
  cancel(submission: string, message: Outgoing, cursors: Cursors, signal: AbortSignal): Promise<boolean>;
};
