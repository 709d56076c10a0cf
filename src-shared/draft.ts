import * as z from 'zod';
import { outgoingAddressSchema, outgoingEmailSchema } from './address.ts';
import { isLine, mediaTypeSchema } from './composition.ts';
import { wireErrorSchema } from './errors.ts';
import { isMessageId } from './messageId.ts';
import { id } from './model.ts';

const time = z.iso.datetime();
const wellFormed = (text: string): boolean => text.isWellFormed();

const line = (most: number) => z.string().max(most).refine(isLine, 'must be one line of plain text');

const recipients = z.array(outgoingAddressSchema).max(1000).default([]);

const fileName = line(255).min(1);
const mediaType = mediaTypeSchema.regex(/^[\w.+-]+\/[\w.+-]+$/, 'not a media type');
const cid = z
  .string()
  .max(200)
  .regex(/^[\w.+@-]+$/, 'not a Content-ID')
  .optional();

/**
 * What is attached to a draft: bytes, a file of this machine (by its path or by a handle that the host gave out), what the
 * draft holds already (`held`), or a draft of another account, or a part of an email, all of it where `part` is left out. `cid`: shown within the HTML.
 */
const attachment = z.union([
  z.strictObject({ name: fileName, type: mediaType, cid, bytes: z.base64().max(100_000_000) }),
  z.strictObject({ name: fileName, type: mediaType, cid, path: z.string().min(1).max(4096) }),
  z.strictObject({ name: fileName, type: mediaType, cid, file: z.string().min(1).max(500) }),
  z.strictObject({ held: id }),
  z.strictObject({ account: id, draft: id, held: id }),
  z.strictObject({ email: id, part: z.string().min(1).max(1000).optional(), cid }),
]);
export type DraftAttachment = z.output<typeof attachment>;

const body = z.string().max(5_000_000).refine(wellFormed, 'is not text');

/** A draft as it is saved: all of it each time; attachments that are left out stay as they are. */
export const draftInputSchema = z.strictObject({
  draft: id.optional(),
  identity: id.optional(),
  /** Of an identity that is any address of a domain: which one. */
  from: outgoingEmailSchema.optional(),
  to: recipients,
  cc: recipients,
  bcc: recipients,
  subject: line(2000).default(''),
  text: body.optional(),
  html: body.optional(),
  inReplyTo: id.optional(),
  forwardOf: id.optional(),
  /** The Message-ID that a new draft answers, without brackets, where no email is named. */
  repliesTo: z.string().refine(isMessageId, 'not a message id').optional(),
  attachments: z.array(attachment).max(200).optional(),
});
export type DraftInput = z.output<typeof draftInputSchema>;

const storedAddress = z.object({ name: z.string().nullable(), email: z.string() });

/**
 * A draft as it is shown. `email`: what the server has of it. `repliesTo`: the Message-ID of what it answers. `attachments`: by the
 * ids that `held` names.
 */
export const draftSchema = z.object({
  draft: id,
  account: id,
  email: id.nullable(),
  identity: id,
  from: z.string(),
  to: z.array(storedAddress),
  cc: z.array(storedAddress),
  bcc: z.array(storedAddress),
  subject: z.string(),
  text: z.string().nullable(),
  html: z.string().nullable(),
  inReplyTo: id.nullable(),
  forwardOf: id.nullable(),
  repliesTo: z.string().nullable(),
  attachments: z.array(z.object({ id, name: z.string(), type: z.string(), size: z.int(), cid: z.string().nullable() })),
  updatedAt: time,
});
export type Draft = z.infer<typeof draftSchema>;

/**
 * A draft in a list. `draft`: null where another client made it and it was not opened here. `state`: towards the server; `local`:
 * it is on this machine alone and stays so, as there is no Drafts mailbox or the person said so.
 */
export const draftRowSchema = z.object({
  draft: id.nullable(),
  account: id,
  email: id.nullable(),
  to: z.array(storedAddress),
  subject: z.string(),
  state: z.enum(['saved', 'queued', 'failed', 'sending', 'local']),
  error: wireErrorSchema.pick({ kind: true, message: true }).optional(),
  updatedAt: time,
});
export type DraftRow = z.infer<typeof draftRowSchema>;

/** How a message may begin, from an email. */
export const replyModes = ['reply', 'replyAll', 'forward', 'forwardAttached'] as const;

/** What a message begins as, as `drafts.save` takes it. `from`: null where the person has no identity with an address. */
export const beginningSchema = z.object({
  identity: id.nullable(),
  from: z.string().nullable(),
  to: z.array(storedAddress),
  cc: z.array(storedAddress),
  bcc: z.array(storedAddress),
  subject: z.string(),
  text: z.string(),
  html: z.string().nullable(),
  inReplyTo: id.optional(),
  forwardOf: id.optional(),
  attachments: z.array(
    z.object({
      email: id,
      part: z.string().optional(),
      name: z.string(),
      type: z.string(),
      cid: z.string().optional(),
    }),
  ),
});
export type MessageBeginning = z.infer<typeof beginningSchema>;

const recipientStates = ['queued', 'accepted', 'refused', 'failed', 'cancelled'] as const;

/**
 * A message on its way out. `email`: the copy in Sent, once it is there. `reply`: what a server said of a recipient, of a
 * `cancelled` one before the person gave it up. `heldBy`: where one that is held waits for its time; `here`: it leaves only while
 * Tern runs, so at its next start where that is later.
 */
export const submissionSchema = z.object({
  id,
  account: id,
  draft: id.optional(),
  email: id.optional(),
  subject: z.string(),
  state: z.enum(['queued', 'held', 'sending', 'uncertain', 'failed', 'done']),
  recipients: z.array(z.object({ email: z.string(), state: z.enum(recipientStates), reply: z.string().optional() })),
  error: wireErrorSchema.pick({ kind: true, message: true }).optional(),
  sendAt: time.optional(),
  heldBy: z.enum(['here', 'server']).optional(),
  createdAt: time,
});
export type Submission = z.infer<typeof submissionSchema>;

/** Who a person can send as (RFC 8621 section 6). `email` may be `*@domain`. */
export const identitySchema = z.object({
  id,
  account: id,
  name: z.string(),
  email: z.string(),
  replyTo: z.array(storedAddress),
  textSignature: z.string(),
  htmlSignature: z.string(),
});
export type Identity = z.infer<typeof identitySchema>;
