import * as z from 'zod';
import { accountSettingsSchema } from './accountSettings.ts';
import { app, type CallSpec } from './callSpec.ts';
import { accountRowSchema } from './contractRows.ts';
import { accountColour, accountEmail, accountName } from './contractSetup.ts';
import { wireErrorSchema } from './errors.ts';
import { configSchema } from './model.ts';

/** In UTF-16 units of JSON. */
const LARGEST_EXPORT = 1_000_000;

const username = z.string().min(1).max(500);

/** An account's settings without its secrets. Hosts and senders that a person agreed to are no part of it: they are agreed to anew. */
const exportedAccountSchema = z.strictObject({
  email: accountEmail,
  name: accountName,
  config: configSchema,
  username: username.optional(),
  paused: z.boolean(),
  order: z.int().min(-1e9).max(1e9),
  colour: accountColour.nullable(),
  ...accountSettingsSchema.omit({ pictures: true }).partial({ label: true, signature: true, aliases: true }).shape,
});
export type ExportedAccount = z.infer<typeof exportedAccountSchema>;

const exportSchema = z
  .strictObject({ version: z.literal(1), accounts: z.array(exportedAccountSchema).max(100) })
  .refine((whole) => JSON.stringify(whole).length <= LARGEST_EXPORT, 'is too large');

const left = z.object({
  email: z.string(),
  protocol: z.enum(['jmap', 'imap']),
  error: wireErrorSchema.pick({ kind: true, message: true }),
});

/** The calls by which settings go from one computer to another. */
export const transferCalls = {
  'accounts.export': app({
    about:
      "All accounts' settings as one JSON value, without passwords. `skipped`: accounts whose database cannot be read. `username` is missing while the vault is locked.",
    input: z.strictObject({}),
    output: z.object({ export: exportSchema, skipped: z.array(left) }),
  }),
  'accounts.import': app({
    about:
      'Adds the accounts of an export; each is `blocked` with `auth` until `accounts.update` brings its credential, for which `username` is the one it had. `skipped`: those that are there already (`conflict`), or could not be stored.',
    input: z.strictObject({ export: exportSchema }),
    output: z.object({
      accounts: z.array(z.object({ account: accountRowSchema, username: username.optional() })),
      skipped: z.array(left),
    }),
  }),
} as const satisfies Record<string, CallSpec>;
