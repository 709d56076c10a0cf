import * as z from 'zod';
import { isLoopback, isSecure, parseSessionUrl } from './hosts.ts';

/** Ids are Tern's own opaque strings, unique within one account (accounts: within one data folder). */
export const id = z.string().min(1).max(64);
const time = z.iso.datetime();

/** Phases of an account's sync loop, as shown to people. */
export const phaseNames = ['offline', 'connecting', 'flushing', 'syncing', 'live', 'blocked', 'stopped'] as const;
export type PhaseName = (typeof phaseNames)[number];

const port = z.int().min(1).max(65535);
/** A name or address as it goes into look-ups and commands: nothing in it may end a line. */
const hostText = z
  .string()
  .min(1)
  .max(255)
  .regex(/^[^\s\p{Cc}]+$/u, 'not the name of a server');
const endpoint = z
  .strictObject({ host: hostText, port, security: z.enum(['tls', 'starttls', 'none']) })
  .refine(({ host, security }) => security !== 'none' || isLoopback(host), {
    path: ['security'],
    message: 'only this very machine may be reached without encryption',
  });
const sessionUrl = z
  .string()
  .min(1)
  .max(2000)
  .refine((typed) => parseSessionUrl(typed) !== null, 'not a web address')
  .refine(
    (typed) => !parseSessionUrl(typed)?.username && !parseSessionUrl(typed)?.password,
    'must not hold a user name or password',
  )
  .refine((typed) => {
    const url = parseSessionUrl(typed);
    return url === null || isSecure(url);
  }, 'must be https: only this very machine may be reached without encryption');

/** Where an account's mail lives. `confirmed` lists foreign hosts the person agreed to (RFC 8620 section 2). */
export const configSchema = z.discriminatedUnion('protocol', [
  z.strictObject({
    protocol: z.literal('jmap'),
    sessionUrl,
    smtp: endpoint.optional(),
    confirmed: z.array(z.string().max(255)).max(50).optional(),
  }),
  z.strictObject({ protocol: z.literal('imap'), imap: endpoint, smtp: endpoint }),
]);
export type Config = z.infer<typeof configSchema>;
export type JmapConfig = Extract<Config, { protocol: 'jmap' }>;
export type ImapConfig = Extract<Config, { protocol: 'imap' }>;

export const secret = z.string().min(1).max(10_000);
/**
 * How to sign in. `bearer` is a token issued by the provider for use in `Authorization: Bearer` (RFC 6750); over IMAP and SMTP
 * it goes with `username`, by default the account's address. `oauth`: the handle that `accounts.signIn` answered, good once.
 */
export const credentialSchema = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('password'),
    username: z.string().min(1).max(500),
    password: secret,
    smtp: z.strictObject({ username: z.string().min(1).max(500), password: secret }).optional(),
  }),
  z.strictObject({
    type: z.literal('bearer'),
    token: secret.regex(/^[\x21-\x7e]+$/, 'not a token: only visible ASCII'),
    username: z.string().min(1).max(500).optional(),
  }),
  z.strictObject({ type: z.literal('oauth'), handle: z.string().min(1).max(500) }),
]);
export type Credential = z.infer<typeof credentialSchema>;

/** One mailbox of an email or header: RFC 8621 section 4.1.2.3. */
export const addressSchema = z.object({ name: z.string().nullable(), email: z.string() });
export type Address = z.infer<typeof addressSchema>;

const mayFlags = {
  mayReadItems: z.boolean(),
  mayAddItems: z.boolean(),
  mayRemoveItems: z.boolean(),
  maySetSeen: z.boolean(),
  maySetKeywords: z.boolean(),
  mayCreateChild: z.boolean(),
  mayRename: z.boolean(),
  mayDelete: z.boolean(),
  maySubmit: z.boolean(),
};

/** Names of the rights a person has on a mailbox, `myRights` of RFC 8621 section 2, flat. */
export const rightNames = Object.keys(mayFlags) as (keyof typeof mayFlags)[];

/** A mailbox (RFC 8621 section 2). `path` joins the names from the root with '/'. Unread: neither $seen nor $draft. */
export const mailboxSchema = z.object({
  id,
  account: id,
  name: z.string(),
  path: z.string(),
  role: z.string().nullable(),
  parentId: id.nullable(),
  sortOrder: z.int(),
  isSubscribed: z.boolean(),
  totalEmails: z.int(),
  unreadEmails: z.int(),
  ...mayFlags,
});
export type Mailbox = z.infer<typeof mailboxSchema>;

const idSet = z.record(z.string(), z.literal(true));
const addresses = z.array(addressSchema);

/** What a list shows of an email. Keywords are lower-case (RFC 8621 section 4.1.1). */
export const emailHeadSchema = z.object({
  id,
  account: id,
  threadId: id,
  mailboxIds: idSet,
  keywords: idSet,
  subject: z.string().nullable(),
  from: addresses,
  to: addresses,
  cc: addresses,
  receivedAt: time,
  sentAt: time.nullable(),
  preview: z.string(),
  hasAttachment: z.boolean(),
  size: z.int(),
  pending: z.boolean(),
  threadSize: z.int().optional(),
  threadUnread: z.int().optional(),
});
export type EmailHead = z.infer<typeof emailHeadSchema>;

/** A part that can be saved: RFC 8621 section 4.1.4. */
export const attachmentSchema = z.object({
  part: z.string(),
  name: z.string().nullable(),
  type: z.string(),
  size: z.int(),
  cid: z.string().optional(),
  disposition: z.string().nullable(),
});
export type Attachment = z.infer<typeof attachmentSchema>;

/** An email whole, its bodies aside: those come by `bodies.get`. */
export const emailSchema = emailHeadSchema.extend({
  bcc: addresses,
  replyTo: addresses,
  sender: addresses,
  messageId: z.array(z.string()),
  inReplyTo: z.array(z.string()),
  references: z.array(z.string()),
  attachments: z.array(attachmentSchema),
  listUnsubscribe: z.string().optional(),
  listUnsubscribePost: z.string().optional(),
});
export type Email = z.infer<typeof emailSchema>;

/** What started a sync cycle. */
export const triggers = ['start', 'poll', 'push', 'change', 'wake', 'person'] as const;
export type Trigger = (typeof triggers)[number];

const filterText = z.string().min(1).max(1000);
/** What a list of emails is narrowed to; all of it has to hold. */
export const emailFilterSchema = z.strictObject({
  unread: z.boolean().optional(),
  flagged: z.boolean().optional(),
  hasAttachment: z.boolean().optional(),
  from: filterText.optional(),
  to: filterText.optional(),
  subject: filterText.optional(),
  before: time.optional(),
  after: time.optional(),
  keyword: z.string().min(1).max(255).optional(),
});
