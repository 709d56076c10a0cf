import { z } from 'zod';
import { id } from './model.ts';

const ids = z.array(id).min(1).max(100_000);
const patch = z.record(z.string().min(1).max(255), z.union([z.literal(true), z.null()]));
const name = z.string().min(1).max(1000);

/** Something the person did to mail, shaped as JMAP's patches are (RFC 8620 section 5.3). One row however many emails. */
export const changeSchema = z.union([
  z.strictObject({ type: z.literal('keywords'), emails: ids, patch }),
  /** A move adds one mailbox and takes another away, in one patch. */
  z.strictObject({ type: z.literal('mailboxes'), emails: ids, patch }),
  z.strictObject({ type: z.literal('destroy'), emails: ids }),
  z.strictObject({ type: z.literal('mailbox'), op: z.literal('create'), name, parent: id.optional() }),
  z.strictObject({
    type: z.literal('mailbox'),
    op: z.literal('rename'),
    mailbox: id,
    name: name.optional(),
    parent: id.optional(),
  }),
  z.strictObject({
    type: z.literal('mailbox'),
    op: z.literal('delete'),
    mailbox: id,
    onDestroyRemoveEmails: z.boolean().optional(),
  }),
]);
