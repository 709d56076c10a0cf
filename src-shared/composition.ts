import * as z from 'zod';
import { outgoingEmailSchema, outgoingNameSchema } from './address.ts';
import { isMessageId } from './messageId.ts';

const LONGEST_SUBJECT = 2000;
const LONGEST_FILE_NAME = 1000;
const MOST_RECIPIENTS = 5000;
const MOST_ATTACHMENTS = 500;
const MOST_IDS = 500;

const address = z.object({ name: outgoingNameSchema.nullable(), email: outgoingEmailSchema });
const addresses = z.array(address).max(MOST_RECIPIENTS);
const messageId = z.string().refine(isMessageId, 'not a message id');
/** Whether a text is one line that can be shown and written. */
export const isLine = (text: string): boolean => text.isWellFormed() && !/[\p{Cc}\u2028\u2029]/u.test(text);
const line = z.string().refine(isLine, 'must be one line of plain text');

/** RFC 2045 section 5.1, without parameters. What has parts is no attachment. */
export const mediaTypeSchema = z
  .string()
  .max(127)
  .regex(/^(?!multipart\/)[!#-'*+.0-9A-Z^-~-]+\/[!#-'*+.0-9A-Z^-~-]+$/i, 'not a media type');

/** RFC 2392, without brackets. */
export const contentIdSchema = z
  .string()
  .max(250)
  .regex(/^[!-;=?-~]+$/, 'not a content id');

/**
 * A file that goes along. `open` gives its bytes; it may be called more than once, and gives the same each time. `cid`:
 * by which the HTML shows it, without brackets. A message (message/rfc822) stays one.
 */
const attachmentSchema = z.object({
  name: line.pipe(z.string().max(LONGEST_FILE_NAME)).nullable(),
  type: mediaTypeSchema,
  disposition: z.enum(['attachment', 'inline']),
  cid: contentIdSchema.nullable(),
  open: z.custom<() => AsyncIterable<Uint8Array>>((value) => typeof value === 'function', 'cannot be opened'),
});

/**
 * All that a message says, to be written as RFC 5322 wants it. `sender`: who sends where that is somebody else than
 * `from`. Ids are without brackets. `html` is sent as it is; `text` beside it says the same. `keepBcc`: for the copy that
 * stays here, not for what is sent.
 */
export const compositionSchema = z.object({
  from: address,
  sender: address.nullable(),
  replyTo: addresses,
  to: addresses,
  cc: addresses,
  bcc: addresses,
  subject: line.pipe(z.string().max(LONGEST_SUBJECT)),
  text: z.string().nullable(),
  html: z.string().nullable(),
  messageId,
  date: z.date().min(new Date(0)).max(new Date('9999-12-31T23:59:59Z')),
  inReplyTo: z.array(messageId).max(MOST_IDS),
  references: z.array(messageId).max(MOST_IDS),
  attachments: z.array(attachmentSchema).max(MOST_ATTACHMENTS),
  keepBcc: z.boolean(),
});
export type Composition = z.infer<typeof compositionSchema>;
export type CompositionAttachment = Composition['attachments'][number];
