import type { Email } from '../../src-shared/model.ts';
import type { Identity } from '../../src-shared/reply/identity.ts';
import type { Quotable } from '../../src-shared/reply/reply.ts';

/** An email from Ben to Anna, with what a test says of it. */
export const email = (given: Partial<Email> = {}): Email => ({
  id: 'e1',
  account: 'a1',
  threadId: 't1',
  mailboxIds: {},
  keywords: {},
  subject: 'Lunch',
  from: [{ name: 'Ben', email: 'ben@example.org' }],
  to: [{ name: 'Anna', email: 'anna@example.com' }],
  cc: [],
  bcc: [],
  replyTo: [],
  sender: [],
  messageId: ['m1@example.org'],
  inReplyTo: [],
  references: [],
  receivedAt: '2026-11-28T09:31:00Z',
  sentAt: '2026-11-28T09:30:00Z',
  preview: '',
  hasAttachment: false,
  size: 100,
  pending: false,
  attachments: [],
  ...given,
});

/** Anna, as she sends, with what a test says of it. */
export const identity = (given: Partial<Identity> = {}): Identity => ({
  id: 'i1',
  name: 'Anna',
  email: 'anna@example.com',
  replyTo: [],
  bcc: [],
  textSignature: '',
  htmlSignature: '',
  ...given,
});

/** What an email says that a test is not about. */
export const quotable = (given: Partial<Quotable> = {}): Quotable => ({
  text: 'At noon?',
  html: null,
  pictures: [],
  ...given,
});

/** Addresses without names. */
export const plain = (...emails: string[]) => emails.map((each) => ({ name: null, email: each }));
