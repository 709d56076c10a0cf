import * as z from 'zod';
import { id } from './model.ts';
import { DELETED } from './remote.ts';

const ids = z.array(id).min(1).max(100_000);
const name = z
  .string()
  .min(1)
  .max(255)
  .regex(/^[^\p{Cc}]*$/u, 'must not hold control characters')
  .refine((text) => text.trim() !== '', 'must not be blank')
  .refine((text) => text.isWellFormed(), 'is not text')
  // Net-Unicode (RFC 5198), as servers store it: else what was made would not be found again by its name.
  .transform((text) => text.normalize('NFC'));

/** RFC 8621 section 4.1.1: visible ASCII without these; lower-case within Tern. */
const keyword = z
  .string()
  .min(1)
  .max(255)
  .regex(/^[\x21-\x7e]+$/, 'not a keyword: only visible ASCII')
  .regex(/^[^(){\]%*"\\]+$/, 'not a keyword: ( ) { ] % * " \\ are not allowed')
  .transform((text) => text.toLowerCase())
  .refine((text) => text !== DELETED, 'not a keyword: delete or destroy the email instead');
const setOrClear = z.union([z.literal(true), z.null()]);
const atLeastOne = (patch: object): boolean => Object.keys(patch).length > 0;

/** Roles that mail can be moved to by their name alone (RFC 8621 section 2). */
const moveRoles = ['inbox', 'archive', 'junk', 'trash'] as const;

const mailboxChange = z.discriminatedUnion('op', [
  z.strictObject({ type: z.literal('mailbox'), op: z.literal('create'), name, parent: id.optional() }),
  z
    .strictObject({
      type: z.literal('mailbox'),
      op: z.literal('rename'),
      mailbox: id,
      name: name.optional(),
      /** Null: to the top. */
      parent: id.nullable().optional(),
    })
    .refine((change) => change.name !== undefined || change.parent !== undefined, {
      path: ['name'],
      message: 'names neither a new name nor a new parent',
    }),
  z.strictObject({
    type: z.literal('mailbox'),
    op: z.literal('delete'),
    mailbox: id,
    onDestroyRemoveEmails: z.boolean().optional(),
  }),
]);

/** Something the person did to mail, shaped as JMAP's patches are (RFC 8620 section 5.3). One row however many emails. */
export const changeSchema = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('keywords'),
    emails: ids,
    patch: z.record(keyword, setOrClear).refine(atLeastOne, 'names no keyword'),
  }),
  /** A move adds one mailbox and takes another away, in one patch. */
  z.strictObject({
    type: z.literal('mailboxes'),
    emails: ids,
    patch: z.record(id, setOrClear).refine(atLeastOne, 'names no mailbox'),
  }),
  /** Out of every other mailbox into the one with the role; archiving takes it out of the inbox alone. */
  z.strictObject({ type: z.literal('move'), emails: ids, role: z.enum(moveRoles) }),
  /** What people mean by deleting: into Trash; for good what is there already. */
  z.strictObject({ type: z.literal('delete'), emails: ids }),
  z.strictObject({ type: z.literal('destroy'), emails: ids }),
  mailboxChange,
]);
/** A change, parsed. */
export type Change = z.output<typeof changeSchema>;
export type EmailChange = Exclude<Change, { type: 'mailbox' }>;
export type MailboxChange = Extract<Change, { type: 'mailbox' }>;

/** What a change does, as lists show it. */
export const changeTypes = ['keywords', 'mailboxes', 'move', 'delete', 'destroy', 'mailbox'] as const;
export type ChangeType = (typeof changeTypes)[number];
