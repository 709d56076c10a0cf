import type { Config, Credential } from '../../src-shared/model.ts';

/** A file in a mail; one with a Content-ID is inline. Without `content` the server in process makes `size` bytes up. */
export type TestAttachment = { name: string; type: string; size?: number; cid?: string; content?: string | Buffer };

/** A mail to put on a server. What is left out gets a plain default. */
export type TestMail = {
  subject?: string;
  from?: { name: string | null; email: string };
  to?: { name: string | null; email: string }[];
  text?: string;
  /** Makes the text one of two alternatives. */
  html?: string;
  attachments?: TestAttachment[];
  receivedAt?: Date;
  keywords?: string[];
  /** Remote ids; default: the inbox. */
  mailboxIds?: string[];
  messageId?: string;
  inReplyTo?: string;
};

/** What a server truly holds, read without Tern. Keyed by remote id; keywords lower-case and sorted. */
export type Truth = {
  mailboxes: Record<
    string,
    { name: string; parentId: string | null; role: string | null; totalEmails: number; unreadEmails: number }
  >;
  emails: Record<string, { subject: string | null; receivedAt: string; mailboxIds: string[]; keywords: string[] }>;
};

/** A server that tests can act on as 'another client', whatever it speaks: in process or real. */
export type MailServer = {
  name: string;
  config: Config;
  credential: Credential;
  /** Puts mail on the server, oldest first; answers the remote ids in the same order. */
  deliver(mails: TestMail[]): Promise<string[]>;
  /** Sets (true) or clears (null) keywords on each of the emails. */
  setKeywords(ids: string[], patch: Record<string, true | null>): Promise<void>;
  /** Adds to (true) or takes from (null) mailboxes. */
  setMailboxes(ids: string[], patch: Record<string, true | null>): Promise<void>;
  destroy(ids: string[]): Promise<void>;
  createMailbox(name: string, parentId?: string): Promise<string>;
  renameMailbox(id: string, name: string): Promise<void>;
  deleteMailbox(id: string): Promise<void>;
  /** Puts a mailbox below another one, or to the top, where the server can. */
  moveMailbox?(id: string, parentId: string | null): Promise<void>;
  /** Makes the server refuse the old password from now on. */
  changePassword(password: string): Promise<void>;
  truth(): Promise<Truth>;
  /** Threads by email, both as remote ids, where the server has threads. */
  threads?(): Promise<Record<string, string>>;
  /** Kills the server and starts it again with the same mail, where that can be done. */
  restart?(): Promise<void>;
  stop(): Promise<void>;
};
