/** The bytes of a mail and what never changes about it; each place of it in a mailbox is an `Entry`. */
export type Message = {
  /** Number of the delivery. */
  readonly seq: number;
  /** EMAILID and X-GM-MSGID: a copy has the same (RFC 8474 section 5.1). */
  readonly emailId: string;
  readonly threadId: string;
  /** INTERNALDATE in milliseconds, whole seconds. */
  readonly at: number;
  /** The bytes; those of made-up mail are made anew each time. */
  raw(): Buffer;
  /** Octets of the bytes, without making them. */
  size(): number;
};

/** A message in a mailbox, under a UID. Moved, it is another entry with the same id. */
export type Entry = {
  /** What tests call it, wherever it is moved. A copy has an id of its own, but for labels of Gmail. */
  readonly id: string;
  /** The id of what it was copied from, or its own. */
  readonly family: string;
  readonly message: Message;
  readonly mailbox: Mailbox;
  uid: number;
  /** System flags first, in their usual spelling; keywords as the mailbox first saw them. Replaced, never changed. */
  flags: readonly string[];
  modseq: number;
  gone: boolean;
};

/** Told of what happens in a mailbox, while it happens. */
export type Watcher = {
  arrived(entry: Entry): void;
  changed(entry: Entry): void;
  expunged(entry: Entry): void;
  /** The mailbox is deleted, or its UIDs are others from now on: whoever selected it must go. */
  closed(why: string): void;
};

/** A mailbox, or a name that only holds others (`selectable: false`). */
export type Mailbox = {
  /** MAILBOXID (RFC 8474 section 4.1); what tests call it. */
  readonly id: string;
  /** Its names from the root, joined by the account's delimiter. */
  path: string;
  selectable: boolean;
  subscribed: boolean;
  /** The attribute of RFC 6154, as `\Sent`. */
  specialUse: string | null;
  uidValidity: number;
  uidNext: number;
  /** HIGHESTMODSEQ (RFC 7162 section 3.1.2.1). */
  modseq: number;
  noModseq: boolean;
  /** In UID order. */
  entries: Entry[];
  /** What was expunged, in that order. Only what came after `expungedSince` is known for certain. */
  expunged: { uid: number; modseq: number }[];
  expungedSince: number;
  /** Keywords ever used here: as first spelled, by lower case. */
  readonly keywords: Map<string, string>;
  readonly watchers: Set<Watcher>;
};

/** All that one user has. */
export type Account = {
  readonly gmail: boolean;
  readonly delimiter: string;
  /** Keywords that may be stored (lower case), or null where any may: PERMANENTFLAGS with `\*`. */
  readonly keywords: ReadonlySet<string> | null;
  readonly mailboxes: Map<string, Mailbox>;
  /** Where each email is, by id: one place, but for labels of Gmail. */
  readonly places: Map<string, Entry[]>;
  readonly counts: { mailboxes: number; messages: number; entries: number; uidValidity: number };
};

/** The system flags that can be stored, by lower case (RFC 3501 section 2.3.2). */
export const systemFlags: ReadonlyMap<string, string> = new Map(
  ['\\Answered', '\\Flagged', '\\Deleted', '\\Seen', '\\Draft'].map((flag) => [flag.toLowerCase(), flag]),
);

/** The entry with that UID, and its place in a list that is in UID order; -1 where there is none. */
export const indexOfUid = (entries: readonly Entry[], uid: number): number => {
  let [low, high] = [0, entries.length - 1];
  while (low <= high) {
    const middle = (low + high) >> 1;
    const found = entries[middle]?.uid ?? 0;
    if (found === uid) return middle;
    if (found < uid) low = middle + 1;
    else high = middle - 1;
  }
  return -1;
};
