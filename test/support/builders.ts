import type { CycleRecord } from '../../src-main/store/syncLog.ts';
import { rightNames } from '../../src-shared/model.ts';
import type { RemoteAttachment, RemoteEmail, RemoteMailbox } from '../../src-shared/remote.ts';

/** 2026-01-01T00:00:00Z in seconds: when mail that names no time was received. */
export const someSecond = Date.UTC(2026, 0, 1) / 1000;

const made = { emails: 0, mailboxes: 0 };

/** An unread email in the mailbox 'inbox', in a thread of its own, with what a test says of it. */
export const remoteEmail = (said: Partial<RemoteEmail> = {}): RemoteEmail => {
  const remoteId = said.remoteId ?? `email-${++made.emails}`;
  return {
    remoteId,
    mailboxIds: ['inbox'],
    keywords: [],
    blobId: `blob-${remoteId}`,
    threadRemoteId: `thread-${remoteId}`,
    receivedAt: someSecond,
    sentAt: null,
    subject: `About ${remoteId}`,
    from: [{ name: 'Ada', email: 'ada@example.org' }],
    to: [{ name: null, email: 'bob@example.org' }],
    cc: [],
    preview: 'Hello',
    size: 1000,
    hasAttachment: false,
    attachments: [],
    ...said,
    headers: {
      bcc: [],
      replyTo: [],
      sender: [],
      messageId: [`${remoteId}@example.org`],
      inReplyTo: [],
      references: [],
      listUnsubscribe: null,
      listUnsubscribePost: null,
      ...said.headers,
    },
  };
};

/** A part that can be saved. */
export const remoteAttachment = (said: Partial<RemoteAttachment> = {}): RemoteAttachment => ({
  part: '2',
  blobId: 'blob-part',
  name: 'plan.pdf',
  type: 'application/pdf',
  size: 4000,
  cid: null,
  disposition: 'attachment',
  ...said,
});

const everyRight = Object.fromEntries(rightNames.map((name) => [name, true])) as RemoteMailbox['rights'];

/** A root mailbox without a role, named as its remote id, in which everything is allowed. */
export const remoteMailbox = (said: Partial<RemoteMailbox> = {}): RemoteMailbox => {
  const remoteId = said.remoteId ?? `mailbox-${++made.mailboxes}`;
  return {
    remoteId,
    name: remoteId,
    parentRemoteId: null,
    role: null,
    sortOrder: 0,
    isSubscribed: true,
    totalEmails: 0,
    unreadEmails: 0,
    ...said,
    rights: { ...everyRight, ...said.rights },
  };
};

/** A cycle that was ok and did nothing. */
export const someCycle = (said: Partial<CycleRecord> = {}): CycleRecord => ({
  trigger: 'poll',
  startedAt: someSecond * 1000,
  finishedAt: someSecond * 1000 + 250,
  error: null,
  counts: { mailboxes: 0, created: 0, updated: 0, destroyed: 0, pushed: 0 },
  roundTrips: 1,
  bytes: 100,
  ...said,
});
