import * as z from 'zod';
import { outgoingEmailSchema } from './address.ts';
import { isLine } from './composition.ts';

const line = z.string().max(200).refine(isLine, 'must be one line of plain text');
const text = (most: number) =>
  z
    .string()
    .max(most)
    .refine((given) => given.isWellFormed(), 'is not text');

/**
 * How an account's bodies are kept on this machine: whether they are fetched before anybody opens them, how many bytes they
 * may take, and from which age on they are not kept unless they are opened.
 */
export const bodySettingsSchema = z.strictObject({
  prefetch: z.boolean(),
  maxBytes: z.int().min(0).max(1e12),
  maxDays: z.int().min(1).max(36_500).nullable(),
});

/** What stands below what a person writes, as plain text and as HTML; '' for none. It is a stranger's HTML to whoever shows it. */
const signatureSchema = z.strictObject({ text: text(5000), html: text(20_000) });

/** Another name and address that the person sends as. */
const aliasSchema = z.strictObject({ name: line, email: outgoingEmailSchema });

/**
 * Settings of one account. None of them goes to its server. `label`: how lists of accounts call it, '' for its address.
 * `signature`: of every identity for which the server has none. `aliases`: further identities, where the server tells of none.
 * `pictures`: addresses of senders whose pictures from elsewhere are always shown (docs/security.md).
 */
export const accountSettingsSchema = z.strictObject({
  bodies: bodySettingsSchema,
  label: line,
  signature: signatureSchema,
  aliases: z.array(aliasSchema).max(50),
  pictures: z.array(z.string()),
});
export type AccountSettings = z.infer<typeof accountSettingsSchema>;

/** What changes; the rest stays. `pictures`: of which senders they are always shown, or with null no more. */
export const accountSettingsPatchSchema = z.strictObject({
  bodies: bodySettingsSchema.partial().optional(),
  label: line.optional(),
  signature: signatureSchema.partial().optional(),
  aliases: z.array(aliasSchema).max(50).optional(),
  pictures: z.record(outgoingEmailSchema, z.literal(true).nullable()).optional(),
});
export type AccountSettingsPatch = z.infer<typeof accountSettingsPatchSchema>;
