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

/** A part that can be saved, as the server numbers it. */
export type RemoteAttachment = {
  part: string;
  blobId: string | null;
  name: string | null;
  type: string;
  size: number;
  cid: string | null;
  disposition: string | null;
};

/** The two things about an email that change on a server: RFC 8621 section 4.1.1. Keywords are lower-case. */
export type RemoteEmailState = { remoteId: string; mailboxIds: string[]; keywords: string[] };

/** What a server says of an email, its bodies aside. `receivedAt` is in whole seconds since the epoch. */
export type RemoteEmail = RemoteEmailState & {
  blobId: string | null;
  threadRemoteId: string;
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
};

/** Header fields that lists do not show. */
export type RemoteHeaders = {
  bcc: Address[];
  replyTo: Address[];
  sender: Address[];
  messageId: string[];
  inReplyTo: string[];
  references: string[];
  listUnsubscribe: string | null;
};
