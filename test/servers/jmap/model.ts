import type { Address } from '../../../src-shared/model.ts';
import type { TestMail } from '../mailServer.ts';

/** A JSON object whose fields nobody has checked yet. */
export type Fields = Record<string, unknown>;

/** A `TestMail` with what only the in-process server can hold. `headers` are added to the raw message as they are. */
export type ServerMail = TestMail & {
  cc?: Address[];
  bcc?: Address[];
  replyTo?: Address[];
  references?: string[];
  sentAt?: Date;
  /** Parameters of the plain text's Content-Type, as `format=flowed`. */
  textParameters?: string;
  headers?: Record<string, string>;
  /** The message as a client brought it (RFC 5322); what else is here was read from it. */
  raw?: Buffer;
};

/** An email as the server keeps it; the arrays are shared between emails and therefore replaced, never changed. */
export type StoredEmail = {
  readonly id: string;
  /** Number of the delivery: breaks ties between equal dates. */
  readonly seq: number;
  readonly threadId: string;
  readonly mail: ServerMail;
  readonly receivedAt: number;
  mailboxIds: readonly string[];
  keywords: readonly string[];
  /** Octets of the raw message; 0 until somebody asks. */
  size: number;
  /** Laid over what Email/get answers; a value of undefined takes the property away. */
  override: Fields | null;
};

/** A thread: its emails, oldest first (RFC 8621 section 3). */
export type StoredThread = { readonly id: string; emails: StoredEmail[] };

/** Names of a mailbox's counters (RFC 8621 section 2). */
export const counterNames = ['totalEmails', 'unreadEmails', 'totalThreads', 'unreadThreads'] as const;
/** The counters of a mailbox. */
type Counters = Record<(typeof counterNames)[number], number>;

/** A mailbox as the server keeps it (RFC 8621 section 2). */
export type StoredMailbox = {
  readonly id: string;
  name: string;
  parentId: string | null;
  readonly role: string | null;
  sortOrder: number;
  isSubscribed: boolean;
  readonly counters: Counters;
  override: Fields | null;
};

/** The types that have a state and changes of their own. */
export type ChangeType = 'Mailbox' | 'Email' | 'Thread' | 'Identity' | 'EmailSubmission';

/** A UTCDate: no fraction of a second where it is zero (RFC 8620 section 1.4). */
export const utcDate = (ms: number): string => new Date(ms).toISOString().replace('.000Z', 'Z');

/** Neither $seen nor $draft: what counts as unread (RFC 8621 section 2). */
export const isUnread = (email: StoredEmail): boolean =>
  !email.keywords.includes('$seen') && !email.keywords.includes('$draft');
