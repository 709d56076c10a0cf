import type { BodySource } from './body.ts';
import type { Address, rightNames } from './model.ts';

/** What a server says of a mailbox. `remoteId` is the server's name for it; `role` as in RFC 8621 section 2. */
export type RemoteMailbox = {
  remoteId: string;
  name: string;
  parentRemoteId: string | null;
  role: string | null;
  sortOrder: number;
  isSubscribed: boolean;
  totalEmails: number;
  unreadEmails: number;
  rights: Record<(typeof rightNames)[number], boolean>;
};

/** A mailbox's counters alone, for a server that says nothing else of it changed. */
export type MailboxCounts = Pick<RemoteMailbox, 'remoteId' | 'totalEmails' | 'unreadEmails'>;

/** Who a person can send as: RFC 8621 section 6. `email` may be `*@domain`, or empty where the server does not say. */
export type RemoteIdentity = {
  remoteId: string;
  name: string;
  email: string;
  replyTo: Address[];
  bcc: Address[];
  textSignature: string;
  htmlSignature: string;
};

/** A part that can be saved, as the server numbers it; its id has no '/'. */
export type RemoteAttachment = {
  part: string;
  blobId: string | null;
  name: string | null;
  type: string;
  size: number;
  cid: string | null;
  disposition: string | null;
};

/**
 * The two things about an email that change on a server: RFC 8621 section 4.1.1. Keywords are lower-case; one of them is
 * `DELETED`, where the server says so.
 */
export type RemoteEmailState = { remoteId: string; mailboxIds: string[]; keywords: string[] };

/**
 * Stands for IMAP's \Deleted between driver and store (RFC 9051 section 2.3.2). An email that has it is held and in no list
 * or counter. Callers never see it and cannot set it.
 */
export const DELETED = '$deleted';

/**
 * What a server says of an email, its bodies aside. `receivedAt` is in whole seconds since the epoch. `threadRemoteId` is
 * null where the server has no threads: the store makes them. `objectId` names the message wherever it is moved (EMAILID
 * of RFC 8474, or X-GM-MSGID); copies may share it.
 */
export type RemoteEmail = RemoteEmailState & {
  objectId?: string | null;
  blobId: string | null;
  threadRemoteId: string | null;
  receivedAt: number;
  sentAt: string | null;
  subject: string | null;
  from: Address[];
  to: Address[];
  cc: Address[];
  headers: RemoteHeaders;
  preview: string;
  size: number;
  hasAttachment: boolean;
  attachments: RemoteAttachment[];
  /** What it says, where the driver brought that along. */
  body?: BodySource;
};

/** By what an email is known again where its id changed: of those, `receivedAt` is in seconds since the epoch. */
export type HeldIdentity = { messageId: string | null; size: number; receivedAt: number; objectId: string | null };

/** Header fields that lists do not show. */
export type RemoteHeaders = {
  bcc: Address[];
  replyTo: Address[];
  sender: Address[];
  messageId: string[];
  inReplyTo: string[];
  references: string[];
  listUnsubscribe: string | null;
  listUnsubscribePost: string | null;
};
